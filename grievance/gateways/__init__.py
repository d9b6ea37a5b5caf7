"""Gateways for text messages, one file each: what proves a call, what it says, how a text goes out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from grievance.gateways import africastalking, android, generic, inbound, rapidpro, twilio
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Incoming, Parsed


class Verify(Protocol):
    def __call__(self, incoming: Incoming, setup: Setup, at: datetime) -> bool: ...


class Send(Protocol):
    def __call__(self, setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str: ...


class Parse(Protocol):
    def __call__(self, incoming: Incoming, options: Mapping[str, Any]) -> list[Parsed]: ...


class Kind(NamedTuple):
    """``answer``: status, type and body of what the gateway wants to hear."""

    verify: Verify
    parse: Parse
    send: Send
    answer: tuple[int, str, str]
    least_secret: int


def _plain(parse: Any) -> Parse:
    """A gateway whose wire nobody configures."""

    def read(incoming: Incoming, options: Mapping[str, Any]) -> list[Parsed]:
        found: list[Parsed] = parse(incoming)
        return found

    return read


def configured_out(options: Mapping[str, Any]) -> generic.Gateway:
    """How a configured gateway sends. Raises `NoGateway` with the part that is wrong."""
    return generic.configured(options.get("outbound") or {})


def _send_as_configured(setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str:
    """Headers that hold secrets come from the credentials, by their name."""
    out = dict(setup.options.get("outbound") or {})
    out["headers"] = {**(out.get("headers") or {}), **setup.credentials}
    return generic.send(generic.configured(out), to=to, text=text, uuid=uuid, timeout=timeout)


KINDS: dict[str, Kind] = {
    "twilio": Kind(twilio.verify, _plain(twilio.parse), twilio.send, twilio.ANSWER, 1),
    "africastalking": Kind(
        africastalking.verify, _plain(africastalking.parse), africastalking.send, africastalking.ANSWER,
        africastalking.LEAST_SECRET,
    ),
    "android": Kind(android.verify, _plain(android.parse), android.send, android.ANSWER, android.LEAST_SECRET),
    "rapidpro": Kind(rapidpro.verify, _plain(rapidpro.parse), rapidpro.send, rapidpro.ANSWER, rapidpro.LEAST_SECRET),
    "generic": Kind(inbound.verify, inbound.parse, _send_as_configured, inbound.ANSWER, inbound.LEAST_SECRET),
}  # fmt: skip
