"""Starting, stopping and sweeping clocks."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min

from cases.commands.record import record_all
from cases.models import NEVER_DUE, Case, CaseEvent, Clock, RemedyStep, Respondent, SafetyCheck
from cases.rules import Rung, due_at, rungs
from cases.rules.packs import rule_for
from grievance.models import Message

PUT_OFF = timedelta(hours=1)  # of a clock that could not be moved


def start(
    case: Case,
    kind: str,
    *,
    at: datetime,
    due: datetime | None = None,
    country: str = "",
    respondent: Respondent | None = None,
    step: RemedyStep | None = None,
    message: Message | None = None,
    safety_check: SafetyCheck | None = None,
) -> Clock:
    """Start a clock of a case, or of one thing in it. ``due`` overrides the rule's own length."""
    rule = rule_for(kind, at.date())
    due = due or due_at(rule, at, country)
    ladder = rungs(rule, at, due)
    clock = Clock.objects.create(
        case=case,
        respondent=respondent,
        step=step,
        message=message,
        safety_check=safety_check,
        kind=kind,
        regime=rule.regime,
        started_at=at,
        due_at=due,
        next_step_at=ladder[0].at if ladder else None,
    )
    refresh_due(case)
    return clock


def stop(
    case: Case, *kinds: str, at: datetime, respondent: Respondent | None = None, step: RemedyStep | None = None
) -> int:
    """Stop the running clocks of these kinds; a breach that was recorded stays. Returns how many were stopped."""
    running = Clock.objects.running().filter(case=case, kind__in=kinds)
    if respondent is not None:
        running = running.filter(respondent=respondent)
    if step is not None:
        running = running.filter(step=step)
    stopped = running.update(stopped_at=at)
    refresh_due(case)
    return stopped


def bring_forward(case: Case, *kinds: str, due: datetime) -> None:
    """Where somebody who joined was promised something earlier, the running clocks of these kinds are due as early."""
    for clock in Clock.objects.running().filter(case=case, kind__in=kinds, due_at__gt=due):
        _set_due(clock, max(due, clock.started_at))
    refresh_due(case)


def extend(clock: Clock, *, at: datetime) -> None:
    """A running clock gets the time that its rule allows once."""
    rule = rule_for(clock.kind, clock.started_at.date())
    clock.extended_at = at
    _set_due(clock, due_at(replace(rule, amount=rule.extension), clock.due_at))
    refresh_due(clock.case)


def _set_due(clock: Clock, due: datetime) -> None:
    """Another day for a running clock; steps of its ladder that were taken stay taken."""
    ladder = rungs(rule_for(clock.kind, clock.started_at.date()), clock.started_at, due)
    clock.due_at = due
    clock.next_step_at = ladder[clock.level].at if clock.level < len(ladder) else None
    clock.save(update_fields=["due_at", "next_step_at", "extended_at"])


def stop_answered(case: Case, grievance_id: int, read_up_to: int, *, at: datetime) -> None:
    """Stop the clocks of this person's messages up to the one that was read; later ones run on."""
    Clock.objects.running().filter(case=case, message__grievance=grievance_id, message__lte=read_up_to).update(
        stopped_at=at
    )
    refresh_due(case)


def stop_all(case: Case, *, at: datetime) -> None:
    """Every clock of a case stands still, to run on from `run_again`."""
    Clock.objects.running().filter(case=case).update(stopped_at=at)
    refresh_due(case)


def run_again(case: Case, *, stopped_at: datetime) -> None:
    """The clocks that stopped at that moment run on towards their old dates: setting aside never moves a deadline."""
    running = Clock.objects.running().filter(case=case, message=None).values("kind")
    Clock.objects.filter(case=case, stopped_at=stopped_at).exclude(message=None, kind__in=running).update(
        stopped_at=None
    )
    refresh_due(case)


def refresh_due(case: Case) -> None:
    """Keep the queue's column: what of this case is due next. The case is held, so that of two who start a clock at
    once the later one counts both."""
    Case.objects.select_for_update().only("pk").get(pk=case.pk)
    due = Clock.objects.running().filter(case=case).aggregate(due=Min("due_at"))["due"]
    Case.objects.filter(pk=case.pk).update(next_due_at=due, due_order=due or NEVER_DUE)
    case.next_due_at, case.due_order = due, due or NEVER_DUE


def sweep(*, at: datetime, limit: int = 1000) -> int:
    """Take every step of the ladder that is due, oldest first, one chunk: each is one event, unique by clock and level.

    Safe with any number of workers at once (rows that another holds are skipped where the database can), and after any
    outage: every level that was missed gets its event. Returns how many clocks moved. A clock that cannot be moved is
    put off by an hour, and holds up no other.
    """
    due = list(Clock.objects.stepping(at).values_list("pk", flat=True)[:limit])
    if not due:
        return 0
    try:
        return _step(due, at)
    except Exception:  # noqa: BLE001 - one of them is at fault: find it, and let the others go on
        return _step_each(due, at)


@transaction.atomic
def _step(due: list[int], at: datetime) -> int:
    clocks = list(
        Clock.objects.stepping(at)
        .filter(pk__in=due)
        .select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    )
    record_all([event for clock in clocks for event in _climb(clock, at)])
    Clock.objects.bulk_update(clocks, ["level", "next_step_at"], batch_size=500)
    return len(clocks)


def _step_each(due: list[int], at: datetime) -> int:
    moved, errors = 0, []
    for pk in due:
        try:
            moved += _step([pk], at)
        except Exception as error:  # noqa: BLE001 - seen below, by type
            Clock.objects.filter(pk=pk).update(next_step_at=at + PUT_OFF)
            errors.append(error)
    if errors:
        raise ExceptionGroup("clocks", errors)
    return moved


def _climb(clock: Clock, at: datetime) -> list[CaseEvent]:
    ladder = rungs(rule_for(clock.kind, clock.started_at.date()), clock.started_at, clock.due_at)
    passed = [(level, rung) for level, rung in enumerate(ladder) if level >= clock.level and rung.at <= at]
    clock.level = max([clock.level, *(level + 1 for level, _rung in passed)])
    clock.next_step_at = ladder[clock.level].at if clock.level < len(ladder) else None
    return [_event(clock, level, rung, at) for level, rung in passed]


def _event(clock: Clock, level: int, rung: Rung, at: datetime) -> CaseEvent:
    return CaseEvent(
        case_id=clock.case_id,
        kind=rung.event,
        at=at,
        respondent_id=clock.respondent_id,
        clock=clock,
        level=level,
        data={"rung": rung.name, "to": list(rung.to), "clock": clock.kind},
    )
