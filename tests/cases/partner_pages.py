"""The pages of field partners as tests open them."""

import csv
import io
import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from grievance.commands.following import Following, open_session, resume
from tests.factories import AT
from tests.grievance.partners import WORDS

HOME, FILE, MANY = "/office/partners/", "/office/partners/file/", "/office/partners/list/"
SLIPS, EXPORT, NUMBERS = "/office/partners/slips/", "/office/partners/export/", "/office/partners/numbers/"


def entered(user: User) -> Client:
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.force_login(user)
    return client


def page(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode())


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def receipts_in(text: str) -> list[str]:
    shown = re.findall(r'class="code[^"]*" dir="ltr">((?:<span>\d{4}</span>\s*){5})', text)
    return ["".join(re.findall(r"\d{4}", one)) for one in shown]


def following(receipt: str) -> Following:
    return resume(session_key=open_session(receipt=receipt, at=AT), at=AT)


SAID = {"statement": WORDS, "openness": "anonymous", "safe_way": "none", "consent": "spoken", "may_see": "stage",
        "standing": "asked", "call_back": "no", "language": "sw", "way": "all", "step": "safe"}  # fmt: skip


def a_file(*rows: dict[str, str], encoding: str = "utf-8", delimiter: str = ",") -> SimpleUploadedFile:
    body = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = csv.DictWriter(body, names, delimiter=delimiter)
    table.writeheader()
    table.writerows(rows)
    return SimpleUploadedFile("list.csv", body.getvalue().encode(encoding), "text/csv")


def people(number: int) -> list[dict[str, str]]:
    return [{"what": f"{WORDS} {one}", "consent": "spoken", "language": "sw"} for one in range(number)]
