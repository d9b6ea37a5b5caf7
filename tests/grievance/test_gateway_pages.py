"""The office's pages for gateways: for programme leads alone; no secret and no number is shown again or logged."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cases.commands import intake
from cases.models import Case
from grievance import vault
from grievance.commands import gateways, texting
from grievance.commands.gateways import proven
from grievance.gateways.setup import INBOUND, STATUS, address_of
from grievance.gateways.wire import Incoming
from grievance.keys import RING, data_key_for_office, open_contact_json, open_json
from grievance.models import Gateway, GatewayDay, Grievance, InboundRequest, Reply, TextReceipt, Writer
from notifications.commands import deliver_replies
from tests.factories import AT
from tests.notifications.servers import says, web_server

pytestmark = pytest.mark.django_db
LIST = "/office/admin/grievance/gateway/"
SECRET, KEY, NUMBER = "a-secret-that-is-long-enough-for-anybody", "Zwjkey", "+243810000001"
FIELDS = {
    "slug": "union",
    "name": "Phone of the union",
    "kind": "android",
    "secret": SECRET,
    "account": "u",
    "key": KEY,
    "country": "CD",
}


@pytest.fixture
def page(lead: User) -> Client:
    client = Client()
    client.force_login(lead)
    return client


def add(page: Client, **changes: Any) -> Gateway:
    answer = page.post(f"{LIST}add/", FIELDS | changes, follow=True)
    assert answer.status_code == 200
    found = Gateway.objects.filter(slug=changes.get("slug", "union")).first()
    assert found is not None, answer.context["adminform"].form.errors
    return found


def text_of(page: Client, address: str) -> str:
    return page.get(address).content.decode()


def test_a_lead_sets_one_up_and_nobody_reads_its_secrets_again(page: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = add(page, sender="+15550100", country="cd", countries="cd, zm TZ", daily="500")
    assert made.options == {"sender": "+15550100", "country": "CD", "countries": ["CD", "TZ", "ZM"], "daily": 500}
    assert open_contact_json(made.sealed_credentials or b"") == {"username": "u", "password": KEY}
    everywhere = text_of(page, LIST) + text_of(page, f"{LIST}{made.pk}/change/") + caplog.text
    everywhere += "".join(LogEntry.objects.values_list("change_message", flat=True))
    assert SECRET not in everywhere
    assert KEY not in everywhere
    assert "/sms/union/inbound" in everywhere
    assert "/sms/union/status" in everywhere


def test_nobody_else_sees_that_there_are_gateways(
    page: Client, handler: User, oversight: User, superuser: User
) -> None:
    made = add(page)
    for user in (handler, oversight, superuser):
        client = Client()
        client.force_login(user)
        assert "/grievance/gateway/" not in text_of(client, "/office/admin/")
        addresses = ("", "add/", *(f"{made.pk}/{one}/" for one in ("change", "secrets", "test", "end")))
        assert {client.get(LIST + one).status_code for one in addresses} <= {403, 404}
        assert client.post(f"{LIST}{made.pk}/end/").status_code in {403, 404}
    made.refresh_from_db()
    assert made.ended_at is None


@pytest.mark.parametrize(
    ("kind", "account", "credentials"),
    [
        ("twilio", "AC1", {"account": "AC1", "token": KEY}),
        ("africastalking", "sandbox", {"username": "sandbox", "apikey": KEY}),
        ("rapidpro", "", {"token": KEY}),
    ],
)
def test_each_kind_sends_with_its_own(page: Client, kind: str, account: str, credentials: dict[str, str]) -> None:
    made = add(page, kind=kind, account=account)
    assert open_contact_json(made.sealed_credentials or b"") == credentials


@pytest.mark.parametrize(
    ("preset", "url", "login"),
    [
        ("telerivet", "https://api.telerivet.com/v1/projects/PJ1/messages/send", "Basic Wndqa2V5Og=="),
        ("vonage", "https://rest.nexmo.com/sms/json", "Basic UEoxOlp3amtleQ=="),
    ],
)
def test_a_preset_fills_in_what_its_provider_calls_things(page: Client, preset: str, url: str, login: str) -> None:
    made = add(page, kind="generic", preset=preset, account="PJ1", sender="Recourse")
    assert made.options["outbound"]["url"] == url
    assert made.options["outbound"]["from"] == "Recourse"
    assert open_contact_json(made.sealed_credentials or b"") == {"Authorization": login}


def test_what_cannot_work_is_said_and_nothing_is_made(page: Client) -> None:
    for wrong in (
        {"kind": "generic"},
        {"secret": "short"},
        {"more": "[1]"},
        {"headers": "no json"},
        {"countries": "C"},
    ):
        answer = page.post(f"{LIST}add/", FIELDS | wrong, follow=True)
        assert answer.status_code == 200
    assert not Gateway.objects.exists()


def test_its_secrets_change_and_what_is_left_empty_stays(page: Client) -> None:
    made = add(page, kind="africastalking")
    new = SECRET + "-too"
    page.post(f"{LIST}{made.pk}/secrets/", {"secret": new, "account": "", "key": "", "headers": ""})
    made.refresh_from_db()
    assert proven(made, Incoming("", b"", {}, new), at=AT)
    assert open_contact_json(made.sealed_credentials or b"") == {"username": "u", "apikey": KEY}


def test_it_ends(page: Client) -> None:
    made = add(page)
    assert "End this gateway" in text_of(page, f"{LIST}{made.pk}/change/")
    page.post(f"{LIST}{made.pk}/end/")
    made.refresh_from_db()
    assert made.ended_at is not None
    assert "End this gateway" not in text_of(page, f"{LIST}{made.pk}/change/")


def test_a_test_text_goes_to_a_number_that_stands_nowhere(page: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with web_server(says(200, '{"id": "7"}')) as web:
        made = add(page, base_url=web.url.removesuffix("/send").replace("127.0.0.1", "localhost"), country="CD")
        answer = page.post(f"{LIST}{made.pk}/test/", {"number": "0810000001"}, follow=True)
        assert "A test is on its way" in answer.content.decode()
        assert deliver_replies(at=datetime.now(UTC)) == 1
    assert json.loads(web.asked[0].body)["phoneNumbers"] == [NUMBER]
    reply = Reply.objects.get()
    assert (reply.gateway, reply.test, reply.state, reply.sealed_parcel) == (made, True, "sent", None)
    shown = text_of(page, f"{LIST}{made.pk}/change/") + caplog.text
    assert "10000001" not in shown
    page.post(f"{LIST}{made.pk}/test/", {"number": "no number"})
    assert Reply.objects.count() == 1


def test_the_addresses_to_enter_are_those_at_which_we_listen(settings: Any) -> None:
    settings.PUBLIC_URL = "https://recourse.example"
    for what, name in ((INBOUND, "sms_inbound"), (STATUS, "sms_status")):
        assert address_of("union", what) == f"https://recourse.example{reverse(name, args=['union'])}"
        with_secret = reverse(f"{name}_secret", args=["union", "word"])
        assert address_of("union", what, "word") == f"https://recourse.example{with_secret}"


def test_calls_that_nobody_proves_are_counted_and_not_kept(page: Client, client: Client) -> None:
    made = add(page)
    for _call in range(3):
        assert client.post("/sms/union/inbound", b"{}", content_type="application/json").status_code == 403
    row = GatewayDay.objects.get()
    assert (row.gateway, row.refused) == (made, 1)  # the others are written a few seconds later
    cache.delete(f"refused-written-{made.pk}")
    client.post("/sms/union/inbound", b"{}", content_type="application/json")
    row.refresh_from_db()
    assert row.refused == 4
    assert not InboundRequest.objects.exists()
    assert "4" in text_of(page, f"{LIST}{made.pk}/change/").partition("Not proven")[2][:60]


# -- What could not be read


def hand_over(gateway: Gateway, body: bytes, kind: str = "application/json") -> InboundRequest:
    request = gateways.keep_request(gateway=gateway, incoming=Incoming("", body, {"content-type": kind}), at=AT)
    for day in range(1, texting.TRIES_MOST + 1):
        try:
            texting.read_requests(at=AT + timedelta(days=day))
        except ExceptionGroup:
            continue
    request.refresh_from_db()
    return request


def statement(grievance: Grievance) -> str:
    return str(open_json(data_key_for_office(grievance.key_id), grievance.sealed_statement, "statement")["statement"])


def test_what_nobody_can_parse_is_a_grievance_as_it_came(page: Client, officer: User) -> None:
    made = add(page)
    body = {
        "event": "sms:received",
        "payload": {"from": NUMBER, "words": "Maji machafu, piga 0810000001 au 0810000002", "n": None},
    }
    request = hand_over(made, json.dumps(body).encode())
    grievance = Grievance.objects.get()
    assert (request.state, request.sealed_raw, request.grievance) == ("read", None, grievance)
    assert (grievance.channel, grievance.as_it_came, grievance.openness) == ("sms", True, "anonymous")
    assert grievance.received_at == AT
    assert "payload.words: Maji machafu, piga […] au 0810000002" in statement(grievance)
    assert "10000001" not in statement(grievance)
    writer = Writer.objects.get()
    assert vault.open_contact(RING, bytes(writer.sealed_number)).decode() == NUMBER
    assert TextReceipt.objects.get().writer == writer
    assert intake.take_up(at=AT) == 1
    client = Client()
    client.force_login(officer)
    shown = text_of(client, f"/office/admin/cases/case/{Case.objects.get().reference}/")
    assert "The program could not read it" in shown
    assert "a grievance, for an intake officer to read" in text_of(page, f"{LIST}{made.pk}/change/")


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b'{"event": "sms:received", "payload": ', "application/json", '{"event": "sms:received", "payload": '),
        (b"sms=Maji+machafu&from=%2B243810000001", "application/x-www-form-urlencoded", "sms: Maji machafu"),
        (b"\xff\xfe\x00", "application/json", "\ufffd\ufffd"),
        (b"[" * 5000, "application/json", "[" * 5000),
    ],
)
def test_whatever_it_was_its_words_are_there(page: Client, body: bytes, kind: str, words: str) -> None:
    request = hand_over(add(page), body, kind)
    assert request.grievance is not None
    assert words in statement(request.grievance)
    assert "243810" not in statement(request.grievance)


def test_nothing_is_no_grievance_and_is_shown(page: Client) -> None:
    made = add(page)
    request = hand_over(made, b"  ")
    assert (request.state, request.grievance) == ("unreadable", None)
    assert "nothing was in it" in text_of(page, f"{LIST}{made.pk}/change/")
    counted: Any = Gateway.objects.with_traffic(AT + timedelta(hours=1)).get(pk=made.pk)
    assert counted.unread == 1


def test_the_list_asks_no_more_for_more(page: Client, lead: User, django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        add(page, slug=f"g{number}")
    with django_assert_max_num_queries(12):
        assert "Phone of the union" in text_of(page, LIST)


# -- What waits for money


def test_oversight_is_shown_what_waits_for_the_budget(page: Client, oversight: User) -> None:
    client = Client()
    client.force_login(oversight)
    assert "Text messages that wait" not in text_of(client, "/office/admin/readiness/")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    Reply.objects.create(
        channel="sms", message_id="f" * 32, made_at=AT, over_budget=True, next_try_at=tomorrow, gateway=add(page)
    )
    assert "1 text message waits for tomorrow" in text_of(client, "/office/admin/readiness/")
