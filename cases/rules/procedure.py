"""The versions of the public rules of procedure; each case keeps the one that it began under (LkSG §8(2))."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Version:
    """``name`` stands in `Case.procedure` and in the address; its text is templates/cases/rules/<name>.html."""

    name: str
    valid_from: date


# The oldest first. A text that was in force is never changed: a change is a version of its own.
VERSIONS: tuple[Version, ...] = (Version("2026-1", date(2026, 1, 1)),)


def version_on(day: date) -> Version:
    """The version in force on a day; the first for what began before there was any."""
    return max((one for one in VERSIONS if one.valid_from <= day), key=lambda one: one.valid_from, default=VERSIONS[0])


def version_named(name: str) -> Version | None:
    return next((one for one in VERSIONS if one.name == name), None)
