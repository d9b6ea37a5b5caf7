"""What a gateway handed over and nobody could parse is a grievance all the same: as it came, for a human to read."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from grievance import vault
from grievance.commands.datakeys import make_data_key
from grievance.commands.striking import struck
from grievance.commands.together import insert_together
from grievance.commands.writers import writer_of
from grievance.gateways.wire import Incoming
from grievance.keys import open_contact_json, seal_json
from grievance.models import Arrival, Complainant, Grievance, InboundRequest, TextReceipt
from grievance.receipts import new_reference
from grievance.rules import STATEMENT_LONGEST
from grievance.talk import STATEMENT

# How gateways call the field with the number of whoever wrote.
SENDERS = frozenset({"from", "sender", "msisdn", "phonenumber", "from_number", "phone", "source", "originator"})
# A telephone number is for workers alone, wherever it stands.
NUMBER = re.compile(r"\+?\d{8,}")
HIDDEN = "[…]"


def opened(request: InboundRequest) -> Incoming:
    """Raises `vault.CannotOpen`."""
    raw = open_contact_json(request.sealed_raw or b"")
    return Incoming("", base64.b64decode(raw["body"]), raw["headers"])


def keep_as_it_came(request: InboundRequest, *, at: datetime) -> bool:
    """Make a grievance of it, in the transaction of the caller; its request is read then. False where there is nothing
    in it, or it does not open."""
    try:
        incoming = opened(request)
    except (vault.CannotOpen, ValueError, KeyError):
        return False
    fields = list(_fields(incoming))
    words = "\n".join(f"{name}: {said}" if name else said for name, said in fields if said.strip())
    words = NUMBER.sub(HIDDEN, struck(words))[:STATEMENT_LONGEST]
    if not words.strip():
        return False
    request.grievance = _filed(request, words, at)
    sender = next((said for name, said in fields if name.rpartition(".")[2].lower() in SENDERS and said), "")
    if sender:  # so that they can be answered once somebody has read it
        writer = writer_of(request.gateway, sender, at=request.received_at)
        TextReceipt.objects.create(grievance=request.grievance, writer=writer, reference=new_reference())
    request.state, request.sealed_raw = InboundRequest.State.READ, None
    return True


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


def _fields(incoming: Incoming) -> Iterator[tuple[str, str]]:
    """Each field with its name, as far as anything of it can be told apart; else the whole, without a name."""
    text = incoming.body.decode("utf-8", "replace").replace("\0", "")
    try:
        leaves = list(_leaves("", json.loads(text)))
    except (ValueError, RecursionError):  # it is no JSON
        yield from _typed(incoming, text)
    else:
        yield from leaves


def _typed(incoming: Incoming, text: str) -> Iterator[tuple[str, str]]:
    form = [(name, said.replace("\0", "")) for name, said in incoming.form]
    if any(said.strip() for _name, said in form):
        yield from form
    else:
        yield "", text


def _leaves(path: str, tree: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tree, Mapping):
        for name, branch in tree.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _leaves(path, branch)
    elif tree is not None:
        yield path, str(tree)
