"""The follow page: typing the number, waiting when many were wrong, reading, answering, and a session that ends."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from cases.commands import intake
from cases.models import Case
from cases.rules.packs import rule_for
from cases.states import LINE, LINE_WORDS
from grievance.commands.conversation import reply
from grievance.commands.filing import file_grievance
from grievance.models import FollowSession, Grievance, Message
from grievance.receipts import new_nonce, receipt_for
from grievance.rules import ANSWER_WITHIN, URGENT_ANSWER_WITHIN
from grievance.throttle import BUDGET
from tests.cases.conftest import draft

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_house")]


@pytest.fixture
def plain_house(settings: Any) -> None:
    """Unhashed static files, and nobody's wrong numbers counted yet."""
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": static}
    cache.clear()


@pytest.fixture
def receipt() -> str:
    return file_grievance(draft=draft(statement="Hatujalipwa <b>"), nonce=new_nonce(), at=AT).receipt


def wrong_receipt() -> str:
    """A number whose check digit is right and which nobody holds."""
    return receipt_for(b"a key of the tests", new_nonce().encode())


def enter(client: Client, typed: str, **more: str) -> Any:
    return client.post("/en/follow/", {"receipt": typed, **more})


def hidden(page: str, name: str) -> str:
    return str(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])


def answer(client: Client, page: str, body: str, **more: Any) -> Any:
    tokens = {"csrf": hidden(page, "csrf"), "nonce": hidden(page, "nonce")}
    return client.post("/en/follow/", {**tokens, "body": body, **more})


@pytest.fixture
def inside(client: Client, receipt: str) -> Client:
    with time_machine.travel(AT, tick=False):
        assert enter(client, receipt).status_code == 303
    return client


def test_the_number_opens_the_page_however_it_is_typed(client: Client, receipt: str) -> None:
    arabic = receipt.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    devanagari = "-".join(receipt.translate(str.maketrans("0123456789", "०१२३४५६७८९")))
    for typed in (receipt, f" {receipt[:4]} {receipt[4:]} ", arabic, devanagari):
        let_in = enter(client, typed)
        assert (let_in.status_code, let_in.headers["Location"]) == (303, "/en/follow/")
        cookie = let_in.cookies["follow"]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Strict", "", "/")
    assert list(let_in.cookies) == ["follow"]


def test_over_tls_the_cookie_stays_on_tls(client: Client, receipt: str) -> None:
    let_in = client.post("/en/follow/", {"receipt": receipt}, secure=True)
    assert let_in.cookies["follow"]["secure"] is True


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please type your number."),
        ("1234", "Some digits are missing"),
        ("1" * 21, "too many digits"),
        ("my number", "only digits"),
        ("2" * 300, "too many digits"),
    ],
)
def test_a_mistyped_number_is_said_kindly_and_stays_in_the_field(client: Client, typed: str, said: str) -> None:
    page = enter(client, typed).text
    assert said in page
    assert f'value="{typed}"' in page


def test_a_wrong_digit_and_an_unknown_number_are_told_apart(client: Client, receipt: str) -> None:
    slipped = receipt[:-1] + str((int(receipt[-1]) + 1) % 10)
    assert "One digit seems to be wrong." in enter(client, slipped).text
    assert "We do not find this number." in enter(client, wrong_receipt()).text
    assert not client.cookies


def test_after_many_wrong_numbers_a_right_one_waits_half_a_minute_and_gets_through(
    client: Client, receipt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        for _try in range(BUDGET.tries):
            assert enter(client, wrong_receipt()).status_code == 200
        monkeypatch.setattr("grievance.receipts.stretch", lambda *_: pytest.fail("no scrypt before the wait"))
        waits = enter(client, receipt)
        assert (waits.status_code, waits.headers["Retry-After"]) == (429, "30")
        assert f'value="{receipt}"' in waits.text
        ticket = hidden(waits.text, "ticket")
        early = enter(client, receipt, ticket=ticket)
        assert "still too early" in early.text
        assert hidden(early.text, "ticket") == ticket
        clock.shift(BUDGET.wait)
        assert enter(client, wrong_receipt(), ticket=ticket).status_code == 429
        monkeypatch.undo()
        assert enter(client, receipt, ticket=ticket).status_code == 303
        assert enter(client, receipt, ticket=ticket).status_code == 429  # a ticket is good for one try
        neighbour = Client(REMOTE_ADDR="192.0.2.9")
        assert enter(neighbour, receipt).status_code == 303


def test_mistyping_costs_nothing_and_the_budget_comes_back(client: Client, receipt: str) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        for _try in range(BUDGET.tries + 5):
            enter(client, "1234")
        assert enter(client, receipt).status_code == 303
        for _try in range(BUDGET.tries):
            enter(client, wrong_receipt())
        assert enter(client, receipt).status_code == 429
        clock.shift(BUDGET.window + timedelta(seconds=1))
        assert enter(client, receipt).status_code == 303


def test_another_site_cannot_open_a_page_in_this_browser(client: Client, receipt: str) -> None:
    sent = client.post("/en/follow/", {"receipt": receipt}, headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 200
    assert not sent.cookies


def test_the_page_tells_the_stage_in_plain_words(inside: Client) -> None:
    with time_machine.travel(AT, tick=False):
        page = inside.get("/en/follow/").text
        assert "We have your words. A person will read them soon." in page
        assert page.count('aria-current="step"') == 1
        assert "Nobody has opened your words yet." in page
        assert "Hatujalipwa" not in page  # whoever looks over a shoulder sees them when they are asked for
        csrf = re.findall(r'name="csrf" value="(\w+)"', page)[0]
        assert "Hatujalipwa &lt;b&gt;" in inside.post("/en/follow/", {"csrf": csrf, "act": "show"}).text
        intake.take_up(at=AT)
        assert "You hear from us on this page by 9 March 2026." in inside.get("/en/follow/").text


def test_what_the_receipt_promises_is_what_the_rules_ask() -> None:
    assert ANSWER_WITHIN.days == rule_for("acknowledge", AT.date()).amount
    assert timedelta(hours=rule_for("acknowledge_urgent", AT.date()).amount) == URGENT_ANSWER_WITHIN
    assert set(LINE_WORDS) == set(LINE)


def test_a_reply_is_read_and_answered(inside: Client) -> None:
    with time_machine.travel(AT, tick=False):
        intake.take_up(at=AT)
        officer = User.objects.create(username="officer")
        grievance = Grievance.objects.get()
        reply(grievance=grievance, author=officer, body="Tumesoma.\n\nAsante.", language="sw", read_up_to=0, at=AT)
        page = inside.get("/en/follow/").text
        assert "<p>Tumesoma.</p>" in page
        assert 'dir="auto" lang="sw"' in page
        assert "We wrote on 2 March 2026" in page
        body = BytesIO()
        Image.new("RGB", (40, 30)).save(body, "JPEG")
        photo = SimpleUploadedFile("pili.jpg", body.getvalue(), "image/jpeg")
        sent = answer(inside, page, "Ndiyo, <i>bado</i>.", photos=[photo])
        assert (sent.status_code, sent.headers["Location"]) == (303, "/en/follow/#sent")
        page = inside.get("/en/follow/").text
        assert "Ndiyo, &lt;i&gt;bado&lt;/i&gt;." in page
        assert "Picture 1: being prepared" in page
        intake.take_up(at=AT)
    assert Case.objects.get().unread_since == AT


def test_an_answer_that_cannot_be_taken_keeps_words_and_good_pictures(inside: Client) -> None:
    body = BytesIO()
    Image.new("RGB", (40, 30)).save(body, "JPEG")
    photos = [
        SimpleUploadedFile("good.jpg", body.getvalue(), "image/jpeg"),
        SimpleUploadedFile("bad.jpg", b"", "image/jpeg"),
    ]
    with time_machine.travel(AT, tick=False):
        page = inside.get("/en/follow/").text
        kept = answer(inside, page, "Asante", photos=photos).text
        assert "“bad.jpg” was not added" in kept
        assert "<bdi>good.jpg</bdi>" in kept
        assert "\nAsante</textarea>" in kept
        assert "Please write something" in answer(inside, page, "  ", remove=hidden(kept, "remove")).text
        assert "10 letters too long" in answer(inside, page, "x" * 10_010).text
        assert Message.objects.count() == 0
        answer(inside, kept, "Asante")
    assert Message.objects.count() == 1


def test_a_form_of_another_visit_is_not_sent_into_this_case(inside: Client) -> None:
    with time_machine.travel(AT, tick=False):
        sent = inside.post("/en/follow/", {"csrf": "of another visit", "body": "Asante"})
    assert "This page is from another visit." in sent.text
    assert "\nAsante</textarea>" in sent.text
    assert Message.objects.count() == 0


def test_twenty_idle_minutes_close_the_page_and_lose_no_words(inside: Client, receipt: str) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        page = inside.get("/en/follow/").text
        clock.shift(timedelta(minutes=21))
        closed = answer(inside, page, "A long answer")
        assert "Your page was closed to protect you." in closed.text
        assert closed.cookies["follow"].value == ""
        assert "Hatujalipwa" not in closed.text
        assert "\nA long answer</textarea>" in closed.text
        back = enter(inside, receipt, body="A long answer", nonce=hidden(closed.text, "nonce"))
        assert back.status_code == 200
        assert "\nA long answer</textarea>" in back.text
        answer(inside, back.text, "A long answer")
    assert Message.objects.count() == 1


def test_leaving_ends_the_session_and_the_way_back_shows_nothing(inside: Client) -> None:
    with time_machine.travel(AT, tick=False):
        cookie = inside.cookies["follow"].value
        left = inside.post("/en/leave/")
        assert left.headers["Location"] == "/en/calendar/"
        assert FollowSession.objects.count() == 0
        inside.cookies["follow"] = cookie
        page = inside.get("/en/follow/")
    assert "no-store" in page.headers["Cache-Control"]
    assert "Hatujalipwa" not in page.text


@pytest.mark.parametrize("cookie", ["x", "AAAA", "%%%", "ü"])
def test_a_cookie_that_is_none_leads_to_the_door(client: Client, cookie: str) -> None:
    client.cookies["follow"] = cookie
    assert "Open my page" in client.get("/en/follow/").text
