"""Run by `test_doubt` as processes of their own, over one database: `prepare HOW_MANY`, `work AT_MINUTE STOP_AT`.

`work` relays, delivers and says on stdout what it then finds. It stops for good between the mail server's 250 and our
commit of the STOP_AT-th notice that it tries for the first time, and says so; 0: it never does.
"""

import json
import signal
import sys
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from accounts.roles import Role  # noqa: E402
from cases.commands.record import record  # noqa: E402
from cases.models import Case, Untold  # noqa: E402
from grievance.models import DataKey  # noqa: E402
from notifications.commands import deliver, relay, sending  # noqa: E402
from notifications.models import Delivery, Notice  # noqa: E402
from tests.factories import AT, SiteFactory, UserFactory  # noqa: E402


def prepare(many: int) -> None:
    call_command("migrate", verbosity=0)
    UserFactory.create(username="amina", roles=[Role.INTAKE])
    case = Case.objects.create(
        reference="TEST", opened_at=AT, site=SiteFactory.create(), key=DataKey.objects.create(made_at=AT)
    )
    for _number in range(many):
        record(case, "message_arrived", by=None, at=AT)


def relay_all() -> None:
    while Untold.objects.exists():
        relay(at=AT, limit=2)


def deliver_all(at: datetime, stop_at: int) -> None:
    end, first_tries = sending._end, 0

    def stopping(attempt: Any, *given: Any, **more: Any) -> None:
        nonlocal first_tries
        first_tries += not attempt.notice.doubtful
        if first_tries == stop_at and not attempt.notice.doubtful:
            sys.stdout.write("taken\n")
            sys.stdout.flush()
            while True:
                signal.pause()
        end(attempt, *given, **more)

    sending._end = stopping
    while deliver(at=at, limit=7 if stop_at == 0 else 50):
        pass


def count() -> None:
    found = {
        "ids": sorted(Notice.objects.values_list("message_id", flat=True)),
        "doubtful": sorted(Notice.objects.filter(doubtful=True).values_list("message_id", flat=True)),
        "states": sorted(Notice.objects.values_list("state", flat=True).distinct()),
        "unknown": Delivery.objects.filter(outcome="unknown").count(),
        "accepted": Delivery.objects.filter(outcome="accepted").count(),
        "untold": Untold.objects.count(),
    }
    sys.stdout.write(json.dumps(found))


match sys.argv[1:]:
    case ["prepare", many]:
        prepare(int(many))
    case ["work", minutes, stop_at]:
        relay_all()
        deliver_all(AT + timedelta(minutes=int(minutes)), int(stop_at))
        count()
