"""Gateways for text messages, one file each: what proves a call, what it says, how a text goes out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from grievance.gateways import africastalking, android, rapidpro, twilio
from grievance.gateways.generic import inbound, outbound
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


def _coded(gateway: Any) -> Kind:
    """A gateway whose wire nobody configures."""

    def read(incoming: Incoming, options: Mapping[str, Any]) -> list[Parsed]:
        found: list[Parsed] = gateway.parse(incoming)
        return found

    return Kind(gateway.verify, read, gateway.send, gateway.ANSWER, gateway.LEAST_SECRET)


def configured_out(options: Mapping[str, Any]) -> outbound.Gateway:
    """How a configured gateway sends. Raises `NoGateway` with the part that is wrong."""
    return outbound.configured(options.get("outbound") or {})


def _send_as_configured(setup: Setup, *, to: str, text: str, uuid: str, timeout: float) -> str:
    """Headers that hold secrets come from the credentials, by their name."""
    out = dict(setup.options.get("outbound") or {})
    out["headers"] = {**(out.get("headers") or {}), **setup.credentials}
    return outbound.send(outbound.configured(out), to=to, text=text, uuid=uuid, timeout=timeout)


KINDS: dict[str, Kind] = {
    "twilio": _coded(twilio),
    "africastalking": _coded(africastalking),
    "android": _coded(android),
    "rapidpro": _coded(rapidpro),
    "generic": Kind(inbound.verify, inbound.parse, _send_as_configured, inbound.ANSWER, inbound.LEAST_SECRET),
}
