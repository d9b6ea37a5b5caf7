"""Coming back with a receipt: a session that only its cookie can open."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from grievance import receipts, vault
from grievance.keys import data_key_by_receipt, receipt_keys
from grievance.models import FollowSession, Grievance, Receipt
from grievance.rules import FOLLOW_IDLE


@dataclass(frozen=True)
class Following:
    """An open follow page: the grievance, the key to its words, and the token that its forms carry."""

    grievance: Grievance
    data_key: bytes
    csrf: str


@transaction.atomic
def open_session(*, receipt: str, at: datetime) -> bytes:
    """Return the 32 random bytes for the cookie. Refuses with ``unknown_receipt``."""
    stretched = receipts.stretch(receipt, receipt_keys()[1])
    row = Receipt.objects.filter(lookup=stretched.lookup).select_related("grievance").first()
    if row is None:
        raise unknown_number()
    try:
        data_key = data_key_by_receipt(row.grievance, stretched.wrap_key)
    except Refused:  # erased at its date: nothing is left to follow
        raise unknown_number() from None
    session_key = vault.new_session_key()
    FollowSession.objects.create(
        key_hash=vault.session_hash(session_key),
        grievance=row.grievance,
        sealed_key=vault.seal_under_session(session_key, data_key),
        expires_at=at + FOLLOW_IDLE,
    )
    return session_key


def unknown_number() -> Refused:
    """The same for a number, a code, and one that opens nothing any more."""
    # Made anew each time: an exception that lives on keeps the frames it passed through, and the receipt in them.
    return Refused("unknown_receipt", _("We do not find this number. Please compare it with your paper."))


def resume(*, session_key: bytes, at: datetime) -> Following:
    """Open the page again and push its end 20 minutes ahead. Refuses with ``session_over``."""
    row = (
        FollowSession.objects.filter(key_hash=vault.session_hash(session_key), expires_at__gt=at)
        .select_related("grievance")
        .first()
    )
    if row is None:
        raise Refused("session_over", _("Your page was closed to protect you. Please enter your number again."))
    # A write a minute is enough to keep it open; every click would be one write too many.
    if row.expires_at - at < FOLLOW_IDLE - timedelta(minutes=1):
        FollowSession.objects.filter(pk=row.pk).update(expires_at=at + FOLLOW_IDLE)
    csrf = hmac.digest(session_key, b"follow form", "sha256").hex()
    return Following(row.grievance, vault.open_under_session(session_key, bytes(row.sealed_key)), csrf)


def end_session(*, session_key: bytes) -> None:
    FollowSession.objects.filter(key_hash=vault.session_hash(session_key)).delete()
