"""Moving a remedy step along its lifecycle: the table, the gates, the version, the event and the clocks, together."""

from datetime import datetime
from typing import Any

from accounts.history import keep
from accounts.models import User
from cases.commands import clocks
from cases.commands.record import record
from cases.gates import StepRecord
from cases.models import Case, Filing, RemedyStep
from cases.policies import check_step_gates, check_step_move
from cases.rules.remedy import remedy_rule

# What is due while a step stands in a state.
STATE_CLOCKS: dict[str, str] = {"delivered": "verification", "verified": "review_step"}
DELIVERY = ("remedy_step", "remedy_step_interim")


def locked_step(step: RemedyStep) -> RemedyStep:
    """The step with its case as they stand now, both held: whoever is later meets what the earlier one did."""
    case = Case.objects.select_for_update(no_key=True, of=("self",)).get(plan__steps=step.pk)
    found = (
        RemedyStep.objects.select_for_update(no_key=True, of=("self",))
        .select_related("plan__case__site", "owner__organisation", "filing")
        .get(pk=step.pk)
    )
    found.plan.case = case
    return found


def move_step(
    step: RemedyStep, verb: str, held: StepRecord, *, by: User | None, at: datetime, filing: Filing | None = None
) -> None:
    """Take the transition ``verb``; ``step`` is `locked_step`. Refuses where there is none, or a gate does not hold.

    Whatever else changes with it is set on ``step`` before, and kept in the same version.
    """
    move = check_step_move(step, verb)
    check_step_gates(move, held)
    left, step.state = step.state, move.target
    if verb == "dispute":
        step.disputes += 1
    keep(step, by=by, at=at, why=move.event)
    note(step, move.event, by=by, at=at, filing=filing)
    if left in STATE_CLOCKS:
        clocks.stop(step.plan.case, STATE_CLOCKS[left], at=at, step=step)
    if step.state in STATE_CLOCKS:
        clocks.start(step.plan.case, STATE_CLOCKS[step.state], at=at, step=step)


def note(
    step: RemedyStep,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    filing: Filing | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """What happened to a step, as an event of its case and of its owner."""
    said = {"step": step.pk, **(data or {})}
    record(step.plan.case, kind, by=by, at=at, respondent=step.owner, filing=filing, data=said)


def ask_first(step: RemedyStep, at: datetime) -> None:
    """The step waits on the follow page from now on, which is the first try; kept with what moves the step."""
    step.tries, step.first_try_at = 1, at
    step.next_try_at = next_try(step)


def next_try(step: RemedyStep) -> datetime | None:
    """When those who have not answered are tried again, or when the step lapses."""
    if step.first_try_at is None:
        return None
    rule = remedy_rule(step.first_try_at.date())
    return step.first_try_at + (rule.tries_after[step.tries] if step.tries < rule.tries else rule.lapse_after)
