"""When what is merely coming is told: in one letter a day, at an hour of its own."""

from datetime import UTC, date, datetime, time, timedelta

HOUR = time(5, tzinfo=UTC)  # early morning in Europe and Africa, before noon in India, noon in China


def next_letter(at: datetime) -> datetime:
    """The first moment after ``at`` at which letters of a day are written: what comes later than today's hour, or at
    it, waits for tomorrow."""
    today = _of(at.astimezone(UTC).date())
    return today if at < today else today + timedelta(days=1)


def letter_day(at: datetime) -> date:
    """Whose day's letter is written at ``at``."""
    return (next_letter(at) - timedelta(days=1)).date()


def _of(day: date) -> datetime:
    return datetime.combine(day, HOUR)
