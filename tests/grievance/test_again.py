"""The same form sent once more with other answers: all that it says now is kept, and nothing of before is dropped."""

import json
from datetime import date, timedelta

import pytest

from grievance import receipts, vault
from grievance.keys import RING, open_text
from grievance.models import Arrival, Complainant, Consent, Grievance, Message
from grievance.queries import turns
from tests.grievance.test_commands import AT, file, follow

pytestmark = pytest.mark.django_db


def said(filed: object) -> list[str]:
    page = follow(filed)  # type: ignore[arg-type]
    return [turn.body for turn in turns(grievance=page.grievance, data_key=page.data_key)]


def test_each_answer_that_changed_is_added_in_words_and_the_words_are_not_said_again() -> None:
    nonce = receipts.new_nonce()
    file(nonce, language="en")
    changes = {
        "language": "en",
        "ongoing": True,
        "families": ("WG", "OS"),
        "happened_on": date(2026, 2, 3),
        "country": "CD",
    }
    for _ in range(2):
        again = file(nonce, **changes)  # type: ignore[arg-type]
        assert again.again
    (body,) = said(again)
    assert "It is still going on: Yes" in body
    assert "Danger, injury or illness at work" in body
    assert "Zwj-statement" not in body
    assert Message.objects.count() == 1


def test_an_answer_that_was_taken_back_says_so() -> None:
    nonce = receipts.new_nonce()
    file(nonce, language="en", ongoing=True)
    assert "It is still going on: no answer any more" in said(file(nonce, language="en"))[0]


def test_danger_that_is_said_the_second_time_is_an_alarm() -> None:
    nonce = receipts.new_nonce()
    file(nonce)
    file(nonce, urgent=True)
    file(nonce, urgent=True)
    assert [one.kind for one in Arrival.objects.order_by("pk")] == ["grievance", "message", "danger"]


@pytest.mark.parametrize(("before", "now"), [(True, False), (False, True), (None, True)])
def test_another_answer_about_telling_companies_is_another_version(before: bool | None, now: bool) -> None:
    nonce = receipts.new_nonce()
    file(nonce, may_tell=before)
    assert file(nonce, may_tell=now).added
    assert not file(nonce, may_tell=now).added
    last = Consent.objects.order_by("version").last()
    assert last is not None
    assert last.given is now


def test_who_agreed_and_wants_to_be_asked_first_now_has_not_agreed() -> None:
    nonce = receipts.new_nonce()
    file(nonce, may_tell=None, consents={"operator": True, "buyer": False})
    file(nonce, may_tell=None, consents={"buyer": False})
    rows = Consent.objects.order_by("version")
    assert [(one.kind, one.given) for one in rows] == [("operator", True), ("buyer", False), ("operator", False)]


def contact() -> dict[str, str]:
    sealed = Complainant.objects.get().sealed_contact
    assert sealed
    return dict(json.loads(vault.open_contact(RING, bytes(sealed))))


def test_a_way_to_reach_them_that_was_forgotten_the_first_time_is_kept() -> None:
    nonce = receipts.new_nonce()
    file(nonce, openness="anonymous", name="", phone="", times="", safe_way="none")
    assert file(nonce).added
    assert contact()["phone"] == "+15550109999"
    assert Grievance.objects.get().openness == "open"
    page = follow(file(nonce))
    assert open_text(page.data_key, Complainant.objects.get().sealed_name or b"", "name") == "Zwj-name"


def test_another_number_takes_the_place_of_the_first() -> None:
    nonce = receipts.new_nonce()
    file(nonce)
    file(nonce, phone="+15550108888")
    assert contact()["phone"] == "+15550108888"


def test_who_chooses_to_be_anonymous_the_second_time_is() -> None:
    nonce = receipts.new_nonce()
    file(nonce)
    file(nonce, openness="anonymous")
    person = Complainant.objects.get()
    assert (person.sealed_name, person.sealed_contact, person.safe_way) == (None, None, "none")
    assert Grievance.objects.get().openness == "anonymous"


def test_an_old_form_brings_back_nothing_that_was_deleted() -> None:
    nonce = receipts.new_nonce()
    file(nonce)
    Complainant.objects.update(sealed_contact=None, sealed_name=None, safe_way="none")
    file(nonce, at=AT + timedelta(days=2))
    assert Complainant.objects.get().sealed_contact is None
