"""Equal words: one delivery twice is heard once, no answer is taken for one, and an officer sees what is alike."""

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from grievance.commands import gateways, listening, texting
from grievance.commands.bytext import answers_of
from grievance.gateways.wire import Incoming
from grievance.models import FormSession, Gateway, Grievance, InboundText
from grievance.queries import said_again
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway
from tests.grievance.test_texting import FIRST, statement

pytestmark = pytest.mark.django_db
STEP = timedelta(seconds=20)
NO_IDS: dict[str, Any] = {"inbound": {"sender": "f", "text": "t"}}
PARTS = {"reference": "r", "number": "n", "total": "k"}


@pytest.fixture
def plain(lead: User) -> Gateway:
    """A gateway without ids."""
    return a_gateway(lead, **NO_IDS)


def talk_by(gateway: Gateway, *texts: str) -> list[list[str]]:
    phone = Phone(gateway)
    return [phone.write(words, AT + STEP * turn) for turn, words in enumerate(texts)]


def test_without_ids_the_same_answer_to_another_question_is_heard_and_danger_with_it(plain: Gateway) -> None:
    answered = talk_by(plain, FIRST, "1", "Mutoshi", "31/3/2026", "1", "730491")
    assert [len(texts) for texts in answered] == [1, 1, 1, 1, 1, 1]
    grievance = Grievance.objects.get()
    assert grievance.urgent
    assert statement(grievance)["statement"] == FIRST
    again = said_again(grievance)
    assert [(text.at, text.heard_again) for text in again] == [(AT + 4 * STEP, True)]


def test_with_ids_a_plain_answer_is_no_twin_of_another(lead: User) -> None:
    talk_by(a_gateway(lead), FIRST, "1", "Mutoshi", "31/3/2026", "1", "730491")
    assert Grievance.objects.get().urgent
    assert said_again(Grievance.objects.get()) == []


@pytest.mark.parametrize("ids", [True, False])
def test_the_same_words_again_stand_once_and_the_question_is_repeated(lead: User, ids: bool) -> None:
    gateway = a_gateway(lead) if ids else a_gateway(lead, **NO_IDS)
    phone = Phone(gateway)
    moment = AT.replace(minute=9, second=59)  # no clock's edge parts the two
    assert len(phone.write(FIRST, moment)) == 1
    asked = phone.write(FIRST, moment + timedelta(seconds=5))
    assert len(asked) == 1
    session = FormSession.objects.get()
    assert (answers_of(session)["statement"], session.step) == (FIRST, "safe")
    first, second = InboundText.objects.order_by("pk")
    assert (second.alike, second.heard_again, second.session) == (first, False, session)
    listening.listen(at=AT + timedelta(hours=2))
    grievance = Grievance.objects.get()
    assert statement(grievance)["statement"] == FIRST
    assert [text.heard_again for text in said_again(grievance)] == [False]


def test_what_came_twice_before_we_answered_is_answered_once(plain: Gateway) -> None:
    for second in (0, 1):
        keep(plain, {"f": "+243810000001", "t": FIRST}, second)
    texting.read_requests(at=AT + STEP)
    listening.listen(at=AT + STEP)
    assert len(Phone(plain).thread()) == 1
    assert InboundText.objects.filter(alike__isnull=False).count() == 1


def test_words_that_may_be_meant_are_asked_for_once_more_and_heard_the_third_time(plain: Gateway) -> None:
    talk_by(plain, FIRST, "1", "sijui", "sijui")
    assert FormSession.objects.get().step == "day"
    phone = Phone(plain)
    assert len(phone.write("sijui", AT + 5 * STEP)) == 1
    assert FormSession.objects.get().step == "urgent"


def test_the_same_words_after_the_end_file_nothing_twice(lead: User) -> None:
    phone = Phone(a_gateway(lead))
    form = f"GRV1 SW H 1 N {FIRST}"
    phone.write(form, AT)
    assert phone.write(form, AT + STEP) == []
    grievance = Grievance.objects.get()
    assert [text.heard_again for text in said_again(grievance)] == [False]
    phone.write(form, AT + timedelta(minutes=11))
    assert Grievance.objects.count() == 2


def test_a_part_that_comes_again_with_another_id_is_heard_once(lead: User) -> None:
    gateway = a_gateway(lead, inbound={"sender": "f", "text": "t", "id": "i", "part": PARTS})
    for turn, (number, words) in enumerate([("2", " B"), ("1", "A"), ("1", "A")]):
        keep(gateway, {"f": "+243810000001", "t": words, "i": f"id{turn}", "r": "7", "n": number, "k": "2"}, turn)
    heard(gateway, 3)
    keep(gateway, {"f": "+243810000001", "t": "A", "i": "late", "r": "7", "n": "1", "k": "2"}, 900)
    heard(gateway, 901)
    assert answers_of(FormSession.objects.get())["statement"] == "A B"
    assert not InboundText.objects.filter(heard_at=None).exists()


def test_two_equal_parts_of_one_text_are_two(lead: User) -> None:
    gateway = a_gateway(lead, inbound={"sender": "f", "text": "t", "part": PARTS})
    for turn, (number, words) in enumerate([("1", "xx"), ("2", "xx"), ("3", "end")]):
        keep(gateway, {"f": "+243810000001", "t": words, "r": "7", "n": number, "k": "3"}, turn)
    heard(gateway, 3)
    assert answers_of(FormSession.objects.get())["statement"] == "xxxxend"


def keep(gateway: Gateway, fields: dict[str, str], second: int) -> None:
    incoming = Incoming("", json.dumps(fields).encode(), {"content-type": "application/json"})
    gateways.keep_request(gateway=gateway, incoming=incoming, at=AT + timedelta(seconds=second))


def heard(gateway: Gateway, second: int) -> None:
    at = AT + timedelta(seconds=second)
    texting.read_requests(at=at)
    listening.listen(at=at)
