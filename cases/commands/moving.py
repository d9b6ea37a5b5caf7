"""Moving a case along its lifecycle: the table, the gates, the version, the event and the clocks, always together."""

from datetime import datetime
from typing import Any

from accounts.history import keep
from accounts.models import User
from cases.codes import LetterKind
from cases.commands import clocks
from cases.commands.record import record
from cases.commands.serving import serve_letters
from cases.gates.appeal import DECISIONS
from cases.models import AT_ONCE, Case, Filing
from cases.policies import check_gates, check_move
from cases.queries import on_record
from cases.rules.packs import feedback_starts, period_ends
from cases.states import Gate, Stage

# What is due while a case stands in a stage: the clock starts on the way in and stops on the way out.
STAGE_CLOCKS: dict[str, str] = {
    Stage.SCREENING: "eligibility",
    Stage.ASSESSMENT: "assessment",
    Stage.INVESTIGATION: "investigation",
    Stage.REMEDY_DESIGN: "remedy_plan",
    Stage.APPEAL: "appeal_decided",
}


# Nobody works on what stands here, and its words are kept for a time only.
AT_REST = frozenset({Stage.CLOSED, Stage.SET_ASIDE})


def locked(case: Case) -> Case:
    """The case as it stands now, held until the transaction ends: a stale page meets the truth."""
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("site").get(pk=case.pk)


def move(
    case: Case,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    target: str = "",
    outcome: str = "",
    letter: LetterKind = LetterKind.CLOSING,
    filing: Filing | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Take the transition ``verb``; ``case`` is `locked`. Refuses where there is none, or a gate does not hold.

    Whatever else changes with it is set on ``case`` before, and kept in the same version.
    """
    step = check_move(case, verb, target)
    check_gates(step, on_record(case, at=at, letter=letter, outcome=outcome))
    left, case.stage = case.stage, step.target
    _end_or_begin(case, left, at)
    if Gate.REASONS_GIVEN in step.gates:
        serve_letters(case, letter, at=at)  # before the event: letters older than a closing count no more
    keep(case, by=by, at=at, why=step.event)
    record(case, step.event, by=by, at=at, filing=filing, data=data)
    if step.event in DECISIONS:
        clocks.start_appeals(case, Filing.objects.live().filter(case=case), at=at)
    # The safety checks follow the stage: the next sweep reckons them anew.
    Filing.objects.filter(case=case).update(next_safety_at=AT_ONCE)
    _clocks(case, left, at)


def _end_or_begin(case: Case, left: str, at: datetime) -> None:
    """A closed case has its day; one that was opened again has none."""
    if case.stage == Stage.CLOSED:
        case.closed_at = at
    elif left == Stage.CLOSED:
        case.closed_at = None
    keep_words(case, at)


def keep_words(case: Case, at: datetime) -> None:
    """What is at rest has a day from which its words are erased; what is worked on has none (behaviour 21)."""
    case.erase_at = period_ends("words_kept", at) if case.stage in AT_REST else None


def _clocks(case: Case, left: str, at: datetime) -> None:
    if case.stage == Stage.CLOSED:
        clocks.stop_all(case, at=at)
        return
    if left in STAGE_CLOCKS:
        clocks.stop(case, STAGE_CLOCKS[left], at=at)
    if case.stage in STAGE_CLOCKS:
        clocks.start(case, STAGE_CLOCKS[case.stage], at=at)
    if left == Stage.CLOSED:  # whoever's case is open again hears from us as at its beginning
        clocks.start(case, "update", at=at)
        clocks.start(case, "feedback", at=feedback_starts(at, at))
