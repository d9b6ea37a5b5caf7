"""What a gateway that is configured, and not coded, sends us: names or paths of its fields, and how it proves itself.

Options (JSON, no secrets in it):

    {"inbound": {"sender": "msisdn", "text": "text", "id": "messageId", "recipient": "to", "each": "",
                 "part": {"reference": "concat-ref", "number": "concat-part", "total": "concat-total"},
                 "media": "files", "only": {"event": "incoming_message"}, "text_hex": "", "encoding": ""},
     "ignore": {"event": ["contact_update"]},
     "report": {"id": "messageId", "status": "status", "each": "", "sent": ["accepted"], "delivered": ["delivered"],
                "failed": ["failed", "rejected"]},
     "proof": {"kind": "header" | "path" | "field" | "hmac" | "params", "name": "X-Signature", "timestamp": "",
               "oldest": 172800}}

`shape` says what each may be. ``media``: where the addresses of files stand; their hosts are in "media_hosts".
``each``: the path of a list, where one request holds many. ``ignore``: fields, and the words in them by which we know a
call without anybody's words; whatever else is neither a text nor a report is for a person to read. ``text_hex``: where
the same text stands as UCS-2 in hex, beside one whose letters got lost; ``encoding``: "base64" where some texts come so
(nothing in a call marks them: what does not turn out to be words is taken as it stands).

``proof``: the secret itself in a header, in the address or in a field of the body; "hmac": hex HMAC-SHA256 over the raw
body, and the header ``timestamp`` after it where one is named; "params": hex HMAC-SHA256 over the sorted fields as
"&name=value" (Vonage), the field ``name`` left out.
"""

import base64
import codecs
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from grievance.gateways.errors import Unparsable
from grievance.gateways.setup import Setup
from grievance.gateways.wire import (
    OLDEST,
    PARTS_MOST,
    Incoming,
    Parsed,
    Part,
    Report,
    Text,
    Unread,
    find,
    near_in_time,
    said_at,
    same,
    value_at,
)

ANSWER = (200, "text/plain", "")
LEAST_SECRET = 16  # characters
OUTCOMES = ("delivered", "failed", "sent")
LONGEST_TO_PROVE = 256 * 1024  # bytes that are taken apart while anybody may have sent them


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
            return same(value_at(_unproven(incoming), name), setup.secret)
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
    fields = _unproven(incoming)
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
    oldest = int(proof.get("oldest") or OLDEST)
    return near_in_time(datetime.fromtimestamp(int(moment), UTC), at, seconds=oldest)


def _unproven(incoming: Incoming) -> Any:
    """The fields of a call that nobody has proven yet. Raises `Unparsable`."""
    if len(incoming.body) > LONGEST_TO_PROVE:
        raise Unparsable("long")
    return incoming.tree


def parse(incoming: Incoming, options: Mapping[str, Any]) -> list[Parsed]:
    """Each item is a text, ignored by its name, a report, or a person reads it."""
    tree = incoming.tree
    inbound, report, ignore = (options.get(name) or {} for name in ("inbound", "report", "ignore"))
    found: list[Parsed] = []
    for one in _items(tree, inbound.get("each"), report.get("each")):
        if text := _text(one, inbound):
            found.append(text)
        elif not _is_ignored(one, ignore) and not _is_ignored(tree, ignore):
            found.append(_report(one, report) or Unread(None if one is tree else one))
    return found


def _items(tree: Any, *paths: str | None) -> list[Any]:
    """Those of the lists that are named; where none is there, the whole, or each of a list."""
    found = [find(tree, path) for path in dict.fromkeys(paths) if path]
    items = [one for many in found if many is not None for one in (many if isinstance(many, list) else [many])]
    return items or (tree if isinstance(tree, list) and tree else [tree])


def _is_ignored(tree: Any, ignore: Mapping[str, Any]) -> bool:
    return any(said_at(tree, path) in words for path, words in ignore.items())


def _text(tree: Any, inbound: Mapping[str, Any]) -> Text | None:
    sender, words = (said_at(tree, inbound["sender"]) or "").strip(), _words(tree, inbound)
    files = tuple(_urls(find(tree, inbound.get("media", ""))))
    meant = all(value_at(tree, path) == wanted for path, wanted in (inbound.get("only") or {}).items())
    if not sender or not meant or (words is None and not files):
        return None
    return Text(
        sender=sender,
        recipient=value_at(tree, inbound.get("recipient", "")),
        body=words or "",
        provider_id=value_at(tree, inbound.get("id", "")),
        media=files,
        part=_part(tree, inbound.get("part") or {}),
    )


def _words(tree: Any, inbound: Mapping[str, Any]) -> str | None:
    """What does not turn out to be encoded is taken as it stands."""
    plain, raw = said_at(tree, inbound["text"]), said_at(tree, inbound.get("text_hex", ""))
    try:
        if raw:
            return bytes.fromhex(raw).decode("utf-16-be")
        if plain and inbound.get("encoding") == "base64":
            return _from_base64(plain)
    except ValueError:
        return raw if plain is None else plain
    return plain


def _from_base64(plain: str) -> str:
    """ValueError for what is none; the last sign may be cut off."""
    raw = base64.b64decode("".join(plain.split()), validate=True)
    words = codecs.getincrementaldecoder("utf-8")().decode(raw)
    if not "".join(words.split()).isprintable():
        raise ValueError("no words")
    return words


def _part(tree: Any, names: Mapping[str, Any]) -> Part | None:
    number, total = (value_at(tree, names.get(name, "")) for name in ("number", "total"))
    if not all(one.isdecimal() and len(one) < 4 for one in (number, total)):
        return None
    if not 1 <= int(number) <= int(total) <= PARTS_MOST or int(total) == 1:
        return None
    return Part(value_at(tree, names.get("reference", "")), int(number), int(total))


def _urls(found: Any) -> list[str]:
    """One address of a file, or a list of them."""
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str) and one]


def _report(tree: Any, report: Mapping[str, Any]) -> Report | None:
    provider_id, status = (value_at(tree, report.get(name, "")) for name in ("id", "status"))
    if not provider_id or not status:
        return None
    meant = (one for one in OUTCOMES if status.lower() in [str(word).lower() for word in report.get(one, [])])
    return Report(provider_id, next(meant, ""), said=tree)
