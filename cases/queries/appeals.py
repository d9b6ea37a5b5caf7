"""Reads for appeals: what is on record for one that somebody would file, and until when they may."""

from datetime import datetime

from django.db.models import Max

from cases.gates.appeal import DECISIONS, Appealing, appeal_missing, appeal_until
from cases.models import Case, Filing
from grievance.commands.following import Following


def appeal_record(filing: Filing, case: Case) -> Appealing:
    """``case`` as it stands now."""
    appeals = list(case.appeals.values_list("filing_id", "filed_at", "decided_at"))
    own = [filed for filing_id, filed, _decided in appeals if filing_id == filing.pk]
    return Appealing(
        stage=case.stage,
        live=filing.withdrawn_at is None,
        open=any(decided is None for _filing, _filed, decided in appeals),
        found=case.findings.filter(set_aside_at=None).exists(),
        decided_at=case.events.filter(kind__in=DECISIONS).aggregate(at=Max("at"))["at"],
        appealed_at=max(own, default=None),
        until=filing.clocks.running().filter(kind="appeal_filed").aggregate(until=Max("due_at"))["until"],
    )


def may_appeal_until(following: Following, at: datetime) -> datetime | None:
    """The last moment at which this person may appeal; None where they may not now."""
    filing = Filing.objects.filter(grievance=following.grievance).select_related("case").first()
    if filing is None:
        return None
    record = appeal_record(filing, filing.case)
    return appeal_until(record) if appeal_missing(record, at) is None else None
