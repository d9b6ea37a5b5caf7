"""Whatever is written, however it is split: nothing fails, no word is lost, nothing of it is sent back."""

import itertools
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from cases.commands import intake
from grievance import comeback, vault
from grievance.commands import gateways, listening, texting
from grievance.gateways.wire import Incoming
from grievance.keys import RING, data_key_for_office, digest, open_json, open_text
from grievance.keywords import keyword_of
from grievance.models import FormSession, Gateway, Grievance, InboundText, Message, Reply
from tests.factories import AT
from tests.grievance.phones import a_gateway

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MARK, NUMBER = "Zwj9secret", "+243810000001"
SMALL = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(st.characters(codec="utf-8"), max_size=120)
COMMON = ["1", "2", "730491", "yes", "STOP", "START", "HELP", "LUGHA", "NOT SAFE", "R-0000-0000 730491", "GRV1 S 1"]
COUNTER = itertools.count()


@pytest.fixture
def gateway(lead: User) -> Gateway:
    parts = {"reference": "r", "number": "n", "total": "m"}
    return a_gateway(lead, inbound={"sender": "f", "text": "t", "id": "i", "part": parts})


def hear(gateway: Gateway, number: str, fields: dict[str, str], at: datetime) -> None:
    body = json.dumps({"f": number, "i": str(next(COUNTER)), **fields}).encode()
    gateways.keep_request(gateway=gateway, incoming=Incoming("", body, {"content-type": "application/json"}), at=at)
    texting.read_requests(at=at)
    listening.listen(at=at)


def kept(number: str = NUMBER) -> str:
    """All that stands under the keys of what a phone filed."""
    return "\n".join(_kept(digest("number", number)))


def _kept(mark: bytes) -> Iterator[str]:
    for grievance in Grievance.objects.filter(text_receipt__writer__mark=mark):
        key = data_key_for_office(grievance.key_id)
        yield from open_json(key, grievance.sealed_statement, "statement").values()
        yield str(grievance.happened_on or "")
    own = Message.objects.filter(grievance__text_receipt__writer__mark=mark)
    for message in own.select_related("grievance"):
        yield open_text(data_key_for_office(message.grievance.key_id), message.sealed_body, "message")


def sent(number: str = NUMBER) -> str:
    rows = Reply.objects.filter(sealed_parcel__isnull=False, writer__mark=digest("number", number))
    return "\n".join(json.loads(vault.open_contact(RING, bytes(row.sealed_parcel or b"")))["body"] for row in rows)


def a_number() -> str:
    return f"+2438100{next(COUNTER):05d}"


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


@SMALL
@given(texts=st.lists(WORDS, min_size=1, max_size=7))
def test_no_word_is_lost_and_none_is_sent_back(gateway: Gateway, texts: list[str]) -> None:
    number, marked = a_number(), []
    for place, text in enumerate(texts):
        words = f"{text} {MARK}{place}x {text[::-1]}"
        marked.append(words)
        hear(gateway, number, {"t": words}, AT + timedelta(minutes=place))
    listening.listen(at=AT + timedelta(hours=2))
    intake.take_up(at=AT + timedelta(hours=2))
    assert not InboundText.objects.filter(heard_at=None).exists()
    assert not FormSession.objects.open().exists()
    found = plain(kept(number))
    for place, words in enumerate(marked):
        assert f"{MARK}{place}x" in found, words
    assert MARK not in sent(number)


@SMALL
@given(texts=st.lists(WORDS, min_size=1, max_size=7))
def test_any_texts_at_all_are_heard_and_either_kept_or_commands(gateway: Gateway, texts: list[str]) -> None:
    number = a_number()
    for place, text in enumerate(texts):
        hear(gateway, number, {"t": text}, AT + timedelta(minutes=place))
    listening.listen(at=AT + timedelta(hours=2))
    assert not InboundText.objects.filter(heard_at=None).exists()
    found, sign = plain(kept(number)), re.compile(r"[^\W\d_]")
    for text in texts:
        command = keyword_of(text) is not None or comeback.read(text) is not None
        if not command and len(sign.findall(text)) > 4:  # a short one may be a plain yes, or no
            assert plain(text.strip()) in found or all(part in found for part in text.split()), text


@SMALL
@given(words=WORDS, cuts=st.lists(st.integers(0, 130), max_size=5), order=st.randoms(use_true_random=False))
def test_a_text_in_parts_is_heard_as_one_in_any_order(
    gateway: Gateway, words: str, cuts: list[int], order: object
) -> None:
    whole, number, reference = f"{words} {MARK}", a_number(), str(next(COUNTER))
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    parts = [whole[one:two] for one, two in itertools.pairwise(places)]
    numbered = list(enumerate(parts, start=1))
    order.shuffle(numbered)  # type: ignore[attr-defined]
    for place, part in numbered:
        fields = {"t": part, "r": reference, "n": str(place), "m": str(len(parts))}
        hear(gateway, number, fields if len(parts) > 1 else {"t": part}, AT)
    listening.listen(at=AT + timedelta(hours=2))
    assert plain(whole) in plain(kept(number))
    assert MARK not in sent(number)


@SMALL
@given(answers=st.lists(WORDS | st.sampled_from(COMMON), max_size=9))
def test_no_conversation_fails_or_answers_more_than_once_to_a_text(gateway: Gateway, answers: list[str]) -> None:
    number = a_number()
    before = Reply.objects.count()
    for place, text in enumerate(["Maji yamekuwa mekundu", *answers]):
        hear(gateway, number, {"t": text}, AT + timedelta(minutes=place))
    listening.listen(at=AT + timedelta(hours=2))
    assert Reply.objects.count() - before <= len(answers) + 1
    assert not FormSession.objects.open().exists()
    assert "mekundu" in kept(number)
    assert "mekundu" not in sent(number)


def test_pictures_are_not_read_and_the_words_beside_them_are(lead: User) -> None:
    """A picture by text has no place here yet: the words are heard, and nothing is fetched."""
    gateway = Gateway.objects.create(
        slug="t", name="t", kind="twilio", options={}, sealed_secret=b"x", added_by=lead, added_at=AT
    )
    fields = f"MessageSid=SM1&From=%2B243810000001&To=%2B1555&Body=Maji+{MARK}&NumMedia=1&MediaUrl0=https%3A%2F%2Fx"
    incoming = Incoming("", fields.encode(), {"content-type": "application/x-www-form-urlencoded"})
    gateways.keep_request(gateway=gateway, incoming=incoming, at=AT)
    texting.read_requests(at=AT)
    listening.listen(at=AT)
    listening.listen(at=AT + timedelta(hours=1))
    assert MARK in kept()
    assert Grievance.objects.get().attachments.count() == 0
