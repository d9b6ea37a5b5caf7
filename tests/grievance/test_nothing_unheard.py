"""Whatever a proven call holds is a text, a report, ignored by its name, or a grievance as it came; nothing else."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from grievance import vault
from grievance.commands import gateways, texting, unread
from grievance.gateways import KINDS
from grievance.gateways.wire import Incoming, Report, Text, Unread, read_json
from grievance.keys import RING, data_key_for_office, digest, open_json
from grievance.models import Gateway, GatewayDay, Grievance, InboundRequest, InboundText, Reply, TextReceipt
from tests.factories import AT
from tests.grievance.phones import a_gateway

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "+243810000001", "+243810000002"
SECRET = "a-secret-of-nobody-at-all-in-the-world"
HALF = "maji \ud83d"  # half an emoji: a phone that cuts a text where it likes


def hand_over(gateway: Gateway, body: bytes | Any, kind: str = "application/json") -> InboundRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gateways.keep_request(gateway=gateway, incoming=Incoming("", raw, {"content-type": kind}), at=AT)


def read(days: int = 0) -> None:
    """Once, or day by day until nothing is tried any more."""
    for day in range(days + 1):
        try:
            texting.read_requests(at=AT + timedelta(days=day))
        except ExceptionGroup:
            assert days


def texts() -> list[str]:
    return [vault.open_contact(RING, bytes(one.sealed_body)).decode() for one in InboundText.objects.order_by("pk")]


def statements() -> list[str]:
    return [
        open_json(data_key_for_office(one.key_id), one.sealed_statement, "statement")["statement"]
        for one in Grievance.objects.order_by("pk")
    ]


# -- Half a sign


def phone_call(words: str) -> dict[str, Any]:
    payload = {"sender": NUMBER, "message": words, "receivedAt": "x", "simNumber": 1}
    return {"event": "sms:received", "deviceId": "d", "payload": payload}


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("android", phone_call(HALF)),
        ("rapidpro", {"id": 7, "from": f"tel:{NUMBER}", "content": HALF}),
        ("generic", {"f": NUMBER, "t": HALF, "i": "\udc00", "\ud800": "x"}),
    ],
)
def test_half_a_sign_is_read_with_what_stands_around_it(lead: User, kind: str, call: dict[str, Any]) -> None:
    gateway = a_gateway(lead)
    gateway.kind = kind
    gateway.save()
    hand_over(gateway, call)
    read()
    assert texts() == ["maji \ufffd"]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"\uD83D\ude00\uDE00"', "😀\ufffd"),
        (rb'"\\ud83d"', r"\ud83d"),  # a backslash and four letters that somebody typed
        (rb'"\\\ud83d\n"', "\\\ufffd\n"),
        (b'"\xed\xa0\xbd"', "\ufffd" * 3),
        ('"\N{GRINNING FACE}"'.encode("utf-16"), "😀"),
        (b'"\xe9"', "\ufffd"),
    ],
)
def test_json_is_text_that_can_be_written(raw: bytes, found: str) -> None:
    assert read_json(raw) == found


@given(st.recursive(st.text(st.characters()) | st.integers() | st.none(), lambda one: st.lists(one, max_size=3)))
def test_any_json_is_read_as_it_was_but_for_halves_of_signs(tree: Any) -> None:
    halves = json.dumps(tree, ensure_ascii=False).encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
    assert read_json(json.dumps(tree).encode()) == json.loads(halves)


def test_one_call_that_cannot_even_be_kept_holds_up_no_other(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = a_gateway(lead)
    first, second = hand_over(gateway, b"{half of something"), hand_over(gateway, b"{words of somebody else")
    keep = unread.keep_as_it_came

    def poisoned(request: InboundRequest, *args: Any, **named: Any) -> bool:
        if request.pk == first.pk:
            raise UnicodeError("poison")
        return keep(request, *args, **named)

    monkeypatch.setattr(texting, "keep_as_it_came", poisoned)
    read(days=2 * texting.TRIES_MOST)
    first.refresh_from_db()
    second.refresh_from_db()
    assert statements() == ["{words of somebody else"]
    assert (second.state, second.tries) == ("read", texting.TRIES_MOST)
    assert (first.state, first.tries) == ("unreadable", texting.GIVEN_UP)
    assert first.sealed_raw is not None  # under its seal, and nothing of it is lost
    assert texting.read_requests(at=AT + timedelta(days=99)) == 0


# -- What nobody knows


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"f": NUMBER, "message": "maji machafu"}, "f: […]\nmessage: maji machafu"),
        ({"f": "", "t": "maji machafu"}, "t: maji machafu"),
        ({"f": None, "t": "maji machafu"}, "t: maji machafu"),
        ({"F": NUMBER, "t": "maji machafu"}, "F: […]\nt: maji machafu"),
        ({"f": NUMBER, "t": None}, "f: […]"),
        ({"f": {"x": 1}, "t": "maji machafu"}, "f.x: 1\nt: maji machafu"),
        ({"f": NUMBER, "t": ["maji", "machafu"]}, "f: […]\nt: maji\nt: machafu"),
        ("maji machafu", "maji machafu"),
        ([{"f": NUMBER}, {"t": "maji"}], "f: […]"),
    ],
)
def test_what_stands_where_it_does_not_belong_is_a_grievance_as_it_came(lead: User, tree: Any, words: str) -> None:
    request = hand_over(a_gateway(lead), tree)
    read()
    request.refresh_from_db()
    assert words in statements()
    assert NUMBER[4:] not in "".join(statements())
    assert (request.state, request.sealed_raw, request.grievance) == ("read", None, Grievance.objects.first())
    assert all(one.as_it_came for one in Grievance.objects.all())


@pytest.mark.parametrize(
    "tree",
    [
        [{"f": NUMBER, "t": "maji"}],
        {"results": {"f": NUMBER, "t": "maji"}},
        {"results": [{"f": NUMBER, "t": "maji"}]},
        {"f": NUMBER, "t": "maji"},
    ],
)
def test_a_list_that_is_none_and_one_that_nobody_named_are_read(lead: User, tree: Any) -> None:
    hand_over(a_gateway(lead, inbound={"sender": "f", "text": "t", "each": "results"}), tree)
    read()
    assert (texts(), statements()) == (["maji"], [])


def test_where_the_list_is_not_what_came_is_a_grievance(lead: User) -> None:
    hand_over(a_gateway(lead, inbound={"sender": "f", "text": "t", "each": "results"}), {"messages": [{"x": "maji"}]})
    read()
    assert statements() == ["messages.x: maji"]


def test_of_many_each_is_read_or_kept_for_itself(lead: User) -> None:
    gateway = a_gateway(lead, inbound={"sender": "f", "text": "t", "each": "r"}, proof={"kind": "field", "name": "key"})
    items = [{"f": NUMBER, "t": "one"}, {"f": OTHER, "text": "two"}, {"f": NUMBER, "text": f"three {SECRET}"}, {}]
    hand_over(gateway, {"key": SECRET, "r": items})
    read()
    assert texts() == ["one"]
    assert statements() == ["f: […]\ntext: two", "f: […]\ntext: three […]"]
    assert [one.grievance_id for one in InboundRequest.objects.not_read().order_by("pk")] == [
        one.pk for one in Grievance.objects.order_by("pk")
    ]
    assert TextReceipt.objects.count() == 2


@pytest.mark.parametrize("event", ["mms:received", "sms:data-received", "mms:downloaded", "sms:of-tomorrow"])
def test_what_a_phone_calls_otherwise_is_kept(lead: User, event: str) -> None:
    gateway = a_gateway(lead)
    Gateway.objects.update(kind="android")
    hand_over(gateway, {"event": event, "payload": {"sender": NUMBER, "body": "maji machafu"}})
    read()
    assert statements() == [f"event: {event}\npayload.sender: […]\npayload.body: maji machafu"]


def test_a_phone_hands_over_many_at_once(lead: User) -> None:
    gateway = a_gateway(lead)
    Gateway.objects.update(kind="android")
    many = [{"sender": NUMBER, "message": "one"}, {"sender": OTHER, "words": "two"}, {"sender": OTHER, "message": "3"}]
    hand_over(gateway, {"event": "sms:batch:received", "deviceId": "d", "payload": {"messages": many}})
    read()
    assert (texts(), statements()) == (["one", "3"], ["sender: […]\nwords: two"])


REPORT = {"id": "i", "status": "s", "sent": ["SENT"], "delivered": ["ok"], "failed": ["no"]}


@pytest.mark.parametrize(
    ("kind", "tree", "parsed"),
    [
        ("generic", {"i": "m1", "s": "OK"}, [Report("m1", "delivered")]),
        ("generic", {"i": "m1", "s": "halfway"}, [Report("m1", "")]),
        ("generic", {"i": "m1", "state": "ok"}, [Unread()]),
        ("generic", {"event": "contact_update", "name": "x"}, []),
        ("generic", {"event": "else", "f": NUMBER, "t": "x"}, [Text(NUMBER, "", "x")]),
        ("android", {"event": "system:ping", "payload": {}}, []),
        ("android", {"event": "app:started"}, []),
        ("android", {"event": "sms:sent", "payload": {}}, [Unread()]),
        ("rapidpro", {"from": NUMBER}, [Unread()]),
        ("rapidpro", ["x"], [Unread()]),
        ("twilio", {"MessageSid": "S", "MessageStatus": "queued"}, []),
        ("twilio", {"MessageSid": "S", "MessageStatus": "odd"}, [Report("S", "")]),
        ("twilio", {"MessageSid": "S", "From": NUMBER}, [Unread()]),
        ("twilio", {"MessageStatus": "sent"}, [Unread()]),
        ("africastalking", {"id": "A", "status": "Odd"}, [Report("A", "")]),
        ("africastalking", {"phoneNumber": NUMBER, "senderId": "x"}, [Unread()]),
    ],
)
def test_nothing_is_parsed_only_of_what_is_known_by_name(kind: str, tree: Any, parsed: list[Any]) -> None:
    options = {
        "inbound": {"sender": "f", "text": "t"}, "report": REPORT, "ignore": {"event": ["contact_update"]},
    }  # fmt: skip
    form = kind in {"twilio", "africastalking"}
    body = urlencode(tree).encode() if form else json.dumps(tree).encode()
    headers = {"content-type": "application/x-www-form-urlencoded" if form else "application/json"}
    assert KINDS[kind].parse(Incoming("", body, headers), options) == parsed


def test_a_word_of_a_report_that_we_do_not_know_is_nothing_of_ours_and_else_a_grievance(lead: User) -> None:
    gateway = a_gateway(lead, report=REPORT)
    mark = digest("sent", gateway.slug, "ours")
    Reply.objects.create(channel="sms", message_id="f" * 32, made_at=AT, gateway=gateway, provider_mark=mark)
    hand_over(gateway, {"i": "ours", "s": "halfway"})
    hand_over(gateway, {"i": "of somebody", "s": "halfway", "words": "maji machafu"})
    read()
    assert statements() == ["i: of somebody\ns: halfway\nwords: maji machafu"]
    assert InboundRequest.objects.filter(state="read").count() == 2


def test_a_picture_without_words_is_a_text(lead: User) -> None:
    gateway = a_gateway(lead, inbound={"sender": "f", "text": "t", "media": "m"})
    hand_over(gateway, {"f": NUMBER, "t": None, "m": ["https://files.example/1"]})
    read()
    assert texts() == [""]


def test_pictures_are_taken_by_their_names_whatever_their_number_is_said_to_be() -> None:
    said = {
        "From": NUMBER,
        "Body": "",
        "NumMedia": "1" + "0" * 30,
        "MediaUrl0": "a",
        "MediaUrl1": "b",
        "MediaUrlx": "c",
    }
    (text,) = KINDS["twilio"].parse(Incoming("", urlencode(said).encode()), {})
    assert isinstance(text, Text)
    assert text.media == ("a", "b")


@pytest.mark.parametrize("number", ["9" * 30, "0", "3", "-1", "x", "", "9" * 5000])
def test_a_part_that_cannot_be_is_a_text_of_its_own(lead: User, number: str) -> None:
    part = {"reference": "r", "number": "n", "total": "k"}
    hand_over(a_gateway(lead, inbound={"sender": "f", "text": "t", "part": part}),
              {"f": NUMBER, "t": "maji", "r": "1", "n": number, "k": "2"})  # fmt: skip
    read()
    assert (texts(), InboundText.objects.get().parts) == (["maji"], 1)


# -- What an officer reads of it


@pytest.mark.parametrize("kind", ["field", "params"])
def test_the_secret_of_a_gateway_stands_in_no_statement(lead: User, kind: str) -> None:
    gateway = a_gateway(lead, proof={"kind": kind, "name": "auth.0"})
    hand_over(gateway, {"auth": [SECRET], "words": f"maji {SECRET} machafu", "secret": "another", "sig": "0a"})
    hand_over(gateway, urlencode({"auth.0": SECRET, "words": "maji"}).encode(), "application/x-www-form-urlencoded")
    read()
    assert statements() == ["words: maji […] machafu", "words: maji"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"f": "+243 81 000 00 01", "x": "maji"}, "f: […]\nx: maji"),
        ({"f": "00243810000001", "x": "niite (0)81-000-00-01 leo"}, "f: […]\nx: niite […] leo"),
        ({"f": NUMBER, "x": "niite ٠٨١٠٠٠٠٠٠١ au 0820000002 tarehe 2026-03-02"},
         "f: […]\nx: niite […] au 0820000002 tarehe 2026-03-02"),
        ({"f": NUMBER, "x": "ni +243 81 000 00 01 2026"}, "f: […]\nx: ni […] 2026"),
        ({"a": "+44 20 7946 0000", "x": "tel:0820000002", "day": "2026-03-02"}, "a: […]\nx: […]\nday: 2026-03-02"),
        ({"f": "MPESA", "x": "12345678 shilingi"}, "f: […]\nx: 12345678 shilingi"),
    ],
)  # fmt: skip
def test_of_numbers_only_that_of_who_wrote_is_hidden_in_words(lead: User, said: dict[str, str], shown: str) -> None:
    hand_over(a_gateway(lead, country="CD"), said)
    read()
    assert statements() == [shown]


def test_in_what_cannot_be_taken_apart_every_number_is_hidden(lead: User) -> None:
    hand_over(a_gateway(lead), b'{"f": "+243 81 000 00 01", "t": "maji ya 2026')
    read(days=texting.TRIES_MOST)
    assert statements() == ['{"f": "[…]", "t": "maji ya 2026']


# -- Before anybody has proven anything

BOMBS = [
    b"{bad", b"[" * 100_000, b'{"sig":' * 50_000, b'{"secret":' + b"9" * 6000 + b"}", rb'{"secret":"\ud800"}',
    rb'{"sig":"\ud800"}', rb'{"sig":"a","\ud800":"x"}', b"", b"\xff\xfe", b"[]", b'"x"', b"null", b"1e999",
    b"[" + b"[]," * 300_000 + b"[]]", b'{"secret":["' + SECRET.encode() + b'"]}',
]  # fmt: skip
FIELD, PARAMS = {"kind": "field", "name": "secret"}, {"kind": "params", "name": "sig", "timestamp": "ts"}


def one_of_ours(lead: User, proof: Mapping[str, str], kind: str = "generic") -> Gateway:
    gateway = a_gateway(lead, proof=proof)
    gateway.kind = kind
    gateway.sealed_secret = vault.seal(RING.gateway_key or b"", SECRET.encode(), gateways.SECRET)
    gateway.save()
    return gateway


@pytest.mark.parametrize("proof", [FIELD, PARAMS])
@pytest.mark.parametrize("body", BOMBS, ids=lambda body: repr(body[:20]))
def test_what_a_stranger_sends_is_refused_and_counted(
    client: Client, lead: User, proof: dict[str, str], body: bytes
) -> None:
    one_of_ours(lead, proof)
    assert client.post("/sms/union/inbound", body, content_type="application/json").status_code == 403
    assert GatewayDay.objects.get().refused == 1
    assert not InboundRequest.objects.exists()


def test_a_form_of_too_many_fields_proves_nothing(client: Client, lead: User) -> None:
    body = b"a&" * 100_000 + b"secret=" + SECRET.encode()
    for kind in ("generic", "twilio"):
        one_of_ours(lead, FIELD, kind)
        answer = client.post("/sms/union/inbound", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 403
        Gateway.objects.filter(slug="union").update(slug=f"was-{kind}")


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda one: (
        st.lists(one, max_size=4)
        | st.dictionaries(st.sampled_from("secret sig ts f t r".split()) | st.text(st.characters(), max_size=8), one)
    ),
    max_leaves=12,
)
BODIES = JSONS.map(lambda tree: json.dumps(tree).encode()) | st.binary(max_size=300)
TYPES = st.sampled_from(
    ["application/json", "application/json; charset=utf-8", "application/vnd.api+json", "text/json", "text/plain",
     "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8",
     "multipart/form-data; boundary=x", ""]
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, kind=TYPES, proof=st.sampled_from([FIELD, PARAMS]), way=st.sampled_from(["inbound", "status"]))
def test_no_body_of_a_stranger_is_ever_an_error(
    client: Client, lead: User, body: bytes, kind: str, proof: dict[str, str], way: str
) -> None:
    gateway = Gateway.objects.first() or one_of_ours(lead, proof)
    Gateway.objects.update(options=gateway.options | {"proof": proof})
    assert client.generic("POST", f"/sms/union/{way}", body, kind).status_code == 403
    assert not InboundRequest.objects.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, kind=TYPES, wire=st.sampled_from(sorted(KINDS)))
@example(body=json.dumps({"f": NUMBER, "t": HALF}).encode(), kind="application/json", wire="generic")
@example(body=json.dumps(phone_call(HALF)).encode(), kind="application/json", wire="android")
def test_whatever_is_proven_is_a_text_a_report_or_a_grievance(lead: User, body: bytes, kind: str, wire: str) -> None:
    gateway = Gateway.objects.first() or a_gateway(lead, report=REPORT)
    Gateway.objects.update(kind=wire)
    gateway.refresh_from_db()
    request = hand_over(gateway, body, kind)
    before = Grievance.objects.count()
    read(days=texting.TRIES_MOST)
    request.refresh_from_db()
    assert (request.sealed_raw is None) == (request.state == "read")
    assert request.state == "unreadable" or request.texts.exists() or Grievance.objects.count() > before
