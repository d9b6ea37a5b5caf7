"""From a text message to a grievance: proven, kept, read, heard; nothing lost, nothing echoed."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import Refused
from accounts.models import User
from cases.commands import intake
from cases.models import Case
from grievance import talk, vault
from grievance.coded import short_guide
from grievance.commands import gateways, listening, texting, writers
from grievance.gateways.wire import Incoming
from grievance.keys import RING, data_key_for_office, open_json, open_text
from grievance.models import (
    Complainant,
    FormSession,
    Gateway,
    Grievance,
    InboundRequest,
    InboundText,
    Message,
    Reply,
    TextReceipt,
    Writer,
)
from grievance.rules import ALIKE_MOST
from tests.factories import AT

SECRET = "the-key-of-a-phone-that-nobody-else-knows"
NUMBER = "+243810000001"
FIRST = "Maji ya mto yamekuwa mekundu tangu Jumatatu"


@pytest.fixture
def phone(lead: User) -> Gateway:
    return gateways.add_gateway(
        slug="kolwezi", name="Union phone", kind="android", options={}, secret=SECRET,
        credentials={"username": "u", "password": "p"}, by=lead, at=AT,
    )  # fmt: skip


def body_of(words: str, sender: str = NUMBER, received: str = "2026-03-02T09:00:00Z") -> bytes:
    payload = {"messageId": "1", "sender": sender, "message": words, "receivedAt": received, "simNumber": 1}
    return json.dumps({"id": "e", "event": "sms:received", "deviceId": "d", "payload": payload}).encode()


def post(client: Client, raw: bytes, *, key: str = SECRET, path: str = "/sms/kolwezi/inbound") -> int:
    moment = str(int(datetime.now(UTC).timestamp()))
    signed = hmac.digest(key.encode(), raw + moment.encode(), hashlib.sha256).hex()
    answer = client.post(
        path, raw, content_type="application/json", headers={"X-Timestamp": moment, "X-Signature": signed}
    )
    assert words_nowhere(answer.content)
    return answer.status_code


def words_nowhere(content: bytes) -> bool:
    return FIRST.encode() not in content and NUMBER.encode() not in content


def write(client: Client, words: str, at: datetime, sender: str = NUMBER) -> None:
    """A text comes in and is heard."""
    assert post(client, body_of(words, sender, at.isoformat())) == 200
    InboundRequest.objects.filter(state="waiting").update(received_at=at)
    assert texting.read_requests(at=at) == 1
    listening.listen(at=at)


def replies() -> list[str]:
    rows = Reply.objects.filter(sealed_parcel__isnull=False).order_by("pk")
    return [json.loads(vault.open_contact(RING, bytes(row.sealed_parcel or b"")))["body"] for row in rows]


def statement(grievance: Grievance) -> dict[str, str]:
    found: dict[str, str] = open_json(data_key_for_office(grievance.key_id), grievance.sealed_statement, "statement")
    return found


def test_a_call_that_nobody_proves_stores_nothing(client: Client, phone: Gateway) -> None:
    assert post(client, body_of(FIRST), key="another key of somebody else, as long") == 403
    assert post(client, body_of(FIRST), path="/sms/nowhere/inbound") == 403
    assert client.get("/sms/kolwezi/inbound").status_code == 405
    assert not InboundRequest.objects.exists()


def test_a_gateway_that_ended_takes_nothing_in(client: Client, phone: Gateway, lead: User) -> None:
    gateways.end_gateway(gateway=phone, by=lead, at=AT)
    assert post(client, body_of(FIRST)) == 403


def test_secrets_are_sealed_and_only_leads_set_a_gateway_up(phone: Gateway, handler: User) -> None:
    stored = Gateway.objects.get()
    assert SECRET.encode() not in bytes(stored.sealed_secret)
    assert b"password" not in bytes(stored.sealed_credentials or b"")
    with pytest.raises(Refused, match="not_yours"):
        gateways.add_gateway(
            slug="x", name="x", kind="android", options={}, secret=SECRET, credentials={}, by=handler, at=AT
        )


@pytest.mark.parametrize(
    ("kind", "options", "secret", "code"),
    [
        ("android", {}, "short", "secret_short"),
        ("generic", {}, SECRET, "options"),
        ("africastalking", {}, "x" * 31, "secret_short"),
    ],
)
def test_what_cannot_work_is_said_at_once(
    lead: User, kind: str, options: dict[str, Any], secret: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        gateways.add_gateway(
            slug="x", name="x", kind=kind, options=options, secret=secret, credentials={}, by=lead, at=AT
        )


def test_a_request_is_sealed_as_it_came(client: Client, phone: Gateway) -> None:
    assert post(client, body_of(FIRST)) == 200
    row = InboundRequest.objects.get()
    assert words_nowhere(bytes(row.sealed_raw or b""))
    texting.read_requests(at=AT + timedelta(days=9000))
    text = InboundText.objects.get()
    assert words_nowhere(bytes(text.sealed_body) + bytes(text.writer.sealed_number) + bytes(text.writer.mark))
    row.refresh_from_db()
    assert row.sealed_raw is None


def test_a_whole_conversation_becomes_one_grievance_with_a_pin(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    reference = FormSession.objects.get().reference
    for minute, words in enumerate(["1", "Mto wa Musonoie", "2026-02-28", "٢", "٧٣٠٤٩١"], start=1):
        write(client, words, AT + timedelta(minutes=minute))
    grievance = Grievance.objects.get()
    assert (grievance.channel, grievance.openness, grievance.urgent) == ("sms", "anonymous", False)
    assert grievance.received_at == AT
    assert grievance.happened_on is not None
    assert statement(grievance) == {"statement": FIRST, "place": "Mto wa Musonoie"}
    receipt = TextReceipt.objects.get()
    assert receipt.reference == reference
    assert bytes(receipt.pin or b"") == vault.pin_digest(RING, bytes(receipt.salt), reference, "730491")
    person = Complainant.objects.get()
    assert person.safe_way == "sms"
    said = replies()
    assert len(said) == 6
    assert reference in said[0]
    assert reference in said[-1]
    assert not any(FIRST in one or "Musonoie" in one or "730491" in one for one in said)
    assert intake.take_up(at=AT + timedelta(minutes=6)) == 1
    assert Case.objects.get().opened_at == AT


def test_who_falls_silent_is_heard_as_far_as_they_got(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    listening.listen(at=AT + timedelta(minutes=29))
    assert not Grievance.objects.exists()
    listening.listen(at=AT + timedelta(minutes=30))
    grievance = Grievance.objects.get()
    assert statement(grievance) == {"statement": FIRST, "place": ""}
    assert Complainant.objects.get().sealed_contact is None  # they did not say that texts are safe
    assert len(replies()) == 1  # silence gets no reply
    assert TextReceipt.objects.get().pin is None


def test_who_says_that_this_phone_is_not_safe_gets_no_more_and_is_heard_at_once(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    write(client, "2", AT + timedelta(minutes=1))
    assert statement(Grievance.objects.get())["statement"] == FIRST
    person = Complainant.objects.get()
    assert (person.safe_way, person.sealed_contact) == ("none", None)
    assert replies() == []  # what waited to go out does not go
    write(client, "Bado wanatupiga", AT + timedelta(minutes=2))
    assert replies() == []
    listening.listen(at=AT + timedelta(hours=1))
    assert Grievance.objects.count() == 2
    write(client, "START", AT + timedelta(hours=2))
    assert len(replies()) == 1


def test_danger_waits_for_no_pin(client: Client, phone: Gateway) -> None:
    for minute, words in enumerate([FIRST, "1", "Musonoie", "jana", "NDIYO"]):
        write(client, words, AT + timedelta(minutes=minute))
    grievance = Grievance.objects.get()
    assert grievance.urgent
    assert bytes(FormSession.objects.get().sealed_answers) == b""
    assert TextReceipt.objects.get().pin is None
    write(client, "Wako nje na bunduki", AT + timedelta(minutes=5))  # no PIN, and not lost
    message = Message.objects.get()
    key = data_key_for_office(grievance.key_id)
    assert open_text(key, bytes(message.sealed_body), "message") == "Wako nje na bunduki"
    write(client, "730491", AT + timedelta(minutes=6))
    assert TextReceipt.objects.get().pin is not None
    assert FormSession.objects.get().ended_at is not None
    assert Grievance.objects.count() == 1
    assert len(replies()) == 7


def test_a_plain_yes_or_no_is_an_answer_and_a_sentence_is_none(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    write(client, "2 watoto wamekufa", AT + timedelta(minutes=1))
    assert FormSession.objects.get().step == "safe"
    assert Writer.objects.get().unsafe_at is None
    write(client, "Oui !", AT + timedelta(minutes=2))
    assert FormSession.objects.get().step == "place"


def test_a_language_is_changed_in_the_middle_and_the_question_comes_again(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    write(client, "LUGHA", AT + timedelta(minutes=1))
    assert FormSession.objects.get().language == Writer.objects.get().language == "sw"
    write(client, "language arabic", AT + timedelta(minutes=2))
    assert FormSession.objects.get().language == "ar"
    write(client, "LANGUAGE", AT + timedelta(minutes=3))
    assert "Kiswahili" in replies()[-1]
    assert FormSession.objects.get().language == "ar"
    write(client, "HELP", AT + timedelta(minutes=4))
    with translation.override("ar"):
        assert str(talk.ASKED[0].by_text.words) in replies()[-1]  # type: ignore[union-attr]
    write(client, "language problems at the mine", AT + timedelta(minutes=5))  # a sentence
    listening.listen(at=AT + timedelta(hours=1))
    assert statement(Grievance.objects.get())["statement"] == f"{FIRST}\n\nlanguage problems at the mine"


def test_a_stranger_is_answered_in_the_language_of_the_gateway_and_not_in_a_guessed_one(
    client: Client, phone: Gateway
) -> None:
    Gateway.objects.update(options={"language": "fr"})
    write(client, FIRST, AT)
    assert FormSession.objects.get().language == "fr"
    write(client, "msaada", AT, sender="+243810000002")
    write(client, FIRST, AT + timedelta(minutes=1), sender="+243810000002")
    assert FormSession.objects.order_by("pk")[1].language == "sw"


def test_a_conversation_has_six_messages_at_most_safety_first_and_the_pin_last() -> None:
    assert [one.key for one in talk.ASKED] == ["safe", "place", "day", "urgent", "pin"]
    assert len(talk.ASKED) + 1 <= 6


def test_an_answer_that_means_nothing_is_asked_again_and_stands_with_the_words(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    write(client, "Na watoto wanaumwa", AT + timedelta(minutes=1))
    write(client, "1", AT + timedelta(minutes=2))
    listening.listen(at=AT + timedelta(hours=1))
    assert statement(Grievance.objects.get())["statement"] == f"{FIRST}\n\nNa watoto wanaumwa"


@pytest.mark.parametrize("pin", ["123456", "654321", "111111", "121212", "123123", "12345", "abcdef", ""])
def test_an_easy_pin_is_refused(pin: str) -> None:
    assert talk.read_pin(pin) is None
    assert talk.read_pin("७३० ४९१") == "730491"


def test_stop_stops_texts_and_never_a_case(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    write(client, "ACHA", AT + timedelta(minutes=1))
    assert replies() == []  # not even what still waited to go out
    assert Writer.objects.get().stopped_at is not None
    write(client, "1", AT + timedelta(minutes=2))
    assert replies() == []
    listening.listen(at=AT + timedelta(hours=1))
    assert statement(Grievance.objects.get())["statement"] == FIRST
    write(client, "anza", AT + timedelta(hours=2))
    assert Writer.objects.get().stopped_at is None
    assert len(replies()) == 1


def test_what_comes_twice_is_linked_and_heard_once(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT)
    assert post(client, body_of(FIRST, received=AT.isoformat())) == 200
    InboundRequest.objects.filter(state="waiting").update(received_at=AT + timedelta(minutes=5))
    texting.read_requests(at=AT + timedelta(minutes=5))
    listening.listen(at=AT + timedelta(minutes=5))
    first, second = InboundText.objects.order_by("pk")
    assert second.twin_of == first
    assert FormSession.objects.count() == 1
    assert len(replies()) == 1


def test_parts_are_heard_together_in_any_order(lead: User) -> None:
    vonage = Gateway.objects.create(
        slug="v", name="v", kind="generic", sealed_secret=b"x", added_by=lead, added_at=AT,
        options={"inbound": {"sender": "f", "text": "t", "id": "i",
                             "part": {"reference": "r", "number": "n", "total": "m"}}, "proof": {}},
    )  # fmt: skip
    for number, words in ((2, "mto"), (1, "Maji ya ")):
        from_gateway(vonage, {"f": NUMBER, "t": words, "i": f"id{number}", "r": "7", "n": str(number), "m": "2"})
        texting.read_requests(at=AT)
        listening.listen(at=AT)
        assert FormSession.objects.count() == (number == 1)
    listening.listen(at=AT + timedelta(hours=1))
    assert statement(Grievance.objects.get())["statement"] == "Maji ya mto"


def test_a_part_that_never_comes_keeps_nothing_back(lead: User) -> None:
    gateway = Gateway.objects.create(
        slug="v", name="v", kind="generic", sealed_secret=b"x", added_by=lead, added_at=AT,
        options={"inbound": {"sender": "f", "text": "t", "part": {"reference": "r", "number": "n", "total": "m"}}},
    )  # fmt: skip
    from_gateway(gateway, {"f": NUMBER, "t": "Maji ya ", "r": "7", "n": "1", "m": "2"})
    texting.read_requests(at=AT)
    listening.listen(at=AT + timedelta(minutes=9))
    assert not FormSession.objects.exists()
    listening.listen(at=AT + timedelta(minutes=10))
    assert FormSession.objects.count() == 1


def test_parts_that_wait_for_others_hold_up_nobody(lead: User) -> None:
    gateway = Gateway.objects.create(
        slug="v", name="v", kind="generic", sealed_secret=b"x", added_by=lead, added_at=AT,
        options={"inbound": {"sender": "f", "text": "t", "part": {"reference": "r", "number": "n", "total": "m"}}},
    )  # fmt: skip
    from_gateway(gateway, {"f": NUMBER, "t": "Maji ya ", "r": "7", "n": "1", "m": "2"})
    from_gateway(gateway, {"f": "+243810000002", "t": "Habari"})
    texting.read_requests(at=AT)
    assert [listening.listen(at=AT, limit=1) for _ in range(3)] == [0, 1, 0]
    from_gateway(gateway, {"f": NUMBER, "t": "mto", "r": "7", "n": "2", "m": "2"})
    texting.read_requests(at=AT)
    assert listening.listen(at=AT, limit=1) == 1
    assert not InboundText.objects.filter(heard_at=None).exists()


def from_gateway(gateway: Gateway, fields: dict[str, str]) -> None:
    incoming = Incoming("", json.dumps(fields).encode(), {"content-type": "application/json"})
    gateways.keep_request(gateway=gateway, incoming=incoming, at=AT)


@pytest.mark.parametrize(
    ("sender", "country", "number", "answerable"),
    [
        ("+243810000001", "", "+243810000001", True),
        ("243810000001", "", "+243810000001", True),
        ("0810000001", "CD", "+243810000001", True),
        ("254791541111", "", "+254791541111", True),
        ("20880", "KE", "20880", False),
        ("MPESA", "KE", "MPESA", False),
        ("", "", "", False),
    ],
)
def test_the_kind_of_sender_comes_before_its_form(sender: str, country: str, number: str, answerable: bool) -> None:
    assert writers.number_of(sender, country) == (number, answerable)


def test_nobody_answers_a_short_code_or_a_machine_that_answers_us(client: Client, phone: Gateway) -> None:
    write(client, FIRST, AT, sender="20880")
    assert replies() == []
    for minute in range(40):
        write(client, "HELP", AT + timedelta(minutes=minute), sender=NUMBER)
    assert len(replies()) == ALIKE_MOST
    for minute in range(40, 60):
        write(client, ("START", "HELP")[minute % 2], AT + timedelta(minutes=minute), sender=NUMBER)
    assert len(replies()) == 2 * ALIKE_MOST  # two texts in turn are no way around it


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: body_of(text)))
def test_whatever_a_proven_call_holds_it_is_kept_and_answered_alike(client: Client, phone: Gateway, raw: bytes) -> None:
    InboundText.objects.all().delete()
    FormSession.objects.all().delete()
    InboundRequest.objects.all().delete()
    assert post(client, raw) == 200
    request = InboundRequest.objects.get()
    for day in range(texting.TRIES_MOST + 1):
        try:
            texting.read_requests(at=datetime.now(UTC) + timedelta(days=day))
        except ExceptionGroup:
            continue
    request.refresh_from_db()
    assert request.state in {"read", "unreadable"}
    assert (request.sealed_raw is None) == (request.state == "read")  # what cannot be read stays as it came


def test_a_text_that_cannot_be_heard_waits_and_holds_up_nobody(
    client: Client, phone: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(client, body_of(FIRST, received="1")) == 200
    assert post(client, body_of("Habari", sender="+243810000002", received="2")) == 200
    InboundRequest.objects.update(received_at=AT)
    texting.read_requests(at=AT)
    broken = InboundText.objects.order_by("pk")[0]
    sealed = bytes(broken.sealed_body)
    InboundText.objects.filter(pk=broken.pk).update(sealed_body=b"damaged")
    with pytest.raises(ExceptionGroup):
        listening.listen(at=AT)
    assert FormSession.objects.count() == 1
    assert listening.listen(at=AT) == 0
    InboundText.objects.filter(pk=broken.pk).update(sealed_body=sealed)
    assert listening.listen(at=AT + listening.PUT_OFF) == 1
    assert FormSession.objects.count() == 2


FORM = "GRV1 SW S 1 P Mutoshi L 31/3/2026 H 2 N Hatujalipwa tangu Januari"


def test_a_structured_text_asks_only_for_what_is_missing(client: Client, phone: Gateway) -> None:
    write(client, FORM, AT)
    session = FormSession.objects.get()
    assert (session.language, session.step) == ("sw", "pin")
    write(client, "730491", AT + timedelta(minutes=1))
    grievance = Grievance.objects.get()
    assert statement(grievance) == {"statement": "Hatujalipwa tangu Januari", "place": "Mutoshi"}
    assert (str(grievance.happened_on), grievance.urgent, grievance.language) == ("2026-03-31", False, "sw")
    assert Complainant.objects.get().safe_way == "sms"
    assert len(replies()) == 2


def test_kinds_of_a_structured_text_are_families(client: Client, phone: Gateway) -> None:
    write(client, "GRV1 EN S 2 K 1 2 W Dust everywhere", AT)
    grievance = Grievance.objects.get()  # not safe: heard at once, and told nothing
    assert grievance.families == ["OS", "WG"]
    assert replies() == []


@pytest.mark.parametrize("bad", ["GRV1 EN P25 Sarita W No pay", "GRV7 EN S 1 W No pay"])
def test_a_form_that_cannot_be_read_is_kept_and_asked_back(client: Client, phone: Gateway, bad: str) -> None:
    write(client, bad, AT)
    assert short_guide("en") in replies()[-1]
    assert "Sarita" not in replies()[-1]
    write(client, "GRV1 EN S 1 P 25 Sarita T 1/2/2026 D 2 W No pay", AT + timedelta(minutes=1))
    listening.listen(at=AT + timedelta(hours=1))
    kept = statement(Grievance.objects.get())
    assert kept["statement"] == f"{bad}\n\nNo pay"
    assert kept["place"] == "25 Sarita"


def test_after_a_form_that_cannot_be_read_other_words_lead_to_the_questions(client: Client, phone: Gateway) -> None:
    write(client, "GRV1 EN P25 Sarita", AT)
    write(client, "1", AT + timedelta(minutes=1))  # to which question nobody knows
    assert FormSession.objects.get().step == "safe"
    write(client, "1", AT + timedelta(minutes=2))
    assert FormSession.objects.get().step == "place"


def test_a_code_alone_is_answered_with_the_guide_and_begins_nothing(client: Client, phone: Gateway) -> None:
    write(client, "grv1", AT)
    assert not FormSession.objects.exists()
    assert "GRV1 EN S 1" in replies()[-1]


def test_danger_in_a_form_is_heard_at_once_and_where_safety_is_not_known_nothing_is_asked(
    client: Client, phone: Gateway
) -> None:
    write(client, "GRV1 EN D 1 W They have guns", AT)
    assert Grievance.objects.get().urgent
    assert FormSession.objects.get().ended_at is not None
    assert len(replies()) == 1
