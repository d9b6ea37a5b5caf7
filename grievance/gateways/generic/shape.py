"""What the options of a configured gateway may be, looked at as a whole before the first call."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from grievance.gateways.errors import NoGateway
from grievance.gateways.wire import OLDEST

PROOFS = frozenset({"header", "path", "field", "hmac", "params"})
# Beside these, what any gateway has: who sends, to where, for how much, in which language.
OWN = frozenset({"inbound", "report", "proof", "ignore", "outbound", "media_hosts"})
ANY = frozenset({"sender", "country", "countries", "language", "daily", "daily_country", "base_url", "status_url"})
PLACES = frozenset({"sender", "text", "id", "recipient", "each", "media", "text_hex"})
WORDS = frozenset({"sent", "delivered", "failed"})


def check(options: Mapping[str, Any]) -> None:
    """Raises `NoGateway` with the part that is wrong."""
    _only(options, "options", OWN | ANY)
    _check_inbound(_object(options, "inbound"))
    _check_report(_object(options, "report"))
    _check_proof(_object(options, "proof"))
    ignore = _object(options, "ignore")
    _each(ignore, "ignore", ignore, _is_words, "a list of texts")
    _each(options, "options", {"media_hosts"}, _is_words, "a list of texts")


def _check_inbound(inbound: Mapping[str, Any]) -> None:
    _only(inbound, "inbound", PLACES | {"part", "only", "encoding"})
    _needs(inbound, "inbound", ("sender", "text"))
    _each(inbound, "inbound", PLACES, _is_text, "a text: the name or path of a field")
    _each(inbound, "inbound", {"encoding"}, lambda said: said in ("", "base64"), '"base64" or nothing')
    part, only = _object(inbound, "part"), _object(inbound, "only")
    if part:
        _only(part, "inbound.part", {"reference", "number", "total"})
        _needs(part, "inbound.part", ("reference", "number", "total"))
    _each(part, "inbound.part", part, _is_text, "a text: the name or path of a field")
    _each(only, "inbound.only", only, _is_text, "a text: what stands in that field")


def _check_report(report: Mapping[str, Any]) -> None:
    if report:
        _only(report, "report", WORDS | {"id", "status", "each"})
        _needs(report, "report", ("id", "status"))
    _each(report, "report", {"id", "status", "each"}, _is_text, "a text: the name or path of a field")
    _each(report, "report", WORDS, _is_words, "a list of texts")


def _check_proof(proof: Mapping[str, Any]) -> None:
    _only(proof, "proof", {"kind", "name", "timestamp", "oldest"})
    if proof.get("kind") not in PROOFS:
        raise NoGateway(f"proof.kind is one of {', '.join(sorted(PROOFS))}")
    _each(proof, "proof", {"name", "timestamp"}, _is_text, "a text: the name of a header or field")
    if proof["kind"] != "path":
        _needs(proof, "proof", ("name",))
    _each(proof, "proof", {"oldest"}, _is_seconds, f"a number of seconds from 1 to {OLDEST}")


def _object(options: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = options.get(name)
    if found is not None and not isinstance(found, Mapping):
        raise NoGateway(f"{name} is an object")
    return found or {}


def _only(said: Mapping[str, Any], where: str, known: Iterable[str]) -> None:
    if unknown := set(said) - set(known):
        raise NoGateway(f"{where} has unknown parts: {', '.join(sorted(map(str, unknown)))}")


def _needs(said: Mapping[str, Any], where: str, names: Iterable[str]) -> None:
    if missing := [name for name in names if not said.get(name)]:
        raise NoGateway(f"{where} names {' and '.join(missing)}")


def _each(
    said: Mapping[str, Any], where: str, names: Iterable[str], holds: Callable[[Any], bool], otherwise: str
) -> None:
    for name in sorted(names):
        if name in said and not holds(said[name]):
            raise NoGateway(f"{where}.{name} is {otherwise}")


def _is_text(said: Any) -> bool:
    return isinstance(said, str)


def _is_words(said: Any) -> bool:
    return isinstance(said, list) and all(isinstance(one, str) for one in said)


def _is_seconds(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and 1 <= said <= OLDEST
