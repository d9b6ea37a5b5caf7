"""What the figures of UNGP 31 are made of: parts of a whole that is always shown, spreads of days, and shares.

Pure: `cases.queries.figures` counts. More cases is not failure, and claimed is never confirmed (standards, "Figures").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Ratio:
    """``part`` of ``whole``; of nothing there is no share."""

    label: Text
    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole else None

    @property
    def gap(self) -> int:
        return self.whole - self.part


@dataclass(frozen=True)
class Spread:
    """Days that something took: the median and the ninetieth percentile of ``count`` cases; None for none."""

    label: Text
    p50: float | None
    p90: float | None
    count: int


@dataclass(frozen=True)
class Share:
    """How a whole is shared out, the largest part first."""

    label: Text
    parts: tuple[Ratio, ...]
    whole: int


def percentile(days: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile (ISO 3534): the smallest value that at least ``share`` of all do not exceed."""
    if not days:
        return None
    ordered = sorted(days)
    rank = -(-len(ordered) * round(share * 100) // 100)  # rounded up
    return ordered[max(rank, 1) - 1]


def spread(label: Text, days: Sequence[float]) -> Spread:
    half, most = percentile(days, 0.5), percentile(days, 0.9)
    return Spread(label, _short(half), _short(most), len(days))


def _short(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def share_out(label: Text, counted: Iterable[tuple[Text, int]], most: int = 12) -> Share:
    """The largest ``most`` parts; the whole counts all of them."""
    rows = sorted(counted, key=lambda row: -row[1])
    whole = sum(count for _name, count in rows)
    return Share(label, tuple(Ratio(name, count, whole) for name, count in rows[:most]), whole)


def stays(moves: Iterable[tuple[int, str, datetime]]) -> dict[str, list[float]]:
    """How many days each stay in a stage took, by stage. ``moves``: (case, stage, since), each case's in order of time;
    the stage in which a case stands now has not ended, and is left out."""
    found: dict[str, list[float]] = {}
    last: tuple[int, str, datetime] | None = None
    for case, stage, at in moves:
        if last is not None and last[0] == case:
            if last[1] == stage:
                continue
            found.setdefault(last[1], []).append((at - last[2]).total_seconds() / 86400)
        last = (case, stage, at)
    return found
