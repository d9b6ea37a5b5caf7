"""What a company promises to put right, and a promise on its way to whoever filed: agreed, claimed and looked at."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from cases.codes import Method, RemedyType, SeatKind
from cases.commands.remedy import delivery, plan
from cases.commands.remedy.plan import Promised
from cases.models import Case, RemedyStep, Respondent, Seat
from grievance.commands.following import Following
from grievance.keys import data_key_for_office
from tests.factories import AT

DAY = timedelta(days=1)
WORDS = {
    "sw": "Kampuni italipa mishahara ya miezi miwili.",
    "en": "The company pays two months of wages.",
    "ar": "تدفع الشركة أجور شهرين.",
}


def company_at(case: Case) -> Respondent:
    """Whom the site belongs to; the first of several."""
    return case.respondents.filter(tier=0).order_by("pk")[0]


def promised(case: Case, *, at: datetime = AT, **changes: Any) -> Promised:
    owner = company_at(case)
    given = {
        "type": RemedyType.COMPENSATION, "owner": owner, "due_on": (at + 60 * DAY).date(),
        "what": "Two months of wages", "indicator": "Proof of payment for each person", "texts": WORDS, **changes,
    }  # fmt: skip
    return Promised(**given)


def verified_in(case: Case, handler: User, verifier: User, supervisor: User, *, at: datetime = AT) -> RemedyStep:
    """A step of a case that one person filed, as if all that comes before its remedy had been done."""
    Case.objects.filter(pk=case.pk).update(stage="remedy_design", handler=handler)
    case.filings.update(vetted_at=at, vetted_by=handler)
    case = Case.objects.get(pk=case.pk)
    company = company_at(case)
    case.respondents.filter(pk=company.pk).update(
        state="accepted", approved_at=at, approved_by=handler, notified_at=at, people_who_fit=40
    )
    Seat.objects.create(case=case, user=verifier, kind=SeatKind.VERIFIER, given_by=supervisor, given_at=at)
    made = plan.plan_step(case=case, promised=promised(case, at=at), by=handler, at=at)
    plan.consult(case=case, by=handler, at=at)
    grievance = case.filings.get().grievance
    following = Following(grievance, data_key_for_office(grievance.key_id), "")
    plan.answer_consultation(following=following, agrees=True, words="", at=at)
    plan.check_waivers(case=case, by=handler, at=at)
    plan.agree(case=case, by=handler, at=at)
    delivery.claim(step=made, words="Receipts", evidence=None, delivered_on=at.date(), by=handler, at=at)
    delivery.verify(step=made, method=Method.BANK, holds=True, words="Seen", by=verifier, at=at)
    return made
