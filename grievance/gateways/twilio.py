"""Twilio: form POST, signed over the public address and every parameter (Twilio, "Validating Requests").

Twilio may hand a long text over as base64, and no field says so. A guess could turn somebody's words into other ones:
it is kept as it came, and whoever reads it can decode it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Parsed, Report, Text, Unread, post, refused, same

API = "https://api.twilio.com"
ANSWER = (200, "text/xml", "<Response/>")  # one retry only, and then never again: it is answered before it is read
OUTCOMES = {"sent": "sent", "delivered": "delivered", "read": "delivered", "undelivered": "failed", "failed": "failed"}
# What only says that it is on its way.
IN_BETWEEN = frozenset({"accepted", "scheduled", "queued", "sending", "canceled"})
OPTED_OUT = "21610"
FILES = tuple(f"MediaUrl{number}" for number in range(10))  # a message has ten at most
LEAST_SECRET = 32  # characters of an auth token
PORTS = {"https": 443, "http": 80}


def verify(incoming: Incoming, setup: Setup, at: datetime) -> bool:
    if len(setup.secret) < LEAST_SECRET:
        return False
    given = incoming.headers.get("x-twilio-signature", "")
    signatures = [signature(setup.secret, url, incoming.form) for url in _addresses(incoming.url)]
    return any(same(given, one) for one in signatures)


def signature(token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """Base64 of HMAC-SHA1 over the address and, sorted by name, each name with its value."""
    whole = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.digest(token.encode(), whole.encode(), hashlib.sha1)).decode()


def _addresses(url: str) -> list[str]:
    """With and without the port that goes without saying: Twilio signs either."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or PORTS.get(parts.scheme, 443)
    plain = parts._replace(netloc=host).geturl()
    named = parts._replace(netloc=f"{host}:{port}").geturl()
    return [named, plain] if port == PORTS.get(parts.scheme) else [named]


def parse(incoming: Incoming) -> list[Parsed]:
    said = dict(incoming.form)
    files = tuple(said[name] for name in FILES if said.get(name))
    if said.get("From") and ("Body" in said or files):
        return [Text(said["From"], said.get("To", ""), said.get("Body", ""), said.get("MessageSid", ""), media=files)]
    if not said.get("MessageSid") or "MessageStatus" not in said:
        return [Unread()]
    status, stopped = said["MessageStatus"], said.get("ErrorCode") == OPTED_OUT
    if status in IN_BETWEEN and not stopped:
        return []
    return [Report(said["MessageSid"], OUTCOMES.get(status, ""), stopped)]


def send(setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str:
    account, token = setup.credential("account"), setup.credential("token")
    sender = setup.option("sender")
    fields = {"To": to, "Body": text, ("MessagingServiceSid" if sender.startswith("MG") else "From"): sender}
    if callback := setup.option("status_url"):
        fields["StatusCallback"] = callback
    url = f"{setup.address(API)}/2010-04-01/Accounts/{account}/Messages.json"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode(),
    }
    answer = post(url, urlencode(fields).encode(), headers, timeout, means=_means)
    try:
        return str(json.loads(answer)["sid"])
    except (ValueError, KeyError, TypeError):
        raise GatewayError("half_answer", unknown=True) from None


def _means(status: int, body: bytes) -> GatewayError:
    """A refusal says in its body whether they told Twilio that they want no more."""
    try:
        stopped = str(json.loads(body)["code"]) == OPTED_OUT
    except (ValueError, KeyError, TypeError):
        stopped = False
    return GatewayError(OPTED_OUT, permanent=True, stopped=True) if stopped else refused(status)
