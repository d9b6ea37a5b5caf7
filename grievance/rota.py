"""From the hours at which somebody reads to the moment by which a human has read what is sent now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from grievance.rules import READING_TAKES

DAYS_AHEAD = 9  # a week, and a day on either side of it: no zone is further from another


@dataclass(frozen=True)
class Hours:
    """On this day of the week (0: Monday), between these hours of this zone (IANA)."""

    weekday: int
    from_time: time
    until_time: time
    zone: str


@dataclass(frozen=True)
class ReadBy:
    """By then a human has read it; ``zone`` is that of the readers, or empty where there is no rota."""

    at: datetime
    zone: str = ""


def next_reading(hours: Iterable[Hours], at: datetime) -> ReadBy | None:
    """The end of the first stretch of reading that leaves `READING_TAKES` to whoever reads; None without any hours."""
    ends = [
        ReadBy(until, one.zone) for one in hours for start, until in _stretches(one, at) if _enough(start, until, at)
    ]
    return min(ends, key=lambda read: read.at, default=None)


def _stretches(hours: Hours, at: datetime) -> Iterable[tuple[datetime, datetime]]:
    zone = ZoneInfo(hours.zone)
    first = at.astimezone(zone).date() - timedelta(days=1)
    for day in (first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)):
        if day.weekday() == hours.weekday:
            # In UTC, so that a night that is an hour longer or shorter is reckoned as what it is.
            yield (
                datetime.combine(day, hours.from_time, zone).astimezone(UTC),
                datetime.combine(day, hours.until_time, zone).astimezone(UTC),
            )


def _enough(start: datetime, until: datetime, at: datetime) -> bool:
    """A short stretch that lies wholly ahead is enough too: nobody is promised more than its end."""
    return until > start and (start >= at or until - at >= READING_TAKES)
