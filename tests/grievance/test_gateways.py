"""Every gateway in both directions, as channels.md gives its wire: proven, read, sent over a real loopback server."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from grievance.gateways import africastalking, android, rapidpro, twilio
from grievance.gateways.errors import GatewayError, NoGateway
from grievance.gateways.generic import inbound, shape
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Part, Report, Text

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "a-secret-of-nobody-at-all-in-the-world"
PRESETS = json.loads((Path(twilio.__file__).parents[1] / "data" / "gateway_presets.json").read_text())
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
NUMBER = "+243810000001"


def form(fields: dict[str, str], **more: Any) -> Incoming:
    given = {"url": "https://recourse.invalid/sms/one/inbound", "headers": FORM, **more}
    return Incoming(body=urlencode(fields).encode(), **given)


def body(tree: Any, **headers: str) -> Incoming:
    return Incoming(
        url="https://recourse.invalid/sms/one/inbound", body=json.dumps(tree).encode(), headers={**JSON, **headers}
    )


# -- Twilio

SMS = {
    "MessageSid": "SM1",
    "AccountSid": "AC1",
    "From": NUMBER,
    "To": "+15550100",
    "Body": "Maji machafu",
    "NumMedia": "0",
}


@pytest.mark.parametrize(
    "url", ["https://recourse.invalid/sms/one/inbound", "https://recourse.invalid:8443/sms/one/inbound"]
)
def test_twilio_is_proven_as_its_own_validator_does(url: str) -> None:
    signed = RequestValidator(SECRET).compute_signature(url, SMS)
    setup = Setup(secret=SECRET)
    call = form(SMS, url=url, headers={**FORM, "x-twilio-signature": signed})
    assert twilio.verify(call, setup, AT)
    assert not twilio.verify(form(SMS | {"Body": "x"}, url=url, headers=dict(call.headers)), setup, AT)
    assert not twilio.verify(call, Setup(secret="another"), AT)
    assert not twilio.verify(call, Setup(), AT)
    assert not twilio.verify(form(SMS, url=url), setup, AT)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=6))
def test_twilio_signs_any_fields_as_its_own_validator_does(fields: dict[str, str]) -> None:
    url = "https://recourse.invalid/sms/one/inbound"
    clean = {
        name.encode(errors="replace").decode(): value.encode(errors="replace").decode()
        for name, value in fields.items()
    }
    assert twilio.signature(SECRET, url, list(clean.items())) == RequestValidator(SECRET).compute_signature(url, clean)


def test_twilio_is_signed_with_or_without_the_port_that_goes_without_saying() -> None:
    for signed_url in ("https://recourse.invalid/x", "https://recourse.invalid:443/x"):
        signed = RequestValidator(SECRET).compute_signature(signed_url, SMS)
        call = form(SMS, url="https://recourse.invalid/x", headers={**FORM, "x-twilio-signature": signed})
        assert twilio.verify(call, Setup(secret=SECRET), AT)


def test_twilio_texts_and_reports_are_read() -> None:
    assert twilio.parse(form(SMS)) == [Text(NUMBER, "+15550100", "Maji machafu", "SM1")]
    media = SMS | {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/m/1"}
    assert twilio.parse(form(media))[0] == Text(
        NUMBER, "+15550100", "Maji machafu", "SM1", media=("https://api.twilio.com/m/1",)
    )
    assert twilio.parse(form({"MessageSid": "SM2", "MessageStatus": "delivered"})) == [Report("SM2", "delivered")]
    stopped = {"MessageSid": "SM2", "MessageStatus": "failed", "ErrorCode": "21610"}
    assert twilio.parse(form(stopped)) == [Report("SM2", "failed", stopped=True)]
    assert twilio.parse(form({"MessageSid": "SM2", "MessageStatus": "queued"})) == []


# -- Africa's Talking


def test_africas_talking_is_proven_by_a_long_secret_in_its_address() -> None:
    text = {
        "id": "AT1",
        "from": NUMBER,
        "to": "20880",
        "text": "Mshahara",
        "date": "2026-03-02 09:00:00",
        "linkId": "l",
    }
    assert africastalking.verify(form(text, secret_in_path=SECRET), Setup(secret=SECRET), AT)
    assert not africastalking.verify(form(text, secret_in_path=SECRET[:-1]), Setup(secret=SECRET), AT)
    assert not africastalking.verify(form(text, secret_in_path="short"), Setup(secret="short"), AT)
    assert africastalking.parse(form(text)) == [Text(NUMBER, "20880", "Mshahara", "AT1")]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("Sent", "sent"), ("Submitted", "sent"), ("Buffered", "sent"), ("Rejected", "failed"), ("Success", "delivered"),
     ("Failed", "failed")],
)  # fmt: skip
def test_africas_talking_reports(status: str, outcome: str) -> None:
    assert africastalking.parse(form({"id": "AT1", "status": status})) == [Report("AT1", outcome)]


# -- A partner's own phone


def phone_text(**changes: Any) -> dict[str, Any]:
    payload = {
        "messageId": "1", "sender": NUMBER, "recipient": "+15550100", "simNumber": 1, "message": "Vumbi",
        "receivedAt": "2026-03-02T09:00:00.000+02:00",
    }  # fmt: skip
    return {"id": "e1", "webhookId": "w1", "event": "sms:received", "deviceId": "d1", "payload": payload | changes}


def signed_by_phone(tree: Any, at: datetime, key: str = SECRET) -> Incoming:
    moment = str(int(at.timestamp()))
    raw = json.dumps(tree).encode()
    return body(
        tree,
        **{
            "x-timestamp": moment,
            "x-signature": hmac.digest(key.encode(), raw + moment.encode(), hashlib.sha256).hex(),
        },
    )


def test_a_phone_signs_its_body_and_the_time() -> None:
    setup = Setup(secret=SECRET)
    assert android.verify(signed_by_phone(phone_text(), AT), setup, AT)
    # It repeats for hours while it has no network: nothing of that is lost.
    assert android.verify(signed_by_phone(phone_text(), AT - timedelta(hours=20)), setup, AT)
    assert not android.verify(signed_by_phone(phone_text(), AT - timedelta(days=3)), setup, AT)
    assert not android.verify(
        signed_by_phone(phone_text(), AT, key="another key of the same length at all!!"), setup, AT
    )
    assert not android.verify(signed_by_phone(phone_text(), AT, key="short"), Setup(secret="short"), AT)
    assert not android.verify(body(phone_text()), setup, AT)
    later = signed_by_phone(phone_text(), AT)
    moved = Incoming(later.url, later.body, {**later.headers, "x-timestamp": str(int(AT.timestamp()) + 1)})
    assert not android.verify(moved, setup, AT)


def test_a_phones_ids_repeat_and_so_its_texts_are_told_apart_by_what_they_are() -> None:
    (one,) = android.parse(body(phone_text()))
    assert isinstance(one, Text)
    assert (one.provider_id, one.sender, one.body) == ("", NUMBER, "Vumbi")
    assert one.twin == ("d1", NUMBER, "2026-03-02T09:00:00.000+02:00", "Vumbi", "1")
    older = phone_text()
    older["payload"]["phoneNumber"] = older["payload"].pop("sender")
    assert android.parse(body(older)) == [one]
    assert android.parse(body({"event": "sms:delivered", "payload": {"messageId": "u1"}})) == [
        Report("u1", "delivered")
    ]
    assert android.parse(body({"event": "system:ping", "payload": {}})) == []


# -- RapidPro and TextIt


def test_rapidpro_has_a_token() -> None:
    call = body({"id": 7, "from": f"tel:{NUMBER}", "content": "Habari"}, authorization=f"Token {SECRET}")
    assert rapidpro.verify(call, Setup(secret=SECRET), AT)
    assert not rapidpro.verify(call, Setup(secret=SECRET + "x"), AT)
    assert rapidpro.parse(call) == [Text(NUMBER, "", "Habari", "7")]


# -- Configured, not coded


def vonage(fields: dict[str, str], at: datetime = AT) -> Incoming:
    stamped = fields | {"timestamp": str(int(at.timestamp()))}
    whole = "".join(f"&{name}={stamped[name].replace('&', '_').replace('=', '_')}" for name in sorted(stamped))
    return form(stamped | {"sig": hmac.digest(SECRET.encode(), whole.encode(), hashlib.sha256).hex()})


def test_vonage_is_a_preset_with_signed_fields_and_parts() -> None:
    fields = {
        "msisdn": NUMBER.removeprefix("+"), "to": "20880", "messageId": "V1", "text": "a & b = c", "type": "unicode",
        "concat": "true", "concat-ref": "9", "concat-total": "2", "concat-part": "2",
    }  # fmt: skip
    setup = Setup(secret=SECRET, options=PRESETS["vonage"])
    call = vonage(fields)
    assert inbound.verify(call, setup, AT)
    assert not inbound.verify(vonage(fields, AT - timedelta(days=3)), setup, AT)
    assert not inbound.verify(form(dict(call.form) | {"text": "other"}), setup, AT)
    assert inbound.parse(call, setup.options) == [
        Text("243810000001", "20880", "a & b = c", "V1", part=Part("9", 2, 2))
    ]
    assert inbound.parse(form({"messageId": "V2", "status": "delivered", "err-code": "0"}), setup.options) == [
        Report("V2", "delivered")
    ]


def test_telerivet_is_a_preset_with_its_secret_in_the_body() -> None:
    fields = {"event": "incoming_message", "id": "T1", "from_number": NUMBER, "content": "Maji", "secret": SECRET}
    setup = Setup(secret=SECRET, options=PRESETS["telerivet"])
    assert inbound.verify(form(fields), setup, AT)
    assert not inbound.verify(form(fields | {"secret": "x"}), setup, AT)
    assert inbound.parse(form(fields), setup.options) == [Text(NUMBER, "", "Maji", "T1")]
    assert inbound.parse(form(fields | {"event": "send_status", "status": "delivered"}), setup.options) == [
        Report("T1", "delivered")
    ]


def test_a_batch_of_json_is_read_one_by_one() -> None:
    options = {
        "inbound": {"each": "results", "sender": "from", "text": "text", "id": "messageId"},
        "proof": {"kind": "header", "name": "X-Secret"},
    }
    many = [{"messageId": str(n), "from": NUMBER, "text": text} for n, text in enumerate("ab")]
    call = body({"results": many}, **{"x-secret": SECRET})
    assert inbound.verify(call, Setup(secret=SECRET, options=options), AT)
    assert [one.body for one in inbound.parse(call, options) if isinstance(one, Text)] == ["a", "b"]


def test_a_body_signed_by_hmac() -> None:
    options = {"inbound": {"sender": "from", "text": "text"}, "proof": {"kind": "hmac", "name": "X-Hub-Signature-256"}}
    raw = json.dumps({"from": NUMBER, "text": "a"}).encode()
    signed = "sha256=" + hmac.digest(SECRET.encode(), raw, hashlib.sha256).hex()
    call = Incoming("https://recourse.invalid/x", raw, {**JSON, "x-hub-signature-256": signed})
    assert inbound.verify(call, Setup(secret=SECRET, options=options), AT)
    assert not inbound.verify(Incoming(call.url, raw + b" ", call.headers), Setup(secret=SECRET, options=options), AT)


@pytest.mark.parametrize(
    "options",
    [{}, {"inbound": {"sender": "a"}}, {"inbound": {"sender": "a", "text": "b"}, "proof": {"kind": "none"}},
     {"inbound": {"sender": "a", "text": "b"}, "proof": {"kind": "header"}}],
)  # fmt: skip
def test_options_that_prove_or_find_nothing_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(NoGateway):
        shape.check(options)
    for preset in PRESETS.values():
        shape.check(preset)


# -- Out, over a real server


class Gateways(BaseHTTPRequestHandler):
    seen: list[tuple[str, dict[str, str], bytes]] = []
    answers: dict[str, tuple[int, str]] = {}

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append((self.path, headers, said))
        status, answer = self.answers[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    Gateways.seen.clear()
    running = ThreadingHTTPServer(("127.0.0.1", 0), Gateways)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}"
    running.shutdown()
    running.server_close()


def basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()


def test_twilio_sends(server: str) -> None:
    path = "/2010-04-01/Accounts/AC1/Messages.json"
    Gateways.answers[path] = (201, '{"sid": "SM9", "status": "queued"}')
    setup = Setup(options={"base_url": server, "sender": "+15550100", "status_url": "https://recourse.invalid/s"},
                  credentials={"account": "AC1", "token": "t"})  # fmt: skip
    assert twilio.send(setup, to=NUMBER, text="Tumepokea", uuid="u", timeout=5) == "SM9"
    (_path, headers, said) = Gateways.seen[0]
    assert headers["authorization"] == basic("AC1:t")
    assert parse_qs(said.decode()) == {
        "To": [NUMBER], "Body": ["Tumepokea"], "From": ["+15550100"], "StatusCallback": ["https://recourse.invalid/s"],
    }  # fmt: skip
    Gateways.answers[path] = (400, '{"code": 21211}')
    with pytest.raises(GatewayError, match="400") as error:
        twilio.send(setup, to="x", text="y", uuid="u", timeout=5)
    assert error.value.permanent


def test_africas_talking_sends(server: str) -> None:
    def answer(code: int) -> tuple[int, str]:
        return 201, json.dumps({"SMSMessageData": {"Recipients": [{"statusCode": code, "messageId": "ATX1"}]}})

    Gateways.answers["/version1/messaging"] = answer(101)
    setup = Setup(options={"base_url": server, "sender": "RECOURSE"}, credentials={"username": "u", "apikey": "k"})
    assert africastalking.send(setup, to=NUMBER, text="Habari", uuid="u", timeout=5) == "ATX1"
    assert Gateways.seen[0][1]["apikey"] == "k"
    Gateways.answers["/version1/messaging"] = answer(403)
    with pytest.raises(GatewayError) as error:
        africastalking.send(setup, to=NUMBER, text="Habari", uuid="u", timeout=5)
    assert error.value.permanent


def test_a_phone_and_rapidpro_send(server: str) -> None:
    Gateways.answers["/3rdparty/v1/messages"] = (202, '{"id": "u-1", "state": "Pending"}')
    phone = Setup(options={"base_url": server}, credentials={"username": "u", "password": "p"})
    assert android.send(phone, to=NUMBER, text="Habari", uuid="u-1", timeout=5) == "u-1"
    assert json.loads(Gateways.seen[0][2]) == {
        "textMessage": {"text": "Habari"}, "phoneNumbers": [NUMBER], "withDeliveryReport": True, "id": "u-1",
    }  # fmt: skip
    Gateways.answers["/api/v2/broadcasts.json"] = (201, '{"id": 12}')
    flow = Setup(options={"base_url": server}, credentials={"token": "t"})
    assert rapidpro.send(flow, to=NUMBER, text="Habari", uuid="u", timeout=5) == "12"
    assert json.loads(Gateways.seen[1][2]) == {"urns": [f"tel:{NUMBER}"], "text": "Habari"}
    Gateways.answers["/api/v2/broadcasts.json"] = (200, "not json")
    with pytest.raises(GatewayError) as error:
        rapidpro.send(flow, to=NUMBER, text="Habari", uuid="u", timeout=5)
    assert error.value.unknown


def test_nothing_is_sent_without_credentials() -> None:
    for gateway in (twilio, africastalking, android, rapidpro):
        with pytest.raises(GatewayError, match="credentials"):
            gateway.send(Setup(), to=NUMBER, text="x", uuid="u", timeout=1)
    assert "secret" not in repr(Setup(secret="secret", credentials={"token": "secret"}))
