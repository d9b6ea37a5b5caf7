"""Call every sweep when there is nothing for it to do; print the median of each in milliseconds."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from statistics import median
from time import perf_counter

import django
from django.utils import timezone

django.setup()

from accounts.models import User  # noqa: E402 - models need Django to be set up
from cases.commands import clocks, intake, retention, safety, unsealing  # noqa: E402
from cases.models import Case  # noqa: E402
from grievance.commands import partners, pictures  # noqa: E402
from grievance.models import CallKey, FieldPartner  # noqa: E402
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
    "keys": partners.forget_keys,
}


def timed(sweep: Callable[..., int], at: datetime) -> float:
    began = perf_counter()
    done = sweep(at=at)
    taken = perf_counter() - began
    if done:
        raise RuntimeError("this sweep was not idle")
    return taken * 1000


@contextmanager
def busy_programs(at: datetime) -> Iterator[None]:
    """For every ten cases a key under which a program filed in these days, none old enough to be forgotten."""
    somebody = User.objects.order_by("pk")[0]
    union = FieldPartner.objects.create(name="Union (fictional)", kind="union", added_by=somebody, added_at=at)
    CallKey.objects.bulk_create(
        (
            CallKey(partner=union, nonce_hash=number.to_bytes(32), body_hash=bytes(32), at=at)
            for number in range(Case.objects.count() // 10)
        ),
        batch_size=1000,
    )
    yield
    CallKey.objects.filter(partner=union).delete()
    union.delete()


def main() -> None:
    with busy_programs(timezone.now()):
        measure()


def measure() -> None:
    times: dict[str, list[float]] = {name: [] for name in SWEEPS}
    for _ in range(CALLS + 1):
        for name, sweep in SWEEPS.items():
            times[name].append(timed(sweep, timezone.now()))
    # The first call opens the connection.
    json.dump({name: median(taken[1:]) for name, taken in times.items()}, sys.stdout)


if __name__ == "__main__":
    main()
