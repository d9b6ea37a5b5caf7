"""Reads of the grievance floor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from accounts.models import User
from grievance import receipts, vault
from grievance.keys import nonce_of, open_json, open_text
from grievance.models import Attachment, CustodyKey, Grievance, Message, Opening, SealedFile, StagedFile


@dataclass(frozen=True)
class Staged:
    """A file that waits with its form; the name is readable to the page that holds the nonce alone."""

    id: int
    kind: str
    size: int
    name: str


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation, opened."""

    id: int
    sent_at: datetime
    from_complainant: bool
    language: str
    body: str
    attachments: tuple[Attachment, ...]


def staged_files(*, nonce: str, at: datetime) -> list[Staged]:
    raw = nonce_of(nonce)
    rows = StagedFile.objects.filter(nonce_hash=receipts.nonce_hash(raw), expires_at__gt=at).select_related("file")
    key = receipts.staging_key(raw)
    return [
        Staged(row.pk, row.file.kind, row.file.size, open_json(key, row.file.sealed_name, "file label")["name"])
        for row in rows.order_by("pk")
    ]


def custody_pairs() -> list[tuple[CustodyKey, CustodyKey]]:
    """Every two custodians of different organisations; none means that a confidential name cannot be kept."""
    keys = CustodyKey.objects.in_use().order_by("pk")
    return [
        (first, second)
        for first, second in combinations(keys, 2)
        if first.organisation_id != second.organisation_id and first.custodian_id != second.custodian_id
    ]


def custody_keys_in_use() -> frozenset[int]:
    return frozenset(CustodyKey.objects.in_use().values_list("pk", flat=True))


def own_custody_key(user: User) -> CustodyKey | None:
    """The key to which names are sealed for this person now."""
    return CustodyKey.objects.in_use().filter(custodian=user).select_related("organisation").order_by("-pk").first()


def turns(*, grievance: Grievance, data_key: bytes) -> list[Turn]:
    """The conversation after the statement, oldest first: two queries whatever its length."""
    attached: dict[int | None, list[Attachment]] = {}
    for attachment in Attachment.objects.filter(grievance=grievance).select_related("original").order_by("pk"):
        attached.setdefault(attachment.message_id, []).append(attachment)
    return [
        Turn(
            message.pk,
            message.sent_at,
            message.author_id is None,
            message.language,
            open_text(data_key, message.sealed_body, "message"),
            tuple(attached.get(message.pk, ())),
        )
        for message in Message.objects.filter(grievance=grievance).order_by("sent_at", "pk")
    ]


def first_words(*, grievance: Grievance, data_key: bytes) -> dict[str, str]:
    """{"statement": …, "place": …} as they were sent."""
    words: dict[str, str] = open_json(data_key, grievance.sealed_statement, "statement")
    return words


def first_attachments(grievance: Grievance) -> Sequence[Attachment]:
    """What came with the statement itself."""
    return list(Attachment.objects.filter(grievance=grievance, message=None).select_related("original").order_by("pk"))


def sealed_chunks(file: SealedFile) -> Iterator[bytes]:
    return (bytes(body) for body in file.chunks.order_by("number").values_list("body", flat=True).iterator(50))


def open_file(file: SealedFile, data_key: bytes) -> Iterator[bytes]:
    """The plain bytes of a filed file, chunk by chunk; raises `vault.CannotOpen` when it was tampered with."""
    file_key = vault.open_sealed(data_key, bytes(file.sealed_key), b"file key")
    return vault.open_file(file_key, sealed_chunks(file))


def readers(grievance: Grievance) -> int:
    """How many people opened these words: what the person who wrote them may know."""
    return Opening.objects.filter(grievance=grievance).values("by").distinct().count()
