"""A lost number, as the public process has it: it seals what somebody asks for, and takes the code that came of it.

Whose contact it is, and whether it is anybody's, only a worker finds out (`recovering`).
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.errors import Refused
from grievance import receipts, vault
from grievance.commands.datakeys import wrap_anew
from grievance.commands.following import Following, unknown_number
from grievance.keys import RING, data_key_by_code, nonce_of, receipt_keys, seal_contact
from grievance.models import FollowSession, Grievance, KeyWrap, Receipt, Recovery, Reply
from grievance.rules import CODE_LIVES

OPEN = (Recovery.State.WAITING, Recovery.State.SENT)


@dataclass(frozen=True)
class Redeemed:
    """The new number, 20 digits; ``again``: the same form had it before, and its answer was lost on the way."""

    grievance: Grievance
    receipt: str
    again: bool


def ask(*, contact: str, language: str, at: datetime) -> None:
    """Somebody lost their number; ``contact`` is the phone number or the address that they say they gave."""
    sealed = seal_contact({"way": "email" if "@" in contact else "sms", "to": contact, "language": language})
    Recovery.objects.create(sealed_request=sealed, asked_at=at, next_at=at)


def redeem(*, code: str, nonce: str, at: datetime) -> Redeemed:
    """A one-time code gives a new number, made from ``nonce``; the old one is dead from this moment, and so are the
    pages that it opened. The same form posted again gives the same number. Refuses with ``unknown_receipt``."""
    stretched, raw = receipts.stretch_code(code, RING.office_public), nonce_of(nonce)
    key, pepper = receipt_keys()
    receipt = receipts.receipt_for(key, raw)
    number = receipts.stretch(receipt, pepper)
    with transaction.atomic():
        row = _sent(stretched.lookup, at)
        grievance = row.grievance
        if grievance is None:
            raise unknown_number()
        # Who filed by text has none yet.
        kept = Receipt.objects.select_for_update().filter(grievance=grievance).first() or Receipt(grievance=grievance)
        again = bytes(kept.nonce_hash) == receipts.nonce_hash(raw)
        if row.state == Recovery.State.USED and again:
            return Redeemed(grievance, receipt, again=True)
        if row.state != Recovery.State.SENT or Receipt.objects.filter(lookup=number.lookup).exists():
            raise unknown_number()
        _replace(kept, _opened(grievance, stretched), raw, number)
        row.state, row.expires_at, row.next_at = Recovery.State.USED, at + CODE_LIVES, at + CODE_LIVES
        row.save(update_fields=["state", "expires_at", "next_at"])
        stop_recoveries(grievances=[grievance.pk])
        return Redeemed(grievance, receipt, again=False)


def _sent(lookup: bytes, at: datetime) -> Recovery:
    rows = Recovery.objects.select_for_update(of=("self",)).select_related("grievance")
    row = rows.filter(lookup=lookup, expires_at__gt=at).first()
    if row is None:
        raise unknown_number()
    return row


def _opened(grievance: Grievance, stretched: receipts.Stretched) -> bytes:
    try:
        return data_key_by_code(grievance, stretched.wrap_key)
    except (Refused, vault.CannotOpen):  # erased, or made anew in between
        raise unknown_number() from None


def _replace(kept: Receipt, data_key: bytes, nonce: bytes, number: receipts.Stretched) -> None:
    key_id = kept.grievance.key_id
    wrap_anew(key_id=key_id, holder=KeyWrap.Holder.RECEIPT, data_key=data_key, wrap_key=number.wrap_key)
    kept.lookup, kept.nonce_hash, kept.written_at = number.lookup, receipts.nonce_hash(nonce), None
    kept.save()
    FollowSession.objects.filter(grievance=kept.grievance).delete()


@transaction.atomic
def stop(*, following: Following) -> bool:
    """The person, who has the number, wants no other. False where nothing was under way."""
    return bool(stop_recoveries(grievances=[following.grievance.pk]))


def stop_recoveries(*, grievances: Collection[int]) -> int:
    """No code goes out for these any more, and none that went out opens anything. Runs in the caller's transaction."""
    rows = list(Recovery.objects.select_for_update().filter(grievance__in=grievances, state__in=OPEN))
    for row in rows:
        call_back(row)
    KeyWrap.objects.filter(key__in=Grievance.objects.filter(pk__in=grievances).values("key"), holder="code").delete()
    ended = Recovery.objects.filter(pk__in=[row.pk for row in rows])
    return ended.update(state=Recovery.State.STOPPED, lookup=None, next_at=None)


def call_back(row: Recovery) -> bool:
    """The text with this code is not sent any more; False where it has gone out. Runs in the caller's transaction."""
    if row.lookup is None:
        return True
    unsent = Reply.objects.filter(message_id=message_id(row)).exclude(state=Reply.State.SENT)
    return bool(unsent.update(state=Reply.State.DEAD, sealed_parcel=None, next_try_at=None))


def message_id(row: Recovery) -> str:
    """Of the text with this row's code: the same at every look, and it says nothing of the row."""
    return hashlib.blake2b(bytes(row.lookup or b""), digest_size=16, person=b"code-reply").hexdigest()
