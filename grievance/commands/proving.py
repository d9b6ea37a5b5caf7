"""Whether a PIN is that of a reference: budgeted by reference, sender and gateway, with one answer and one effort for
whatever was wrong. A number is routing, never proof."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from grievance import vault
from grievance.commands.partners.pairing import once_partner_of, partner_of
from grievance.keys import RING
from grievance.models import Arrival, TextReceipt, Writer, WrongPins
from grievance.rules import (
    PINS_A_GATEWAY,
    PINS_A_REFERENCE,
    PINS_A_WRITER,
    PINS_SHUT,
    PINS_SHUT_MOST,
    PINS_WITHIN,
)

NOBODY = TextReceipt(reference="", salt=bytes(vault.SALT_BYTES))


def prove(writer: Writer, reference: str, pin: str, *, at: datetime) -> TextReceipt | None:
    """The receipt whose PIN this is; None for whatever is wrong, for what nobody chose yet, and while it is shut.

    ``reference`` "": the only one of this phone. Each call costs one Argon2id. Runs in the caller's transaction.
    """
    found = _receipt(writer, reference)
    budgets = [_Budget(WrongPins.objects.select_for_update().filter(writer=writer).first(), PINS_A_WRITER)]
    if found is None or found.writer_id != writer.pk:  # a flood by their gateway shuts nobody out of their own phone
        by_gateway = WrongPins.objects.select_for_update().filter(gateway=writer.gateway).first()
        budgets.append(_Budget(by_gateway, PINS_A_GATEWAY))
    row = found or NOBODY
    digest = vault.pin_digest(RING, bytes(row.salt) or bytes(vault.SALT_BYTES), row.reference, pin)
    matches = hmac.compare_digest(digest, bytes(row.pin or bytes(len(digest))))
    shut = _is_shut(row.shut_until, at) or any(_is_shut(one.until, at) for one in budgets)
    if found is not None and found.pin is not None and matches and not shut:
        found.wrong, found.shut_until = 0, None
        found.save(update_fields=["wrong", "shut_until"])
        return found
    _count(writer, found, budgets, at)
    return None


def speaks_for_themselves(writer: Writer) -> bool:
    """May what comes from this number be the person's own word? A partner's is never, whatever PIN it carries."""
    return partner_of(writer) is None and once_partner_of(writer) is None


@dataclass(frozen=True)
class _Budget:
    row: WrongPins | None
    most: int

    @property
    def until(self) -> datetime | None:
        return self.row.shut_until if self.row else None


def _receipt(writer: Writer, reference: str) -> TextReceipt | None:
    held = TextReceipt.objects.select_for_update(of=("self",)).select_related("grievance")
    if reference:
        return held.filter(reference=reference).first()
    own = list(held.filter(writer=writer).order_by("pk")[:2])
    return own[0] if len(own) == 1 else None


def _is_shut(until: datetime | None, at: datetime) -> bool:
    return until is not None and until > at


def _count(writer: Writer, found: TextReceipt | None, budgets: list[_Budget], at: datetime) -> None:
    """What is shut is not counted: nobody can keep it shut by going on."""
    if found is not None and not _is_shut(found.shut_until, at):
        _count_reference(found, at)
    new = (WrongPins(writer=writer, since=at), WrongPins(gateway=writer.gateway, since=at))
    for budget, first in zip(budgets, new, strict=False):
        row = budget.row or _begun(first)
        if _is_shut(row.shut_until, at):
            continue
        if row.since + PINS_WITHIN <= at:
            row.wrong, row.since = 0, at
        row.wrong += 1
        if row.wrong >= budget.most:
            row.wrong, row.shut_until = 0, at + PINS_SHUT
        row.save()


def _begun(first: WrongPins) -> WrongPins:
    """A counter that nobody had yet; where another began it at this very moment, theirs, and both are counted."""
    WrongPins.objects.bulk_create([first], ignore_conflicts=True)
    return WrongPins.objects.select_for_update().get(writer=first.writer, gateway=first.gateway)


def _count_reference(found: TextReceipt, at: datetime) -> None:
    """Only the right PIN begins anew; each time it is shut for twice as long, and `cases` is told."""
    found.wrong = min(found.wrong + 1, 30_000)
    times, over = divmod(found.wrong, PINS_A_REFERENCE)
    if over == 0:
        found.shut_until = at + min(PINS_SHUT * 2 ** min(times - 1, 10), PINS_SHUT_MOST)
        Arrival.objects.create(kind=Arrival.Kind.GUESSED, grievance=found.grievance, at=at)
    found.save(update_fields=["wrong", "shut_until"])
