"""Lists of a field partner, small and large: looked at and sent on the page, or filed by a program. The time and the
questions of each as JSON, beside people filed for one by one."""

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from re import search
from time import perf_counter
from typing import Any

import django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

django.setup()

from accounts.commands import create_user, grant_role, make_token  # noqa: E402 - models need Django to be set up
from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.tokens import Scope  # noqa: E402
from grievance.commands.partners import keeping  # noqa: E402
from grievance.receipts import new_nonce  # noqa: E402
from grievance.rules import CALL_LIST_LONGEST, LIST_LONGEST  # noqa: E402

FEW, LASTS = 10, timedelta(days=90)
WORDS = "Dust from the crusher covers our houses, and the children cough at night. Nobody answers us. " * 6
LIST, SLIPS, API = "/office/partners/list/", "/office/partners/slips/", "/api/v1/"
Spent = dict[str, float]


def somebody(role: Role) -> User:
    at = timezone.now()
    user = create_user(username=f"{role}-{new_nonce()[:8]}", password=new_nonce(), by=None, at=at)
    grant_role(user=user, role=role, by=None, at=at)
    return user


def spent(call: Callable[[], Any], expected: int = 200) -> tuple[Spent, Any]:
    asked = count()
    with connection.execute_wrapper(lambda execute, *given: (next(asked), execute(*given))[1]):
        began = perf_counter()
        answer = call()
        taken = perf_counter() - began
    if answer.status_code != expected:
        raise RuntimeError(f"answered {answer.status_code}")
    return {"ms": taken * 1000, "queries": next(asked)}, answer


def a_list(number: int) -> SimpleUploadedFile:
    body = io.StringIO()
    table = csv.writer(body)
    table.writerow(["what", "where", "families", "ongoing", "consent", "call_back", "may_see", "language"])
    for one in range(number):
        table.writerow([f"{one}: {WORDS}", "Gate 4", "OS; WG", "yes", "spoken", "no", "stage", "sw"])
    return SimpleUploadedFile("list.csv", body.getvalue().encode(), "text/csv")


def on_the_page(client: Client, number: int) -> dict[str, Spent]:
    chosen = a_list(number)
    look, preview = spent(lambda: client.post(LIST, {"list": chosen, "do": "look"}))
    found = search(r'name="nonce" value="([^"]+)"', preview.content.decode())
    nonce = found[1] if found else ""
    send, sent = spent(lambda: client.post(LIST, {"nonce": nonce, "do": "send"}))
    if sent.content.decode().count("R-") < number:
        raise RuntimeError("somebody of the list was not filed for")
    slips, _paper = spent(lambda: client.post(SLIPS, {"nonce": nonce}))
    return {"look": look, "send": send, "slips": slips}


def person(one: int) -> dict[str, Any]:
    answers = {"statement": f"{one}: {WORDS}", "place": "Gate 4", "families": ["OS", "WG"], "ongoing": True}
    behalf = {"consent_how": "spoken", "authority": "asked", "call_back_safe": False, "may_see": "stage"}
    return {"answers": answers, "behalf": behalf, "language": "sw"}


def by_a_program(client: Client, path: str, body: Any, expected: int) -> tuple[Spent, Any]:
    headers = {"Idempotency-Key": new_nonce()}
    return spent(lambda: client.post(API + path, body, content_type="application/json", headers=headers), expected)


def one_by_one(client: Client, number: int) -> Spent:
    each = [by_a_program(client, "grievances/", person(one), 201)[0] for one in range(number)]
    return {key: sum(one[key] for one in each) for key in ("ms", "queries")}


def in_a_list(client: Client, number: int) -> Spent:
    found, answer = by_a_program(client, "batches/", {"rows": [person(one) for one in range(number)]}, 200)
    if sum("filed" in row for row in answer.json()["rows"]) != number:
        raise RuntimeError("somebody of the list was not filed for")
    return found


def main() -> None:
    lead, worker = somebody(Role.LEAD), somebody(Role.PARTNER)
    at = timezone.now()
    union = keeping.add_partner(
        name="Union (fictional)", kind="union", countries=["CD"], languages=["sw", "fr"], sites=[], by=lead, at=at
    )
    keeping.add_person(partner=union, user=worker, by=lead, at=at)
    _token, secret = make_token(name="Server", scopes=tuple(Scope), lasts=LASTS, by=worker, at=at)
    page = Client(SERVER_NAME="127.0.0.1")
    page.force_login(worker)
    program = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {secret}"})
    with override_settings(DEMO=True):  # else the page asks for a second factor first
        on_the_page(page, FEW)  # the first of all opens what is opened once
        found: dict[str, Any] = {"few": on_the_page(page, FEW), "many": on_the_page(page, LIST_LONGEST)}
    found["alone"] = one_by_one(program, CALL_LIST_LONGEST)
    found["few"]["batch"], found["many"]["batch"] = in_a_list(program, FEW), in_a_list(program, CALL_LIST_LONGEST)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
