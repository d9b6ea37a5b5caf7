"""Reads of the grievance floor."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from django.utils.translation import get_language

from accounts.models import User
from grievance import receipts, vault
from grievance.keys import nonce_of, open_json, open_text
from grievance.models import (
    Attachment,
    Consent,
    CustodyKey,
    Gateway,
    Grievance,
    InboundText,
    Masked,
    Message,
    Opening,
    ReadingHours,
    Receipt,
    Recovery,
    Remote,
    Reply,
    SealedFile,
    StagedFile,
    Translation,
)
from grievance.questions import QUESTIONS, Said, Stored, said
from grievance.rota import Hours, ReadBy, next_reading
from grievance.rules import ANSWER_WITHIN, CODE_LIVES, URGENT_ANSWER_WITHIN
from supplychain.names import country_name

_DIALLED = re.compile(r"\+?[0-9][0-9 ]{2,18}")  # a telephone number, or a short code


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
    waiting: bool = False  # not shown to the person until it is translated, or sent as it is
    translations: tuple["Translated", ...] = ()


@dataclass(frozen=True)
class Translated:
    """A translation, opened: never in the place of the original, always beside it."""

    language: str
    maker: str  # "human" or "machine"
    by: str  # who made it, or answers for it
    at: datetime
    body: str


@dataclass(frozen=True)
class MaskedWords:
    """What a person said with everything struck out that identifies somebody, opened; who made it, and when."""

    body: str
    by: str
    at: datetime


@dataclass(frozen=True)
class WayBack:
    """How the person comes back: is there an extra word before their first words; who asked for a new number, from
    when on it would be sent, and when the last one was given."""

    has_word: bool
    asked_at: datetime | None
    code_from: datetime | None  # None: a code went out already
    replaced_at: datetime | None


def way_back(grievance: Grievance) -> WayBack:
    """Two queries."""
    receipt = Receipt.objects.filter(grievance=grievance).first()
    rows = list(Recovery.objects.filter(grievance=grievance, state__in=("waiting", "sent", "used")).order_by("pk"))
    asked = [row for row in rows if row.state != Recovery.State.USED]
    used = [row.expires_at - CODE_LIVES for row in rows if row.state == Recovery.State.USED and row.expires_at]
    newest = asked[-1] if asked else None
    return WayBack(
        has_word=receipt is not None and receipt.sealed_word is not None,
        asked_at=newest.asked_at if newest else None,
        code_from=newest.next_at if newest and newest.state == Recovery.State.WAITING else None,
        replaced_at=max(used, default=None),
    )


def staged_files(*, nonce: str, at: datetime) -> list[Staged]:
    raw = nonce_of(nonce)
    rows = StagedFile.objects.filter(nonce_hash=receipts.nonce_hash(raw), expires_at__gt=at).select_related("file")
    key = receipts.staging_key(raw)
    return [
        Staged(row.pk, row.file.kind, row.file.size, open_json(key, row.file.sealed_name, "file label")["name"])
        for row in rows.order_by("pk")
    ]


def staged_plain(*, nonce: str, at: datetime) -> bytes | None:
    """The newest file that waits with a form, opened for the page that holds its nonce; None where none waits."""
    raw = nonce_of(nonce)
    rows = StagedFile.objects.filter(nonce_hash=receipts.nonce_hash(raw), expires_at__gt=at).select_related("file")
    newest = rows.order_by("-pk").first()
    return b"".join(open_file(newest.file, receipts.staging_key(raw))) if newest else None


def read_by(*, at: datetime, urgent: bool) -> ReadBy:
    """By when a human has read what is sent now: what is urgent by the rota, which alone may promise it."""
    if not urgent:
        return ReadBy(at + ANSWER_WITHIN)
    rows = ReadingHours.objects.running().values_list("weekday", "from_time", "until_time", "zone")
    return next_reading((Hours(*row) for row in rows), at) or ReadBy(at + URGENT_ANSWER_WITHIN)


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


def turns(*, grievance: Grievance, data_key: bytes, to_person: bool = False) -> list[Turn]:
    """The conversation after the statement, oldest first: three queries whatever its length.

    ``to_person``: without what waits for a translation, and with the translations into their language alone.
    """
    attached: dict[int | None, list[Attachment]] = defaultdict(list)
    for attachment in Attachment.objects.filter(grievance=grievance).select_related("original", "copy").order_by("pk"):
        attached[attachment.message_id].append(attachment)
    translated = translations(grievance=grievance, data_key=data_key, only=grievance.language if to_person else "")
    messages = Message.objects.filter(grievance=grievance).order_by("sent_at", "pk")
    return [
        Turn(
            message.pk,
            message.sent_at,
            message.author_id is None,
            message.language,
            open_text(data_key, message.sealed_body, "message"),
            tuple(attached[message.pk]),
            message.author_id is not None and message.released_at is None,
            tuple(translated[message.pk]),
        )
        for message in (messages.shown_to_person() if to_person else messages)
    ]


def translations(*, grievance: Grievance, data_key: bytes, only: str = "") -> dict[int | None, list[Translated]]:
    """By the message that they translate, None for the statement; newest first. ``only``: into that language."""
    rows = Translation.objects.filter(grievance=grievance).select_related("by").order_by("-pk")
    found: dict[int | None, list[Translated]] = defaultdict(list)
    for row in rows.filter(language=only) if only else rows:
        body = open_text(data_key, row.sealed_body, "translation")
        who = row.by.get_full_name() or row.by.username
        found[row.message_id].append(Translated(row.language, row.maker, who, row.at, body))
    return found


def masked_words(*, grievance: Grievance, data_key: bytes) -> "MaskedWords | None":
    """The newest masked version, opened; None while nobody has made one."""
    row = Masked.objects.filter(grievance=grievance).select_related("by").order_by("-pk").first()
    if row is None:
        return None
    return MaskedWords(
        open_text(data_key, row.sealed_body, "masked"), row.by.get_full_name() or row.by.username, row.at
    )


def first_words(*, grievance: Grievance, data_key: bytes) -> dict[str, str]:
    """{"statement": …, "place": …} as they were sent."""
    words: dict[str, str] = open_json(data_key, grievance.sealed_statement, "statement")
    return words


def answers_of(*, grievance: Grievance, words: Mapping[str, str]) -> list[Said]:
    """What was answered beside the statement, in the order of the questions, for the office: the opened ``words``, what
    stands in the columns, and whom the facts may be told. The name and the contact stay locked."""
    site = grievance.site
    told = {True: "yes", False: "no"}
    consents = Consent.objects.filter(complainant__grievance=grievance, organisation=None, identity=False)
    answers: dict[str, Any] = {
        one.key: words.get(one.stored_as) if one.stored == Stored.SEALED else getattr(grievance, one.stored_as, None)
        for one in QUESTIONS
        if one.stored in {Stored.SEALED, Stored.COLUMN} and one.key != "statement"
    }
    answers["site"] = [f"{site.name} ({site.operator.name})"] if site is not None else None
    answers["country"] = country_name(grievance.country, get_language() or "") if grievance.country else None
    answers["safe_way"] = grievance.complainant.safe_way
    answers |= {f"tell_{one.kind}": told[one.given] for one in consents.exclude(kind="").order_by("at", "pk")}
    return said(answers, stored=(Stored.SEALED, Stored.COLUMN, Stored.WAY, Stored.CONSENT))


def first_attachments(grievance: Grievance) -> Sequence[Attachment]:
    """What came with the statement itself."""
    return list(
        Attachment.objects.filter(grievance=grievance, message=None).select_related("original", "copy").order_by("pk")
    )


def office_copy(*, grievance: Grievance, pk: int) -> Attachment | None:
    """A file that the office sent with a reply which the person sees, once its copy without hidden data is made."""
    sent = Attachment.objects.filter(grievance=grievance, state=Attachment.State.SHOWN, message__author__isnull=False)
    return sent.filter(message__released_at__isnull=False, pk=pk).select_related("original", "copy").first()


def sealed_chunks(file: SealedFile) -> Iterator[bytes]:
    return (bytes(body) for body in file.chunks.order_by("number").values_list("body", flat=True).iterator(50))


def open_file(file: SealedFile, data_key: bytes) -> Iterator[bytes]:
    """The plain bytes of a filed file, chunk by chunk; raises `vault.CannotOpen` when it was tampered with."""
    file_key = vault.open_sealed(data_key, bytes(file.sealed_key), b"file key")
    return vault.open_file(file_key, sealed_chunks(file))


def readers(grievance: Grievance) -> int:
    """How many people opened these words: what the person who wrote them may know."""
    return Opening.objects.filter(grievance=grievance).values("by").distinct().count()


def gateway_called(slug: str) -> Gateway | None:
    """The gateway that calls by this name, if it is in use."""
    return Gateway.objects.in_use().filter(slug=slug).first()


def sends_texts() -> bool:
    """Is there a gateway of the office that sends?"""
    return Gateway.objects.sending().exists()


def over_budget(at: datetime) -> int:
    """How many texts wait for another day because the money of this one is spent."""
    return Reply.objects.over_budget(at).count()


def lost_files(gateway: Gateway) -> int:
    """How many files that came with its texts could not be fetched, nor ever will be."""
    return Remote.objects.lost().filter(kind="file", text__request__gateway=gateway).count()


def numbers_for(countries: Iterable[str]) -> list[str]:
    """To which people of these countries (ISO 3166-1 alpha-2) write: the numbers of gateways in use that are named for
    one of them or at home there, else of those that are named for none. A name that sends texts takes none."""
    here: list[str] = []
    anywhere: list[str] = []
    wanted = set(countries)
    for gateway in Gateway.objects.in_use().order_by("pk"):
        options = gateway.options
        number = str(options.get("sender") or (options.get("outbound") or {}).get("from") or "")
        homes = {str(one).upper() for one in (*(options.get("countries") or []), options.get("country") or "") if one}
        if _DIALLED.fullmatch(number) and (not homes or not wanted or homes & wanted):
            (here if homes or not wanted else anywhere).append(number)
    return list(dict.fromkeys(here or anywhere))


def said_again(grievance: Grievance) -> list[InboundText]:
    """Texts of it with the same words as one shortly before, oldest first: an officer looks at them."""
    return list(InboundText.objects.said_again(grievance).only("at", "heard_again").order_by("pk"))
