"""When each person who filed is asked whether they are safe, as dated data (behaviour 15: ISO 37002 8.3–8.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from cases.codes import SafetyReason
from cases.rules import Unit
from cases.rules.packs import SINCE, D

ISO = "ISO 37002 8.3–8.4"


@dataclass(frozen=True)
class CheckRule:
    """``after``: how many units after its start somebody is asked; the last of them again and again if ``recurring``.

    ``answer_within``: days until the question counts as unanswered; ``alerts``: whether that silence alerts a person.
    """

    reason: SafetyReason
    after: tuple[int, ...]
    unit: Unit
    answer_within: int
    source: str
    recurring: bool = False
    alerts: bool = False
    valid_from: date = SINCE
    valid_until: date | None = None


CHECKS: tuple[CheckRule, ...] = (
    CheckRule(SafetyReason.MONTHLY, (1,), Unit.MONTHS, 14, ISO, recurring=True),
    CheckRule(SafetyReason.DISCLOSURE, (7,), Unit.DAYS, 7, ISO, alerts=True),
    CheckRule(SafetyReason.AFTER, (1, 3, 6, 12), Unit.MONTHS, 14, ISO),
    CheckRule(SafetyReason.WITHDRAWAL, (7,), Unit.DAYS, 7, D, alerts=True),
    CheckRule(SafetyReason.ASKED, (0,), Unit.DAYS, 7, D, alerts=True),
)


@dataclass(frozen=True)
class Watched:
    """What the check-ins of one person who filed depend on. ``told``: when companies were told since they joined."""

    joined_at: datetime
    told: tuple[datetime, ...] = ()
    paused: bool = False  # set aside
    closed_at: datetime | None = None  # None: the case is open
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Schedule:
    """``due``: of each series the newest check whose time has come, as (reason, moment); ``next_at``: the one ahead."""

    due: tuple[tuple[SafetyReason, datetime], ...]
    next_at: datetime | None


def check_rule(reason: SafetyReason, on: date) -> CheckRule:
    """The rule in force on a day; KeyError for none."""
    for rule in CHECKS:
        if rule.reason == reason and rule.valid_from <= on and (rule.valid_until is None or on <= rule.valid_until):
            return rule
    raise KeyError(reason)


def answer_by(reason: SafetyReason, asked: datetime) -> datetime:
    """Until when somebody who was asked at that moment has time to answer."""
    return asked + timedelta(days=check_rule(reason, asked.date()).answer_within)


def schedule(watched: Watched, at: datetime) -> Schedule:
    """Of a series several of whose moments were missed only the newest is due: nobody is asked twice at once."""
    around = [(reason, *_around(reason, start, at)) for reason, start in _series(watched)]
    due = tuple((reason, past) for reason, past, _ahead in around if past is not None and not watched.paused)
    return Schedule(due, min((ahead for _reason, _past, ahead in around if ahead is not None), default=None))


def _series(watched: Watched) -> Iterator[tuple[SafetyReason, datetime]]:
    if watched.withdrawn_at is not None:
        yield SafetyReason.WITHDRAWAL, watched.withdrawn_at
    elif watched.closed_at is not None:
        yield SafetyReason.AFTER, watched.closed_at
    else:
        yield SafetyReason.MONTHLY, watched.joined_at
    for told_at in sorted(set(watched.told)):
        yield SafetyReason.DISCLOSURE, told_at


def _around(reason: SafetyReason, start: datetime, at: datetime) -> tuple[datetime | None, datetime | None]:
    """The last moment of a series up to ``at``, and the first one after it."""
    past = None
    for moment in _moments(check_rule(reason, start.date()), start):
        if moment > at:
            return past, moment
        past = moment
    return past, None


def _moments(rule: CheckRule, start: datetime) -> Iterator[datetime]:
    """Counted from the start each time, so that the end of a short month clamps no later one."""
    counts = count(rule.after[-1], rule.after[-1]) if rule.recurring else rule.after
    for amount in counts:
        months, days = (amount, 0) if rule.unit == Unit.MONTHS else (0, amount)
        yield start + relativedelta(months=months, days=days)
