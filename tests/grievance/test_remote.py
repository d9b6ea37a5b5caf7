"""Files that came with texts: only from the gateway's own hosts, and kept like any upload; its copy is struck out."""

import base64
import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image

from accounts.models import User
from cases.commands import intake
from cases.models import Filing
from grievance import vault
from grievance.commands import gateways, listening, remote, texting
from grievance.commands.bytext import set_pin
from grievance.commands.pictures import strip_waiting
from grievance.gateways import media
from grievance.gateways.errors import GatewayError
from grievance.gateways.generic import inbound
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Text
from grievance.keys import RING, data_key_for_office, open_json
from grievance.models import Arrival, Attachment, FormSession, Gateway, Grievance, InboundText, Remote
from grievance.queries import lost_files, open_file
from tests.factories import AT
from tests.notifications.texting import filed_by_text

pytestmark = pytest.mark.django_db
NUMBER = "+243810000001"
HOST = frozenset({"127.0.0.1", "localhost"})


def picture() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(body, "JPEG")
    return body.getvalue()


class Provider:
    """Keeps files and texts, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.status, self.body, self.headers = 200, picture(), {"Content-Type": "image/jpeg"}
        self.url = ""


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            provider.asked.append((self.command, self.path, body))
            given = provider.body if self.command == "GET" else b"{}"
            self.send_response(provider.status if self.command == "GET" else 200)
            for name, value in provider.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given)))
            self.end_headers()
            self.wfile.write(given)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as found:
        yield found


@pytest.fixture
def near(settings: Any) -> None:
    settings.GATEWAY_LOOPBACK = True


Came = Callable[..., Grievance]


@pytest.fixture
def arrives(provider: Provider, lead: User) -> Callable[..., InboundText]:
    """A text with a picture came, and nobody has heard it yet."""

    def arrive(**fields: str) -> InboundText:
        gateway = gateways.add_gateway(
            slug="g", name="g", kind="twilio", options={"base_url": provider.url}, secret="t" * 32, by=lead, at=AT,
            credentials={"account": "AC1", "token": "t"},
        )  # fmt: skip
        sms = {"MessageSid": "MM1", "From": NUMBER, "To": "+15550100", "Body": "Tazama", "NumMedia": "1",
               "MediaUrl0": f"{provider.url}/Media/ME1"}  # fmt: skip
        form = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(sms | fields).encode()
        gateways.keep_request(gateway=gateway, incoming=Incoming("", body, form), at=AT)
        texting.read_requests(at=AT)
        return InboundText.objects.get()

    return arrive


@pytest.fixture
def came(arrives: Callable[..., InboundText]) -> Came:
    """A text with a picture came, and became a grievance."""

    def come(**fields: str) -> Grievance:
        text = arrives(**fields)
        grievance = filed_by_text(text.writer)
        session = FormSession.objects.get()
        session.grievance = grievance
        session.save()
        InboundText.objects.update(session=session)
        return grievance

    return come


def file_of(grievance: Grievance) -> Remote:
    return Remote.objects.get(kind="file")


@pytest.mark.usefixtures("near")
def test_a_picture_is_fetched_kept_like_an_upload_and_deleted_there(came: Came, provider: Provider) -> None:
    grievance = came()
    assert b"ME1" not in bytes(Remote.objects.get(kind="file").sealed_address or b"")
    assert remote.fetch_remotes(at=AT) == 2
    attachment = Attachment.objects.get(grievance=grievance)
    key = data_key_for_office(grievance.key_id)
    assert b"".join(open_file(attachment.original, key)) == provider.body
    strip_waiting(at=AT)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.kind.media) == ("shown", "image/jpeg")
    assert set(Remote.objects.values_list("state", "sealed_address")) == {("done", None)}
    assert provider.asked[0][:2] == ("GET", "/Media/ME1")
    assert ("DELETE", "/Media/ME1", "") in provider.asked
    assert ("POST", "/2010-04-01/Accounts/AC1/Messages/MM1.json", "Body=") in provider.asked
    assert remote.fetch_remotes(at=AT + timedelta(days=1)) == 0


@pytest.mark.usefixtures("near")
def test_a_file_waits_for_its_grievance(came: Came, provider: Provider) -> None:
    came()
    FormSession.objects.update(grievance=None)
    assert remote.fetch_remotes(at=AT) == 1  # the words, which are kept already
    assert not any(method == "GET" for method, *_ in provider.asked)


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("words", ["STOP", "msaada", "GRV1", "R-7K2M-9QXA 730491", "STATUS"])
def test_a_file_whose_words_became_nothing_is_a_grievance_of_its_own(
    arrives: Callable[..., InboundText], provider: Provider, words: str
) -> None:
    """Found by its state: a worker that stopped, or an earlier version of us, left no other trace of it."""
    arrives(Body=words)
    listening.listen(at=AT)
    assert not Grievance.objects.exists()
    remote.fetch_remotes(at=AT)
    grievance = Grievance.objects.get()
    assert Attachment.objects.get(grievance=grievance).message is None
    key = data_key_for_office(grievance.key_id)
    assert open_json(key, grievance.sealed_statement, "statement")["statement"] == ""
    assert file_of(grievance).state == "done"
    intake.take_up(at=AT)
    assert Filing.objects.get().grievance == grievance  # among what waits for an officer
    assert remote.fetch_remotes(at=AT + timedelta(days=1)) == 0
    assert Grievance.objects.count() == 1


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("more", ["", " Tazama picha"])
def test_a_file_of_whoever_came_back_is_theirs_and_its_handler_is_told(
    arrives: Callable[..., InboundText], provider: Provider, more: str
) -> None:
    text = arrives(Body="")
    grievance = filed_by_text(text.writer)
    set_pin(grievance, "738162")
    sealed = vault.seal_contact(RING, f"{grievance.text_receipt.reference} 738162{more}".encode())
    InboundText.objects.update(sealed_body=sealed)
    listening.listen(at=AT)
    text.refresh_from_db()
    assert text.grievance == grievance
    Arrival.objects.all().delete()
    remote.fetch_remotes(at=AT)
    assert Grievance.objects.count() == 1
    attachment = Attachment.objects.get(grievance=grievance)
    assert attachment.message is not None
    assert Arrival.objects.get(kind="message").message == attachment.message


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [(302, {"Location": "http://127.0.0.1/"}, "redirect"), (404, {}, "404")],
)
def test_what_cannot_be_had_is_given_up_and_shown(
    came: Came, provider: Provider, status: int, headers: dict[str, str], code: str
) -> None:
    grievance = came()
    provider.status, provider.headers = status, headers
    remote.fetch_remotes(at=AT)
    lost = file_of(grievance)
    tried = AT
    while lost.state == "waiting":
        tried = lost.next_try_at or tried
        remote.fetch_remotes(at=tried)
        lost.refresh_from_db()
    assert (lost.state, lost.code, lost.sealed_address) == ("lost", code, None)
    assert lost_files(Gateway.objects.get()) == 1
    assert not Attachment.objects.exists()


@pytest.mark.usefixtures("near")
def test_what_is_too_large_is_not_kept(came: Came, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "FILE_LARGEST_ELSE", 100)
    grievance = came()
    remote.fetch_remotes(at=AT)
    assert (file_of(grievance).state, file_of(grievance).code) == ("lost", "too_large")
    assert not Attachment.objects.exists()


@pytest.mark.usefixtures("near")
def test_a_gateway_that_is_down_is_asked_again_later(came: Came, provider: Provider) -> None:
    grievance = came()
    provider.status = 503
    remote.fetch_remotes(at=AT)
    assert (file_of(grievance).state, file_of(grievance).code) == ("waiting", "503")
    provider.status = 200
    assert remote.fetch_remotes(at=AT) == 0
    assert remote.fetch_remotes(at=AT + timedelta(minutes=2)) == 1
    assert Attachment.objects.count() == 1


def test_without_the_setting_nothing_is_fetched_from_this_machine(came: Came, provider: Provider) -> None:
    grievance = came()
    remote.fetch_remotes(at=AT)
    assert (file_of(grievance).state, file_of(grievance).code) == ("lost", "no_tls")
    assert not any(method == "GET" for method, *_ in provider.asked)


def refused(url: str, hosts: frozenset[str] = HOST) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        media.fetch(url, hosts=hosts, headers={}, most=100, take=lambda _piece: None)
    return caught.value


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://evil.example/x", "host"),
        ("https://127.0.0.1.evil.example/x", "host"),
        ("https://someone@localhost/x", "host"),
        ("http://localhost/x", "no_tls"),
        ("file:///etc/passwd", "host"),
        ("gopher://localhost/x", "no_tls"),
        ("https://localhost:8443/x", "port"),
        ("https://localhost/x", "private_address"),
        ("https://127.0.0.1/x", "private_address"),
        ("https://localhost:x/", "address"),
    ],
)
def test_only_its_own_hosts_over_tls_and_no_private_address(url: str, code: str) -> None:
    error = refused(url)
    assert (error.code, error.permanent) == (code, True)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.5", "192.168.1.1", "169.254.169.254", "::1", "::ffff:10.0.0.5", "fd00::1", "0.0.0.0", "100.64.0.1"],  # noqa: S104
)
def test_a_name_that_leads_inside_is_not_followed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert refused("https://api.twilio.com/x", frozenset({"api.twilio.com"})).code == "private_address"


def test_a_login_goes_to_the_providers_own_hosts_alone(came: Came) -> None:
    assert media.headers_for("generic", Setup(credentials={"Authorization": "x"}), "https://api.twilio.com/1") == {}
    setup = Setup(credentials={"account": "AC1", "token": "t"})
    login = {"Authorization": "Basic " + base64.b64encode(b"AC1:t").decode()}
    assert media.headers_for("twilio", setup, "https://api.twilio.com/1") == login


@pytest.mark.parametrize("found", ["https://a.example/1", ["https://a.example/1"]])
def test_a_configured_gateway_says_where_its_files_stand(found: Any) -> None:
    options = {"inbound": {"sender": "from", "text": "text", "media": "files"}}
    incoming = Incoming("", json.dumps({"from": NUMBER, "text": "x", "files": found}).encode(),
                        {"content-type": "application/json"})  # fmt: skip
    (text,) = inbound.parse(incoming, options)
    assert isinstance(text, Text)
    assert text.media == ("https://a.example/1",)
