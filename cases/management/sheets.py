"""Filling tables in bulk on either database: many rows of one model at a time, past the ORM."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

Row = tuple[Any, ...]


def rows_of(query: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[Row] = cursor.fetchall()
        return found


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """Whoever fills a whole database keeps every foreign key itself, and starts again after a loss of power."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000"):
                cursor.execute(f"PRAGMA {pragma}")
        yield
        connection.close()  # the next connection is as the settings want it
        return
    yield


@contextmanager
def chunk() -> Iterator[None]:
    """One transaction, in which PostgreSQL looks up no foreign key where it lets itself be told so."""
    with transaction.atomic():
        if (
            connection.vendor == "postgresql"
            and rows_of("SELECT usesuper FROM pg_user WHERE usename = current_user")[0][0]
        ):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
        yield


class Sheet:
    """Rows on their way into the table of one model: the named fields of each, defaults for all others."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        meta = model._meta
        known = {one.name: one for one in meta.concrete_fields}
        self.fields = {name: known.pop(name) for name in (meta.pk.name, *names)}
        self.columns = [str(one.column) for one in (*self.fields.values(), *known.values())]
        self.rest = tuple(one.get_db_prep_save(one.get_default(), connection) for one in known.values())
        self.model, self.table, self.key = model, meta.db_table, self.columns[0]
        self.rows: list[Row] = []
        self.ids = count(1 + (rows_of(f"SELECT MAX({self.key}) FROM {self.table}")[0][0] or 0))  # noqa: S608 - our names

    def ready(self, **values: Any) -> Row:
        """Values as the database takes them, in the order given: for what many rows share."""
        return tuple(self.fields[name].get_db_prep_save(value, connection) for name, value in values.items())

    def add(self, *values: Any) -> int:
        """A row, from its values after the primary key, which is returned."""
        pk = next(self.ids)
        self.rows.append((pk, *values, *self.rest))
        return pk

    def flush(self) -> None:
        into = f"{self.table} ({', '.join(self.columns)})"
        with connection.cursor() as cursor:
            raw: Any = cursor
            if connection.vendor == "postgresql":
                with raw.copy(f"COPY {into} FROM STDIN") as copy:
                    for row in self.rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                raw.executemany(f"INSERT INTO {into} VALUES ({marks})", self.rows)  # noqa: S608 - our names
        self.rows.clear()


def renumber(models_filled: list[type[models.Model]]) -> None:
    """Let the database number on from what is there, and know what it holds."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models_filled):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
