"""Writing rows of several tables at once: what belongs together goes to the database together."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model
from django.db.models.sql import InsertQuery


def insert_together(*rows: Model) -> None:
    """Insert rows of which nobody needs the key afterwards, in the order given, in the transaction of the caller.

    PostgreSQL takes all of them in one round trip, where each `create()` waits for its own; a filing is mostly that.
    The rows keep ``pk=None``. Raises what `create()` raises.
    """
    statements = [_insert(row) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("; ".join(text for text, _values in statements), [v for _text, vs in statements for v in vs])
            return
        for text, values in statements:
            cursor.execute(text, values)


def _insert(row: Model) -> tuple[str, Sequence[Any]]:
    query = InsertQuery(type(row))
    query.insert_values([field for field in row._meta.concrete_fields if not isinstance(field, AutoField)], [row])
    ((text, values),) = query.get_compiler(connection=connection).as_sql()
    return text, values
