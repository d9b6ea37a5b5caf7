"""Consent to telling a company: asked by the office, answered on the follow page, and effective at once (WBD 16(1))."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.commands.moving import locked
from cases.commands.record import record, record_all
from cases.commands.respondents import back_to_identified
from cases.events import Event
from cases.gates import may_stay_told
from cases.models import Case, CaseEvent, Filing, Respondent
from cases.policies import check_may
from cases.queries import company_records
from cases.queries.record import kinds_of
from cases.states import RESPONDENT
from grievance.commands import consent
from grievance.commands.following import Following
from grievance.models import Consent
from supplychain.models import Organisation

# Where a company is told, or may be: from here it goes back once the consent is gone.
DISCLOSED = frozenset(
    source for move in RESPONDENT.transitions if move.verb == "withdraw_approval" for source in move.sources
)


@transaction.atomic
def ask(
    *, case: Case, respondents: Sequence[Respondent], few: bool, identity: bool = False, by: User, at: datetime
) -> None:
    """Ask everybody who filed, on their follow page, whether these companies may be told; ``few``: that fewer than ten
    people fit the facts; ``identity``: whether they may know who it is. Nobody is asked twice."""
    case = locked(case)
    check_may(by, Act.ASK_CONSENT, case)
    people = Filing.objects.live().filter(case=case).values_list("grievance__complainant__pk", flat=True)
    companies = {one.organisation_id: one for one in respondents}
    asked = consent.ask(
        complainants=people, organisations=kinds_of(respondents), few=few, identity=identity, by=by, at=at
    )
    if not asked:
        raise Refused("everybody_asked", _("Everybody who filed has been asked about this, or has agreed already."))
    record_all(
        CaseEvent(case=case, kind=Event.CONSENT_ASKED, by=by, at=at, respondent=companies[organisation])
        for organisation in sorted({question.organisation_id for question in asked})
    )


@transaction.atomic
def answer(
    *,
    following: Following,
    organisation: Organisation | None,
    given: bool,
    kind: str = "",
    informed: bool = False,
    identity: bool = False,
    at: datetime,
) -> Consent:
    """Somebody who filed says, on their follow page, whether a company may be told (None: every one that answers, or
    every one of ``kind``).

    A no holds from this moment: a company that was told, or was about to be, is told nothing more. Needs no key, and
    works before anybody took the grievance up.
    """
    filing = Filing.objects.filter(grievance=following.grievance).select_related("case").first()
    case = locked(filing.case) if filing is not None else None
    known = set(Consent.objects.filter(complainant__grievance=following.grievance).values_list("pk", flat=True))
    said = consent.answer(
        following=following,
        organisation=organisation,
        kind=kind,
        given=given,
        informed=informed,
        identity=identity,
        at=at,
    )
    if case is None or said.pk in known:  # not taken up yet, or pressed twice
        return said
    about = case.respondents.filter(organisation=organisation).first() if organisation else None
    moved = Event.CONSENT_GIVEN if given else Event.CONSENT_REVOKED
    record(case, moved, by=None, at=at, filing=filing, respondent=about)
    react(case=case, at=at)
    return said


@transaction.atomic
def react(*, case: Case, at: datetime) -> list[Respondent]:
    """After who filed, or what they agreed to, has changed: every company whose consent no longer holds goes back to
    identified. Returns these. Once it did, it has nothing left to do."""
    case = locked(case)
    told = list(
        Respondent.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation")
        .filter(case=case, state__in=DISCLOSED)
        .order_by("pk")
    )
    records = company_records(case, told)
    ended = [respondent for respondent in told if not may_stay_told(records[respondent.pk])]
    for respondent in ended:
        respondent.case = case
        back_to_identified(respondent, by=None, at=at)
    return ended
