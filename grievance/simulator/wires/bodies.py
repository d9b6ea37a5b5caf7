"""What requests of the wires are made of: forms, JSON, logins, numbers."""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from grievance.simulator.lines import Asked

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def form_of(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked.body.decode("utf-8", "replace"), keep_blank_values=True))


def json_of(asked: Asked) -> dict[str, Any]:
    """{} for what is none."""
    try:
        tree = json.loads(asked.body)
    except ValueError:
        return {}
    return tree if isinstance(tree, dict) else {}


def as_form(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def as_json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


def basic(asked: Asked) -> str:
    """The "user:password" of a request, "" without one."""
    scheme, _space, coded = asked.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(coded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
