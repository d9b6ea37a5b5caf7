"""Keeping a version of an edited record with who, when and a coded why (behaviour 20: ISO 10002)."""

from datetime import datetime

from django.db import models

from accounts.models import User


def sign(record: models.Model, *, by: User | None, at: datetime, why: str) -> None:
    """What the history row of the next write or deletion will say; ``why`` is a code, never free text."""
    record._history_user = by  # type: ignore[attr-defined]
    record._history_date = at  # type: ignore[attr-defined]
    record._change_reason = why  # type: ignore[attr-defined]


def keep(record: models.Model, *, by: User | None, at: datetime, why: str) -> None:
    """Save ``record`` as a version of its own."""
    sign(record, by=by, at=at, why=why)
    record.save()
