"""RapidPro and TextIt: a flow calls our webhook with a token of its own; broadcasts carry our texts out."""

import json
from datetime import datetime

from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Parsed, Text, Unread, post, read_json, said_at, same, value_at

API = "https://textit.com"
ANSWER = (200, "application/json", "{}")
LEAST_SECRET = 32


def verify(incoming: Incoming, setup: Setup, at: datetime) -> bool:
    if len(setup.secret) < LEAST_SECRET:
        return False
    return same(incoming.headers.get("authorization", ""), f"Token {setup.secret}")


def parse(incoming: Incoming) -> list[Parsed]:
    tree = read_json(incoming.body)
    sender, words = (said_at(tree, "from") or "").removeprefix("tel:"), said_at(tree, "content")
    if not sender or words is None:
        return [Unread()]
    return [Text(sender, value_at(tree, "to"), words, value_at(tree, "id"))]


def send(setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str:
    body = json.dumps({"urns": [f"tel:{to}"], "text": text}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Token {setup.credential('token')}"}
    answer = post(f"{setup.address(API)}/api/v2/broadcasts.json", body, headers, timeout)
    try:
        return str(json.loads(answer)["id"])
    except (ValueError, KeyError, TypeError):
        raise GatewayError("half_answer", unknown=True) from None
