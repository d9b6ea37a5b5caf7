"""Many rows in one statement on either database: they travel as one JSON text, which it reads as a table. For sweeps,
where making an object of each row would take most of the time."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

Values = tuple[Any, ...]  # ids, codes, moments, and what a JSON column holds


def insert_all(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Values], *, unless_there: bool = False
) -> list[int]:
    """Insert these rows, each with the named fields and no others; gives their ids. ``unless_there``: one that would
    break a unique constraint is left out."""
    columns, source = _table(model, names)
    there = "ON CONFLICT DO NOTHING" if unless_there else ""
    # Without its WHERE, SQLite would take the ON for that of a join.
    return _ids(
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {columns} FROM {source} WHERE true {there} "  # noqa: S608 - our names
        f"RETURNING {_key(model)}",
        rows,
    )


def update_all(model: type[models.Model], names: Sequence[str], rows: Iterable[Values]) -> None:
    """Change the named fields, and nothing else, of rows that are there; the first value of each is its id."""
    key = _key(model)
    _columns, source = _table(model, ["pk", *names])
    changes = ", ".join(f"{column} = fresh.{column}" for column in (_field(model, name).column for name in names))
    table = model._meta.db_table
    _ids(f"UPDATE {table} SET {changes} FROM {source} WHERE {table}.{key} = fresh.{key} RETURNING {table}.{key}", rows)  # noqa: S608 - our names


def _ids(statement: str, rows: Iterable[Values]) -> list[int]:
    listed = list(rows)
    if not listed:
        return []
    written = connection.ops.adapt_datetimefield_value
    text = json.dumps(listed, default=lambda moment: str(written(moment)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [text])
        return [pk for (pk,) in cursor.fetchall()]


def _table(model: type[models.Model], names: Sequence[str]) -> tuple[str, str]:
    """Its columns, and the JSON text as a table of these columns, called "fresh"."""
    fields = [_field(model, name) for name in names]
    columns = ", ".join(str(field.column) for field in fields)
    if connection.vendor == "postgresql":
        values = [f"(value ->> {place})::{field.rel_db_type(connection)}" for place, field in enumerate(fields)]
        source = "jsonb_array_elements(%s::jsonb)"
    else:
        values = [f"json_extract(value, '$[{place}]')" for place in range(len(fields))]
        source = "json_each(%s)"
    named = ", ".join(f"{value} AS {field.column}" for value, field in zip(values, fields, strict=True))
    return columns, f"(SELECT {named} FROM {source}) AS fresh"  # noqa: S608 - our names


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)
