"""How a gateway that is configured, and not coded, takes our texts: a POST of JSON or of a form.

Configuration (settings.SMS_GATEWAY, a JSON object):

    {"url": "https://sms.example/v1/send",
     "headers": {"Content-Type": "application/json", "Authorization": "Bearer …"},
     "body": "{\\"to\\": \\"{{to}}\\", \\"text\\": \\"{{text}}\\", \\"ref\\": \\"{{uuid}}\\"}",
     "from": "RECOURSE", "success": {"path": "status", "equals": "queued"}, "id": "messages.0.id", "timeout": 15}

``countries``, ``daily`` and ``daily_country`` say where texts may go and how many segments a day may cost
(`grievance.commands.spending`). ``success`` is optional beside a 2xx answer: {"contains": "OK"} looks in its text.
``id``: path of the provider's id. In the body stand ``{{to}}``, ``{{to_no_plus}}``, ``{{from}}``, ``{{text}}``,
``{{uuid}}``, and ``{{type}}``: "text" where all signs are of GSM 03.38, else "unicode".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from django.conf import settings
from django.core import checks

from grievance.gateways.addresses import checked
from grievance.gateways.errors import GatewayError, NoGateway
from grievance.gateways.wire import post, value_at
from grievance.segments import Coding, segmented

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
NAMES = frozenset({"to", "to_no_plus", "from", "text", "type", "uuid"})
PARTS = frozenset({"url", "headers", "body", "from", "success", "id", "timeout", "countries", "daily", "daily_country"})
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
LONGEST_WAIT = 30.0  # well within the lease of a notice


@dataclass(frozen=True)
class Gateway:
    url: str
    headers: Mapping[str, str]
    body: str
    sender: str = ""
    success_path: str = ""
    success_equals: str = ""
    success_contains: str = ""
    id_path: str = ""
    timeout: float = 15.0
    content_type: str = field(default=FORM)


def configured(settings_of: Mapping[str, Any]) -> Gateway:
    """The gateway that these settings describe. Raises `NoGateway` with the part that is wrong."""
    unknown = set(settings_of) - PARTS
    _must(not unknown, f"unknown parts: {', '.join(sorted(map(str, unknown)))}")
    headers = settings_of.get("headers") or {}
    _must(
        isinstance(headers, Mapping) and all(isinstance(one, str) for pair in headers.items() for one in pair),
        "headers is an object of texts",
    )
    _must(not any("\n" in one or "\r" in one for pair in headers.items() for one in pair), "headers hold a line break")
    success = settings_of.get("success") or {}
    _must(
        isinstance(success, Mapping) and set(success) in ({"path", "equals"}, {"contains"}, set()),
        'success is {"path": …, "equals": …} or {"contains": …}',
    )
    timeout = settings_of.get("timeout", 15)
    _must(isinstance(timeout, int | float) and 0 < timeout <= LONGEST_WAIT, f"timeout is at most {LONGEST_WAIT:.0f} s")
    gateway = Gateway(
        url=_url(settings_of.get("url")),
        headers=dict(headers),
        body=str(settings_of.get("body") or ""),
        sender=str(settings_of.get("from") or ""),
        success_path=str(success.get("path", "")),
        success_equals=str(success.get("equals", "")),
        success_contains=str(success.get("contains", "")),
        id_path=str(settings_of.get("id") or ""),
        timeout=float(timeout),
        content_type=_content_type(headers),
    )
    _check_body(gateway)
    return gateway


def send(gateway: Gateway, *, to: str, text: str, uuid: str, timeout: float | None = None) -> str:
    """Send one text; gives the provider's id, "" where none is configured. Raises `GatewayError`.

    Redirects are not followed: the number and the words would go to a place that nobody configured.
    """
    data = render(gateway, to=to, text=text, uuid=uuid).encode()
    headers = {"Content-Type": gateway.content_type, **gateway.headers}
    return _accepted(gateway, post(gateway.url, data, headers, timeout or gateway.timeout))


def render(gateway: Gateway, *, to: str, text: str, uuid: str) -> str:
    """The body, each value escaped for where it stands; a value that looks like a placeholder stays text."""
    kind = "text" if segmented(text).coding == Coding.GSM else "unicode"  # it costs what was reckoned for it
    values = {
        "to": to, "to_no_plus": to.removeprefix("+"), "from": gateway.sender, "text": text, "type": kind, "uuid": uuid,
    }  # fmt: skip
    escape = _in_json if gateway.content_type == JSON else quote_plus
    return PLACEHOLDER.sub(lambda found: escape(values[found[1]]), gateway.body)


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _accepted(gateway: Gateway, answer: bytes) -> str:
    text = answer.decode(errors="replace")
    if gateway.success_contains and gateway.success_contains not in text:
        raise GatewayError("not_accepted")
    if not gateway.success_path and not gateway.id_path:
        return ""
    try:
        tree = json.loads(text)
    except ValueError:
        # Nothing in it says no, and nothing says yes.
        raise GatewayError("half_answer", unknown=True) from None
    if gateway.success_path and value_at(tree, gateway.success_path) != gateway.success_equals:
        raise GatewayError("not_accepted")
    return value_at(tree, gateway.id_path)[:100] if gateway.id_path else ""


# -- the settings, looked at before anything is sent
def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NoGateway(otherwise)


def _url(value: Any) -> str:
    _must(not PLACEHOLDER.search(str(value)), "url holds a placeholder: a number never stands in an address")
    return checked(value, "url")


def _content_type(headers: Mapping[str, str]) -> str:
    given = next((value for name, value in headers.items() if name.lower() == "content-type"), FORM)
    kind = given.partition(";")[0].strip().lower()
    _must(kind in {JSON, FORM}, f"the content type is {JSON} or {FORM}")
    return kind


def _check_body(gateway: Gateway) -> None:
    used = set(PLACEHOLDER.findall(gateway.body))
    _must(used <= NAMES, f"body knows {', '.join(sorted(NAMES))} as placeholders only")
    _must("text" in used and bool(used & {"to", "to_no_plus"}), "body needs {{text}} and {{to}} or {{to_no_plus}}")
    trial = render(gateway, to="+15550100", text='a "quoted" & \\ line\n', uuid="0")
    if gateway.content_type == FORM:
        _must(bool(parse_qsl(trial)), "body is a form: name={{to}}&…")
        return
    try:
        json.loads(trial)
    except ValueError:
        raise NoGateway("body is not JSON once filled in; placeholders stand inside quotes") from None


@checks.register(checks.Tags.compatibility)
def check_settings(**_: Any) -> list[checks.CheckMessage]:
    """A gateway that cannot work is said at start-up, not at the first text."""
    if not settings.SMS_GATEWAY:
        return []
    try:
        configured(settings.SMS_GATEWAY)
    except NoGateway as error:
        return [checks.Error(f"SMS_GATEWAY: {error}", id="recourse.E001")]
    return []
