"""Keeping uploaded files: staged with the page's key for a day, then filed under the grievance's data key."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import OperationalError, transaction

from grievance import receipts, vault
from grievance.keys import nonce_of, open_json, seal_json
from grievance.kinds import stored_kind
from grievance.models import Attachment, FollowSession, Grievance, Message, SealedChunk, SealedFile, StagedFile
from grievance.rules import FILES_MOST, STAGED_FOR
from grievance.uploads import SealedUpload

DISK_FULL = "53100"  # PostgreSQL, appendix A
KEY, LABEL = b"file key", "file label"


def _store(upload: SealedUpload, wrapping_key: bytes, label: dict[str, str], at: datetime) -> SealedFile:
    file = SealedFile.objects.create(
        kind=upload.kind.stored,
        size=upload.size or 0,
        sealed_key=vault.seal(wrapping_key, upload.file_key, KEY),
        sealed_name=seal_json(wrapping_key, label, LABEL),
        made_at=at,
    )
    store_chunks(file, upload.sealed_chunks())
    return file


def store_chunks(file: SealedFile, chunks: Iterable[bytes]) -> None:
    rows = (SealedChunk(file=file, number=number, body=body) for number, body in enumerate(chunks))
    SealedChunk.objects.bulk_create(rows, batch_size=50)


def is_full(error: OperationalError) -> bool:
    """Whether the database had no room for it: the disk is full, or its own limit is reached."""
    cause = error.__cause__
    return (
        getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", "") == DISK_FULL
    )


def leave_out(uploads: Iterable[SealedUpload]) -> None:
    """There is no room for these; the words that they came with are kept without them."""
    for upload in uploads:
        if upload.problem is None:
            upload.refuse("no_room")


def stage(*, nonce: str, uploads: Iterable[SealedUpload], at: datetime) -> None:
    """Keep what can be kept of ``uploads`` for a day, five a form; only the page that holds ``nonce`` opens it."""
    kept = list(uploads)
    try:
        _stage(nonce, kept, at)
    except OperationalError as error:
        if not is_full(error):
            raise
        leave_out(kept)


@transaction.atomic
def _stage(nonce: str, uploads: Iterable[SealedUpload], at: datetime) -> None:
    raw = nonce_of(nonce)
    key = receipts.staging_key(raw)
    held = StagedFile.objects.filter(nonce_hash=receipts.nonce_hash(raw)).count()
    for upload in _good(uploads, FILES_MOST - held):
        file = _store(upload, key, {"name": upload.name or "", "digest": upload.digest}, at)
        StagedFile.objects.create(file=file, nonce_hash=receipts.nonce_hash(raw), expires_at=at + STAGED_FOR)


def _good(uploads: Iterable[SealedUpload], room: int) -> Iterator[SealedUpload]:
    good = (upload for upload in uploads if upload.problem is None)
    return (upload for _place, upload in zip(range(max(room, 0)), good, strict=False))


@transaction.atomic
def unstage(*, nonce: str, ids: Iterable[int], at: datetime) -> None:
    """The person took these files back."""
    staged = StagedFile.objects.filter(nonce_hash=receipts.nonce_hash(nonce_of(nonce)), pk__in=ids)
    SealedFile.objects.filter(staged__in=staged).delete()


def attach(
    *,
    grievance: Grievance,
    data_key: bytes,
    uploads: Iterable[SealedUpload],
    nonce: bytes | None,
    message: Message | None,
    at: datetime,
) -> list[Attachment]:
    """File new and staged files with a grievance, at most five at a time; a file that it has already is left out. From
    here on none has the name that it came with: a name can say who somebody is. What no copy is made of is only kept.

    Runs inside the transaction of whoever files. Returns what was added.
    """
    new = (_store(upload, data_key, {"digest": upload.digest}, at) for upload in _good(uploads, FILES_MOST))
    files = [*_claim_staged(nonce, data_key), *new]
    if not files:
        return []
    known = {
        open_json(data_key, sealed, LABEL)["digest"]
        for sealed in SealedFile.objects.filter(original_of__grievance=grievance).values_list("sealed_name", flat=True)
    }
    added: list[Attachment] = []
    for file in files:
        digest = open_json(data_key, file.sealed_name, LABEL)["digest"]
        if digest in known or len(added) == FILES_MOST:
            file.delete()
            continue
        known.add(digest)
        state = Attachment.State.WAITING if stored_kind(file.kind).copied else Attachment.State.KEPT
        added.append(
            Attachment.objects.create(grievance=grievance, message=message, original=file, state=state, received_at=at)
        )
    return added


def _claim_staged(nonce: bytes | None, data_key: bytes) -> Iterator[SealedFile]:
    if nonce is None:
        return
    staging_key = receipts.staging_key(nonce)
    staged = StagedFile.objects.filter(nonce_hash=receipts.nonce_hash(nonce)).order_by("pk")
    for row in staged:
        file = row.file
        file.sealed_key = vault.seal(data_key, vault.open_sealed(staging_key, bytes(file.sealed_key), KEY), KEY)
        digest = open_json(staging_key, file.sealed_name, LABEL)["digest"]
        file.sealed_name = seal_json(data_key, {"digest": digest}, LABEL)
        file.save(update_fields=["sealed_key", "sealed_name"])
        row.delete()
        yield file


@transaction.atomic
def clear_expired(*, at: datetime) -> int:
    """Delete staged files that nobody sent and follow sessions that ran out. Returns how many files went."""
    FollowSession.objects.filter(expires_at__lt=at).delete()
    _all, each = SealedFile.objects.filter(staged__expires_at__lt=at).delete()
    return each.get("grievance.SealedFile", 0)
