"""The phone that a partner runs as a gateway is lost: what waits goes by another one, and nobody speaks for it now."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from grievance import vault
from grievance.commands import gateways, listening, texting
from grievance.commands.answering import send
from grievance.keys import RING, digest
from grievance.models import Gateway, InboundRequest, Reply, Writer
from notifications.commands import deliver_replies
from tests.factories import AT
from tests.notifications.servers import says, web_server

pytestmark = pytest.mark.django_db
SECRET, NUMBER = "long-enough-a-secret-for-a-phone-app", "+243810000001"


def by_phone(client: Client, words: str) -> int:
    said = {"event": "sms:received", "deviceId": "d1", "payload": {
        "sender": NUMBER, "message": words, "receivedAt": AT.isoformat(), "simNumber": 1,
    }}  # fmt: skip
    raw, moment = json.dumps(said).encode(), str(int(AT.timestamp()))
    signed = hmac.digest(SECRET.encode(), raw + moment.encode(), hashlib.sha256).hex()
    return client.post(
        "/sms/field/inbound", raw, content_type="application/json",
        headers={"X-Timestamp": moment, "X-Signature": signed},
    ).status_code  # fmt: skip


@pytest.fixture
def field(lead: User) -> Gateway:
    return gateways.add_gateway(
        slug="field", name="Field office", kind="android", secret=SECRET, by=lead, at=AT,
        options={"base_url": "http://127.0.0.1:9"}, credentials={"username": "u", "password": "p"},
    )  # fmt: skip


@time_machine.travel(AT, tick=False)
def test_a_lost_gateway_phone(client: Client, field: Gateway, lead: User, settings: Any) -> None:
    assert by_phone(client, "Zwj-water") == 200
    texting.read_requests(at=AT)
    listening.listen(at=AT)
    writer = Writer.objects.get(mark=digest("number", NUMBER))
    waiting = Reply.objects.filter(writer=writer).count()
    assert waiting == 1
    gateways.end_gateway(gateway=field, by=lead, at=AT)

    # Whoever found it proves nothing any more, and what it says is kept nowhere.
    kept = InboundRequest.objects.count()
    assert by_phone(client, "Zwj-not-them") == 403
    assert InboundRequest.objects.count() == kept

    # What waited for the person, and what is said later, goes by the gateway that there is.
    with web_server(says(201, json.dumps({"sid": "SM1"}))) as web:
        gateways.add_gateway(
            slug="office", name="Office", kind="twilio", secret="t" * 32, by=lead, at=AT,
            options={"base_url": web.url.removesuffix("/send"), "sender": "+15550100"},
            credentials={"account": "AC1", "token": "token-of-twilio"},
        )  # fmt: skip
        send(writer, "Habari", at=AT)
        assert deliver_replies(at=AT) == 2
    assert {parse_qs(one.body)["To"][0] for one in web.asked} == {NUMBER}
    assert not any("Zwj" in one.body for one in web.asked)
    assert vault.open_contact(RING, bytes(writer.sealed_number)).decode() == NUMBER


def test_only_a_lead_ends_a_gateway_and_it_stays_on_record(field: Gateway, lead: User) -> None:
    gateways.end_gateway(gateway=field, by=lead, at=AT)
    field.refresh_from_db()
    assert field.ended_at == AT
    assert not Gateway.objects.in_use().exists()
