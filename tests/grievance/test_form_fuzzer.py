"""Anything in any field, with any button: no error of ours, and nothing that was typed is lost."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grievance.keys import data_key_for_office, open_json
from grievance.models import Grievance
from grievance.questions import QUESTIONS, STEPS, Kind
from grievance.receipts import new_nonce
from tests.grievance.test_views import receipt_in, unhashed

pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.usefixtures("unhashed")]
__all__ = ["unhashed"]

ANY = st.text(max_size=60)
WRITTEN = {Kind.WORDS, Kind.LINE, Kind.PHONE, Kind.EMAIL, Kind.DAY, Kind.POSITION}
TYPED = {one.key: one.kind for one in QUESTIONS if one.kind in WRITTEN}
BUTTONS = ["", "next", "back", "one", "all", "search", "preview", "send", *(f"change-{one.key}" for one in QUESTIONS)]


def a_value(question: Any) -> st.SearchStrategy[Any]:
    known = [choice.value for choice in question.choices]
    chosen = st.sampled_from([*known, "", "\x00", "no-such-choice"]) if known else ANY
    return st.lists(chosen | ANY, max_size=3) if question.kind == Kind.CHOICES else chosen | ANY


FORM = st.fixed_dictionaries(
    {},
    optional={
        **{one.key: a_value(one) for one in QUESTIONS if one.kind != Kind.FILES},
        "do": st.sampled_from(BUTTONS) | ANY,
        "way": st.sampled_from(["one", "all", ""]) | ANY,
        "step": st.sampled_from([step.key for step in STEPS]) | ANY,
        "nonce": st.builds(new_nonce) | ANY,
        "remove": st.lists(ANY, max_size=2),
        "poster": ANY,
        "ticket": ANY,
        "crowd": ANY,
        "photos": ANY,
    },
)


def plain(text: str) -> str:
    """As the form keeps it: line ends made alike, and nothing that a database cannot hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=FORM, language=st.sampled_from(["en", "sw", "fr", "ar"]))
def test_no_error_and_nothing_lost(client: Client, form: dict[str, Any], language: str) -> None:
    sent = {key: _sendable(value) for key, value in form.items()}
    before = Grievance.objects.count()
    answer = client.post(f"/{language}/file/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200, (answer.status_code, sent)
    if receipt_in(page):
        grievance = Grievance.objects.order_by("-pk")[0]
        assert Grievance.objects.count() == before + 1
        kept = open_json(data_key_for_office(grievance.key_id), grievance.sealed_statement, "statement")
        assert kept["statement"] == plain(str(sent.get("statement", ""))).strip()
        return
    assert Grievance.objects.count() == before
    shown = plain(unescape(page))
    for key, kind in TYPED.items():
        words = plain(str(sent.get(key, ""))).strip()
        if kind != Kind.WORDS:  # one line, in which a browser sends no break
            words, shown_here = " ".join(words.split()), " ".join(shown.split())
        else:
            shown_here = shown
        assert words in shown_here, (key, words)


def _sendable(value: Any) -> Any:
    """What a browser can send: whole characters."""
    if isinstance(value, list):
        return [_sendable(one) for one in value]
    return value.encode("utf-8", "replace").decode()
