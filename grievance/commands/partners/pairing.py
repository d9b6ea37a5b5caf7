"""A partner's number by text: paired by a code of its card, and unpaired by a wrong one. A worker does this."""

import re
from datetime import datetime

from grievance import coded, receipts
from grievance.codes import UnpairedBecause
from grievance.keys import RING
from grievance.keywords import folded
from grievance.models import PartnerCode, PartnerNumber, Writer

# "P 1234 5678 9012" with any separators, and as forgiving as the phone: the letter, then what looks like a code.
_PAIRS = re.compile(r"p[\s!\-,:#;.]*(\d[\d\s!\-,:#;.]*)", re.DOTALL)
_FORM = re.compile("[gｇ][rｒ][vｖ]", re.IGNORECASE)  # where a form may begin, also as wide letters
DIGITS_LEAST = 8  # fewer are no code that was typed wrongly, but words that begin with this letter


def reads_as_code(words: str) -> str | None:
    """What stands behind the letter where a text says nothing but a code, however wrong; None for any other text."""
    found = _PAIRS.fullmatch(folded(words).strip())
    if found is None:
        return None
    digits = sum(sign.isdigit() for sign in found.group(1))
    return found.group(1) if DIGITS_LEAST <= digits <= receipts.CARD_DIGITS + 4 else None


def code_before_form(words: str) -> tuple[str, str]:
    """A code of a card, however wrong, and the form behind it in the same text; ("", "") for any other text."""
    found = _FORM.search(words)
    if found is None or not found.start() or reads_as_code(words[: found.start()]) is None:
        return "", ""
    form = words[found.start() :]
    return (words[: found.start()], form) if coded.read(form, "en") is not None else ("", "")


def partner_of(writer: Writer) -> PartnerNumber | None:
    """The pairing that holds now, with its partner; a caller id alone is not proof of anything more."""
    return PartnerNumber.objects.running().filter(writer=writer).select_related("partner").first()


def once_partner_of(writer: Writer) -> PartnerNumber | None:
    """The pairing that a wrong code ended, if it was the last one: what comes now is kept as unverified."""
    last = PartnerNumber.objects.filter(writer=writer).select_related("partner").order_by("-pk").first()
    if last is None or last.ended_because != UnpairedBecause.WRONG_CODE or last.partner.ended_at is not None:
        return None
    return last


def is_unused(words: str) -> bool:
    """Does a text say nothing but a code that would pair a number now?"""
    typed = reads_as_code(words)
    return typed is not None and _unused(typed) is not None


def heed_code(writer: Writer, words: str, at: datetime) -> PartnerNumber | bool | None:
    """Where a text is a code of a card: the new pairing, or False for a wrong one, which ends the pairing of this
    number and nothing else. None: the text is something else. Runs in the transaction in which it is heard."""
    typed = reads_as_code(words)
    if typed is None or not (_may_be(typed) or PartnerNumber.objects.filter(writer=writer).exists()):
        return None  # of a stranger's number it is what they wanted to say
    code = _unused(typed)
    if code is None:
        _unpair(writer, UnpairedBecause.WRONG_CODE, at)
        return False
    _unpair(writer, UnpairedBecause.TAKEN, at)
    code.used_at = at
    code.save(update_fields=["used_at"])
    return PartnerNumber.objects.create(partner=code.card.partner, writer=writer, code=code, paired_at=at)


def _may_be(typed: str) -> bool:
    """As long as a code is."""
    return sum(sign.isdigit() for sign in typed) == receipts.CARD_DIGITS


def _unused(typed: str) -> PartnerCode | None:
    digits = receipts.read_card_code(typed)
    if digits is None:
        return None
    lookup = receipts.stretch_card_code(digits, RING.office_public)
    rows = PartnerCode.objects.select_for_update(of=("self",)).select_related("card__partner")
    return rows.filter(lookup=lookup, used_at=None, card__ended_at=None, card__partner__ended_at=None).first()


def _unpair(writer: Writer, because: UnpairedBecause, at: datetime) -> None:
    PartnerNumber.objects.filter(writer=writer, ended_at=None).update(ended_at=at, ended_because=because)
