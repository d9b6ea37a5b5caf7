"""What a browser keeps of a visit, its titles and icons, says nothing of what was visited."""

import re
from datetime import datetime
from html import unescape

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client
from django.utils import translation
from django.utils.translation import pgettext

from tests.grievance.test_flooding import fill
from tests.grievance.test_views import RIGHT, nonce_in, receipt_in

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
CODES = [code for code, _name in project.LANGUAGES]

pytestmark = pytest.mark.django_db


def every_page(client: Client, code: str) -> dict[str, str]:
    """The pages of a whole visit: name -> page."""
    file, follow = f"/{code}/file/", f"/{code}/follow/"
    paths = {"home": "", "file": "file/", "door": "follow/", "rules": "rules/", "help": "help/", "gone": "x/"}
    pages = {name: client.get(f"/{code}/{path}").text for name, path in paths.items()}
    sent = {**RIGHT, "nonce": nonce_in(pages["file"])}
    fill()
    pages["once more"] = client.post(file, sent).text
    ticket = re.findall(r'name="once_more" value="([^"]+)"', pages["once more"])[0]
    pages["receipt"] = client.post(file, sent | {"once_more": ticket}).text
    client.post(follow, {"receipt": receipt_in(pages["receipt"])})
    pages["own page"] = client.get(follow).text
    return pages


@pytest.mark.parametrize("code", CODES)
def test_titles_are_one_plain_word_and_a_number_that_tells_them_apart(client: Client, code: str) -> None:
    with time_machine.travel(AT, tick=False):
        pages = every_page(client, code)
    with translation.override(code):
        word = pgettext("title of every public page", "Notes")
    titles = {name: unescape(TITLE.findall(page)[0]) for name, page in pages.items()}
    for title in titles.values():
        assert re.fullmatch(re.escape(word) + r" \d{1,2}", title)
    assert len(set(titles.values())) == len(titles)  # WCAG 2.4.2


def test_no_icon_and_no_description_says_more(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        pages = every_page(client, "en")
    pages["chooser"] = client.get("/").text
    for page in pages.values():
        head = page.partition("</head>")[0]
        assert "icon.svg" not in head
        assert "notes.svg" in head
        assert "Recourse" not in head
        assert not re.findall(r'<meta (?!charset|name="(?:viewport|robots)")', head)
