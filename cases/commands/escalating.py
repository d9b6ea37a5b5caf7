"""Climbing the ladders: every step that is due becomes an event, and a deadline that passes a breach on record."""

import time
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.models import OuterRef, Subquery

from cases.commands.inbulk import Values, insert_all, update_all
from cases.models import Breach, CaseEvent, Clock, RemedyStep, Untold
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
    return climb(locked(due, skip_locked=skip)[:size], at)


def locked(clocks: ClockQuerySet, *, skip_locked: bool = False) -> ClockQuerySet:
    """Each as it stands once nobody else moves it any more: of a sweep and an officer who stops a deadline in the same
    moment one takes its steps. Its key stays free, so that who holds the case may write events of its clocks."""
    return clocks.select_for_update(no_key=True, skip_locked=skip_locked)


class Held(NamedTuple):
    """What of a clock its ladder asks for. ``owner``: whose remedy step it is about."""

    pk: int
    case: int
    filing: int | None
    respondent: int | None
    kind: str
    started_at: datetime
    due_at: datetime
    level: int
    owner: int | None


# Not by a join, whose rows PostgreSQL could not lock.
OWNER = Subquery(RemedyStep.objects.filter(pk=OuterRef("step")).values("owner"))
EVENT = ("case", "kind", "at", "respondent", "filing", "clock", "level", "data")


def climb(clocks: ClockQuerySet, at: datetime) -> int:
    """Take every step of these clocks whose time has come, in a few statements however many they are. Returns how many
    moved."""
    rules: dict[tuple[str, date], Rule] = {}
    events, breaches, places = [], [], []
    for row in clocks.annotate(owner=OWNER).values_list(*Held._fields):
        clock = Held(*row)
        kind = (clock.kind, clock.started_at.date())
        if kind not in rules:  # the ladder depends on these alone
            rules[kind] = rule_for(*kind)
        passed, place = _passed(clock, rules[kind], at)
        places.append((clock.pk, *place, None))
        events += [_event(clock, level, rung, at, rules[kind].ladder) for level, rung in passed]
        if any(rung.event == "deadline_passed" for _level, rung in passed):
            breaches.append((clock.pk, clock.case, clock.due_at, at))
    written = insert_all(CaseEvent, EVENT, events)
    insert_all(Untold, ("event", "at", "tries"), ((pk, at, 0) for pk in written))
    insert_all(Breach, ("clock", "case", "due_at", "noted_at"), breaches, unless_there=True)
    update_all(Clock, ("level", "next_step_at", "put_off_at"), places)
    return len(places)


def _passed(clock: Held, rule: Rule, at: datetime) -> tuple[list[tuple[int, Rung]], tuple[int, datetime | None]]:
    """The steps that are due, and the place behind them: its level, and when that comes."""
    ladder = rungs(rule, clock.started_at, clock.due_at)
    found = []
    level = next_rung(ladder, clock.level, clock.started_at)
    while level < len(ladder) and ladder[level].at <= at:
        found.append((level, ladder[level]))
        level = next_rung(ladder, level + 1, clock.started_at)
    return found, (level, ladder[level].at if level < len(ladder) else None)


def _event(clock: Held, level: int, rung: Rung, at: datetime, ladder: str) -> Values:
    """As `EVENT` names them."""
    # A remedy step that a company owes is told to that company.
    respondent = clock.respondent or (clock.owner if ladder == "respondent" else None)
    data = {"rung": rung.name, "to": list(rung.to), "clock": clock.kind}
    return (clock.case, rung.event, at, respondent, clock.filing, clock.pk, level, data)
