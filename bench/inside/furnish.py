"""Furnish an installation as a real one is: sites to choose from, and two custodians, which makes its form longest."""

import secrets

import django
from django.core.management import call_command
from django.utils import timezone

django.setup()

from accounts.commands import create_user, grant_role  # noqa: E402 - models need Django to be set up
from accounts.roles import Role  # noqa: E402
from grievance.commands.custody import enrol  # noqa: E402
from supplychain.commands import employ  # noqa: E402
from supplychain.models import Organisation  # noqa: E402


def main() -> None:
    call_command("make_cases", 50, verbosity=0)
    at = timezone.now()
    for number, organisation in enumerate(Organisation.objects.order_by("pk")[:2]):
        custodian = create_user(username=f"custodian-{number}", password=secrets.token_urlsafe(), by=None, at=at)
        grant_role(user=custodian, role=Role.CUSTODIAN, by=None, at=at)
        employ(user=custodian, organisation=organisation, from_on=at.date(), by=None, at=at)
        enrol(custodian=custodian, organisation=organisation, passphrase=secrets.token_urlsafe(), at=at)


if __name__ == "__main__":
    main()
