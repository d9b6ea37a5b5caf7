"""Android SMS Gateway: a partner's own phone, signed over the raw body and a timestamp; its message ids repeat.

Texts are read, one by one where it hands over many; pictures (mms:…) and data (sms:data-received) a person reads.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import (
    OLDEST,
    Incoming,
    Parsed,
    Report,
    Text,
    Unread,
    find,
    near_in_time,
    post,
    read_json,
    said_at,
    same,
    value_at,
)

API = "https://api.sms-gate.app"
ANSWER = (200, "text/plain", "")
LEAST_SECRET = 32  # the app takes any key: a short one is refused here
OUTCOMES = {"sms:sent": "sent", "sms:delivered": "delivered", "sms:failed": "failed", "sms:cancelled": "failed"}
TEXTS = frozenset({"sms:received", "sms:batch:received"})
NOBODYS = frozenset({"system:ping", "app:started"})


def verify(incoming: Incoming, setup: Setup, at: datetime) -> bool:
    moment = incoming.headers.get("x-timestamp", "")
    if len(setup.secret) < LEAST_SECRET or not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return False
    signed = hmac.digest(setup.secret.encode(), incoming.body + moment.encode(), hashlib.sha256).hex()
    recent = near_in_time(datetime.fromtimestamp(int(moment), UTC), at, seconds=OLDEST)
    return same(incoming.headers.get("x-signature", "").lower(), signed) and recent


def parse(incoming: Incoming) -> list[Parsed]:
    tree = read_json(incoming.body)
    event, payload = value_at(tree, "event"), find(tree, "payload")
    if event in NOBODYS:
        return []
    if event in OUTCOMES and value_at(payload, "messageId"):
        return [Report(value_at(payload, "messageId"), OUTCOMES[event])]
    many = find(payload, "messages")
    if isinstance(many, list) and many:
        return [_text(tree, one, event) or Unread(one) for one in many]
    return [_text(tree, payload, event) or Unread()]


def _text(tree: Any, said: Any, event: str) -> Text | None:
    sender = said_at(said, "sender") or said_at(said, "phoneNumber")  # older apps
    body = said_at(said, "message")
    if event not in TEXTS or not sender or body is None:
        return None
    twin = (find(tree, "deviceId"), sender, find(said, "receivedAt"), body, find(said, "simNumber"))
    return Text(sender, said_at(said, "recipient") or "", body, twin=tuple(str(one) for one in twin))


def send(setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str:
    body = {"textMessage": {"text": text}, "phoneNumbers": [to], "withDeliveryReport": True, "id": uuid}
    login = f"{setup.credential('username')}:{setup.credential('password')}"
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + base64.b64encode(login.encode()).decode(),
    }
    answer = post(f"{setup.address(API)}/3rdparty/v1/messages", json.dumps(body).encode(), headers, timeout)
    try:
        return str(json.loads(answer)["id"])
    except (ValueError, KeyError, TypeError):
        raise GatewayError("half_answer", unknown=True) from None
