"""Each gateway in each direction, from the files that hold its wire: proven, read, answered, sent."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from grievance import vault
from grievance.commands import gateways, texting
from grievance.gateways import KINDS, Send
from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming
from grievance.keys import RING
from grievance.models import Gateway, InboundRequest, InboundText
from tests.factories import AT
from tests.grievance.gateway_fixtures import (
    OTHER_SECRET,
    files,
    kind_of,
    load,
    name_of,
    options_of,
    report_of,
    text_of,
)
from tests.notifications.servers import says, web_server

HOST = "recourse.example"


def incoming(path: Path, request: dict[str, Any]) -> Incoming:
    headers = {name.lower(): value for name, value in request["headers"].items()}
    tail = urlsplit(request["url"]).path.split("/")[4:]
    return Incoming(request["url"], request["body"].encode(), headers, tail[0] if tail else "")


def calls(direction: str) -> list[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Each call of each file, with the file that it stands in."""
    return [(path, load(path), call) for path in files(direction) for call in load(path).get("calls", [load(path)])]


def named(one: object) -> str:
    return name_of(one) if isinstance(one, Path) else ""


def test_every_kind_has_a_file_for_each_direction() -> None:
    kinds = {path.parent.name for path in files("inbound")}
    assert kinds == {path.parent.name for path in files("send")}
    assert kinds == {path.parent.name for path in files("report")} | {"rapidpro"}  # a broadcast has no report
    assert kinds >= set(KINDS)


@pytest.mark.parametrize(
    ("path", "whole", "call"),
    [*calls("inbound"), *calls("report")],
    ids=lambda one: name_of(one) if isinstance(one, Path) else "",
)
def test_a_call_is_proven_by_its_secret_alone(path: Path, whole: dict[str, Any], call: dict[str, Any]) -> None:
    verify, at = KINDS[kind_of(path)].verify, datetime.fromisoformat(whole["at"])
    given = incoming(path, call["request"])
    assert verify(given, Setup(secret=whole["secret"], options=options_of(path)), at)
    for other in (OTHER_SECRET, whole["secret"][:-1], ""):
        assert not verify(given, Setup(secret=other, options=options_of(path)), at)


SIGNED = {"twilio", "android", "vonage", "generic"}


@pytest.mark.parametrize("path", [one for one in files("inbound") if one.parent.name in SIGNED], ids=name_of)
def test_a_signed_call_that_was_changed_on_the_way_is_not_proven(path: Path) -> None:
    whole = load(path)
    verify, at = KINDS[kind_of(path)].verify, datetime.fromisoformat(whole["at"])
    setup = Setup(secret=whole["secret"], options=options_of(path))
    given = incoming(path, whole["request"])
    assert verify(given, setup, at)
    changed = given.body.replace(b"Maji", b"Siku").replace(b"Older", b"Newer")
    assert not verify(Incoming(given.url, changed, given.headers, given.secret_in_path), setup, at)


@pytest.mark.parametrize("path", files("inbound"), ids=name_of)
def test_a_text_is_read_as_it_was_written(path: Path) -> None:
    whole = load(path)
    parsed = KINDS[kind_of(path)].parse(incoming(path, whole["request"]), options_of(path))
    assert parsed == [text_of(one) for one in whole["texts"]]


@pytest.mark.parametrize(
    ("path", "whole", "call"), calls("report"), ids=lambda one: name_of(one) if isinstance(one, Path) else ""
)
def test_a_report_says_what_became_of_a_text(path: Path, whole: dict[str, Any], call: dict[str, Any]) -> None:
    parsed = KINDS[kind_of(path)].parse(incoming(path, call["request"]), options_of(path))
    assert parsed == [report_of(one) for one in call["reports"]]


# -- Through the webhook, behind a proxy that speaks TLS to the gateway and plain HTTP to us


@pytest.fixture
def behind_proxy(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [HOST]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def gateway_of(path: Path, secret: str, lead: User) -> Gateway:
    return Gateway.objects.create(
        slug="fixture", name="fixture", kind=kind_of(path), options=options_of(path), added_by=lead, added_at=AT,
        sealed_secret=vault.seal(RING.gateway_key or b"", secret.encode(), gateways.SECRET),
    )  # fmt: skip


def post(client: Client, request: dict[str, Any]) -> tuple[int, str]:
    headers = dict(request["headers"]) | {"Host": HOST, "X-Forwarded-Proto": "https"}
    kind = headers.pop("Content-Type")
    body = request["body"].encode()
    answer = client.post(urlsplit(request["url"]).path, body, content_type=kind, headers=headers)
    return answer.status_code, answer.content.decode()


@pytest.mark.usefixtures("behind_proxy")
@pytest.mark.parametrize("path", files("inbound"), ids=name_of)
def test_a_text_comes_through_the_webhook(path: Path, client: Client, lead: User) -> None:
    whole = load(path)
    gateway_of(path, whole["secret"], lead)
    with time_machine.travel(whole["at"], tick=False):
        assert post(client, whole["request"]) == (whole["answer"]["status"], whole["answer"]["body"])
        texting.read_requests(at=datetime.fromisoformat(whole["at"]))
    kept = [vault.open_contact(RING, bytes(one.sealed_body)).decode() for one in InboundText.objects.order_by("pk")]
    assert kept == [one["body"] for one in whole["texts"]]


@pytest.mark.usefixtures("behind_proxy")
@pytest.mark.parametrize("path", files("inbound"), ids=name_of)
def test_a_stranger_who_calls_alike_stores_nothing(path: Path, client: Client, lead: User) -> None:
    whole = load(path)
    gateway_of(path, OTHER_SECRET, lead)
    with time_machine.travel(whole["at"], tick=False):
        assert post(client, whole["request"])[0] == 403
    assert not InboundRequest.objects.exists()


# -- Out


def setup_of(whole: dict[str, Any], path: Path, base: str) -> Setup:
    filled = json.loads(json.dumps(whole["options"]).replace("{simulator}", base))
    if kind_of(path) == "generic":
        filled = options_of(path) | {"outbound": options_of(path)["outbound"] | filled}
    return Setup(options=filled, credentials=whole["credentials"])


def outcome(send: Send, setup: Setup, said: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"id": send(setup, **said)}
    except GatewayError as error:
        more = {"permanent": error.permanent, "unknown": error.unknown}
        return {"error": error.code} | {name: value for name, value in more.items() if value}


@pytest.mark.parametrize("path", files("send"), ids=name_of)
def test_a_text_goes_out_as_the_gateway_wants_it(path: Path) -> None:
    whole = load(path)
    said = {"to": whole["to"], "text": whole["text"], "uuid": whole["uuid"], "timeout": 5.0}
    for answer in whole["answers"]:
        with web_server(says(answer["status"], answer["body"])) as web:
            base = web.url.removesuffix("/send")
            became = outcome(KINDS[kind_of(path)].send, setup_of(whole, path, base), said)
        assert became == {name: value for name, value in answer.items() if name not in {"status", "body"}}
        (asked,) = web.asked
        wanted = whole["request"]
        assert asked.path == wanted["path"]
        assert wanted["headers"].items() <= asked.headers.items()
        assert wanted.get("form", wanted.get("json")) == (
            dict(parse_qsl(asked.body)) if "form" in wanted else json.loads(asked.body)
        )
