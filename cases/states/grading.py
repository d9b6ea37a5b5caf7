"""What the codes of a case demand of it: the least severity, and the track that protects most."""

from collections.abc import Iterable

from cases.codes import TAXONOMY
from cases.states.words import Severity, Track

# Of several tracks the one that protects most.
TRACKS = (("SURVIVOR", Track.SURVIVOR), ("CHILD", Track.CHILD), ("RETAL", Track.RETAL))


def floor_of(codes: Iterable[str]) -> Severity | None:
    """The least severity that these codes allow; None where none of them sets one. KeyError for no code."""
    floors = {TAXONOMY[code].floor.lower() for code in codes}
    return next((level for level in Severity if level in floors), None)


def track_of(codes: Iterable[str]) -> Track:
    named = {name for code in codes for name in TAXONOMY[code].tracks}
    return next((track for name, track in TRACKS if name in named), Track.STANDARD)


def at_least(level: str, floor: Severity | None) -> str:
    """The graver of a severity ("" for none yet) and its floor."""
    order = list(Severity)  # the gravest first
    graded = [Severity(one) for one in (level, floor) if one]
    return min(graded, key=order.index, default="")
