"""Android SMS Gateway: a partner's own phone, signed over the raw body and a timestamp; its message ids repeat."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Parsed, Report, Text, near_in_time, post, same

API = "https://api.sms-gate.app"
ANSWER = (200, "text/plain", "")
LEAST_SECRET = 32  # the app takes any key: a short one is refused here
# A phone without a network repeats for hours; what comes twice is told apart later, what is refused would be lost.
OLDEST = 48 * 3600
OUTCOMES = {"sms:sent": "sent", "sms:delivered": "delivered", "sms:failed": "failed"}


def verify(incoming: Incoming, setup: Setup, at: datetime) -> bool:
    moment = incoming.headers.get("x-timestamp", "")
    if len(setup.secret) < LEAST_SECRET or not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return False
    signed = hmac.digest(setup.secret.encode(), incoming.body + moment.encode(), hashlib.sha256).hex()
    recent = near_in_time(datetime.fromtimestamp(int(moment), UTC), at, seconds=OLDEST)
    return same(incoming.headers.get("x-signature", "").lower(), signed) and recent


def parse(incoming: Incoming) -> list[Parsed]:
    said: dict[str, Any] = json.loads(incoming.body)
    payload: dict[str, Any] = said["payload"]
    if said.get("event") in OUTCOMES:
        return [Report(str(payload.get("messageId", "")), OUTCOMES[said["event"]])]
    if said.get("event") != "sms:received":
        return []
    sender = str(payload.get("sender") or payload["phoneNumber"])  # older apps
    body = str(payload.get("message", ""))
    twin = (said.get("deviceId"), sender, payload.get("receivedAt"), body, payload.get("simNumber"))
    return [Text(sender, str(payload.get("recipient") or ""), body, twin=tuple(str(one) for one in twin))]


def send(setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str:
    body = {"textMessage": {"text": text}, "phoneNumbers": [to], "withDeliveryReport": True, "id": uuid}
    login = f"{setup.credential('username')}:{setup.credential('password')}"
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + base64.b64encode(login.encode()).decode(),
    }
    answer = post(f"{setup.option('base_url', API)}/3rdparty/v1/messages", json.dumps(body).encode(), headers, timeout)
    try:
        return str(json.loads(answer)["id"])
    except (ValueError, KeyError, TypeError):
        raise GatewayError("half_answer", unknown=True) from None
