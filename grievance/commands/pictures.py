"""Making the copies that people see and hear: stripped of hidden data in a child process without keys."""

from datetime import datetime

from django.db import transaction

from accounts.errors import Refused
from grievance import vault
from grievance.commands.files import KEY, LABEL, store_chunks
from grievance.keys import data_key_for_office, seal_json
from grievance.models import Attachment, SealedFile
from grievance.queries import open_file
from grievance.rules import TRIES_MOST
from grievance.stripping import CannotStrip, Stripped, strip


def strip_waiting(*, at: datetime, limit: int = 5) -> int:
    """Make the copies of the oldest waiting files, found by state. Returns how many were tried.

    Decoding runs outside any transaction: it may take seconds, and the table must not be locked for it.
    """
    waiting = Attachment.objects.filter(state=Attachment.State.WAITING).select_related("grievance", "original")
    tried = list(waiting.order_by("tries", "pk")[:limit])
    errors = []
    for attachment in tried:
        try:
            _strip(attachment, at)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next file must not wait for it
            _failed(attachment)
            errors.append(error)
    if errors:
        raise ExceptionGroup("copies", errors)
    return len(tried)


def _strip(attachment: Attachment, at: datetime) -> None:
    try:
        data_key = data_key_for_office(attachment.grievance.key_id)
        copy = strip(b"".join(open_file(attachment.original, data_key)), attachment.kind.media)
    except (CannotStrip, vault.CannotOpen, Refused):  # nothing to copy, tampered with, or erased
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
def _settle(attachment: Attachment, copy: Stripped | None, data_key: bytes, at: datetime) -> None:
    row = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if row.state != Attachment.State.WAITING:  # another worker was quicker
        return
    if copy is None:
        row.state = Attachment.State.UNREADABLE
    else:
        row.copy = _store_copy(copy, data_key, at)
        row.state = Attachment.State.SHOWN
    row.save(update_fields=["copy", "state"])


def _store_copy(copy: Stripped, data_key: bytes, at: datetime) -> SealedFile:
    file_key = vault.FileSealer.new_file_key()
    sealer = vault.FileSealer(file_key)
    file = SealedFile.objects.create(
        kind=copy.kind,
        size=len(copy.body),
        sealed_key=vault.seal(data_key, file_key, KEY),
        sealed_name=seal_json(data_key, {"digest": ""}, LABEL),
        made_at=at,
    )
    store_chunks(file, [*sealer.push(copy.body), *sealer.finish()])
    return file
