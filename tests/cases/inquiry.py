"""What tests of an inquiry share: a case at some stage, the person's follow page, letters in every language."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from cases.codes import Basis, HearingKind, LetterKind, Result
from cases.commands import closing, findings, hearings
from cases.commands.findings import Verdict
from cases.commands.hearings import Meeting
from cases.models import Case, Finding, Hearing, Respondent
from cases.queries import Served, served_to
from cases.states import Stage
from grievance.commands import following
from grievance.commands.filing import Filed
from grievance.commands.following import Following
from tests.cases.conftest import AT


def standing_in(case: Case, stage: Stage) -> Case:
    """The case as if it had come there; what leads there has tests of its own."""
    Case.objects.filter(pk=case.pk).update(stage=stage)
    return Case.objects.get(pk=case.pk)


def coming_back(filed: Filed, at: datetime = AT) -> Following:
    """The person opens their page with their number."""
    return following.resume(session_key=following.open_session(receipt=filed.receipt, at=at), at=at)


def reads(filed: Filed, at: datetime = AT) -> list[Served]:
    return served_to(coming_back(filed, at))


def meeting(case: Case, **changes: Any) -> Meeting:
    """A talk about the facts with the person who filed."""
    agreed = {
        "kind": HearingKind.FACTS,
        "speaker": case.filings.get(),
        "planned_on": (AT + timedelta(days=3)).date(),
        "place": "at the union's office",
        "place_agreed": True,
    }
    return Meeting(**{**agreed, **changes})


def facts_talked_over(case: Case, by: User, at: datetime = AT) -> Hearing:
    hearing = hearings.plan_hearing(case=case, meeting=meeting(case), by=by, at=at)
    hearings.hold_hearing(hearing=hearing, minutes="January was not paid", language="sw", by=by, at=at)
    return hearing


def told(case: Case) -> Respondent:
    """The operator, as if it had been told yesterday."""
    company, day = case.respondents.order_by("tier")[0], AT - timedelta(days=1)
    Respondent.objects.filter(pk=company.pk).update(
        state="acknowledged", approved_at=day, approved_by=User.objects.order_by("pk")[0], notified_at=day
    )
    return Respondent.objects.get(pk=company.pk)


def found(case: Case, by: User, at: datetime = AT, **changes: Any) -> Finding:
    """A finding, after the facts were talked over."""
    facts_talked_over(case, by, at)
    return findings.find(case=case, verdict=verdict(**changes), by=by, at=at)


def written(case: Case, by: User, kind: LetterKind = LetterKind.CLOSING, at: datetime = AT) -> None:
    closing.write_letter(case=case, kind=kind, language="sw", body="Kwa sababu hizi", by=by, at=at)


def verdict(**changes: Any) -> Verdict:
    found: dict[str, Any] = {
        "basis": Basis.INQUIRY,
        "result": Result.SUBSTANTIATED,
        "theirs": {"sw": "Ulisema kweli"},
        "office": "Payslips show it.",
    }
    return Verdict(**{**found, **changes})
