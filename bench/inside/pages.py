"""How many questions a case's page and its follow page ask with two messages, and with two hundred; printed as JSON."""

import json
import sys
from base64 import urlsafe_b64encode
from datetime import datetime

import django
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

django.setup()

from accounts.commands import create_user, grant_role  # noqa: E402 - models need Django to be set up
from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from bench.visitor import BLANK, receipt_in  # noqa: E402
from cases.commands.casework import reply  # noqa: E402
from cases.commands.intake import take_up  # noqa: E402
from cases.models import Case, Filing  # noqa: E402
from grievance.commands.conversation import write  # noqa: E402
from grievance.commands.following import Following, open_session, resume  # noqa: E402
from grievance.models import Receipt  # noqa: E402
from grievance.receipts import new_nonce, nonce_hash, read_nonce  # noqa: E402
from supplychain.models import Site  # noqa: E402

FEW, MANY = 2, 200
FILE, FOLLOW = "/en/file/", "/en/follow/"


def queries(client: Client, path: str) -> int:
    """Asked at the second visit: the first may have something to note down."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path)
    if page.status_code != 200:
        raise RuntimeError(f"{path} answered {page.status_code}")
    return len(asked)


def filed(person: Client, at: datetime) -> tuple[Case, Following]:
    """A case as it comes in, and its open follow page."""
    nonce = new_nonce()
    site = Site.objects.order_by("pk").first()
    said = BLANK | {"statement": "Dust from the crusher.", "nonce": nonce, "place": site.name if site else ""}
    receipt = receipt_in(person.post(FILE, said).content.decode())
    session = open_session(receipt=receipt, at=at)
    person.cookies["follow"] = urlsafe_b64encode(session).decode()
    while take_up(at=at):
        pass
    raw = read_nonce(nonce) or b""
    grievance = Receipt.objects.get(nonce_hash=nonce_hash(raw)).grievance
    return Filing.objects.get(grievance=grievance).case, resume(session_key=session, at=at)


def talk(case: Case, following: Following, officer: User, turns: int, at: datetime) -> None:
    filing = case.filings.get()
    for _ in range(turns // 2):
        said = write(following=following, body="It goes on.", language="en", at=at)
        reply(case=case, filing=filing, by=officer, body="We are on it.", language="en", read_up_to=said.pk, at=at)
    while take_up(at=at):
        pass


def main() -> None:
    at = timezone.now()
    officer = create_user(username=f"desk-{new_nonce()[:8]}", password=new_nonce(), by=None, at=at)
    grant_role(user=officer, role=Role.HANDLER, by=None, at=at)
    person, desk = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    desk.force_login(officer)
    found: dict[str, list[int]] = {"case": [], "follow": []}
    with override_settings(DEMO=True):
        case, following = filed(person, at)
        for turns in (FEW, MANY):
            talk(case, following, officer, turns, at)
            found["case"].append(queries(desk, f"/office/admin/cases/case/{case.reference}/"))
            found["follow"].append(queries(person, FOLLOW))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
