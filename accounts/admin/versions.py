"""The versions of a record, read for people: who, when, a coded why, and which fields went from what to what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

Show = Callable[[models.QuerySet[Any]], models.QuerySet[Any]]
Whys = Mapping[str, str | Promise]

MOST_VERSIONS = 200
KINDS = {"+": _("Made"), "~": _("Changed"), "-": _("Removed")}


@dataclass(frozen=True)
class Change:
    """One field; ``old`` and ``new`` are None where its values are not for showing."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Version:
    at: datetime
    by: str
    kind: str
    why: str
    changes: tuple[Change, ...]


def versions_of(record: models.Model, *, sealed: Sequence[str], show: Show, whys: Whys) -> list[Version]:
    """Newest first, at most 200. ``show`` narrows the related rows whose names may be shown; ``whys`` says what the
    codes of the commands are called."""
    history = getattr(record, "history", None)
    if history is None:
        return []
    rows = list(history.select_related("history_user").order_by("-history_id")[: MOST_VERSIONS + 1])
    versions = versions_in([rows], sealed=sealed, show=show)[0][:MOST_VERSIONS]
    return [replace(version, why=str(whys.get(version.why, version.why))) for version in versions]


def versions_in(records: Sequence[list[Any]], *, sealed: Sequence[str], show: Show) -> list[list[Version]]:
    """The same for the history rows of many records of one model, newest first each, in one go."""
    rows = [row for record in records for row in record]
    fields = [field for field in type(rows[0]).tracked_fields if not field.primary_key] if rows else []
    names = {field.name: _names(field, rows, show) for field in fields if field.is_relation}
    return [
        [_version(row, older, fields, names, sealed) for row, older in pairwise([*record, None])] for record in records
    ]


def _version(
    row: Any, older: Any, fields: list[Any], names: dict[str, dict[Any, str]], sealed: Sequence[str]
) -> Version:
    changed = [
        field for field in fields if older is not None and getattr(row, field.attname) != getattr(older, field.attname)
    ]
    return Version(
        at=row.history_date,
        by=str(row.history_user) if row.history_user else "",
        kind=str(KINDS[row.history_type]),
        why=row.history_change_reason or "",
        changes=tuple(_change(row, older, field, names, sealed) for field in changed),
    )


def _change(row: Any, older: Any, field: Any, names: dict[str, dict[Any, str]], sealed: Sequence[str]) -> Change:
    label = str(capfirst(field.verbose_name))
    if isinstance(field, models.BinaryField) or field.name in sealed:
        return Change(label, None, None)

    def said(version: Any) -> str:
        value = getattr(version, field.attname)
        if value is None or value == "":
            return ""
        if field.is_relation:
            return names[field.name].get(value, "…")
        return str(dict(field.flatchoices).get(value, value))

    return Change(label, said(older), said(row))


def _names(field: Any, rows: list[Any], show: Show) -> dict[Any, str]:
    """The names of related rows, one statement a field; those that do not exist for the reader are left out."""
    keys = {getattr(row, field.attname) for row in rows} - {None}
    if not keys:
        return {}
    return {one.pk: str(one) for one in show(field.remote_field.model._default_manager.filter(pk__in=keys))}
