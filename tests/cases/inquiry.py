"""What tests of an inquiry share: a case at some stage, the person's follow page, letters in every language."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from cases.codes import HearingKind
from cases.commands import hearings
from cases.commands.hearings import Meeting
from cases.models import Case, Hearing
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
