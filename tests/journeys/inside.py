"""What a journey needs from inside the running product: cases that began days ago, and what was told. Prints JSON."""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db.models import Count  # noqa: E402 - Django is ready only now
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from cases.commands import casework, reading, respondents  # noqa: E402
from cases.demo import cast as actors  # noqa: E402
from cases.models import Case, CaseEvent, Confirmation, Untold  # noqa: E402
from grievance import receipts  # noqa: E402
from grievance.commands import listening  # noqa: E402
from grievance.commands.draft import Draft  # noqa: E402
from grievance.commands.filing import file_grievance  # noqa: E402
from grievance.models import FormSession, Receipt  # noqa: E402
from notifications.models import Notice  # noqa: E402
from supplychain import demo as chains  # noqa: E402
from supplychain.models import Site  # noqa: E402
from tests.cases.promises import verified_in  # noqa: E402

Said = dict[str, Any] | list[dict[str, Any]]


def main() -> None:
    sys.stdout.write(json.dumps(COMMANDS[sys.argv[1]]()))


def cast() -> dict[str, Any]:
    """The fictional chain and the people of the demo."""
    since = _now() - timedelta(days=400)
    people = actors.load(chains.load(by=None, at=since), at=since)
    return {"people": len(people.people)}


def late() -> dict[str, Any]:
    """A grievance of eight days ago that nobody acknowledged."""
    case = _case(_now() - timedelta(days=8), "anonymous")
    return {"reference": case.reference}


def run_out() -> dict[str, Any]:
    """A case whose operator was told four weeks ago and never answered."""

    at = _now() - timedelta(days=28)
    case = _case(at, "open")
    handler, supervisor = User.objects.get(username="tomas"), User.objects.get(username="irene")
    casework.assign(case=case, handler=handler, by=supervisor, at=at)
    reading.read_filing(case=case, filing=case.filings.get(), by=handler, at=at)
    casework.screen(case=case, by=handler, at=at)
    respondent = case.respondents.order_by("tier", "pk")[0]
    respondents.approve(respondent=respondent, by=handler, people_who_fit=50, safety_checked=True, at=at)
    respondents.notify(respondent=respondent, by=handler, facts="Wages of the night shift.", at=at)
    respondent.refresh_from_db()
    return {"reference": case.reference, "respondent": respondent.reference}


def newest() -> dict[str, Any]:
    """The newest case as it stands in the database."""

    case = Case.objects.order_by("-pk")[0]
    return {
        "reference": case.reference,
        "stage": case.stage,
        "cases": Case.objects.count(),
        "respondents": [row.organisation.kind for row in case.respondents.order_by("tier", "pk")],
        "hops": {
            answer["kind"]: len(answer["hops"])
            for routing in case.routings.all()
            for answer in routing.answer["answers"]
        },
        "events": list(case.events.values_list("kind", flat=True)),
    }


def promised() -> dict[str, Any]:
    """The oldest case, where a company promised something at the mine that is done as far as everybody else can see."""
    case, at = Case.objects.order_by("pk")[0], _now()
    amina, handler, supervisor, verifier = (
        User.objects.get(username=name) for name in ("amina", "tomas", "irene", "vera")
    )
    reading.read_filing(case=case, filing=case.filings.get(), by=amina, at=at)
    casework.name_site(case=case, site=_mine(), by=amina, at=at)
    casework.assign(case=case, handler=handler, by=supervisor, at=at)
    step = verified_in(case, handler, verifier, supervisor, at=at)
    return {"reference": case.reference, "step": step.pk}


def said_of_promises() -> list[dict[str, Any]]:
    """What became of each thing that was promised."""
    said = Confirmation.objects.order_by("pk")
    return [{"state": one.step.state, "confirmed": one.confirmed} for one in said.select_related("step")]


def half_an_hour_later() -> dict[str, Any]:
    """What a worker does when nothing more came in: conversations that fell silent end."""
    listening.listen(at=_now() + timedelta(minutes=31))
    return {"open": FormSession.objects.open().count()}


def notices() -> dict[str, Any]:
    """How often anybody was told of the same thing, and what is still open."""

    twice = CaseEvent.objects.exclude(clock=None).values("clock", "level").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "untold": Untold.objects.count(),
        "open": Notice.objects.filter(state__in=("waiting", "leased"), next_try_at__lte=_now()).count(),
        "dead": Notice.objects.filter(state="dead").count(),
        "sent": Notice.objects.filter(state="sent").count(),
        "levels_twice": twice.count(),
    }


def _case(at: datetime, openness: str) -> Any:
    """File at the demo's mine, and wait until the worker has opened the case."""

    nonce = receipts.new_nonce()
    draft = Draft(
        channel="web", language="sw", statement="Hatujalipwa.", place="", families=("WG",),
        happened_on=date(2026, 1, 1),
        site_id=_mine().pk, ongoing=True, urgent=False, openness=openness,
        may_tell=True,
    )  # fmt: skip
    file_grievance(draft=draft, nonce=nonce, at=at)
    raw = receipts.read_nonce(nonce)
    assert raw
    grievance = Receipt.objects.get(nonce_hash=receipts.nonce_hash(raw)).grievance_id
    for _ in range(100):
        if case := Case.objects.filter(filings__grievance=grievance).first():
            return case
        time.sleep(0.1)
    raise TimeoutError("no worker opened the case")


def _mine() -> Site:
    return Site.objects.filter(kind="mine").order_by("pk")[0]


def _now() -> datetime:
    return timezone.now()


COMMANDS: dict[str, Callable[[], Said]] = {
    one.__name__: one for one in (cast, late, run_out, newest, promised, said_of_promises, half_an_hour_later, notices)
}

if __name__ == "__main__":
    main()
