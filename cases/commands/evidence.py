"""The log of evidence: what it is, where it comes from, and when it was obtained."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import EvidenceKind
from cases.commands.moving import locked
from cases.commands.pressed import just_made
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Evidence, Hearing
from cases.policies import check_consents, check_may, not_found
from grievance.keys import data_key_for_office, open_text, seal_text
from grievance.models import Attachment


@dataclass(frozen=True)
class Exhibit:
    """One thing to log: what it shows in ``words``, and where it lies, if that is here."""

    kind: EvidenceKind
    obtained_on: date
    words: str
    attachment: Attachment | None = None
    hearing: Hearing | None = None


@transaction.atomic
def log_evidence(*, case: Case, exhibit: Exhibit, by: User, at: datetime) -> Evidence:
    """Log it. Refuses: what belongs to another case, and words of somebody who did not agree that they are used."""
    case = locked(case)
    check_may(by, Act.LOG_EVIDENCE, case)
    if exhibit.obtained_on > at.date():
        raise Refused("obtained_on", _("This day is still to come."))
    if exhibit.attachment is not None and not case.filings.filter(grievance=exhibit.attachment.grievance_id).exists():
        raise not_found()
    if exhibit.hearing is not None:
        _check_hearing(case, exhibit.hearing.pk)
    key = data_key_for_office(case.key_id)
    told = {
        "kind": exhibit.kind,
        "attachment": exhibit.attachment,
        "hearing": exhibit.hearing,
        "obtained_on": exhibit.obtained_on,
    }
    same = case.evidence.filter(**told)
    if again := just_made(
        same, exhibit.words, opens=lambda row: open_text(key, row.sealed_words, "evidence"), by=by, at=at
    ):
        return again
    evidence = Evidence.objects.create(
        case=case, sealed_words=seal_text(key, exhibit.words, "evidence"), by=by, at=at, **told
    )
    record(case, Event.EVIDENCE_LOGGED, by=by, at=at, data={"evidence": evidence.pk})
    return evidence


def _check_hearing(case: Case, pk: int) -> None:
    hearing = Hearing.objects.filter(case=case, pk=pk).select_related("person").first()  # as it stands now
    if hearing is None:
        raise not_found()
    if hearing.held_at is None:
        raise Refused("not_held", _("Nothing was said yet in this hearing."))
    check_consents(hearing.person)
