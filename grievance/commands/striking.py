"""No PIN stands among words that are kept: neither that of a number in the same text, nor one that this phone chose."""

import hmac
from collections.abc import Sequence

from grievance import comeback, vault
from grievance.keys import RING
from grievance.models import TextReceipt, Writer
from grievance.questions import western_digits

MOST = 4  # numbers, and groups of digits, that are looked at in a text: each pair costs an Argon2id


def struck(words: str, writer: Writer | None = None) -> str:
    """With stars in place of what is a PIN; every other figure stays. Nobody is told whether one was: it is no try."""
    groups = comeback.six_digits(words)[:MOST]
    receipts = _receipts(words, writer) if groups else []
    return comeback.strike(words, [span for span in groups if _opens(words[slice(*span)], receipts)])


def _receipts(words: str, writer: Writer | None) -> list[TextReceipt]:
    chosen = TextReceipt.objects.filter(pin__isnull=False)
    named = chosen.filter(reference__in=comeback.references_in(words)[:MOST])
    own = chosen.filter(writer=writer).order_by("-pk")[:MOST] if writer else []
    return list({receipt.pk: receipt for receipt in [*named, *own]}.values())


def _opens(group: str, receipts: Sequence[TextReceipt]) -> bool:
    pin = "".join(sign for sign in western_digits(group) if sign.isdigit())
    return any(
        hmac.compare_digest(
            vault.pin_digest(RING, bytes(receipt.salt), receipt.reference, pin), bytes(receipt.pin or b"")
        )
        for receipt in receipts
    )
