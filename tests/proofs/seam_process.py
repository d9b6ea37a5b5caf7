"""Run by `test_killed_worker` as processes of their own, over one database.

`work SEAM` works one seam off and stops for good inside its transaction, all rows written and nothing committed.
"""

import json
import signal
import sys
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db.models import Count  # noqa: E402

from accounts.roles import Role  # noqa: E402
from cases.commands import clocks, escalating, intake  # noqa: E402
from cases.models import Case, CaseEvent, Clock, Untold  # noqa: E402
from grievance import receipts  # noqa: E402
from grievance.commands.draft import Draft  # noqa: E402
from grievance.commands.filing import file_grievance  # noqa: E402
from grievance.models import Arrival, Grievance  # noqa: E402
from notifications.commands import relay, telling  # noqa: E402
from notifications.models import Notice  # noqa: E402
from tests.factories import AT, SiteFactory, UserFactory  # noqa: E402

LATER = AT + timedelta(days=9)
CHUNK = 5


def prepare(many: int) -> None:
    call_command("migrate", verbosity=0)
    UserFactory.create(username="amina", roles=[Role.INTAKE])
    site = SiteFactory.create()
    for _ in range(many):
        draft = Draft(
            channel="web", language="en", statement="words", place="", site_id=site.pk, families=("WG",),
            happened_on=date(2026, 1, 1), ongoing=False, urgent=False, openness="anonymous",
        )  # fmt: skip
        file_grievance(draft=draft, nonce=receipts.new_nonce(), at=AT)


def stop_inside(*_: Any, **__: Any) -> None:
    sys.stdout.write("inside\n")
    sys.stdout.flush()
    while True:
        signal.pause()


def stop_after(room: ModuleType, name: str) -> None:
    """Let this function of a room do its work, and then nothing any more."""
    done = getattr(room, name)

    def stopping(*given: Any, **named: Any) -> Any:
        done(*given, **named)
        stop_inside()

    setattr(room, name, stopping)


def work(seam: str, *, stop: bool) -> None:
    match seam:
        case "take_up":
            if stop:
                stop_after(intake, "taken_up")
            while intake.take_up(at=AT, limit=CHUNK):
                pass
        case "sweep":
            if stop:
                stop_after(escalating, "update_all")
            while clocks.sweep(at=LATER, limit=CHUNK):
                pass
        case "relay":
            if stop:
                stop_after(telling, "told")
            while relay(at=LATER, limit=CHUNK):
                pass


def count() -> None:
    levels = CaseEvent.objects.exclude(clock=None).values("clock", "level").annotate(n=Count("pk"))
    found = {
        "grievances": Grievance.objects.count(),
        "arrivals": Arrival.objects.count(),
        "cases": Case.objects.count(),
        "opened": CaseEvent.objects.filter(kind="case_opened").count(),
        "levels": levels.count(),
        "levels_twice": levels.filter(n__gt=1).count(),
        "levels_kept": sum(Clock.objects.values_list("level", flat=True)),
        "events": CaseEvent.objects.count(),
        "untold": Untold.objects.count(),
        "told_of": Notice.objects.values("event").distinct().count(),
        "told_twice": Notice.objects.values("event", "recipient", "step")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .count(),
    }
    sys.stdout.write(json.dumps(found))


match sys.argv[1:]:
    case ["prepare", many]:
        prepare(int(many))
    case ["work", seam, how]:
        work(seam, stop=how == "stop")
    case ["count"]:
        count()
