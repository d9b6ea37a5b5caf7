"""What a gateway handed over and nobody could parse is a grievance all the same: as it came, for a human to read."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings

from grievance import vault
from grievance.commands.datakeys import make_data_key
from grievance.commands.striking import struck
from grievance.commands.together import insert_together
from grievance.commands.writers import number_of, writer_of
from grievance.gateways.errors import Unparsable
from grievance.gateways.wire import Incoming, read_json, value_at
from grievance.keys import open_contact_json, seal_json
from grievance.models import Arrival, Complainant, Grievance, InboundRequest, TextReceipt
from grievance.questions import western_digits
from grievance.receipts import new_reference
from grievance.rules import STATEMENT_LONGEST
from grievance.talk import STATEMENT

# How gateways call the field with the number of whoever wrote, and what nobody but the gateway and we may know.
SENDERS = frozenset({"from", "sender", "msisdn", "phonenumber", "from_number", "phone", "source", "originator"})
SECRETS = frozenset({"secret", "sig", "signature", "token", "password", "apikey", "api_key", "api-key"})
# Nothing but a number that somebody could be called by; a day is none.
NUMBER_ALONE = re.compile(r"(?!\d{4}-\d\d-\d\d)(?:[a-z]{3,8}:)?\+?[\d ().\-/]{7,40}", re.I)
BETWEEN = r"[ ().\-/]{0,2}"  # the digits of a number
NUMBER = re.compile(rf"\+?\d(?:{BETWEEN}\d){{7,}}")
DIGITS = 7  # a number has so many at least
HIDDEN = "[…]"


class Field(NamedTuple):
    """A field of a call. ``name``: its path without places in lists, "" for a call that cannot be taken apart."""

    name: str
    said: str

    @property
    def called(self) -> str:
        return self.name.rpartition(".")[2].lower()


def opened(request: InboundRequest) -> Incoming:
    """Raises `vault.CannotOpen`."""
    raw = open_contact_json(request.sealed_raw or b"")
    return Incoming("", base64.b64decode(raw["body"]), raw["headers"])


def keep_as_it_came(request: InboundRequest, said: Any = None, *, at: datetime) -> bool:
    """Make a grievance of it, in the transaction of the caller. ``said``: one item of it, taken apart; None for the
    whole. False where there is nothing in it, or it does not open.

    An officer reads it: without what proves a call, and without the number of whoever wrote.
    """
    try:
        incoming = opened(request)
    except (vault.CannotOpen, ValueError, KeyError):
        return False
    options = request.gateway.options
    fields = _without_proof(_fields(incoming) if said is None else _leaves("", said), incoming, options)
    sender = _sender(fields, options)
    shown = [(field.name, _without_number(field, sender, options)) for field in fields if field.said.strip()]
    words = "\n".join(f"{name}: {text}" if name else text for name, text in shown)
    words = struck(words)[:STATEMENT_LONGEST]
    if not words.strip():
        return False
    filed = _filed(request, words, at)
    if request.grievance_id is None:
        request.grievance = filed
    else:  # another item of the same call
        InboundRequest.objects.create(
            gateway=request.gateway, received_at=request.received_at, state=InboundRequest.State.READ, grievance=filed
        )
    if sender:  # so that they can be answered once somebody has read it
        writer = writer_of(request.gateway, sender, at=request.received_at)
        TextReceipt.objects.create(grievance=filed, writer=writer, reference=new_reference())
    return True


def _without_proof(fields: Iterable[Field], incoming: Incoming, options: Mapping[str, Any]) -> list[Field]:
    """Known by its name, or by its value wherever that stands."""
    proof = options.get("proof") or {}
    known = _value_of(incoming, str(proof.get("name", ""))) if proof.get("kind") in {"field", "params"} else ""
    return [
        Field(field.name, field.said.replace(known, HIDDEN) if known else field.said)
        for field in fields
        if field.called not in SECRETS and not (known and field.said == known)
    ]


def _value_of(incoming: Incoming, path: str) -> str:
    try:
        return value_at(incoming.tree, path)
    except Unparsable:
        return ""


def _path(options: Mapping[str, Any], name: str) -> str:
    """Where the office says that it stands, as fields are named."""
    steps = str((options.get("inbound") or {}).get(name) or "").split(".")
    return ".".join(step for step in steps if not step.isdecimal())


def _sender(fields: Iterable[Field], options: Mapping[str, Any]) -> str:
    """The number in the field where it belongs, or in one that some gateway calls so; "" for none."""
    path = _path(options, "sender")
    said = [field for field in fields if field.said.strip() and (field.name == path or field.called in SENDERS)]
    said.sort(key=lambda field: field.name != path)
    return said[0].said.strip() if said else ""


def _without_number(field: Field, sender: str, options: Mapping[str, Any]) -> str:
    """Words stay as they were written, but for the number of whoever wrote them. A field that is a number, and every
    number in what cannot be taken apart, may be theirs."""
    if not field.name:
        return NUMBER.sub(HIDDEN, field.said)
    if field.said.strip() == sender:
        return HIDDEN
    if field.name != _path(options, "text") and NUMBER_ALONE.fullmatch(field.said.strip()):
        return HIDDEN
    return _without(field.said, sender, str(options.get("country") or ""))


def _without(words: str, sender: str, country: str) -> str:
    """However it is written: with its country or without, in any script's digits, with any signs between them."""
    number, is_one = number_of(sender, country)
    digits = vault.national_of(number) if is_one else "".join(filter(str.isdecimal, western_digits(sender)))
    if len(digits) < DIGITS:
        return words
    core = BETWEEN.join(digits)
    found = re.finditer(rf"(?<!\d)[(+]*(?:\d{BETWEEN}){{0,5}}{core}(?!\d)", western_digits(words))
    for start, end in reversed([match.span() for match in found]):
        words = words[:start] + HIDDEN + words[end:]
    return words


def _filed(request: InboundRequest, words: str, at: datetime) -> Grievance:
    key, data_key = make_data_key(at=at)
    spoken = str(request.gateway.options.get("language") or "")
    grievance = Grievance.objects.create(
        channel=Grievance.Channel.SMS,
        language=spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        families=[],
        as_it_came=True,
        openness=Grievance.Openness.ANONYMOUS,
        received_at=request.received_at,
        key=key,
        sealed_statement=seal_json(data_key, {STATEMENT: words, "place": ""}, STATEMENT),
    )
    insert_together(Complainant(grievance=grievance), Arrival(kind=Arrival.Kind.GRIEVANCE, grievance=grievance, at=at))
    return grievance


def _fields(incoming: Incoming) -> Iterator[Field]:
    """Each field with its name, as far as anything of it can be told apart; else the whole, without a name."""
    try:
        leaves = list(_leaves("", read_json(incoming.body)))
    except (Unparsable, RecursionError):  # it is no JSON
        yield from _typed(incoming)
    else:
        yield from leaves


def _typed(incoming: Incoming) -> Iterator[Field]:
    try:
        form = [Field(name, said.replace("\0", "")) for name, said in incoming.form]
    except Unparsable:
        form = []
    if any(field.said.strip() for field in form):
        yield from form
    else:
        yield Field("", incoming.body.decode("utf-8", "replace").replace("\0", ""))


def _leaves(path: str, tree: Any) -> Iterator[Field]:
    if isinstance(tree, Mapping):
        for name, branch in tree.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _leaves(path, branch)
    elif tree is not None:
        yield Field(path, str(tree).replace("\0", ""))
