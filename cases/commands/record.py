"""Writing what happened: the event and its outbox row, always together."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from cases.models import Case, CaseEvent, Filing, Respondent, Untold


def record(
    case: Case,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    respondent: Respondent | None = None,
    filing: Filing | None = None,
    data: dict[str, Any] | None = None,
) -> CaseEvent:
    """Append one event; ``data`` holds ids and codes only."""
    event = CaseEvent(case=case, kind=kind, at=at, by=by, respondent=respondent, filing=filing, data=data or {})
    return record_all([event])[0]


def record_all(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """Append many in two statements."""
    written = CaseEvent.objects.bulk_create(events)
    Untold.objects.bulk_create(Untold(event=event, at=event.at) for event in written)
    return written
