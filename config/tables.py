"""The tables of a new database, made at once as they stand after the last migration.

Migrations change tables that hold something; walking through all of them to make empty ones takes minutes on a small
machine. What comes out is the same, and they are noted as applied: from then on they are what changes it.
"""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model


def bring_up_to_date() -> None:
    """As `manage.py migrate`, and a new database at once. Killed on the way it begins anew: all or nothing is there."""
    if not connection.introspection.table_names():
        _make()
    call_command("migrate", interactive=False, verbosity=0)


def _make() -> None:
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state()
    noted = executor.recorder.Migration
    with connection.schema_editor(atomic=True) as editor:
        models: list[type[Model]] = [noted, *state.apps.get_models()]
        for model in models:
            if model._meta.can_migrate(connection) and not model._meta.proxy:
                editor.create_model(model)
        noted.objects.using(connection.alias).bulk_create(
            noted(app=app, name=name) for app, name in executor.loader.disk_migrations
        )
