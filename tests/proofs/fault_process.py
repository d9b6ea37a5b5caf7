"""Run by the proofs of faults as processes of their own, over one database.

`prepare N DAYS` files N grievances so many days ago; `worker` is the product's own, in small chunks so that whatever is
killed is in the middle of something, and two signals set its time of day; `officers` take cases along until there is
nothing left to do; `settle MINUTES` does what is left, as if so many minutes had gone by, and says what is wrong.
"""

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

import django
import time_machine

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import InterfaceError, OperationalError, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from cases.codes import ELIGIBILITY, LetterKind, Result  # noqa: E402
from cases.codes.words import Risk  # noqa: E402
from cases.commands import (  # noqa: E402
    assessing,
    casework,
    clocks,
    closing,
    escalating,
    independence,
    intake,
    reading,
    respondents,
    screening,
)
from cases.demo import cast as actors  # noqa: E402
from cases.models import Case, CaseEvent, Clock, Untold  # noqa: E402
from cases.queries import parties_of  # noqa: E402
from cases.states import AsideReason, Outcome, Stage  # noqa: E402
from config import worker  # noqa: E402
from grievance import receipts  # noqa: E402
from grievance.commands.draft import Draft  # noqa: E402
from grievance.commands.filing import file_grievance  # noqa: E402
from grievance.models import Arrival  # noqa: E402
from notifications.commands import deliver, relay, telling  # noqa: E402
from notifications.models import Notice, Unheard  # noqa: E402
from supplychain import demo as chains  # noqa: E402
from supplychain.models import Site  # noqa: E402
from tests.cases.inquiry import found  # noqa: E402
from tests.proofs.checking import due_levels, wrong  # noqa: E402

SET_BACK, SET_RIGHT = signal.SIGRTMIN + 1, signal.SIGRTMIN + 2
Done = TypeVar("Done")
FEW = 25  # a chunk of the sweep and of the relay


def prepare(many: int, days: int) -> None:
    """Whoever is told has an address, and nobody a phone; half of the cases have a handler and a company that knows."""
    # From the models: the migrations have checks of their own, and take minutes on a busy machine.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    at = timezone.now() - timedelta(days=days)
    actors.load(chains.load(by=None, at=at), at=at)
    User.objects.update(phone="")
    mine = Site.objects.filter(kind="mine").order_by("pk")[0]
    handlers = [User.objects.get(username=name) for name in ("tomas", "nadia")]
    supervisor = User.objects.get(username="irene")
    for number in range(many):
        file_one(mine, at)
        intake.take_up(at=at)
        case = Case.objects.order_by("-pk")[0]
        casework.assign(case=case, handler=handlers[number % 2], by=supervisor, at=at)
        if number % 2:
            company = case.respondents.order_by("tier", "pk")[0]
            by = handlers[1]
            reading.read_filing(case=case, filing=case.filings.get(), by=by, at=at)
            casework.screen(case=case, by=by, at=at)
            respondents.approve(respondent=company, by=by, people_who_fit=50, safety_checked=True, at=at)
            respondents.notify(respondent=company, by=by, facts="Wages of the night shift.", at=at)
    say({"levels": sum(len(due_levels(clock, timezone.now())) for clock in Clock.objects.all())})


def file_one(site: Site, at: datetime) -> None:
    draft = Draft(
        channel="web", language="en", statement="words", place="", site_id=site.pk, families=("WG",),
        happened_on=date(2026, 1, 1), ongoing=False, urgent=False, openness="open", may_tell=True,
    )  # fmt: skip
    file_grievance(draft=draft, nonce=receipts.new_nonce(), at=at)


def work() -> int:
    """The time of day of this process is an hour behind from the one signal on, and right again from the other on."""
    behind = ExitStack()
    signal.signal(SET_BACK, lambda *_given: behind.enter_context(time_machine.travel(timedelta(hours=-1))))
    signal.signal(SET_RIGHT, lambda *_given: behind.close())
    escalating.CHUNK = FEW
    telling.relay.__kwdefaults__ = {"limit": FEW}
    return worker.main()


# -- Officers: what each does next with a case, by its stage; which way a case goes depends on its number.
Act = Callable[[Case, User, datetime], None]


def begin(case: Case, by: User, at: datetime) -> None:
    if case.pk % 5 == 0:
        casework.set_aside(case=case, reason=AsideReason.TEST, by=by, at=at)
        return
    reading.read_filing(case=case, filing=case.filings.get(), by=by, at=at)
    casework.screen(case=case, by=by, at=at)


def decide(case: Case, by: User, at: datetime) -> None:
    ours = case.pk % 5 > 1
    if case.acknowledged_at is None:
        casework.acknowledge(case=case, by=by, at=at)
    screening.judge(case=case, answers=dict.fromkeys(ELIGIBILITY, ours), by=by, at=at)
    if ours:
        towards = parties_of(case) - set(case.declarations.filter(user=by).values_list("organisation_id", flat=True))
        if towards:
            independence.declare(case=case, towards=dict.fromkeys(towards, ()), by=by, at=at)
        screening.admit(case=case, by=by, at=at)
        return
    screening.sign_ineligible(case=case, by=User.objects.get(username="irene"), at=at)
    closing.write_letter(case=case, kind=LetterKind.INELIGIBLE, language="en", body="Why.", by=by, at=at)
    screening.find_ineligible(case=case, by=by, at=at)


def inquire(case: Case, by: User, at: datetime) -> None:
    assessing.assess(
        case=case, scale=2, scope=2, irremediability=2, imminent=False, retaliation=Risk.LOW, by=by, at=at
    )  # fmt: skip
    assessing.investigate(case=case, by=by, at=at)


def end(case: Case, by: User, at: datetime) -> None:
    if case.pk % 5 > 2:
        return
    if not case.findings.exists():
        words = {"en": "It could not be shown."}
        found(case, by, at, result=Result.UNSUBSTANTIATED, theirs=words, companies="It could not be shown.")
    closing.write_letter(case=case, kind=LetterKind.CLOSING, language="en", body="Why.", by=by, at=at)
    closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=by, at=at)


ACTS: dict[str, Act] = {
    Stage.RECEIVED: begin,
    Stage.SCREENING: decide,
    Stage.ASSESSMENT: inquire,
    Stage.INVESTIGATION: end,
}


def officers() -> None:
    """Each case as far as it goes. Whatever breaks in between is done again, as somebody at a screen would."""
    for pk in patiently(lambda: list(Case.objects.order_by("pk").values_list("pk", flat=True))):
        while patiently(partial(take_further, pk)):
            pass


def patiently(do: Callable[[], Done]) -> Done:
    """Also the first look: the database may be down when somebody comes to work."""
    while True:
        try:
            return do()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.2)


def take_further(pk: int) -> bool:
    case = Case.objects.select_related("handler", "site").get(pk=pk)
    act, stage = ACTS.get(case.stage), case.stage
    if act is None or case.handler is None:
        return False
    act(case, case.handler, timezone.now())
    case.refresh_from_db()
    return case.stage != stage


# -- Afterwards
def settle(minutes: int) -> None:
    """Every sweep until it finds nothing, at a moment that far ahead."""
    at = timezone.now() + timedelta(minutes=minutes)
    while Arrival.objects.exists():
        intake.take_up(at=at)
    while clocks.sweep(at=at):
        pass
    while Untold.objects.exists():
        relay(at=at)
    while deliver(at=at, limit=500):
        pass
    say(found_at(at))


def found_at(at: datetime) -> dict[str, object]:
    rows = list(Notice.objects.values_list("message_id", "state", "doubtful", "recipient__email"))
    return {
        "wrong": wrong(at),
        "sent": [pk for pk, state, _doubtful, _to in rows if state == Notice.State.SENT],
        "doubtful": [pk for pk, _state, doubtful, _to in rows if doubtful],
        "notices": {pk: to for pk, _state, _doubtful, to in rows},
        "states": Counter(state for _pk, state, _doubtful, _to in rows),
        "stages": Counter(Case.objects.values_list("stage", flat=True)),
        "levels": CaseEvent.objects.filter(level__isnull=False).count(),
        "clocks_told": Notice.objects.exclude(event__clock=None).values("event__clock").distinct().count(),
        "unheard": Unheard.objects.count(),
        "twice": [
            str(key) for key, number in Counter(
                Notice.objects.exclude(event__clock=None).exclude(state=Notice.State.VOID)
                .values_list("event__clock", "recipient", "channel")
            ).items() if number > 1
        ],
    }  # fmt: skip


def say(found: object) -> None:
    sys.stdout.write(json.dumps(found))


match sys.argv[1:]:
    case ["prepare", many, days]:
        prepare(int(many), int(days))
    case ["worker"]:
        sys.exit(work())
    case ["officers"]:
        officers()
    case ["settle", minutes]:
        settle(int(minutes))
    case _:
        sys.exit("see above")
