"""How long the officers' queue takes to open: all of it, by each filter, and by a reference; as JSON, in ms."""

import json
import sys
from time import perf_counter
from urllib.parse import urlencode

import django
from django.db.models import Count
from django.test import Client, override_settings
from django.utils import timezone

django.setup()

from accounts.commands import grant_role  # noqa: E402 - models need Django to be set up
from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from cases.models import Case  # noqa: E402
from cases.queries import sites_of  # noqa: E402
from cases.queries.attention import ATTENTION  # noqa: E402
from supplychain.models import Site  # noqa: E402

QUEUE = "/office/admin/cases/case/"
VISITS = 7


def asked(user: User) -> dict[str, dict[str, str]]:
    """What is asked of the list, by the name of its row: every filter, and a reference."""
    case = Case.objects.visible_to(user).filter(handler=user).order_by("pk")[0]
    # That with most cases: of few there would be a shorter page where there are few cases.
    site = (
        Site.objects.filter(pk__in=[one.pk for one in sites_of(user)])
        .annotate(n=Count("cases"))
        .order_by("-n", "pk")[0]
    )
    return {
        "all": {},
        **{one.key: {"show": one.key} for one in ATTENTION},
        "stage": {"stage__exact": case.stage},
        "severity": {"severity__exact": "high"},
        "track": {"track": "survivor"},
        "site": {"site": str(site.pk)},
        "language": {"language": "ur"},
        "reference": {"q": case.reference},
    }


def officer() -> User:
    """One with cases of their own, whom every filter concerns."""
    at = timezone.now()
    user = User.objects.holding(Role.HANDLER).filter(cases__site__isnull=False).order_by("pk")[0]
    for role in (Role.SUPERVISOR, Role.SURVIVOR):
        if not User.objects.holding(role).filter(pk=user.pk).exists():
            grant_role(user=user, role=role, by=None, at=at)
    return user


def opened(desk: Client, words: dict[str, str]) -> float:
    began = perf_counter()
    page = desk.get(f"{QUEUE}?{urlencode(words)}")
    taken = perf_counter() - began
    if page.status_code != 200:
        raise RuntimeError(f"{words} answered {page.status_code}")
    return taken * 1000


def main() -> None:
    user = officer()
    desk = Client(SERVER_NAME="127.0.0.1")
    desk.force_login(user)
    times: dict[str, float] = {}
    # As at home: the demo's officers have no second factor on this machine.
    with override_settings(DEMO=True):
        for name, words in asked(user).items():
            opened(desk, words)
            times[name] = min(opened(desk, words) for _ in range(VISITS))
    json.dump(times, sys.stdout)


if __name__ == "__main__":
    main()
