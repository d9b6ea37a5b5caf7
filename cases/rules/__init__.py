"""Dated rule packs: which clock runs how long, in whose calendar, and who is told at which rung of its ladder."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import holidays
from dateutil.relativedelta import relativedelta


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


@dataclass(frozen=True)
class Rule:
    """One line of a pack.

    ``ladder`` is "own" for what we owe, "respondent" for what a company owes, and "" for a period without one.
    ``valid_until`` None: in force.
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


@dataclass(frozen=True)
class Rung:
    """One step of an escalation ladder: who is told, and by which event."""

    name: str
    at: datetime
    event: str
    to: tuple[str, ...]


# Ladders in calendar days around T (standards: "Ladder"); and for clocks under 14 days in shares of their length.
SHORT = timedelta(days=14)
LADDERS: dict[str, tuple[tuple[str, int, tuple[str, ...]], ...]] = {
    "own": (
        ("T-7", -7, ("handler",)),
        ("T-2", -2, ("handler",)),
        ("T", 0, ("handler", "supervisor")),
        ("T+3", 3, ("lead",)),
        ("T+7", 7, ("oversight",)),
    ),
    "respondent": (
        ("T-7", -7, ("respondent",)),
        ("T-2", -2, ("respondent",)),
        ("T", 0, ("handler", "supervisor", "respondent")),
        ("T+3", 3, ("buyers",)),
        ("T+7", 7, ("automakers",)),
        ("T+14", 14, ("oversight",)),
    ),
}
SHORT_LADDERS: dict[str, tuple[tuple[str, float, tuple[str, ...]], ...]] = {
    "own": (
        ("50%", 0.5, ("handler",)),
        ("80%", 0.8, ("handler",)),
        ("T", 1.0, ("handler", "supervisor")),
        ("+25%", 1.25, ("lead",)),
        ("+50%", 1.5, ("oversight",)),
    ),
    "respondent": (
        ("50%", 0.5, ("respondent",)),
        ("80%", 0.8, ("respondent",)),
        ("T", 1.0, ("handler", "supervisor", "respondent")),
        ("+25%", 1.25, ("buyers",)),
        ("+50%", 1.5, ("automakers",)),
        ("+100%", 2.0, ("oversight",)),
    ),
}


def due_at(rule: Rule, started: datetime, country: str = "") -> datetime:
    """The moment at which a clock started at ``started`` is due; month ends are clamped (31 August + 3 months is
    30 November), business days are those of ``country`` (ISO 3166-1 alpha-2; weekends alone where it is not known).
    """
    match rule.unit:
        case Unit.HOURS:
            return started + timedelta(hours=rule.amount)
        case Unit.DAYS:
            return started + timedelta(days=rule.amount)
        case Unit.MONTHS:
            return started + relativedelta(months=rule.amount)
        case Unit.BUSINESS_DAYS:
            return _business_days(rule.amount, started, country)


def _business_days(amount: int, started: datetime, country: str) -> datetime:
    supported = country in holidays.list_supported_countries(include_aliases=False)
    calendar = holidays.country_holidays(country) if supported else holidays.HolidayBase()
    day = calendar.get_nth_working_day(started.date(), amount)
    return datetime.combine(day, started.timetz())


def rungs(rule: Rule, started: datetime, due: datetime) -> list[Rung]:
    """The ladder of one clock in order of time; steps that would lie before its start are left out.

    Their order fixes a clock's levels, so leaving one out must depend on the clock alone.
    """
    length = due - started
    if length < SHORT:
        steps = [(name, started + length * share, to) for name, share, to in SHORT_LADDERS[rule.ladder]]
    else:
        steps = [(name, due + timedelta(days=days), to) for name, days, to in LADDERS[rule.ladder]]
    return [Rung(name, at, _event(at, due), to) for name, at, to in steps if at > started]


def _event(at: datetime, due: datetime) -> str:
    if at < due:
        return "deadline_neared"
    return "deadline_passed" if at == due else "deadline_escalated"
