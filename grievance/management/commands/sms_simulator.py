"""`manage.py sms_simulator`: gateways for text messages that exist on this machine alone, and phones to write on."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from grievance.demo import lines_of_demo
from grievance.simulator.server import HOST, simulating

PORT = 8025


class Command(BaseCommand):
    help = "Simulate gateways for text messages and telephones, for the demo and for training. Never in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=PORT, help=f"port on {HOST}, {PORT} by default")
        parser.add_argument("--web", default=settings.SITE_URL, help="where Recourse answers")
        parser.add_argument("--gateway", default="", help="name in the address of the only gateway to simulate")
        parser.add_argument("--pace", type=float, default=1.0, help="what a second of a gateway's habits takes here")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.DEMO:
            raise CommandError("Gateways are simulated for the demo alone; nothing was changed.")
        lead = User.objects.filter(grants__role=Role.LEAD, grants__ended_at=None).order_by("pk").first()
        if lead is None:
            raise CommandError("There is no programme lead yet: load the demo first (make run, or manage.py demo).")
        web, port = options["web"].rstrip("/"), options["port"]
        lines = lines_of_demo(base=f"http://{HOST}:{port}", public=web, by=lead, at=timezone.now())
        wanted = [line for line in lines if options["gateway"] in {"", line.slug}]
        if not wanted:
            raise CommandError("There is no such gateway. There are: " + ", ".join(line.slug for line in lines))
        with told_to_end() as end, simulating(wanted, web, port=port, pace=options["pace"]) as simulator:
            self.stdout.write(
                f"Practice phones stand at {simulator.address}/ and write to Recourse at {web}. Ctrl-C ends it."
            )
            self.stdout.flush()
            end.wait()
        self.stdout.write("Stopped.")


@contextlib.contextmanager
def told_to_end() -> Iterator[threading.Event]:
    """Set by Ctrl-C and by SIGTERM; also where a shell started it in the background, with both ignored."""
    end = threading.Event()
    before = {one: signal.signal(one, lambda *_: end.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield end
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
