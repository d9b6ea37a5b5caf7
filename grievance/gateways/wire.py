"""What goes over the wire between us and any gateway: an incoming request as it came, and one POST out."""

import hmac
import http.client
import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from grievance.gateways.errors import GatewayError, Unparsable

MOST_BYTES = 64 * 1024
MOST_FIELDS = 1000  # of a form: a gateway names a few dozen
# Seconds for which a signed call is taken. Without a network, or while we are down, gateways repeat for a day and more:
# what comes twice is told apart by its id, what is refused would be lost.
OLDEST = 48 * 3600
PARTS_MOST = 255  # a part says its place in one byte (3GPP TS 23.040)
# Half of a pair of surrogates, which is no sign and cannot be written down; whole pairs and all else behind a backslash
# are looked at so that they stay as they are.
PAIRS = re.compile(
    r"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(\\u[dD][89a-fA-F][\da-fA-F]{2})|\\.", re.A
)
# Statuses that say something about this text or this number; any other 4xx is about us, and may be mended.
FOR_GOOD = frozenset({400, 410, 413, 422})


@dataclass(frozen=True)
class Incoming:
    """A request to a webhook as it came. ``url``: the address by which the gateway called us, in front of any proxy;
    ``headers``: names in lower case; ``secret_in_path``: the part of the address that nobody else knows, or ""."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_in_path: str = ""

    @property
    def form(self) -> list[tuple[str, str]]:
        """Raises `Unparsable` for more fields than any gateway has."""
        text = self.body.decode("utf-8", "replace")
        try:
            return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise Unparsable("fields") from None

    @property
    def tree(self) -> Any:
        """The body as JSON, or as the fields of a form. Raises `Unparsable`."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return read_json(self.body) if kind == "application/json" or kind.endswith("+json") else dict(self.form)


def read_json(body: bytes) -> Any:
    """What gateways call JSON: bytes and halves of signs that are no text are U+FFFD from here on, so that whatever was
    read can be written. Raises `Unparsable`, also for what is nested too deeply or counts too high."""
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        return json.loads(PAIRS.sub(lambda found: "\\ufffd" if found[1] else found[0], text))
    except (ValueError, RecursionError):
        raise Unparsable("json") from None


@dataclass(frozen=True)
class Part:
    """One part of a long text: which text, which part of how many."""

    reference: str
    number: int
    total: int


@dataclass(frozen=True)
class Text:
    """A text that came in. ``provider_id``: how the gateway calls it, "" where its ids are not to be relied on;
    ``twin``: what makes two deliveries of one text alike where there is no id."""

    sender: str
    recipient: str
    body: str
    provider_id: str = ""
    twin: tuple[str, ...] = ()
    part: Part | None = None
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What became of a text that went out. ``outcome``: "sent", "delivered" or "failed", "" for a word that we do not
    know; ``stopped``: they told their network that they want no more; ``said``: as `Unread` has it."""

    provider_id: str
    outcome: str
    stopped: bool = False
    said: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Unread:
    """A call, or one item of it, in which nothing stands where it belongs: a person reads it as it came. ``said``: the
    item, taken apart; None for the whole call."""

    said: Any = field(default=None, repr=False)


# Nothing at all is parsed of a call only where we know by its name that nobody's words are in it.
Parsed = Text | Report | Unread


def same(given: str, expected: str) -> bool:
    """In constant time; nothing equals an empty secret."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def near_in_time(moment: datetime, at: datetime, *, seconds: int) -> bool:
    return abs((at - moment).total_seconds()) <= seconds


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def post(
    url: str,
    data: bytes,
    headers: Mapping[str, str],
    timeout: float,
    *,
    method: str = "POST",
    means: Callable[[int, bytes], GatewayError] = lambda status, _body: refused(status),
) -> bytes:
    """POST, or another ``method``, and give the answer. Raises `GatewayError`; ``means``: what a status of 300 or more
    says, with its body.

    Redirects are not followed: the number and the words would go to a place that nobody configured.
    """
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked when the gateway was configured
        url, data=data, headers={"Accept": "*/*", "User-Agent": "Recourse", **headers}, method=method
    )
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),  # numbers take no way that the environment happens to name
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        _NoRedirect,
    )
    try:
        with opener.open(request, timeout=timeout) as response:
            body: bytes = response.read(MOST_BYTES)
            if response.length and len(body) < MOST_BYTES:  # a bounded read does not say so itself
                raise http.client.IncompleteRead(body, response.length)
            return body
    except urllib.error.HTTPError as error:
        with error:
            raise means(error.code, _rest(error)) from None
    except urllib.error.URLError as error:  # while connecting or writing: not taken
        raise GatewayError("timeout" if isinstance(error.reason, TimeoutError) else "connection") from None
    except TimeoutError:
        raise GatewayError("no_answer", unknown=True) from None
    except (http.client.HTTPException, OSError):
        raise GatewayError("half_answer", unknown=True) from None


def _rest(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(MOST_BYTES)
    except (http.client.HTTPException, OSError):
        return b""


def refused(status: int) -> GatewayError:
    if 300 <= status < 400:
        return GatewayError("redirect")
    return GatewayError(str(status), permanent=status in FOR_GOOD)


def value_at(tree: Any, path: str) -> str:
    """The value at a path such as "messages.0.id", as text; "" where there is none."""
    found = find(tree, path)
    if found is None:
        return ""
    return found if isinstance(found, str) else json.dumps(found)


def said_at(tree: Any, path: str) -> str | None:
    """Likewise, but None where neither a text nor a number stands there."""
    found = find(tree, path)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return json.dumps(found)
    return found if isinstance(found, str) else None


def find(tree: Any, path: str) -> Any:
    """What stands at a path, None for nothing. A name with a dot in it, as it stands, comes before a path."""
    if not path:
        return None
    if isinstance(tree, dict) and path in tree:
        return tree[path]
    for step in path.split("."):
        if isinstance(tree, list) and step.isdecimal() and int(step) < len(tree):
            tree = tree[int(step)]
        elif isinstance(tree, dict) and step in tree:
            tree = tree[step]
        else:
            return None
    return tree
