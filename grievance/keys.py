"""From a row of wrapped keys to the data key, for whoever this process may be."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from grievance import receipts, vault
from grievance.models import Grievance, KeyWrap

RING: vault.Keys = settings.KEYS


def receipt_keys() -> tuple[bytes, bytes]:
    """The receipt key and the receipt pepper; only processes that face the public hold them."""
    if RING.receipt_key is None or RING.receipt_pepper is None:
        raise vault.CannotOpen("no_receipt_key")
    return RING.receipt_key, RING.receipt_pepper


def nonce_of(typed: str) -> bytes:
    """The bytes of a form's nonce, which its form has checked already; ValueError otherwise."""
    raw = receipts.read_nonce(typed)
    if raw is None:
        raise ValueError("nonce")
    return raw


def nonce_for(*parts: str) -> str:
    """The nonce of a form that a program names by these parts: named again it is the same form."""
    return receipts.nonce_under(receipt_keys()[0], *parts)


def data_key_by_receipt(grievance: Grievance, wrap_key: bytes) -> bytes:
    """Raises `vault.CannotOpen` for a wrong key; refuses with ``erased`` after erasure."""
    wrap = _wrap(grievance.key_id, KeyWrap.Holder.RECEIPT)
    return vault.unwrap_under_receipt(wrap_key, bytes(wrap.salt), bytes(wrap.body))


def data_key_by_code(grievance: Grievance, wrap_key: bytes) -> bytes:
    """As `data_key_by_receipt`, under a one-time code."""
    wrap = _wrap(grievance.key_id, KeyWrap.Holder.CODE)
    return vault.unwrap_under_receipt(wrap_key, bytes(wrap.salt), bytes(wrap.body))


def data_key_for_office(key_id: int) -> bytes:
    """Office and worker only: the public process holds no private half and raises `vault.CannotOpen`. Refuses with
    ``erased`` after erasure."""
    wrap = _wrap(key_id, KeyWrap.Holder.OFFICE)
    return vault.open_for_office(RING, bytes(wrap.body))


def data_keys_for_office(key_ids: Iterable[int]) -> dict[int, bytes]:
    """As `data_key_for_office`, for many at once, in one query; keys that were erased are missing."""
    wraps = KeyWrap.held_of(set(key_ids), KeyWrap.Holder.OFFICE)
    return {wrap.key_id: vault.open_for_office(RING, bytes(wrap.body)) for wrap in wraps}


def _wrap(key_id: int, holder: KeyWrap.Holder) -> KeyWrap:
    try:
        return KeyWrap.held(key_id, holder)
    except KeyWrap.DoesNotExist:
        raise Refused("erased", _("These words were erased at their date: nobody can open them any more.")) from None


def seal_json(data_key: bytes, value: Any, context: str) -> bytes:
    return vault.seal(data_key, json.dumps(value, ensure_ascii=False).encode(), context.encode())


def open_json(data_key: bytes, sealed: vault.Sealed, context: str) -> Any:
    return json.loads(vault.open_sealed(data_key, bytes(sealed), context.encode()))


def seal_contact(contact: dict[str, str]) -> bytes:
    """Phone, email and safe times, for workers alone to open."""
    return vault.seal_contact(RING, json.dumps(contact, ensure_ascii=False).encode())


def seal_text(data_key: bytes, text: str, context: str) -> bytes:
    return vault.seal(data_key, text.encode(), context.encode())


def open_text(data_key: bytes, sealed: vault.Sealed, context: str) -> str:
    return vault.open_sealed(data_key, bytes(sealed), context.encode()).decode()


def digest(*parts: object) -> bytes:
    """A mark under the phone pepper: a stolen table tells nobody's id, number or words. For workers alone."""
    if RING.phone_pepper is None:
        raise vault.CannotOpen("no_key")
    said = "\0".join(str(part) for part in parts)
    return hmac.digest(RING.phone_pepper, said.encode("utf-8", "surrogatepass"), hashlib.sha256)


def open_contact_json(sealed: vault.Sealed) -> Any:
    """What workers alone open. Raises `vault.CannotOpen`."""
    return json.loads(vault.open_contact(RING, bytes(sealed)))
