"""Making the copies that officers see: decoded and stripped in a child process without keys."""

from datetime import datetime

from django.db import transaction

from accounts.errors import Refused
from grievance import vault
from grievance.commands.files import KEY, LABEL, store_chunks
from grievance.keys import data_key_for_office, seal_json
from grievance.models import Attachment, SealedFile
from grievance.queries import open_file
from grievance.rules import TRIES_MOST
from grievance.stripping import CannotStrip, strip_image


def strip_waiting(*, at: datetime, limit: int = 5) -> int:
    """Make the copies of the oldest waiting pictures, found by state. Returns how many were tried.

    Decoding runs outside any transaction: it may take seconds, and the table must not be locked for it.
    """
    waiting = Attachment.objects.filter(state=Attachment.State.WAITING).select_related("grievance", "original")
    tried = list(waiting.order_by("tries", "pk")[:limit])
    errors = []
    for attachment in tried:
        try:
            _strip(attachment, at)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next picture must not wait for it
            _failed(attachment)
            errors.append(error)
    if errors:
        raise ExceptionGroup("pictures", errors)
    return len(tried)


def _strip(attachment: Attachment, at: datetime) -> None:
    try:
        data_key = data_key_for_office(attachment.grievance.key_id)
        copy = strip_image(b"".join(open_file(attachment.original, data_key))).body
    except (CannotStrip, vault.CannotOpen, Refused):  # no picture, tampered with, or erased
        _settle(attachment, None, b"", at)
    else:
        _settle(attachment, copy, data_key, at)


def _failed(attachment: Attachment) -> None:
    """It goes behind those that were not tried; after a few tries it counts as one that cannot be opened."""
    attachment.tries += 1
    if attachment.tries >= TRIES_MOST:
        attachment.state = Attachment.State.UNREADABLE
    attachment.save(update_fields=["tries", "state"])


@transaction.atomic
def _settle(attachment: Attachment, copy: bytes | None, data_key: bytes, at: datetime) -> None:
    row = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if row.state != Attachment.State.WAITING:  # another worker was quicker
        return
    if copy is None:
        row.state = Attachment.State.UNREADABLE
    else:
        row.copy = _store_copy(copy, data_key, at)
        row.state = Attachment.State.SHOWN
    row.save(update_fields=["copy", "state"])


def _store_copy(copy: bytes, data_key: bytes, at: datetime) -> SealedFile:
    file_key = vault.FileSealer.new_file_key()
    sealer = vault.FileSealer(file_key)
    file = SealedFile.objects.create(
        kind="image/jpeg",
        size=len(copy),
        sealed_key=vault.seal(data_key, file_key, KEY),
        sealed_name=seal_json(data_key, {"name": "", "digest": ""}, LABEL),
        made_at=at,
    )
    store_chunks(file, [*sealer.push(copy), *sealer.finish()])
    return file
