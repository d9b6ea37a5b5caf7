"""May this case, this company, this step move: `check_…` raises `Refused` with all that is missing."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from cases.codes import AppealResult, Capacity, ReferralKind
from cases.gates import (
    ASKS,
    CompanyRecord,
    OnRecord,
    Standing,
    StepRecord,
    company_standing,
    lacking,
    standing,
    step_standing,
)
from cases.gates.appeal import Appealing, appeal_missing, return_missing
from cases.models import Appeal, Case, Person, RemedyStep, Respondent
from cases.policies.refusals import not_now, refuse_lacking
from cases.states import CASE, REMEDY_STEP, RESPONDENT, Gate, Track, Transition


def check_move(case: Case, verb: str, target: str = "") -> Transition:
    """The transition that ``verb`` names from where the case stands now, or `Refused`."""
    move = CASE.find(verb, case.stage, target)
    if move is None:
        raise not_now()
    return move


def check_gates(move: Transition, record: OnRecord) -> None:
    """Refuses with the code of the first gate that does not hold, and says all that is missing."""
    refuse_lacking(lacking(standing(move, record)))


def check_respondent_move(respondent: Respondent, verb: str) -> Transition:
    move = RESPONDENT.find(verb, respondent.state)
    if move is None:
        raise Refused("not_now", _("This company is not at the step where that is possible."))
    return move


def check_company_gates(move: Transition, record: CompanyRecord) -> None:
    """As `check_gates`, for one company: consent, safety, enough people to hide among (WBD 16(1))."""
    refuse_lacking(lacking(company_standing(move, record)))


def check_was_told(respondent: Respondent, at: datetime) -> None:
    """Refuses to deal with a company that does not know of the case yet, or may not know of it any more."""
    told = respondent.notified_at is not None and respondent.notified_at <= at
    if not told or respondent.state in {"identified", "approved"}:
        raise Refused("company_not_told", _("This company has not been told of the case."))


def check_may_be_told(agreed: bool) -> None:
    """Refuses what would let the site know of a case before everybody who filed agreed to that (WBD 16(1), ESS10)."""
    if not agreed:
        raise Refused(
            "consent",
            _("This would tell the site that there is a case, and not everybody who filed has agreed. Ask them first."),
        )


def check_consents(person: Person | None) -> None:
    """A witness or a relative is heard and named with their consent alone; who is accused has a right to be heard."""
    if person is not None and person.capacity != Capacity.ACCUSED and person.consents is not True:
        raise Refused(
            "person_consents", _("This person has not agreed that their words are used: record what they said to that.")
        )


def check_asks(record: OnRecord, *gates: Gate) -> None:
    """As `check_gates`, for what an act asks that is no transition."""
    refuse_lacking(
        lacking(Standing(gate, ASKS[gate].label, ASKS[gate].where, ASKS[gate].missing(record)) for gate in gates)
    )


def check_appeal(record: Appealing, at: datetime) -> None:
    missing = appeal_missing(record, at)
    if missing is not None:
        raise Refused(*missing)


def check_return(decision: tuple[AppealResult, str], appeal: Appeal, outcome: str, substantiated: bool) -> None:
    """May the panel, with this result, send the case to this stage?"""
    result, to = decision
    missing = return_missing(result, to, interrupted=appeal.interrupted, outcome=outcome, substantiated=substantiated)
    if missing is not None:
        raise Refused("return_to", missing)


# Who is told of a child, or by law of a crime, is told even where the person did not agree.
REPORTED_BY_LAW = frozenset({ReferralKind.CHILD, ReferralKind.AUTHORITY})


def check_referral(case: Case, kind: str, consented: bool) -> None:
    """Nobody is sent on without their consent, but where a law demands it; a survivor never (ESS10)."""
    if not consented and (kind not in REPORTED_BY_LAW or case.track == Track.SURVIVOR):
        raise Refused("consent", _("The person has to agree first: ask them, and say that they did."))


def check_step_move(step: RemedyStep, verb: str) -> Transition:
    move = REMEDY_STEP.find(verb, step.state)
    if move is None or step.dropped_at is not None:
        raise Refused("not_now", _("This step of the remedy is not where that is possible."))
    return move


def check_step_gates(move: Transition, record: StepRecord) -> None:
    """As `check_gates`, for one step of a remedy."""
    refuse_lacking(lacking(step_standing(move, record)))
