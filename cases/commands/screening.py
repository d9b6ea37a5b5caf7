"""Is this case ours to work on: the decision by its checklist, the second signature, admitting it or ending it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.roles import Act
from cases.codes import ELIGIBILITY, LetterKind
from cases.commands.closing import end
from cases.commands.moving import locked, move
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Eligibility, Filing
from cases.policies import check_answered, check_may, check_signs
from cases.queries import decision_of
from cases.states import Outcome


@transaction.atomic
def judge(*, case: Case, answers: Mapping[str, bool], by: User, at: datetime) -> Eligibility:
    """Decide by the checklist, ``answers`` to each code of `ELIGIBILITY`: a no to any is a reason why it is not ours.

    It asks what happened and where, never who says so: there is no test of standing (CSDDD 14(5)). The newest
    decision holds, and one made anew needs a signature of its own.
    """
    case = locked(case)
    check_may(by, Act.JUDGE, case)
    check_answered(answers)
    reasons = [code for code in ELIGIBILITY if not answers[code]]
    decision = Eligibility.objects.create(case=case, eligible=not reasons, reasons=reasons, by=by, at=at)
    record(case, Event.ELIGIBILITY_JUDGED, by=by, at=at, data={"eligible": decision.eligible})
    return decision


@transaction.atomic
def sign_ineligible(*, case: Case, by: User, at: datetime) -> None:
    """The second signature under the decision that this case is not ours, by somebody else than who decided."""
    case = locked(case)
    check_may(by, Act.SIGN_INELIGIBLE, case)
    decision = check_signs(decision_of(case), by)
    decision.signed_by, decision.signed_at = by, at
    decision.save(update_fields=["signed_by", "signed_at"])
    record(case, Event.ELIGIBILITY_SIGNED, by=by, at=at)


@transaction.atomic
def find_ineligible(*, case: Case, by: User, at: datetime) -> None:
    """Close a case that is not ours: with reasons that each person can read, and signed twice (CSDDD 14(3)).

    The person may appeal against it, as against every closing.
    """
    case = locked(case)
    check_may(by, Act.FIND_INELIGIBLE, case)
    end(case, "find_ineligible", outcome=Outcome.INELIGIBLE, letter=LetterKind.INELIGIBLE, by=by, at=at)


@transaction.atomic
def admit(*, case: Case, by: User, at: datetime) -> None:
    """It is ours, and everybody at work on it is free of conflict: assessment begins."""
    case = locked(case)
    check_may(by, Act.ADMIT, case)
    move(case, "admit", by=by, at=at)
    # Whoever opened the case was looked at with it; who joins later is vetted one by one.
    Filing.objects.live().filter(case=case, vetted_at=None).update(vetted_at=at, vetted_by=by)
