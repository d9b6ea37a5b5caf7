"""Any bytes at a webhook, and any text in any parts: refused and not stored, or kept and read as it was written."""

import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from accounts.models import User
from grievance import vault
from grievance.commands import listening, texting
from grievance.keys import RING
from grievance.models import FormSession, InboundRequest, InboundText
from grievance.simulator import air
from grievance.simulator.lines import Call, Heard, Line, Part
from grievance.simulator.wires import WIRES
from tests.factories import AT
from tests.grievance.simulated import PHONE, deliver, set_up

CLEAN = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
WITH_HALVES = st.text(st.characters(), max_size=200)  # also half of a pair (category Cs), which JSON can hold
HERE = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def lines(lead: User) -> dict[str, Line]:
    return set_up(lead, AT)


# -- Texts in any parts, in any order, more than once


@given(CLEAN | st.text(sorted(air.SEPTET) + sorted(air.ESCAPED), max_size=700))
def test_a_phone_cuts_what_fits_and_loses_nothing(text: str) -> None:
    alphabet, parts = air.cut(text)
    assert "".join(parts) == text
    room = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[alphabet][len(parts) > 1]
    sizes = [
        sum(len(air.gsm(sign)) for sign in part) if alphabet == "GSM-7" else len(part.encode("utf-16-be")) // 2
        for part in parts
    ]
    assert max(sizes) <= room


@pytest.mark.parametrize("kind", ["vonage", "generic"])
@settings(max_examples=25, suppress_health_check=HERE)
@given(data=st.data())
def test_parts_in_any_order_and_twice_are_one_text(
    client: Client, lines: dict[str, Line], kind: str, data: st.DataObject
) -> None:
    forget()
    pieces = data.draw(st.lists(CLEAN.filter(bool), min_size=1, max_size=5))
    whole = "".join(pieces)
    many = [
        Heard(PHONE, piece, f"id{place}", 0.0, Part("7", place, len(pieces)) if len(pieces) > 1 else None)
        for place, piece in enumerate(pieces, start=1)
    ]
    order = data.draw(st.permutations(many * data.draw(st.integers(1, 2))))
    for heard in order:
        assert deliver(client, WIRES[kind].inbound(lines[kind], heard)) == 200
    at = datetime.now(AT.tzinfo)
    texting.read_requests(at=at)
    with pytest.MonkeyPatch.context() as patched:
        heard_words: list[str] = []
        patched.setattr(listening, "_hear", lambda came, _at: heard_words.append(came.words))
        listening.listen(at=at)
    assert heard_words == [whole]
    assert not InboundText.objects.exclude(sealed_body=b"").exists()


def forget() -> None:
    InboundText.objects.update(session=None, twin_of=None, alike=None)
    InboundText.objects.all().delete()
    FormSession.objects.all().delete()
    InboundRequest.objects.all().delete()


@settings(max_examples=25, suppress_health_check=HERE)
@given(kind=st.sampled_from(["android", "rapidpro"]), words=WITH_HALVES)
def test_json_with_halves_of_signs_is_read(client: Client, lines: dict[str, Line], kind: str, words: str) -> None:
    forget()
    line = lines[kind]
    whole = WIRES[kind].inbound(line, Heard(PHONE, "WORDS", "id", 0.0))
    body = whole.body.replace(b"WORDS", json.dumps(words)[1:-1].encode())
    assert deliver(client, signed_anew(line, whole, body)) == 200
    texting.read_requests(at=datetime.now(AT.tzinfo))
    readable = words.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
    assert vault.open_contact(RING, bytes(InboundText.objects.get().sealed_body)).decode() == readable


# -- Whatever comes

HEADERS = st.dictionaries(
    st.sampled_from("X-Twilio-Signature X-Signature X-Timestamp X-Moment Authorization Content-Type Cookie".split()),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
)
WHERE = st.tuples(
    st.sampled_from(sorted(WIRES)), st.sampled_from(["inbound", "status"]), st.sampled_from(["", "/x", "/ّ"])
)


@settings(max_examples=150, suppress_health_check=HERE)
@given(where=WHERE, body=st.binary(max_size=400), headers=HEADERS)
def test_what_nobody_proves_is_refused_and_stores_nothing(
    client: Client, lines: dict[str, Line], where: tuple[str, str, str], body: bytes, headers: dict[str, str]
) -> None:
    kind, direction, tail = where
    extra: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    content_type = extra.pop("HTTP_CONTENT_TYPE", "text/plain")
    answer = client.generic("POST", f"/sms/sim-{kind}/{direction}{tail}", body, content_type, **extra)
    assert answer.status_code == 403
    assert not InboundRequest.objects.exists()


@settings(max_examples=150, suppress_health_check=HERE)
@given(kind=st.sampled_from(sorted(WIRES)), body=st.binary(max_size=400))
def test_what_is_proven_is_kept_as_one_sealed_row_whatever_it_holds(
    client: Client, lines: dict[str, Line], kind: str, body: bytes
) -> None:
    forget()
    assert deliver(client, proven_bytes(lines[kind], body)) == 200
    row = InboundRequest.objects.get()
    sealed = bytes(row.sealed_raw or b"")
    assert len(body) < 8 or body not in sealed
    assert PHONE.encode() not in sealed


def proven_bytes(line: Line, body: bytes) -> Call:
    """A call with these bytes, proven as this kind proves itself; where it proves fields, with these fields."""
    whole = WIRES[line.kind].inbound(line, Heard(PHONE, body.decode("latin-1"), "id", 0.0))
    if line.kind in {"android", "generic", "africastalking", "rapidpro"}:
        return signed_anew(line, whole, body)
    if line.kind == "twilio":
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        signed = RequestValidator(line.secret).compute_signature("http://testserver" + whole.path, fields)
        once = urlencode(fields).encode()
        return Call(whole.path, once, dict(whole.headers) | {"X-Twilio-Signature": signed})
    return whole


def signed_anew(line: Line, whole: Call, body: bytes) -> Call:
    """The same call with another body; of those that sign it, or that have a secret beside it."""
    if line.kind not in {"android", "generic"}:
        return Call(whole.path, body, whole.headers)
    stamp = str(int(datetime.now(AT.tzinfo).timestamp()))
    name = {"android": "X-Timestamp", "generic": "X-Moment"}[line.kind]
    proof = hmac.new(line.secret.encode(), body + stamp.encode(), "sha256").hexdigest()
    return Call(whole.path, body, dict(whole.headers) | {name: stamp, "X-Signature": proof})
