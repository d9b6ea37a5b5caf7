"""RapidPro and TextIt: a flow calls a webhook with a token; a broadcast has no report of its own."""

import itertools
import json

from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Sent, Stopped, Taken, Wire
from grievance.simulator.wires.bodies import JSON, NUMBER, as_json, json_of

_NUMBERS = itertools.count(1_000)


def inbound(line: Line, heard: Heard) -> Call:
    body = as_json({"id": heard.id, "from": f"tel:{heard.sender}", "content": heard.text})
    return Call(line.path("inbound"), body, JSON | {"Authorization": f"Token {line.secret}"})


def take(line: Line, asked: Asked, stopped: Stopped) -> Taken:
    said = json_of(asked)
    urn = "".join(said.get("urns") or [])
    to, text = urn.removeprefix("tel:"), said.get("text")
    if not urn.startswith("tel:") or not NUMBER.fullmatch(to):
        return None, Answer(400, json.dumps({"urns": ["Invalid URN"]}))
    if not isinstance(text, str) or not text:
        return None, Answer(400, json.dumps({"text": ["This field is required."]}))
    number = next(_NUMBERS)
    body = {"id": number, "urns": [urn], "contacts": [], "groups": [], "text": text, "status": "queued"}
    return Sent(to, text, str(number)), Answer(201, json.dumps(body))


WIRE = Wire(
    mine=lambda asked: asked.path == "/api/v2/broadcasts.json",
    knows=lambda line, asked: asked.headers.get("authorization") == f"Token {line.login['token']}",
    stranger=Answer(403, json.dumps({"detail": "Invalid token"})),
    take=take,
    inbound=inbound,
    report=lambda _line, _sent, _state: None,
)
