"""Run by `test_lanes` as a process of its own, over one database: `prepare HOW_MANY`, `later HOURS`, `count`,
`gateways ADDRESS ADDRESS`.

`prepare`: so many ordinary letters, one urgent letter and one urgent text wait to be told. `later` delivers what is due
in so many hours. `gateways`: a text waits for each of two gateways at these addresses, and a letter. All say
on stdout what they then find.
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.roles import Role  # noqa: E402
from cases.commands.record import record  # noqa: E402
from cases.models import Case, Untold  # noqa: E402
from grievance import vault  # noqa: E402
from grievance.commands.answering import send  # noqa: E402
from grievance.commands.gateways import add_gateway  # noqa: E402
from grievance.keys import RING, seal_contact  # noqa: E402
from grievance.models import DataKey, Reply, Writer  # noqa: E402
from notifications.commands import deliver, relay  # noqa: E402
from notifications.models import Notice  # noqa: E402
from tests.factories import SiteFactory, UserFactory  # noqa: E402


def tables() -> None:
    # As they are now; the way to them is tested elsewhere and takes longer than all of this.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)


def gateways(addresses: list[str]) -> None:
    tables()
    at = timezone.now()
    lead = UserFactory.create(username="lin", roles=[Role.LEAD])
    for place, address in enumerate(addresses):
        gateway = add_gateway(
            slug=f"g{place}", name="g", kind="android", options={"base_url": address}, secret="x" * 32,
            credentials={"username": "u", "password": "p"}, by=lead, at=at,
        )  # fmt: skip
        writer = Writer.objects.create(
            mark=bytes([place]), gateway=gateway, first_at=at,
            sealed_number=vault.seal_contact(RING, f"+24381000000{place}".encode()),
        )  # fmt: skip
        send(writer, "Habari", at=at)
    Reply.objects.create(
        channel="email", sealed_parcel=seal_contact({"to": "neema@example.org", "subject": "s", "body": "b"}),
        message_id="f" * 32, made_at=at, next_try_at=at,
    )  # fmt: skip


def prepare(many: int) -> None:
    tables()
    at = timezone.now()
    handler = UserFactory.create(username="tomas", roles=[Role.HANDLER], phone="+15550100001")
    case = Case.objects.create(
        reference="TEST",
        opened_at=at,
        site=SiteFactory.create(),
        key=DataKey.objects.create(made_at=at),
        handler=handler,
        stage="assessment",
    )
    for _number in range(many):
        record(case, "message_arrived", by=None, at=at)
    record(case, "urgent_opened", by=None, at=at, data={"urgent": True})


def later(hours: int) -> None:
    at = timezone.now() + timedelta(hours=hours)
    while Untold.objects.exists():
        relay(at=at)
    while deliver(at=at):
        pass


match sys.argv[1:]:
    case ["prepare", many]:
        prepare(int(many))
    case ["gateways", *addresses]:
        gateways(addresses)
    case ["later", hours]:
        later(int(hours))
notices = Notice.objects.values_list("message_id", "channel", "urgent", "state", "doubtful", "tries")
sys.stdout.write(json.dumps(list(notices)))
