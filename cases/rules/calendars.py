"""In whose calendar a day is counted: working days and the end of a day, by country."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import holidays

LAST = time(23, 59, 59)


@cache
def _calendar(country: str) -> holidays.HolidayBase:
    """Holidays and weekends of a country (ISO 3166-1 alpha-2); weekends alone where it is not known."""
    supported = country in holidays.list_supported_countries(include_aliases=False)
    return holidays.country_holidays(country) if supported else holidays.HolidayBase()


@cache
def zones_of(country: str) -> tuple[tzinfo, ...]:
    """The time zones of a country, as the tz database lists them; UTC where it is not known."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(ZoneInfo(row[2]) for row in rows if row[0] == country) or (UTC,)


def working_day_after(day: date, amount: int, country: str) -> date:
    """The ``amount``-th working day after ``day``."""
    return _calendar(country).get_nth_working_day(day, amount)


def working_days_between(start: date, end: date, country: str) -> int:
    """How many working days follow ``start`` up to and with ``end``."""
    days = ((start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    return sum(_calendar(country).is_working_day(day) for day in days)


def latest_zone(country: str, at: datetime) -> tzinfo:
    """Where in the country the day ends last: whoever is there has the whole of it."""
    return min(zones_of(country), key=lambda zone: at.astimezone(zone).utcoffset() or timedelta())


def end_of_day(at: datetime, country: str) -> datetime:
    """The last second of this day in the country, in UTC: a day that was promised is over when it is over there."""
    zone = latest_zone(country, at)
    return datetime.combine(at.astimezone(zone).date(), LAST, zone).astimezone(UTC)


def day_there(at: datetime, country: str) -> date:
    """The day that this moment belongs to in the country: what is due at the end of a day is said with that day."""
    return at.astimezone(latest_zone(country, at)).date()
