"""What a gateway that is configured, and not coded, sends us: names or paths of its fields, and how it proves itself.

Options (JSON, no secrets in it):

    {"inbound": {"sender": "msisdn", "text": "text", "id": "messageId", "recipient": "to", "each": "",
                 "part": {"reference": "concat-ref", "number": "concat-part", "total": "concat-total"},
                 "media": "files", "only": {"event": "incoming_message"}},
     "report": {"id": "messageId", "status": "status", "each": "", "sent": ["accepted"], "delivered": ["delivered"],
                "failed": ["failed", "rejected"]},
     "proof": {"kind": "header" | "path" | "field" | "hmac" | "params", "name": "X-Signature", "timestamp": "",
               "oldest": 600}}

``media``: where the addresses of files stand; their hosts are in "media_hosts". ``each``: the path of a list, where one
request holds many. ``proof``: the secret itself in a header, in the address or in a field of the body; "hmac": hex
HMAC-SHA256 over the raw body, and the header ``timestamp`` after it where one is named; "params": hex HMAC-SHA256 over
the sorted fields as "&name=value" (Vonage), the field ``name`` left out.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from grievance.gateways.errors import NoGateway
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Parsed, Part, Report, Text, find, near_in_time, same, value_at

ANSWER = (200, "text/plain", "")
LEAST_SECRET = 16  # characters
PROOFS = frozenset({"header", "path", "field", "hmac", "params"})
OUTCOMES = ("delivered", "failed", "sent")


def check(options: Mapping[str, Any]) -> None:
    """Raises `NoGateway` with the part that is wrong."""
    inbound, proof = options.get("inbound") or {}, options.get("proof") or {}
    if not inbound.get("sender") or not inbound.get("text"):
        raise NoGateway("inbound names the fields of sender and text")
    if proof.get("kind") not in PROOFS:
        raise NoGateway(f"proof is one of {', '.join(sorted(PROOFS))}")
    if proof["kind"] != "path" and not proof.get("name"):
        raise NoGateway("proof names its header or field")


def verify(incoming: Incoming, setup: Setup, at: datetime) -> bool:
    proof = setup.options["proof"]
    if len(setup.secret) < LEAST_SECRET:
        return False
    name = str(proof.get("name", ""))
    match proof["kind"]:
        case "header":
            return same(incoming.headers.get(name.lower(), ""), setup.secret)
        case "path":
            return same(incoming.secret_in_path, setup.secret)
        case "field":
            return same(value_at(tree_of(incoming), name), setup.secret)
        case "hmac":
            return _signed_body(incoming, setup.secret, name, proof, at)
        case "params":
            return _signed_fields(incoming, setup.secret, name, proof, at)
    return False


def _signed_body(incoming: Incoming, secret: str, name: str, proof: Mapping[str, Any], at: datetime) -> bool:
    moment = incoming.headers.get(str(proof["timestamp"]).lower(), "") if proof.get("timestamp") else ""
    signed = hmac.digest(secret.encode(), incoming.body + moment.encode(), hashlib.sha256).hex()
    given = incoming.headers.get(name.lower(), "").lower().removeprefix("sha256=")
    return same(given, signed) and (not proof.get("timestamp") or _recent(moment, proof, at))


def _signed_fields(incoming: Incoming, secret: str, name: str, proof: Mapping[str, Any], at: datetime) -> bool:
    fields = tree_of(incoming)
    if not isinstance(fields, dict):
        return False
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in fields.items()}
    given = texts.pop(name, "").lower()
    whole = "".join(f"&{key}={value.replace('&', '_').replace('=', '_')}" for key, value in sorted(texts.items()))
    signed = hmac.digest(secret.encode(), whole.encode(), hashlib.sha256).hex()
    stamp = str(proof.get("timestamp") or "")
    return same(given, signed) and (not stamp or _recent(texts.get(stamp, ""), proof, at))


def _recent(moment: str, proof: Mapping[str, Any], at: datetime) -> bool:
    if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return False
    oldest = int(proof.get("oldest") or 600)
    return near_in_time(datetime.fromtimestamp(int(moment), UTC), at, seconds=oldest)


def parse(incoming: Incoming, options: Mapping[str, Any]) -> list[Parsed]:
    tree = tree_of(incoming)
    inbound, report = options["inbound"], options.get("report") or {}
    found: list[Parsed] = [
        _text(one, inbound)
        for one in _each(tree, inbound)
        if value_at(one, inbound["sender"]) and _is_meant(one, inbound)
    ]
    if not found and report:
        found = [said for one in _each(tree, report) if (said := _report(one, report)) is not None]
    return found


def _is_meant(tree: Any, inbound: Mapping[str, Any]) -> bool:
    has_words = find(tree, inbound["text"]) is not None
    return has_words and all(value_at(tree, path) == wanted for path, wanted in (inbound.get("only") or {}).items())


def _text(tree: Any, inbound: Mapping[str, Any]) -> Text:
    part = inbound.get("part") or {}
    number, total = (value_at(tree, part.get(name, "")) for name in ("number", "total"))
    parted = number.isdecimal() and total.isdecimal() and int(total) > 1
    return Text(
        sender=value_at(tree, inbound["sender"]),
        recipient=value_at(tree, inbound.get("recipient", "")),
        body=value_at(tree, inbound["text"]),
        provider_id=value_at(tree, inbound.get("id", "")),
        media=tuple(_urls(find(tree, inbound.get("media", "")))),
        part=Part(value_at(tree, part.get("reference", "")), int(number), int(total)) if parted else None,
    )


def _urls(found: Any) -> list[str]:
    """One address of a file, or a list of them."""
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str) and one]


def _report(tree: Any, report: Mapping[str, Any]) -> Report | None:
    status = value_at(tree, report["status"]).lower()
    outcome = next((one for one in OUTCOMES if status in [str(word).lower() for word in report.get(one, [])]), "")
    return Report(value_at(tree, report["id"]), outcome) if outcome else None


def _each(tree: Any, names: Mapping[str, Any]) -> list[Any]:
    if not names.get("each"):
        return [tree]
    many = find(tree, names["each"])
    return many if isinstance(many, list) else []


def tree_of(incoming: Incoming) -> Any:
    """The body as JSON, or as the fields of a form. ValueError for neither."""
    if incoming.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        return json.loads(incoming.body)
    return dict(incoming.form)
