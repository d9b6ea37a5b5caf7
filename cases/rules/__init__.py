"""Dated rule packs: which clock runs how long, in whose calendar, and who is told at which rung of its ladder."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from cases.rules.calendars import end_of_day, latest_zone, working_day_after, working_days_between


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


@dataclass(frozen=True)
class Rule:
    """One line of a pack.

    ``ladder``: a key of `LADDERS`, "" for a period without one. ``target``: days in which we mean to be done.
    ``severities``: of which cases it speaks; empty: of all. ``valid_until`` None: in force.
    """

    clock: str
    amount: int
    unit: Unit
    ladder: str
    pausable: bool
    source: str
    regime: str
    valid_from: date
    valid_until: date | None = None
    extension: int = 0  # by so many of its units, once, for reasons
    target: int = 0
    severities: frozenset[str] = frozenset()

    def applies(self, on: date, severity: str = "") -> bool:
        dated = self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)
        return dated and (not self.severities or severity in self.severities)


@dataclass(frozen=True)
class Pause:
    """A time in which a clock stands still."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True)
class Step:
    """One step of a ladder around T: in days of the calendar, or as a share of the clock's length where it is short."""

    name: str
    days: int
    short: str
    share: float
    to: tuple[str, ...]


@dataclass(frozen=True)
class Rung:
    """One step of an escalation ladder: who is told, and by which event."""

    name: str
    at: datetime
    event: str
    to: tuple[str, ...]


# Clocks under 14 days climb in shares of their length (standards: "Ladder"). A level of a clock is a place in its
# ladder, so both have the same places, and a clock that becomes longer or shorter keeps its own.
SHORT = timedelta(days=14)
LEAST = timedelta(hours=1)  # of which the steps after T are shares, where a clock was due at once
TARGET = "target"
OWN = (
    Step("T-7", -7, "50%", 0.5, ("handler",)),
    Step("T-2", -2, "80%", 0.8, ("handler",)),
    Step("T", 0, "T", 1.0, ("handler", "supervisor")),
    Step("T+3", 3, "+25%", 1.25, ("lead",)),
    Step("T+7", 7, "+50%", 1.5, ("oversight",)),
)
LADDERS: dict[str, tuple[Step, ...]] = {
    "": (),
    "own": OWN,
    # With our own aim first: remind then (standards: "target 2").
    "aim": (Step(TARGET, 0, TARGET, 0.0, ("handler",)), *OWN),
    # What others answer, or do not: somebody is reminded to reach them, and nobody of the office is late.
    "reminders": OWN[:2],
    "respondent": (
        Step("T-7", -7, "50%", 0.5, ("respondent",)),
        Step("T-2", -2, "80%", 0.8, ("respondent",)),
        Step("T", 0, "T", 1.0, ("handler", "supervisor", "respondent")),
        Step("T+3", 3, "+25%", 1.25, ("buyers",)),
        Step("T+7", 7, "+50%", 1.5, ("automakers",)),
        Step("T+14", 14, "+100%", 2.0, ("oversight",)),
    ),
}


def due_at(rule: Rule, started: datetime, country: str = "") -> datetime:
    """The moment at which a clock started at ``started`` is due; month ends are clamped (31 August + 3 months is
    30 November), business days are those of ``country`` (ISO 3166-1 alpha-2; weekends alone where it is not known).

    What a company owes within days is due when that day is over in its country: it is told a day.
    """
    if not _by_day(rule):
        return _after(rule, started, country)
    if rule.unit == Unit.DAYS:  # counted in days of that country, however long each of them is
        there = started.astimezone(latest_zone(country, started))
        return end_of_day(there + timedelta(days=rule.amount), country)
    return end_of_day(_after(rule, started, country), country)


def _by_day(rule: Rule) -> bool:
    return rule.ladder == "respondent" and rule.unit in {Unit.DAYS, Unit.BUSINESS_DAYS}


def _after(rule: Rule, started: datetime, country: str) -> datetime:
    match rule.unit:
        case Unit.HOURS:
            return started + timedelta(hours=rule.amount)
        case Unit.DAYS:
            return started + timedelta(days=rule.amount)
        case Unit.MONTHS:
            return started + relativedelta(months=rule.amount)
        case Unit.BUSINESS_DAYS:
            return _working_days(rule.amount, started, country)


def _working_days(amount: int, started: datetime, country: str) -> datetime:
    """At the same time of day there, whatever became of their clocks between summer and winter."""
    there = started.astimezone(latest_zone(country, started))
    day = working_day_after(there.date(), amount, country)
    return datetime.combine(day, there.time(), there.tzinfo).astimezone(UTC)


def reckoned(
    rule: Rule,
    started: datetime,
    *,
    country: str = "",
    promised: datetime | None = None,
    extended: bool = False,
    pauses: Collection[Pause] = (),
) -> datetime:
    """When a clock is due by all that holds for it now: its rule or the date of its own that was ``promised``, the
    extension that it got, and every time in which it stood still."""
    due = promised or due_at(rule, started, country)
    if extended:
        due = due_at(replace(rule, amount=rule.extension), due, country)
    for pause in sorted(pauses, key=lambda one: one.from_at):
        due = _later(rule, due, pause, country) if pause.from_at < due else due
    return end_of_day(due, country) if _by_day(rule) and pauses else due


def _later(rule: Rule, due: datetime, pause: Pause, country: str) -> datetime:
    """What is counted in days there is given back in days there: an hour between summer and winter is none."""
    if not (_by_day(rule) or rule.unit == Unit.BUSINESS_DAYS):
        return due + (pause.until_at - pause.from_at)
    zone = latest_zone(country, due)
    start, end = (moment.astimezone(zone).date() for moment in (pause.from_at, pause.until_at))
    there = due.astimezone(zone)
    if rule.unit == Unit.BUSINESS_DAYS:
        day = working_day_after(there.date(), working_days_between(start, end, country), country)
    else:
        day = there.date() + (end - start)
    return datetime.combine(day, there.time(), zone).astimezone(UTC)


def rungs(rule: Rule, started: datetime, due: datetime) -> list[Rung]:
    """The ladder of one clock. The place of a step is the clock's level, and depends on the ladder alone."""
    length = due - started
    return [_rung(step, rule, started, due, length) for step in LADDERS[rule.ladder]]


def _rung(step: Step, rule: Rule, started: datetime, due: datetime, length: timedelta) -> Rung:
    if step.name == TARGET:
        return Rung(TARGET, min(started + timedelta(days=rule.target), due), "deadline_neared", step.to)
    event = "deadline_neared" if step.days < 0 else "deadline_escalated" if step.days else "deadline_passed"
    if length >= SHORT:
        return Rung(step.name, due + timedelta(days=step.days), event, step.to)
    after = length if step.share < 1 else max(length, LEAST)
    return Rung(step.short, due + after * (step.share - 1), event, step.to)


def next_rung(ladder: list[Rung], level: int, started: datetime) -> int:
    """The level at which the next step lies: a reminder that would lie before the start is passed over, and nothing
    else ever is."""
    while level < len(ladder) and ladder[level].event == "deadline_neared" and ladder[level].at <= started:
        level += 1
    return level
