"""Call every sweep when there is nothing for it to do; print the median of each in milliseconds."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter

import django
from django.utils import timezone

django.setup()

from cases.commands import clocks, intake, retention, safety, unsealing  # noqa: E402 - models need Django to be set up
from grievance.commands import pictures  # noqa: E402
from notifications import commands as notifications  # noqa: E402

CALLS = 50
SWEEPS: dict[str, Callable[..., int]] = {
    "take_up": intake.take_up,
    "clocks": clocks.sweep,
    "safety": safety.sweep,
    "erase": retention.sweep,
    "contacts": unsealing.open_contacts,
    "unsealed": unsealing.clear,
    "relay": notifications.relay,
    "bundle": notifications.bundle,
    "deliver": notifications.deliver,
    "pictures": pictures.strip_waiting,
}


def timed(sweep: Callable[..., int], at: datetime) -> float:
    began = perf_counter()
    done = sweep(at=at)
    taken = perf_counter() - began
    if done:
        raise RuntimeError("this sweep was not idle")
    return taken * 1000


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in SWEEPS}
    for _ in range(CALLS + 1):
        for name, sweep in SWEEPS.items():
            times[name].append(timed(sweep, timezone.now()))
    # The first call opens the connection.
    json.dump({name: median(taken[1:]) for name, taken in times.items()}, sys.stdout)


if __name__ == "__main__":
    main()
