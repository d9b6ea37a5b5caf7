"""Africa's Talking: a form POST without a signature, so that a long secret stands in its address, out of every log."""

import json
from datetime import datetime
from urllib.parse import urlencode

from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Parsed, Report, Text, Unread, post, same

API = "https://api.africastalking.com"
ANSWER = (200, "text/plain", "")
LEAST_SECRET = 32  # characters: it is all the proof there is
OUTCOMES = {
    "sent": "sent", "submitted": "sent", "buffered": "sent", "success": "delivered", "rejected": "failed",
    "failed": "failed",
}  # fmt: skip
TAKEN = frozenset({100, 101, 102})  # processed, sent, queued
STOPPED = 406
NEVER = frozenset({403, 404, STOPPED})  # no such number, not supported, stopped by its owner


def verify(incoming: Incoming, setup: Setup, at: datetime) -> bool:
    return len(setup.secret) >= LEAST_SECRET and same(incoming.secret_in_path, setup.secret)


def parse(incoming: Incoming) -> list[Parsed]:
    said = dict(incoming.form)
    if said.get("from") and "text" in said:
        return [Text(said["from"], said.get("to", ""), said["text"], said.get("id", ""))]
    if said.get("id") and "status" in said and "text" not in said:
        return [Report(said["id"], OUTCOMES.get(said["status"].lower(), ""))]
    return [Unread()]


def send(setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str:
    fields = {"username": setup.credential("username"), "to": to, "message": text}
    if sender := setup.option("sender"):
        fields["from"] = sender
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
        "apikey": setup.credential("apikey"),
    }
    answer = post(f"{setup.address(API)}/version1/messaging", urlencode(fields).encode(), headers, timeout)
    try:
        taken = json.loads(answer)["SMSMessageData"]["Recipients"][0]
        status, message_id = int(taken["statusCode"]), str(taken["messageId"])
    except (ValueError, KeyError, TypeError, IndexError):
        raise GatewayError("half_answer", unknown=True) from None
    if status not in TAKEN:
        raise GatewayError(str(status), permanent=status in NEVER, stopped=status == STOPPED)
    return message_id
