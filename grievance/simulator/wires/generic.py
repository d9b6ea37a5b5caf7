"""A gateway that nobody has heard of, and that the office sets up by itself: JSON in a tree, signed over its body."""

import hmac
import json
import time
import uuid

from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Sent, Stopped, Taken, Wire
from grievance.simulator.wires.bodies import JSON, NUMBER, as_json, json_of

STATES = {"sent": "ACCEPTED", "delivered": "DELIVERED", "failed": "UNDELIVERABLE", "stopped": "REJECTED"}
# How the office describes it: what `inbound`, `report` and `take` below say.
OPTIONS = {
    "inbound": {
        "each": "results", "sender": "message.from", "text": "message.text", "id": "message.id",
        "recipient": "message.to",
        "part": {"reference": "part.of", "number": "part.number", "total": "part.total"},
    },
    "ignore": {"status": ["PENDING"]},
    "report": {
        "each": "results", "id": "id", "status": "status", "sent": ["ACCEPTED"], "delivered": ["DELIVERED"],
        "failed": ["UNDELIVERABLE", "REJECTED"],
    },
    "proof": {"kind": "hmac", "name": "X-Signature", "timestamp": "X-Moment", "oldest": 600},
    "outbound": {
        "headers": {"Content-Type": "application/json"},
        "body": '{"to": "{{to}}", "from": "{{from}}", "text": "{{text}}", "ref": "{{uuid}}"}',
        "success": {"path": "accepted", "equals": "true"}, "id": "id",
    },
}  # fmt: skip


def _call(line: Line, path: str, one: dict[str, object]) -> Call:
    body, moment = as_json({"results": [one]}), str(int(time.time()))
    signed = hmac.new(line.secret.encode(), body + moment.encode(), "sha256").hexdigest()
    return Call(path, body, JSON | {"X-Signature": signed, "X-Moment": moment})


def inbound(line: Line, heard: Heard) -> Call:
    message = {"id": heard.id, "from": heard.sender, "to": line.number, "text": heard.text}
    part = {"of": heard.part[0], "number": heard.part[1], "total": heard.part[2]} if heard.part else {}
    return _call(line, line.path("inbound"), {"message": message, "part": part})


def report(line: Line, sent: Sent, state: str) -> Call | None:
    return _call(line, line.path("status"), {"id": sent.id, "status": STATES[state]})


def take(line: Line, asked: Asked, stopped: Stopped) -> Taken:
    """The same ``ref`` again is the same text."""
    said = json_of(asked)
    to, text = str(said.get("to", "")), str(said.get("text", ""))
    if not NUMBER.fullmatch(to) or not text:
        return None, Answer(422, json.dumps({"accepted": False}))
    sent = Sent(to, text, str(said.get("ref") or uuid.uuid4().hex))
    return sent, Answer(202, json.dumps({"accepted": True, "id": sent.id}))


WIRE = Wire(
    mine=lambda asked: asked.path == "/messages",
    knows=lambda line, asked: asked.headers.get("authorization") == f"Bearer {line.login['token']}",
    stranger=Answer(401, "{}"),
    take=take,
    inbound=inbound,
    report=report,
    joins=False,
    again=tuple(5.0 * 2**number for number in range(12)),
)
