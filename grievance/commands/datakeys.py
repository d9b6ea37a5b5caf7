"""Making data keys and wrapping them; the key itself is stored nowhere."""

from datetime import datetime

from grievance import vault
from grievance.keys import RING
from grievance.models import DataKey, KeyWrap


def make_data_key(*, at: datetime) -> tuple[DataKey, bytes]:
    """A new data key of 32 bytes, wrapped for the office."""
    row, data_key = DataKey.objects.create(made_at=at), vault.new_data_key()
    office_wrap(row, data_key).save(force_insert=True)
    return row, data_key


def office_wrap(row: DataKey, data_key: bytes) -> KeyWrap:
    """Not saved yet, like `receipt_wrap`: whoever makes a key writes its wraps in the same transaction."""
    return KeyWrap(key=row, holder=KeyWrap.Holder.OFFICE, body=vault.seal_for_office(RING, data_key))


def receipt_wrap(row: DataKey, data_key: bytes, wrap_key: bytes) -> KeyWrap:
    """``wrap_key`` is the second half of `receipts.stretch`."""
    return KeyWrap(key=row, holder=KeyWrap.Holder.RECEIPT, **_under(wrap_key, data_key))


def wrap_anew(*, key_id: int, holder: KeyWrap.Holder, data_key: bytes, wrap_key: bytes) -> None:
    """In place of what this holder had, if anything."""
    KeyWrap.objects.update_or_create(key_id=key_id, holder=holder, defaults=_under(wrap_key, data_key))


def _under(wrap_key: bytes, data_key: bytes) -> dict[str, bytes]:
    salt = vault.new_salt()
    return {"salt": salt, "body": vault.wrap_under_receipt(wrap_key, salt, data_key)}
