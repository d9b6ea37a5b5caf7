"""Numbers that are no clock, as dated data: what counts as a warning, how much is sampled, how long help is best."""

from dataclasses import dataclass
from datetime import date

SINCE = date(2021, 12, 17)  # as the packs of clocks


@dataclass(frozen=True)
class Number:
    """``valid_until`` None: in force."""

    name: str
    value: int
    source: str
    valid_from: date = SINCE
    valid_until: date | None = None


NUMBERS: tuple[Number, ...] = (
    # So many cases on one site and family, within so many days, are a warning (behaviour 13).
    Number("early_warning_cases", 3, "Battery 49, D"),
    Number("early_warning_days", 90, "Battery 49, D"),
    # Of what is set aside a supervisor looks at so many of a hundred, and at one at least within so many days.
    Number("sample_percent", 10, "D"),
    Number("sample_least_days", 7, "D"),
    # A deadline stands still for so many days at most in one go; then it runs on by itself.
    Number("pause_most_days", 90, "D"),
    # After sexual violence, care against infection and pregnancy works within so many hours (behaviour 17).
    Number("medical_window_hours", 72, "ESS10; WHO, Responding to intimate partner violence, 2013"),
)


def number(name: str, on: date) -> int:
    """The value in force on a day. KeyError for none."""
    for one in NUMBERS:
        if one.name == name and one.valid_from <= on and (one.valid_until is None or on <= one.valid_until):
            return one.value
    raise KeyError(name)
