"""How a typed day, and a position from the map of a phone, are read, whatever the keypad."""

import re
import unicodedata
from datetime import date

# Year first, or day first as in every language that we serve; the separators that people type.
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")


class NotADay(ValueError):
    """What was typed is no day of the calendar."""


def western_digits(text: str) -> str:
    """The same text with the decimal digits of any script as 0–9."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def read_day(typed: str) -> date:
    """The day in "2026-03-31", "31/3/2026", "31.3.26" or "٣١/٣/٢٠٢٦". Raises NotADay."""
    text = re.sub(r"\s+|[\u200e\u200f\u061c]", "", western_digits(typed))
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
    else:
        raise NotADay
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADay from error


# Latitude and longitude as maps show them; the Arabic comma and decimal sign too.
_POSITION = re.compile(r"([-+]?\d{1,3}(?:\.\d{1,12})?)\s*[,;\s]\s*([-+]?\d{1,3}(?:\.\d{1,12})?)")
_SIGNS = str.maketrans({"\u2212": "-", "\u066b": ".", "\u060c": ",", "\u00b0": None})


class NotAPosition(ValueError):
    """What was typed is no place on earth."""


def read_position(typed: str) -> str:
    """ "-10.71, 25.47", two decimals of a degree each: about a kilometre, and not the door of a house. Raises
    NotAPosition."""
    text = re.sub(r"[\u200e\u200f\u061c]", "", western_digits(typed)).translate(_SIGNS).strip()
    found = _POSITION.fullmatch(text)
    if found is None:
        raise NotAPosition
    latitude, longitude = (round(float(part), 2) + 0.0 for part in found.groups())
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise NotAPosition
    return f"{latitude:.2f}, {longitude:.2f}"
