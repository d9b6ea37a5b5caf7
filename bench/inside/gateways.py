"""Set up a gateway of each kind, whose other end is a simulator; print what that end has to know as JSON."""

import json
import secrets
import sys
from dataclasses import asdict

import django
from django.utils import timezone

django.setup()

from accounts.commands import create_user, grant_role  # noqa: E402 - models need Django to be set up
from accounts.roles import Role  # noqa: E402
from grievance.demo import lines_of_demo  # noqa: E402
from grievance.models import Gateway  # noqa: E402

ENOUGH = 10_000_000  # segments a day: what is measured is not the budget


def main(base: str, public: str) -> None:
    at = timezone.now()
    lead = create_user(username="lead", password=secrets.token_urlsafe(), by=None, at=at)
    grant_role(user=lead, role=Role.LEAD, by=None, at=at)
    lines = lines_of_demo(base=base, public=public, by=lead, at=at)
    for gateway in Gateway.objects.all():
        gateway.options |= {"daily": ENOUGH, "daily_country": ENOUGH}
        gateway.save(update_fields=["options"])
    json.dump({"lines": [asdict(line) for line in lines]}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:3])
