"""Vonage: signed fields, long texts as parts that come one by one, and a refusal inside an answer of 200."""

import hmac
import json
import secrets
import time
import uuid

from grievance.segments import EXTENSION, GSM
from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Sent, Stopped, Taken, Wire
from grievance.simulator.wires.bodies import FORM, NUMBER, as_form, basic, json_of

STATES = {"sent": "accepted", "delivered": "delivered", "failed": "failed", "stopped": "rejected"}


def signed(secret: str, fields: dict[str, str]) -> dict[str, str]:
    """ "Signing messages": &name=value in the order of the names, with "_" for what would separate; HMAC-SHA256."""
    base = ""
    for name in sorted(fields):
        base += f"&{name}={fields[name].translate(str.maketrans('&=', '__'))}"
    return fields | {"sig": hmac.new(secret.encode(), base.encode(), "sha256").hexdigest().upper()}


def inbound(line: Line, heard: Heard) -> Call:
    fields = {
        "msisdn": heard.sender.lstrip("+"), "to": line.number.lstrip("+"), "messageId": heard.id, "text": heard.text,
        "type": "text" if heard.text.isascii() else "unicode", "keyword": (heard.text.split() or [""])[0].upper(),
        "api-key": line.login["key"], "nonce": secrets.token_hex(8), "timestamp": str(int(time.time())),
        "message-timestamp": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(heard.at)),
    }  # fmt: skip
    if heard.part:
        reference, number, total = heard.part
        fields |= {
            "concat": "true", "concat-ref": reference, "concat-part": str(number), "concat-total": str(total),
        }  # fmt: skip
    return Call(line.path("inbound"), as_form(signed(line.secret, fields)), FORM)


def report(line: Line, sent: Sent, state: str) -> Call | None:
    fields = {
        "msisdn": sent.to.lstrip("+"), "to": line.number.lstrip("+"), "network-code": "310090", "messageId": sent.id,
        "price": "0.0333", "status": STATES[state], "scts": time.strftime("%y%m%d%H%M"), "api-key": line.login["key"],
        "err-code": {"failed": "1", "stopped": "3"}.get(state, "0"), "nonce": secrets.token_hex(8),
        "message-timestamp": time.strftime("%Y-%m-%d %H:%M:%S"), "timestamp": str(int(time.time())),
    }  # fmt: skip
    return Call(line.path("status"), as_form(signed(line.secret, fields)), FORM)


def take(line: Line, asked: Asked, stopped: Stopped) -> Taken:
    said = json_of(asked)
    to, text = str(said.get("to", "")), str(said.get("text", ""))
    if not NUMBER.fullmatch(f"+{to}") or not text or not said.get("from"):
        return None, _refused("3", "Invalid parameters")
    if said.get("type") != "unicode":  # what arrives where the type was forgotten
        text = "".join(sign if sign in GSM | EXTENSION else "?" for sign in text)
    sent = Sent(f"+{to}", text, uuid.uuid4().hex[:16])
    each = {
        "to": to, "message-id": sent.id, "status": "0", "remaining-balance": "9.96", "message-price": "0.0333",
        "network": "310090",
    }  # fmt: skip
    return sent, Answer(200, json.dumps({"message-count": "1", "messages": [each]}))


def _refused(status: str, why: str) -> Answer:
    return Answer(200, json.dumps({"message-count": "1", "messages": [{"status": status, "error-text": why}]}))


WIRE = Wire(
    mine=lambda asked: asked.path == "/sms/json",
    knows=lambda line, asked: basic(asked) == f"{line.login['key']}:{line.login['secret']}",
    stranger=_refused("4", "Bad Credentials"),
    take=take,
    inbound=inbound,
    report=report,
    joins=False,
    again=tuple(60.0 * 2**number for number in range(11)),
)
