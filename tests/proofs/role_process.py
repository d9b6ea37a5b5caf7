"""Run by `test_keys_by_role` as a process of one role: `take_up` opens the case, `read` opens the words, `ask_safety`
asks the person whether they are safe, and `hear` opens what they answered; `recover` does what a lost number asks of a
worker, now and after its wait, and prints what would be sent; `send_picture` answers with a file, and `strip` makes its
copy."""

import io
import json
import sys
from datetime import timedelta

import django
from PIL import Image

django.setup()

from django.utils import timezone  # noqa: E402 - models need Django to be set up

from accounts.commands import create_user, grant_role  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from cases.commands import casework, safety  # noqa: E402
from cases.commands.intake import take_up  # noqa: E402
from cases.commands.reading import read_filing, read_safety  # noqa: E402
from cases.models import Case  # noqa: E402
from grievance import vault  # noqa: E402
from grievance.commands import recovering  # noqa: E402
from grievance.commands.pictures import strip_waiting  # noqa: E402
from grievance.keys import RING  # noqa: E402
from grievance.models import Consent, Reply  # noqa: E402
from grievance.rules import RECOVERY_WAITS  # noqa: E402
from grievance.uploads import SealedUpload  # noqa: E402


def an_officer() -> User:
    at = timezone.now()
    officer = create_user(username="amina", password="a-secret-of-nobody-at-all", by=None, at=at)
    grant_role(user=officer, role=Role.INTAKE, by=None, at=at)
    return officer


def read() -> None:
    at, officer, case = timezone.now(), an_officer(), Case.objects.get()
    words = read_filing(case=case, filing=case.filings.get(), by=officer, at=at)
    json.dump({"statement": words.statement, "turns": [turn.body for turn in words.turns]}, sys.stdout)


def ask_safety() -> None:
    case = Case.objects.get()
    safety.ask(case=case, filing=case.filings.get(), by=an_officer(), at=timezone.now())


def recover() -> None:
    at = timezone.now()
    for moment in (at, at + RECOVERY_WAITS + timedelta(minutes=1)):
        recovering.sweep(at=moment)
    parcels = Reply.objects.order_by("pk").values_list("sealed_parcel", flat=True)
    json.dump([json.loads(vault.open_contact(RING, parcel)) for parcel in parcels if parcel], sys.stdout)


def hear() -> None:
    case, officer = Case.objects.get(), User.objects.get(username="amina")
    said = read_safety(case=case, filing=case.filings.get(), by=officer, at=timezone.now())
    consents = Consent.objects.order_by("pk").values_list("given", flat=True)
    heard = {"urgent": case.urgent_since is not None, "words": [one.words for one in said], "given": list(consents)}
    json.dump(heard, sys.stdout)


def send_picture() -> None:
    """An officer answers with a picture; a worker makes its copy when it is asked to."""
    body = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(body, "JPEG", comment=b"MARKED")
    sealed = SealedUpload("office.jpg", "image/jpeg")
    sealed.receive(body.getvalue())
    sealed.complete()
    case = Case.objects.get()
    filing = case.filings.get()
    language, at = filing.grievance.language, timezone.now()
    casework.reply(
        case=case,
        filing=filing,
        by=an_officer(),
        body="Look.",
        language=language,
        read_up_to=0,
        uploads=[sealed],
        at=at,
    )
    sealed.close()


match sys.argv[1]:
    case "send_picture":
        send_picture()
    case "strip":
        strip_waiting(at=timezone.now())
    case "take_up":
        while take_up(at=timezone.now()):
            pass
    case "read":
        read()
    case "ask_safety":
        ask_safety()
    case "hear":
        hear()
    case "recover":
        recover()
