"""Climbing the ladders: every step that is due becomes an event, and a deadline that passes a breach on record."""

import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F

from cases.commands.record import record_all
from cases.models import Breach, CaseEvent, Clock
from cases.models.clocks import ClockQuerySet
from cases.rules import Rule, Rung, next_rung, rungs
from cases.rules.packs import rule_for

PUT_OFF = timedelta(hours=1)  # of a clock that could not be moved
CHUNK = 1000
LONGEST_RUN = 20.0  # seconds; the next sweep goes on where this one stopped


def sweep(*, at: datetime, limit: int = 100_000) -> int:
    """Take every step of the ladder that is due, oldest first, in chunks of one transaction each: each step is one
    event, unique by clock and level.

    Safe with any number of workers at once (rows that another holds are skipped where the database can), and after any
    outage: every level that was missed gets its event. Returns how many clocks moved. A clock that cannot be moved is
    put off by an hour, and holds up no other.
    """
    until, moved = time.monotonic() + LONGEST_RUN, 0
    errors: list[Exception] = []
    while moved < limit and time.monotonic() < until:
        done = _chunk(at, min(CHUNK, limit - moved), errors)
        moved += done
        if not done:
            break
    if errors:
        raise ExceptionGroup("clocks", errors)
    return moved


def _chunk(at: datetime, size: int, errors: list[Exception]) -> int:
    due = Clock.objects.stepping(at)
    if not due.exists():  # an idle sweep takes no write lock
        return 0
    try:
        return _step(due, at, size)
    except OperationalError:  # the database, not a clock
        raise
    except Exception:  # noqa: BLE001 - one of them is at fault: find it, and let the others go on
        return sum(_step_alone(pk, at, errors) for pk in list(due.values_list("pk", flat=True)[:size]))


def _step_alone(pk: int, at: datetime, errors: list[Exception]) -> int:
    """One that fails counts as looked at."""
    try:
        return _step(Clock.objects.stepping(at).filter(pk=pk), at, 1)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - seen by whoever called, by type
        Clock.objects.filter(pk=pk).update(next_step_at=at + PUT_OFF, put_off_at=at)
        errors.append(error)
        return 1


@transaction.atomic
def _step(due: ClockQuerySet, at: datetime, size: int) -> int:
    skip = connection.features.has_select_for_update_skip_locked
    return climb(locked(with_owner(due), skip_locked=skip)[:size], at)


def with_owner(clocks: ClockQuerySet) -> ClockQuerySet:
    """Each with ``owner``: whose remedy step it is about."""
    return clocks.annotate(owner=F("step__owner_id"))


def locked(clocks: ClockQuerySet, *, skip_locked: bool = False) -> ClockQuerySet:
    """Each as it stands once nobody else moves it any more: of a sweep and an officer who stops a deadline in the same
    moment one takes its steps. Its key stays free, so that who holds the case may write events of its clocks."""
    return clocks.select_for_update(no_key=True, of=("self",), skip_locked=skip_locked)


def climb(clocks: Iterable[Clock], at: datetime) -> int:
    """Take every step of these clocks whose time has come, in a few statements however many they are. ``clocks``:
    `with_owner`. Returns how many moved."""
    rules: dict[tuple[str, date], Rule] = {}
    held = list(clocks)
    events, breaches = [], []
    for clock in held:
        kind = (clock.kind, clock.started_at.date())
        if kind not in rules:  # the ladder depends on these alone
            rules[kind] = rule_for(*kind)
        for level, rung in _passed(clock, rules[kind], at):
            events.append(_event(clock, level, rung, at, rules[kind].ladder))
            if rung.event == "deadline_passed":
                breaches.append(Breach(clock=clock, case_id=clock.case_id, due_at=clock.due_at, noted_at=at))
    record_all(events)
    Breach.objects.bulk_create(breaches, ignore_conflicts=True)
    _keep_places(held)
    return len(held)


def _keep_places(clocks: list[Clock]) -> None:
    """One statement for all: rows that are there are changed in these columns and in nothing else."""
    Clock.objects.bulk_create(
        clocks, update_conflicts=True, unique_fields=["id"], update_fields=["level", "next_step_at", "put_off_at"]
    )


def _passed(clock: Clock, rule: Rule, at: datetime) -> list[tuple[int, Rung]]:
    """The steps that are due, and the clock at the place behind them."""
    ladder = rungs(rule, clock.started_at, clock.due_at)
    found = []
    level = next_rung(ladder, clock.level, clock.started_at)
    while level < len(ladder) and ladder[level].at <= at:
        found.append((level, ladder[level]))
        level = next_rung(ladder, level + 1, clock.started_at)
    clock.level, clock.put_off_at = level, None
    clock.next_step_at = ladder[level].at if level < len(ladder) else None
    return found


def _event(clock: Clock, level: int, rung: Rung, at: datetime, ladder: str) -> CaseEvent:
    owner: int | None = getattr(clock, "owner", None)
    return CaseEvent(
        case_id=clock.case_id,
        kind=rung.event,
        at=at,
        # A remedy step that a company owes is told to that company.
        respondent_id=clock.respondent_id or (owner if ladder == "respondent" else None),
        filing_id=clock.filing_id,
        clock=clock,
        level=level,
        data={"rung": rung.name, "to": list(rung.to), "clock": clock.kind},
    )
