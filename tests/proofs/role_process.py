"""Run by `test_keys_by_role` as a process of one role: `take_up` opens the case, `read` opens the words."""

import json
import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402 - models need Django to be set up

from accounts.commands import create_user, grant_role  # noqa: E402
from accounts.roles import Role  # noqa: E402
from cases.commands.intake import take_up  # noqa: E402
from cases.commands.reading import read_filing  # noqa: E402
from cases.models import Case  # noqa: E402


def read() -> None:
    at = timezone.now()
    officer = create_user(username="amina", password="a-secret-of-nobody-at-all", by=None, at=at)
    grant_role(user=officer, role=Role.INTAKE, by=None, at=at)
    case = Case.objects.get()
    words = read_filing(case=case, filing=case.filings.get(), by=officer, at=at)
    json.dump({"statement": words.statement, "turns": [turn.body for turn in words.turns]}, sys.stdout)


match sys.argv[1]:
    case "take_up":
        while take_up(at=timezone.now()):
            pass
    case "read":
        read()
