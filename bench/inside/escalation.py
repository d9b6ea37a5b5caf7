"""Sweep the clocks at the moment when N of them are due; print how long it took and what it wrote, as JSON."""

import json
import sys
from time import perf_counter

import django

django.setup()

from cases.commands import clocks  # noqa: E402 - models need Django to be set up
from cases.models import Breach, CaseEvent, Clock, Untold  # noqa: E402


def counts() -> dict[str, int]:
    return {
        "events": CaseEvent.objects.count(), "breaches": Breach.objects.count(), "untold": Untold.objects.count()
    }  # fmt: skip


def main(due: int) -> None:
    steps = Clock.objects.running().filter(next_step_at__isnull=False).order_by("next_step_at", "pk")
    at = steps.values_list("next_step_at", flat=True)[due - 1]
    # Clocks that were started in the same moment come together.
    waiting = Clock.objects.stepping(at).count() if at else 0
    before = counts()
    began = perf_counter()
    moved = clocks.sweep(at=at, limit=waiting) if at else 0
    taken = perf_counter() - began
    wrote = {name: number - before[name] for name, number in counts().items()}
    if moved != waiting or wrote["untold"] != wrote["events"] or wrote["events"] < due:
        raise RuntimeError(f"{waiting} were due, {moved} moved: {wrote}")
    json.dump({"s": taken, "clocks": moved, **wrote}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
