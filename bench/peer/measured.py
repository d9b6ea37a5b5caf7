"""Run by the bench in the environment of the peer: `fill` makes tickets, `list` times its list of them, `escalate` its
escalation; each prints JSON."""

import json
import sys
from datetime import timedelta
from statistics import median
from time import perf_counter

import django
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - models need Django to be set up
from helpdesk.models import Queue, Ticket  # noqa: E402
from helpdesk.query import query_to_base64  # noqa: E402

WORDS = "(Made up for measuring.) Dust from the crusher covers our houses, and the children cough at night. " * 3
DAYS = 3
VISITS = 5


def fill(number: int, due: int) -> None:
    """Open tickets, shared out evenly among officers; the first of them are due to be escalated."""
    at = timezone.now()
    people = get_user_model().objects
    officers = [people.create_user(f"officer-{n}", f"officer-{n}@peer.invalid", is_staff=True) for n in range(40)]
    queue = Queue.objects.create(title="Measured", slug="measured", escalate_days=DAYS)
    Ticket.objects.bulk_create(
        (
            Ticket(
                queue=queue, title=f"Ticket {n}", description=WORDS, priority=3, assigned_to=officers[n % 40],
                submitter_email=f"person-{n}@peer.invalid", modified=at,
                due_date=at + timedelta(days=n % 60),
            )
            for n in range(number)
        ),
        batch_size=1000,
    )  # fmt: skip
    # The column fills itself with the moment of writing.
    first = Ticket.objects.order_by("pk").values("pk")[:due]
    Ticket.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(created=at - timedelta(days=DAYS + 1))


def listed() -> float:
    """Milliseconds until an officer has the first page of tickets, as its own page asks for it: the page, and what it
    then fetches."""
    desk = Client(SERVER_NAME="127.0.0.1")
    desk.force_login(get_user_model().objects.filter(is_staff=True).order_by("pk")[0])
    asked = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": "", "sortreverse": False}
    query = query_to_base64(asked)
    fetched = {"draw": "1", "start": "0", "length": "25", "order[0][column]": "5", "order[0][dir]": "asc"}
    return median(_visit(desk, query, fetched) for _ in range(VISITS))


def _visit(desk: Client, query: str, fetched: dict[str, str]) -> float:
    began = perf_counter()
    page = desk.get("/helpdesk/tickets/")
    rows = desk.get(f"/helpdesk/datatables_ticket_list/{query}", fetched)
    taken = perf_counter() - began
    if page.status_code != 200 or len(rows.json()["data"]) != 25:
        raise RuntimeError("the list did not open")
    return taken * 1000


def escalated(due: int) -> float:
    """Seconds."""
    began = perf_counter()
    call_command("escalate_tickets")
    taken = perf_counter() - began
    if Ticket.objects.filter(priority=2).count() != due:
        raise RuntimeError("not what was due was escalated")
    return taken


def main() -> None:
    match sys.argv[1:]:
        case ["fill", number, due]:
            call_command("migrate", verbosity=0)
            fill(int(number), int(due))
        case ["list"]:
            json.dump({"list_ms": listed()}, sys.stdout)
        case ["escalate", due]:
            json.dump({"escalate_s": escalated(int(due))}, sys.stdout)
        case _:
            sys.exit("see above")


if __name__ == "__main__":
    main()
