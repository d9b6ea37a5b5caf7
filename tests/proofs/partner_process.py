"""Run by `test_api_by_role` as a process of the office: a field partner, somebody who works for it, and their token."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402 - models need Django to be set up

from accounts.commands import create_user, grant_role, make_token  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.tokens import Scope  # noqa: E402
from grievance.commands.partners import keeping  # noqa: E402

at = timezone.now()
lead, neema = (
    create_user(username=name, password="a-secret-of-nobody-at-all", by=None, at=at) for name in ("lin", "neema")
)
grant_role(user=lead, role=Role.LEAD, by=None, at=at)
grant_role(user=neema, role=Role.PARTNER, by=None, at=at)
union = keeping.add_partner(
    name="Union of Kolwezi (fictional)", kind="union", countries=["CD"], languages=["sw"], sites=[], by=lead, at=at
)
keeping.add_person(partner=union, user=neema, by=lead, at=at)
sys.stdout.write(make_token(name="Server", scopes=list(Scope), by=neema, at=timezone.now())[1])
