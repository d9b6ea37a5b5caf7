"""A button pressed twice: the same words, typed by the same person within minutes, are one record.

Sealed words are never equal in the database, so no constraint can say it; `cases.commands.moving.locked` puts the two
one after the other.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts.models import User

Row = TypeVar("Row", bound=Model)

# Our default: a slow line is waited for, and pressed again, within this time.
TWICE = timedelta(minutes=10)


def just_made(rows: QuerySet[Row], words: str, *, opens: Callable[[Row], str], by: User, at: datetime) -> Row | None:
    """Of ``rows``, which agree in all that is not sealed, the one that ``by`` made minutes ago with the same words;
    ``opens`` unseals those of a row."""
    recent = rows.filter(by=by, at__gt=at - TWICE, at__lte=at).order_by("-pk")
    return next((row for row in recent if opens(row) == words), None)
