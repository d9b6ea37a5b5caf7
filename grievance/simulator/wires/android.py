"""Android SMS Gateway: an app on somebody's own phone. It signs its body, calls up to fifteen times, and its message
ids repeat from one phone to the next."""

import hmac
import json
import time
import uuid
import zlib
from typing import Any

from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Sent, Stopped, Taken, Wire
from grievance.simulator.wires.bodies import JSON, NUMBER, as_json, basic, json_of

DEVICE = "a-phone-of-nobody"
EVENTS = {"sent": "sms:sent", "delivered": "sms:delivered", "failed": "sms:failed", "stopped": "sms:failed"}


def moment(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03}+00:00"


def _call(line: Line, path: str, event: str, payload: dict[str, Any], now: float) -> Call:
    whole = {
        "deviceId": DEVICE, "event": event, "id": uuid.uuid4().hex, "webhookId": f"{line.slug}-webhook",
        "payload": payload,
    }  # fmt: skip
    body, stamp = as_json(whole), str(int(now))
    signed = hmac.new(line.secret.encode(), body + stamp.encode(), "sha256").hexdigest()
    return Call(path, body, JSON | {"X-Timestamp": stamp, "X-Signature": signed})


def inbound(line: Line, heard: Heard) -> Call:
    payload = {
        # A hash of 32 bits of the words, as the app makes it: not unique.
        "messageId": f"{zlib.crc32(heard.text.encode('utf-8', 'surrogatepass')):08x}", "message": heard.text,
        "sender": heard.sender, "recipient": line.number, "simNumber": 1, "receivedAt": moment(heard.at),
    }  # fmt: skip
    return _call(line, line.path("inbound"), "sms:received", payload, time.time())


def report(line: Line, sent: Sent, state: str) -> Call | None:
    now = time.time()
    when = {"sent": "sentAt", "delivered": "deliveredAt"}.get(state, "failedAt")
    payload = {"messageId": sent.id, "phoneNumber": sent.to, "simNumber": 1, when: moment(now)}
    if when == "failedAt":
        payload["reason"] = "RESULT_ERROR_GENERIC_FAILURE"
    return _call(line, line.path("status"), EVENTS[state], payload, now)


def take(line: Line, asked: Asked, stopped: Stopped) -> Taken:
    said = json_of(asked)
    to, text = "".join(said.get("phoneNumbers") or [])[:20], (said.get("textMessage") or {}).get("text", "")
    if not NUMBER.fullmatch(to) or not text:
        return None, Answer(400, json.dumps({"message": "invalid request"}))
    sent = Sent(to, text, str(said.get("id") or uuid.uuid4().hex))
    body = {
        "id": sent.id, "deviceId": DEVICE, "state": "Pending", "isHashed": False, "isEncrypted": False,
        "recipients": [{"phoneNumber": to, "state": "Pending"}], "states": {},
    }  # fmt: skip
    return sent, Answer(202, json.dumps(body))


WIRE = Wire(
    mine=lambda asked: asked.path == "/3rdparty/v1/messages",
    knows=lambda line, asked: basic(asked) == f"{line.login['username']}:{line.login['password']}",
    stranger=Answer(401, json.dumps({"message": "Unauthorized"})),
    take=take,
    inbound=inbound,
    report=report,
    again=tuple(min(10.0 * 2**number, 48 * 3600) for number in range(15)),
)
