"""Tell people of N events, and send it all over SMTP, as a worker does; print rate and memory as JSON."""

import json
import resource
import sys
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import django
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

django.setup()

from accounts.models import User  # noqa: E402 - models need Django to be set up
from cases.commands.record import record_all  # noqa: E402
from cases.events import Event  # noqa: E402
from cases.models import Case, CaseEvent, Untold  # noqa: E402
from notifications import commands  # noqa: E402
from notifications.models import Delivery, Notice  # noqa: E402

AT_ONCE = 500


def megabytes() -> float:
    """What of this process is in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def prepare(number: int, at: datetime) -> None:
    """Cases handed over, each to its handler, who has a mailbox."""
    User.objects.filter(email="").update(email=Concat(F("username"), Value("@bench.invalid")))
    handled = Case.objects.exclude(handler=None).exclude(site=None).order_by("pk")
    cases = islice(cycle(handled.iterator()), number)
    while chunk := list(islice(cases, AT_ONCE)):
        record_all(CaseEvent(case=case, kind=Event.HANDLER_ASSIGNED, at=at) for case in chunk)


def work_off(limit: int) -> None:
    """One beat of the relay, and of sending until nothing waits to be sent."""
    commands.relay(at=timezone.now(), limit=limit)
    while commands.deliver(at=timezone.now()):
        pass


def main(number: int) -> None:
    prepare(number, timezone.now())
    first, began = 0.0, perf_counter()
    while Untold.objects.exists():
        work_off(min(AT_ONCE, number // 20))
        if not first and number - Untold.objects.count() >= number // 10:
            first = megabytes()
    taken = perf_counter() - began
    sent = Delivery.objects.filter(outcome=Delivery.Outcome.ACCEPTED).count()
    notices = Notice.objects.count()
    if sent < notices or not notices:
        raise RuntimeError(f"{notices} notices, {sent} letters")
    found = {"events": number, "notices": notices, "sent": sent, "s": taken, "first": first, "last": megabytes()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
