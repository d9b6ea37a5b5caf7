"""Telephone numbers of people who help, by country: from data/help.csv, each with its source and its day.

Never the police, nor a line that the police answer: whoever reads this may fear them. A number without a source is not
there. ``checked_on`` is the day for which the source vouches; without one, or after a year, a programme lead is told to
look again, and the number stays, because an old number is better than none.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from accounts.codes import Text, Word

FRESH_FOR = timedelta(days=365)  # our default


class Kind(Word):
    """Who is helped."""

    CHILDREN = "children", _("For children, and who worries about one")
    WOMEN = "women", _("For women who are beaten, threatened or forced")
    WORK = "work", _("For people who are cheated or forced at work")
    CRISIS = "crisis", _("For people who do not know how to go on")
    MEDICAL = "medical", _("Ambulance")


@dataclass(frozen=True)
class Line:
    """``country``: ISO 3166-1 alpha-2; ``place``: as its people call it. ``sources``: addresses, at least one."""

    country: str
    place: str
    kind: Kind
    name: str
    number: str
    all_day: bool
    hours: str
    languages: str
    free: bool
    sources: tuple[str, ...]
    checked_on: date | None

    @property
    def label(self) -> Text:
        return self.kind.label


def _load() -> Iterator[Line]:
    with (Path(__file__).parent / "data" / "help.csv").open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            yield Line(
                country=row["country"],
                place=row["place"],
                kind=Kind(row["kind"]),
                name=row["name"],
                number=row["number"],
                all_day=row["hours"] == "24/7",
                hours=row["hours"],
                languages=row["languages"],
                free=row["cost"] == "free",
                sources=tuple(row["source"].split()),
                checked_on=date.fromisoformat(row["checked_on"]) if row["checked_on"] else None,
            )


LINES = tuple(_load())


def lines_in(country: str) -> list[Line]:
    return [line for line in LINES if line.country == country]


def listed_by_text(lines: Iterable[Line]) -> str:
    """Names and numbers, each once, and nothing of whom they help: somebody may read along."""
    return ", ".join(dict.fromkeys(f"{line.name} {line.number}" for line in lines))


def by_place(lines: Iterable[Line] = LINES) -> list[tuple[str, list[Line]]]:
    """(place, its lines), by the names of the places."""
    in_order = sorted(lines, key=lambda line: (line.place, line.kind))
    return [(place, list(those)) for place, those in groupby(in_order, key=lambda line: line.place)]


def to_look_at_again(on: date, lines: Iterable[Line] = LINES) -> list[Line]:
    """Those for which nobody vouches, or nobody for a year."""
    return [line for line in lines if line.checked_on is None or line.checked_on + FRESH_FOR < on]
