"""Making data keys and wrapping them; the key itself is stored nowhere."""

from datetime import datetime

from grievance import vault
from grievance.keys import RING
from grievance.models import DataKey, KeyWrap


def make_data_key(*, at: datetime, wrap_key: bytes | None = None) -> tuple[DataKey, bytes]:
    """A new data key of 32 bytes, wrapped for the office; and for a receipt, where ``wrap_key`` is the second half of
    `receipts.stretch`."""
    data_key = vault.new_data_key()
    row = DataKey.objects.create(made_at=at)
    wraps = [KeyWrap(key=row, holder=KeyWrap.Holder.OFFICE, body=vault.seal_for_office(RING, data_key))]
    if wrap_key is not None:
        salt = vault.new_salt()
        body = vault.wrap_under_receipt(wrap_key, salt, data_key)
        wraps.append(KeyWrap(key=row, holder=KeyWrap.Holder.RECEIPT, salt=salt, body=body))
    KeyWrap.objects.bulk_create(wraps)
    return row, data_key
