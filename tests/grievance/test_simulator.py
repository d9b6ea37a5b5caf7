"""The simulated gateways behave as the real ones do: by Twilio's own client and validator, and by our own sending."""

import os
import re
import signal
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client as TwilioClient

from accounts.models import User
from grievance import demo
from grievance.commands.answering import language_of
from grievance.commands.writers import writer_of
from grievance.gateways import KINDS
from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Report, Text
from grievance.models import Gateway
from grievance.simulator.calling import Caller
from grievance.simulator.faults import Outage
from grievance.simulator.lines import Call, Heard, Line
from grievance.simulator.phones import PEOPLE
from grievance.simulator.server import Simulator, simulating
from grievance.simulator.wires import WIRES
from tests.grievance.simulated import PHONE, PUBLIC, Ear, line_of, sender_of, set_up
from tests.notifications.servers import says, web_server

NOW = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
LINES = {kind: line_of(kind) for kind in WIRES}
FIRST = "Maji ya mto yamekuwa mekundu"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with web_server(says(200)) as web, simulating([*LINES.values()], web.url.removesuffix("/send"), pace=0.01) as one:
        yield one


def send(simulator: Simulator, kind: str, *, to: str = PHONE, text: str = "Tumepokea", ident: str = "u1") -> str:
    ours, setup = sender_of(LINES[kind], simulator.address)
    return KINDS[ours].send(setup, to=to, text=text, uuid=ident, timeout=2.0)


# -- What we send


@pytest.mark.parametrize("kind", WIRES)
def test_what_we_send_stands_on_the_phone(simulator: Simulator, kind: str) -> None:
    given_id = send(simulator, kind, text="Tumepokea ujumbe 😀")
    (one,) = simulator.exchange.phones.thread(PHONE)
    assert (one.text, one.ours, one.line) == ("Tumepokea ujumbe 😀", False, f"sim-{kind}")
    assert one.id == given_id
    assert simulator.exchange.caller.quiet(10)
    assert one.state == "delivered"


@pytest.mark.parametrize("kind", WIRES)
def test_a_stranger_sends_nothing(simulator: Simulator, kind: str) -> None:
    stranger = Line(f"sim-{kind}", kind, "", demo.login_of(kind), "+12025550100", PUBLIC)
    ours, setup = sender_of(stranger, simulator.address)
    with pytest.raises(GatewayError) as error:
        KINDS[ours].send(setup, to=PHONE, text="x", uuid="u", timeout=2.0)
    assert not error.value.permanent or kind == "rapidpro"
    assert simulator.exchange.phones.thread(PHONE) == []


@pytest.mark.parametrize("kind", WIRES)
def test_a_number_that_is_none_is_refused(simulator: Simulator, kind: str) -> None:
    with pytest.raises(GatewayError):
        send(simulator, kind, to="20880x")
    assert list(simulator.exchange.phones.received()) == []


@pytest.mark.parametrize(
    ("outage", "code", "unknown", "arrives"),
    [(Outage.REFUSE, "503", False, 0), (Outage.HANG, "no_answer", True, 1), (Outage.HALF, "half_answer", True, 1)],
)
def test_an_outage_is_told_as_it_is(
    simulator: Simulator, outage: Outage, code: str, unknown: bool, arrives: int
) -> None:
    simulator.exchange.faults.outage = outage
    with pytest.raises(GatewayError) as error:
        KINDS["android"].send(
            sender_of(LINES["android"], simulator.address)[1], to=PHONE, text="x", uuid="u9", timeout=0.5
        )
    assert (error.value.code, error.value.unknown) == (code, unknown)
    assert len(simulator.exchange.phones.thread(PHONE)) == arrives
    simulator.exchange.faults.switch(outage=Outage.NONE, duplicates=False, shuffled=False, lost=False)
    send(simulator, "android", text="x", ident="u9")
    (one,) = simulator.exchange.phones.thread(PHONE)  # the same id is the same text
    assert one.times == 1 + arrives


def test_who_told_the_network_to_stop_gets_nothing(simulator: Simulator) -> None:
    simulator.exchange.write(PHONE, "STOP", "sim-twilio")
    with pytest.raises(GatewayError) as error:
        send(simulator, "twilio")
    assert error.value.permanent
    simulator.exchange.write(PHONE, "start", "sim-twilio")
    assert send(simulator, "twilio").startswith("SM")


class Here(TwilioHttpClient):
    """Twilio's own client, with the simulator in place of its host."""

    def __init__(self, address: str) -> None:
        super().__init__(pool_connections=False)
        self.address = address

    def request(self, method: str, url: str, **more: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self.address), **more)


def test_twilios_own_client_sends(simulator: Simulator) -> None:
    login = LINES["twilio"].login
    client = TwilioClient(login["account"], login["token"], http_client=Here(simulator.address))
    made = client.messages.create(to=PHONE, from_="+12025550100", body="Tumepokea")
    assert (made.status, made.to, made.body) == ("queued", PHONE, "Tumepokea")
    (one,) = simulator.exchange.phones.thread(PHONE)
    assert one.id == made.sid
    with pytest.raises(TwilioRestException) as error:
        client.messages.create(to="12", from_="+12025550100", body="x")
    assert (error.value.status, error.value.code) == (400, 21211)
    stranger = TwilioClient(login["account"], "wrong", http_client=Here(simulator.address))
    with pytest.raises(TwilioRestException) as error:
        stranger.messages.create(to=PHONE, from_="+12025550100", body="x")
    assert (error.value.status, error.value.code) == (401, 20003)


# -- What it calls us with


def ours_accepts(line: Line, call: Call, url: str = "") -> Incoming:
    headers = {name.lower(): value for name, value in call.headers.items()}
    tail = call.path.split("/")[4:]
    incoming = Incoming(url or PUBLIC + call.path, call.body, headers, tail[0] if tail else "")
    kind, setup = sender_of(line, "http://127.0.0.1:1")
    assert KINDS[kind].verify(incoming, Setup(secret=line.secret, options=setup.options), datetime.now(NOW.tzinfo))
    return incoming


PUBLIC_URLS = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["recourse.example", "grievances.recourse.example"]),
    st.sampled_from(["", ":443", ":80", ":8443"]),
)
CLEAN = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(url=PUBLIC_URLS, text=CLEAN, query=st.sampled_from(["", "?a=1&b=%2F", "?Body=x"]))
def test_twilios_validator_and_ours_accept_its_signature(url: str, text: str, query: str) -> None:
    line = line_of("twilio", url)
    call = WIRES["twilio"].inbound(line, Heard(PHONE, text, "SM1", 0.0))
    fields = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
    validator, signed = RequestValidator(line.secret), call.headers["X-Twilio-Signature"]
    assert validator.validate(url + call.path, fields, signed)
    ours_accepts(line, call, url + call.path)
    # A query is part of the address, and never of the fields.
    again = validator.compute_signature(url + call.path + query, fields)
    signed_again = Call(call.path, call.body, {**call.headers, "X-Twilio-Signature": again})
    ours_accepts(line, signed_again, url + call.path + query)


@pytest.mark.parametrize("kind", WIRES)
@given(text=CLEAN)
def test_what_it_signs_we_accept_and_read_as_it_was_written(kind: str, text: str) -> None:
    call = WIRES[kind].inbound(LINES[kind], Heard(PHONE, text, "id1", 0.0))
    incoming = ours_accepts(LINES[kind], call)
    ours, setup = sender_of(LINES[kind], "http://127.0.0.1:1")
    (read,) = KINDS[ours].parse(incoming, setup.options)
    assert isinstance(read, Text)
    assert read.body == text
    assert read.sender.removeprefix("+") == PHONE.removeprefix("+")


@pytest.mark.parametrize("kind", [kind for kind in WIRES if kind != "rapidpro"])
@pytest.mark.parametrize(
    ("state", "outcome"), [("sent", "sent"), ("delivered", "delivered"), ("failed", "failed"), ("stopped", "failed")]
)
def test_its_reports_are_accepted_and_read(simulator: Simulator, kind: str, state: str, outcome: str) -> None:
    line = LINES[kind]
    sent = next(iter(taken(simulator, kind)))
    call = WIRES[kind].report(line, sent, state)
    assert call is not None
    ours, setup = sender_of(line, "http://127.0.0.1:1")
    (report,) = KINDS[ours].parse(ours_accepts(line, call), setup.options)
    assert isinstance(report, Report)
    assert (report.provider_id, report.outcome) == (sent.id, outcome)


def taken(simulator: Simulator, kind: str) -> list[Any]:
    """What the exchange took when we sent by this kind."""
    seen: list[Any] = []
    took = simulator.exchange.take

    def noting(asked: Any) -> Any:
        seen.append(took(asked))
        return seen[-1]

    simulator.exchange.take = noting  # type: ignore[method-assign]
    send(simulator, kind)
    return [sent for sent, _answer in seen]


# -- The habits of calling again


@pytest.mark.parametrize(("kind", "calls"), [("twilio", 2), ("africastalking", 1), ("android", 16), ("rapidpro", 1)])
def test_each_calls_again_as_its_habit_is(kind: str, calls: int) -> None:
    with web_server(says(500)) as web:
        caller, ear = Caller(web.url.removesuffix("/send"), pace=0.00001), Ear()
        wire = WIRES[kind]
        caller.call(lambda: wire.inbound(LINES[kind], Heard(PHONE, "x", "1", 0.0)), wire.again, ear)
        assert ear.heard.wait(10)
        caller.end()
        assert ear.said == [500]
        assert len(web.asked) == calls


def test_what_recourse_has_answered_is_not_called_again() -> None:
    with web_server(says(200)) as web, simulating([*LINES.values()], web.url.removesuffix("/send"), pace=0.01) as here:
        standing = here.exchange.write(PHONE, "x", "sim-android")
        assert here.exchange.caller.quiet(10)
        assert standing.state == "taken"
        assert len(web.asked) == 1
        here.exchange.faults.duplicates = True
        here.exchange.write(PHONE, "y", "sim-android")
        assert here.exchange.caller.quiet(10)
        assert len(web.asked) == 3


# -- The page


def ask(simulator: Simulator, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
    connection = HTTPConnection("127.0.0.1", simulator.server_address[1], timeout=5)
    try:
        connection.request(method, path, body.encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Location", "")
    finally:
        connection.close()


def test_its_page_shows_a_phones_thread(simulator: Simulator) -> None:
    assert ask(simulator, "GET", "/")[2] == "/en/0/"
    origin = {"Origin": simulator.address}
    said = urlencode({"do": "write", "line": "sim-vonage", "text": "<b>é" * 60})
    status, _body, goes_to = ask(simulator, "POST", "/sw/1/", said, **origin)
    assert (status, goes_to) == (303, "/sw/1/")
    assert simulator.exchange.caller.quiet(10)
    _status, thread, _to = ask(simulator, "GET", "/sw/1/thread/")
    assert "&lt;b&gt;é" in thread
    assert "GSM-7" in thread
    status, page, _to = ask(simulator, "GET", "/sw/1/")
    assert status == 200
    assert "<script" not in page + thread
    assert not re.search(r'(href|src|action)="[^"]*\d{6}', page)  # no number in an address
    ask(simulator, "POST", "/sw/1/", urlencode({"do": "faults", "outage": "half", "lost": "on"}), **origin)
    assert (simulator.exchange.faults.outage, simulator.exchange.faults.lost) == (Outage.HALF, True)


def test_a_thread_reads_as_on_a_telephone(simulator: Simulator) -> None:
    """The oldest on top, each with its time and what became of it."""
    for words in ("Ya kwanza", "Ya pili"):
        simulator.exchange.write(PEOPLE[0], words, "sim-twilio")
        assert simulator.exchange.caller.quiet(10)
    send(simulator, "twilio", to=PEOPLE[0], text="Tumepokea")
    assert simulator.exchange.caller.quiet(10)
    for one, at in zip(simulator.exchange.phones.thread(PEOPLE[0]), (7 * 3600, 8 * 3600, 9 * 3600), strict=True):
        one.at = float(at)
    _status, thread, _to = ask(simulator, "GET", "/en/0/thread/")
    told = re.findall(r"<h2>(\w+) · <time[^>]*>([^<]+)</time></h2>\s*<p[^>]*>([^<]+)</p>\s*<p><b[^>]*>([^<]+)<", thread)
    assert told == [
        ("You", "07:00 UTC", "Ya kwanza", "arrived at Recourse"),
        ("You", "08:00 UTC", "Ya pili", "arrived at Recourse"),
        ("Recourse", "09:00 UTC", "Tumepokea", "arrived on this phone"),
    ]
    for style in re.findall(r'rel="stylesheet" href="([^"]+)"', thread):
        assert ask(simulator, "GET", style)[0] == 200


def test_its_page_is_for_this_machine_alone(simulator: Simulator) -> None:
    assert ask(simulator, "GET", "/en/0/", Host="evil.example")[0] == 403
    assert ask(simulator, "POST", "/en/0/", "do=write", Origin="https://evil.example")[0] == 403
    for path in ("/en/99/", "/xx/0/", "/en/0/../1/", "/en/%D9%A3/", "/en/-1/"):
        assert ask(simulator, "GET", path)[0] == 404
    assert simulator.server_address[0] == "127.0.0.1"


# -- The command


def test_it_is_never_started_in_production_nor_without_the_demo(db: None, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="demo alone"):
        call_command("sms_simulator")
    settings.PRODUCTION, settings.DEMO = False, False
    with pytest.raises(CommandError, match="demo alone"):
        call_command("sms_simulator")
    settings.DEMO = True
    with pytest.raises(CommandError, match="lead"):
        call_command("sms_simulator")


def test_each_gateway_of_the_demo_has_a_language(lead: User, settings: Any) -> None:
    set_up(lead, NOW)
    spoken = {one.slug: one.options["language"] for one in Gateway.objects.all()}
    assert len(spoken) == len(demo.KINDS)
    assert set(spoken.values()) == set(dict(settings.LANGUAGES))
    assert spoken["sim-rapidpro"] == "sw"
    stranger = writer_of(Gateway.objects.get(slug="sim-rapidpro"), PHONE, at=NOW)
    assert stranger.answerable
    assert language_of(stranger) == "sw"


def test_a_second_start_changes_secrets_and_makes_nothing_twice(lead: User) -> None:
    first = set_up(lead, NOW)
    second = set_up(lead, NOW)
    assert {line.slug for line in first.values()} == {line.slug for line in second.values()}
    assert all(first[kind].secret != second[kind].secret for kind in first)


class Interrupting(StringIO):
    """A terminal whose owner ends the command as soon as it says that it runs."""

    def __init__(self, sent: signal.Signals) -> None:
        super().__init__()
        self.sent = sent

    def write(self, words: str) -> int:
        if "Practice phones" in words:
            os.kill(os.getpid(), self.sent)
        return super().write(words)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_told_to_even_where_a_shell_began_it_in_the_background(lead: User, sent: signal.Signals) -> None:
    """There both signals that end it may be ignored from the start."""
    before = signal.signal(sent, signal.SIG_IGN)
    said = Interrupting(sent)
    try:
        call_command("sms_simulator", port=0, web="http://127.0.0.1:1", stdout=said)
        assert signal.getsignal(sent) == signal.SIG_IGN
    finally:
        signal.signal(sent, before)
    assert said.getvalue().endswith("Stopped.\n")
