"""What the survivor-centred track shows: whether they agreed to anything, and how long medical help is at its best."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from cases.models import Case, Filing
from cases.rules.numbers import number
from cases.states import Track

MOST_SHOWN = 20  # people, as on the case page


@dataclass(frozen=True)
class Window:
    """Of one person, by their number on the page: ``until`` is the earliest moment at which it may close.

    ``day_known``: counted from the day that they named, and not from when they wrote. ``ongoing``: it goes on, so that
    the hours may begin anew at any time.
    """

    person: int
    until: datetime
    open: bool
    day_known: bool
    ongoing: bool


@dataclass(frozen=True)
class SurvivorPart:
    agreed: bool
    referred_at: datetime | None
    hours: int
    windows: list[Window]


def survivor_part(case: Case, at: datetime) -> SurvivorPart | None:
    """None on any other track. Two questions to the database."""
    if case.track != Track.SURVIVOR:
        return None
    filings = list(case.filings.select_related("grievance").order_by("pk")[:MOST_SHOWN])
    referral = case.referrals.order_by("at").first()
    return SurvivorPart(
        agreed=case.survivors_agree(),
        referred_at=referral.at if referral else None,
        hours=number("medical_window_hours", at.date()),
        windows=[_window(place, filing, at) for place, filing in enumerate(filings, 1) if filing.withdrawn_at is None],
    )


def _window(person: int, filing: Filing, at: datetime) -> Window:
    harm = filing.grievance
    named = harm.happened_on is not None
    # A day says no hour: its first minute counts, so that nobody is told of time that they may not have.
    since = datetime.combine(harm.happened_on, time(), UTC) if harm.happened_on is not None else harm.received_at
    until = since + timedelta(hours=number("medical_window_hours", since.date()))
    return Window(person, until, open=until > at, day_known=named, ongoing=harm.ongoing)
