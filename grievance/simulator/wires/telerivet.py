"""Telerivet: its secret stands in the body; it repeats for a day what was not answered in ten seconds."""

import json
import time
import uuid
from urllib.parse import urlsplit

from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Sent, Stopped, Taken, Wire
from grievance.simulator.wires.bodies import FORM, NUMBER, as_form, basic, json_of

STATES = {"sent": "sent", "delivered": "delivered", "failed": "failed", "stopped": "failed"}


def inbound(line: Line, heard: Heard) -> Call:
    fields = {
        "event": "incoming_message", "id": heard.id, "message_type": "sms", "content": heard.text,
        "from_number": heard.sender, "to_number": line.number, "time_created": str(int(heard.at)),
        "time_sent": str(int(heard.at)), "contact_id": "CT1", "phone_id": "PN1", "project_id": line.login["project"],
        "secret": line.secret,
    }  # fmt: skip
    return Call(line.path("inbound"), as_form(fields), FORM)


def report(line: Line, sent: Sent, state: str) -> Call | None:
    fields = {
        "event": "send_status", "id": sent.id, "status": STATES[state], "time_updated": str(int(time.time())),
        "from_number": line.number, "to_number": sent.to, "content": sent.text, "secret": line.secret,
    }  # fmt: skip
    return Call(line.path("status"), as_form(fields), FORM)


def take(line: Line, asked: Asked, stopped: Stopped) -> Taken:
    said = json_of(asked)
    to, text = str(said.get("to_number", "")), str(said.get("content", ""))
    if not NUMBER.fullmatch(to) or not text:
        why = {"message": "to_number is not valid", "code": "invalid_param", "param": "to_number"}
        return None, Answer(400, json.dumps({"error": why}))
    sent = Sent(to, text, f"SM{uuid.uuid4().hex[:16]}")
    body = {
        "id": sent.id,
        "to_number": to,
        "content": text,
        "status": "queued",
        "direction": "outgoing",
        "source": "api",
    }
    return sent, Answer(200, json.dumps(body))


def knows(line: Line, asked: Asked) -> bool:
    return _project(asked) == line.login["project"] and basic(asked) == f"{line.login['apikey']}:"


def _project(asked: Asked) -> str:
    match urlsplit(asked.path).path.split("/"):
        case ["", "v1", "projects", project, "messages", "send"]:
            return project
    return ""


WIRE = Wire(
    mine=lambda asked: bool(_project(asked)),
    knows=knows,
    stranger=Answer(401, json.dumps({"error": {"message": "Invalid API key", "code": "invalid_credentials"}})),
    take=take,
    inbound=inbound,
    report=report,
    again=tuple(60.0 * 2**number for number in range(11)),  # the last within a day and a half
)
