"""What the office may enter of a gateway: its whole shape, no address in clear, no door wider than it must be."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from grievance import vault
from grievance.admin.gateway_form import PRESETS, GatewayForm
from grievance.commands import gateways, texting
from grievance.commands.spending import allowed
from grievance.gateways import KINDS, media
from grievance.gateways.errors import GatewayError, NoGateway
from grievance.gateways.generic import inbound, shape
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Text
from grievance.keys import RING
from grievance.models import Gateway, InboundText
from tests.factories import AT

SECRET = "a-secret-of-nobody-at-all-in-the-world"
GOOD: dict[str, Any] = {
    "inbound": {"sender": "f", "text": "t"},
    "proof": {"kind": "header", "name": "X-Secret"},
}
FIELDS = {"name": "n", "slug": "s", "secret": SECRET, "account": "AC1", "key": "k", "kind": "twilio", "country": "CD"}


def changed(part: str, /, **more: Any) -> dict[str, Any]:
    return GOOD | {part: GOOD.get(part, {}) | more}


# -- The shape


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (GOOD | {"inbuond": {}}, "options has unknown parts: inbuond"),
        (GOOD | {"inbound": []}, "inbound is an object"),
        (GOOD | {"inbound": {}}, "inbound names sender and text"),
        (GOOD | {"inbound": "x"}, "inbound is an object"),
        (changed("inbound", sender=1), "inbound.sender is a text"),
        (changed("inbound", text=""), "inbound names text"),
        (changed("inbound", txet="t"), "inbound has unknown parts: txet"),
        (changed("inbound", part="x"), "part is an object"),
        (changed("inbound", part={"reference": "r"}), "inbound.part names number and total"),
        (changed("inbound", part={"reference": "r", "number": 1, "total": "t"}), "inbound.part.number is a text"),
        (changed("inbound", only={"event": 1}), "inbound.only.event is a text"),
        (changed("inbound", encoding="rot13"), "inbound.encoding is"),
        (GOOD | {"report": {"id": "i"}}, "report names status"),
        (GOOD | {"report": {"id": "i", "status": "s", "sent": "x"}}, "report.sent is a list of texts"),
        (GOOD | {"report": {"id": "i", "status": 5}}, "report.status is a text"),
        (GOOD | {"report": {"x": 1}}, "report has unknown parts: x"),
        (GOOD | {"ignore": {"event": "x"}}, "ignore.event is a list of texts"),
        (GOOD | {"proof": "x"}, "proof is an object"),
        (changed("proof", kind="none"), "proof.kind is one of"),
        (changed("proof", name=""), "proof names name"),
        (changed("proof", name=["x"]), "proof.name is a text"),
        (changed("proof", oldest="abc"), "proof.oldest is a number of seconds"),
        (changed("proof", oldest=10**9), "proof.oldest is a number of seconds"),
        (GOOD | {"media_hosts": "files.example"}, "options.media_hosts is a list of texts"),
    ],
)
def test_what_is_wrong_is_named(options: dict[str, Any], complaint: str) -> None:
    shape.check(GOOD)
    with pytest.raises(NoGateway, match=re.escape(complaint)):
        shape.check(options)


@pytest.mark.django_db
def test_the_form_says_it_beside_the_field(lead: User) -> None:
    wrong = {"kind": "generic", "more": json.dumps(changed("proof", oldest="abc"))}
    form = GatewayForm(FIELDS | wrong)
    assert "proof.oldest is a number of seconds" in str(form.errors["more"])
    assert GatewayForm(FIELDS | {"kind": "generic", "preset": "vonage"}).is_valid()


# -- Where numbers, words and keys go


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://sms.example", True), ("http://localhost:8025", True), ("http://10.0.0.1", True),
        ("http://sms.example", False), ("ftp://sms.example", False), ("https://u:p@sms.example", False),
        ("http://8.8.8.8", False),
    ],
)  # fmt: skip
def test_a_server_of_ones_own_is_spoken_to_over_tls_or_nearby(lead: User, address: str, right: bool) -> None:
    form = GatewayForm(FIELDS | {"base_url": address})
    assert form.is_valid() == right, form.errors
    if right:
        assert Setup(options={"base_url": address}).address("x") == address
        return
    assert list(form.errors) == ["base_url"]
    with pytest.raises(Refused, match="options"):
        gateways.add_gateway(slug="x", name="x", kind="twilio", options={"base_url": address}, secret=SECRET,
                             credentials={}, by=lead, at=AT)  # fmt: skip


@pytest.mark.parametrize("kind", ["twilio", "africastalking", "android", "rapidpro"])
def test_nothing_is_sent_to_an_address_that_came_in_another_way(kind: str) -> None:
    names = ("account", "token", "username", "password", "apikey")
    setup = Setup(options={"base_url": "http://sms.example"}, credentials=dict.fromkeys(names, "x"))
    with pytest.raises(GatewayError, match="address"):
        KINDS[kind].send(setup, to="+243810000001", text="x", uuid="u", timeout=1)


def test_the_login_at_a_provider_goes_to_no_other_host() -> None:
    setup = Setup(
        options={"media_hosts": ["files.example"], "base_url": "https://sms.example"},
        credentials={"account": "AC1", "token": "t"},
    )
    for ours in ("https://api.twilio.com/m/1", "https://sms.example/m/1"):
        assert media.headers_for("twilio", setup, ours)["Authorization"].startswith("Basic ")
    for other in ("https://files.example/m/1", "https://files.example/api.twilio.com", "https://evil.example"):
        assert media.headers_for("twilio", setup, other) == {}
    assert "files.example" in media.hosts_of("twilio", setup)
    media.delete_file("twilio", "https://files.example/m/1", setup)  # not ours to delete; a test has no such host


# -- Country and language


@pytest.mark.django_db
def test_texts_go_to_named_countries_at_least_to_its_own(lead: User) -> None:
    form = GatewayForm(FIELDS | {"country": ""})
    assert list(form.errors) == ["country"]
    for typed, named in (({}, ["CD"]), ({"countries": "zm, tz"}, ["TZ", "ZM"])):
        form = GatewayForm(FIELDS | typed)
        assert form.is_valid(), form.errors
        assert form.options()["countries"] == named
        assert not allowed(Gateway(options=form.options()), "GB")


@pytest.mark.django_db
def test_the_language_of_a_gateway_is_chosen_of_those_that_are_offered(lead: User) -> None:
    form = GatewayForm(FIELDS | {"language": "sw"})
    assert form.is_valid()
    assert form.options()["language"] == "sw"
    assert list(GatewayForm(FIELDS | {"language": "xx"}).errors) == ["language"]
    form = GatewayForm(FIELDS)
    assert form.is_valid()
    assert "language" not in form.options()


# -- What is repeated after an outage


@pytest.mark.django_db
def test_vonage_repeats_for_a_day_and_is_heard_once(client: Client, lead: User) -> None:
    Gateway.objects.create(
        slug="v", name="v", kind="generic", options=PRESETS["vonage"], added_by=lead, added_at=AT,
        sealed_secret=vault.seal(RING.gateway_key or b"", SECRET.encode(), gateways.SECRET),
    )  # fmt: skip
    body = urlencode(signed({"msisdn": "243810000001", "to": "1", "messageId": "V1", "text": "maji"}))
    for hours, status in ((24, 200), (47, 200), (49, 403)):
        with time_machine.travel(AT + timedelta(hours=hours), tick=False):
            answer = client.post("/sms/v/inbound", body, content_type="application/x-www-form-urlencoded")
            texting.read_requests(at=AT + timedelta(hours=hours))
        assert answer.status_code == status
    first, again = InboundText.objects.order_by("pk")
    assert (first.twin_of, again.twin_of) == (None, first)
    assert again.heard_at is not None


def signed(fields: Mapping[str, str]) -> dict[str, str]:
    stamped = dict(fields) | {"timestamp": str(int(AT.timestamp()))}
    whole = "".join(f"&{name}={stamped[name]}" for name in sorted(stamped))
    return stamped | {"sig": hmac.digest(SECRET.encode(), whole.encode(), hashlib.sha256).hex()}


# -- How letters come

LONG = "Maji ya mto yamekuwa mekundu tangu Jumatatu, na watoto wanaumwa ❤ " * 3


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"t": "????", "h": "مياه".encode("utf-16-be").hex()}, "مياه"),
        ({"t": "maji", "h": ""}, "maji"),
        ({"t": "maji", "h": "no hex"}, "maji"),
        ({"h": "d83d"}, "d83d"),
        ({"t": base64.b64encode(LONG.encode()).decode()}, LONG),
        ({"t": base64.b64encode("maji ❤".encode()[:-1]).decode() + "\r"}, "maji "),
        ({"t": "ACHA"}, "ACHA"),
        ({"t": "Maji ya mto"}, "Maji ya mto"),
    ],
)
def test_an_encoding_that_was_configured_is_undone_and_else_words_stay(said: dict[str, str], words: str) -> None:
    options = {"inbound": {"sender": "f", "text": "t", "text_hex": "h", "encoding": "base64"}}
    call = Incoming("", json.dumps({"f": "+243810000001", **said}).encode(), {"content-type": "application/json"})
    assert inbound.parse(call, options) == [Text("+243810000001", "", words)]
