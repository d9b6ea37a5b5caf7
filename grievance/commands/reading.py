"""Opening somebody's words in the office: each opening is a row of the access log, with a daily budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance.codes import OriginalReason
from grievance.keys import data_key_for_office, data_keys_for_office, open_json, open_text
from grievance.models import Attachment, Grievance, Masked, Message, Opening, Translation
from grievance.queries import MaskedWords, Translated, Turn, answers_of, masked_words, open_file, translations, turns
from grievance.questions import Said as Answered
from grievance.rules import READING_BUDGET


@dataclass(frozen=True)
class Words:
    """A grievance opened for an officer. ``name`` only where the person chose to be open."""

    statement: str
    place: str
    name: str | None
    turns: list[Turn]
    translations: list[Translated]  # of the statement, newest first
    masked: MaskedWords | None
    answers: list[Answered]  # to the questions after the first, in their order

    @property
    def more(self) -> list[str]:
        """What they said in their own words beside the statement and the place."""
        return [str(line) for one in self.answers if one.own for line in one.lines if one.question.key != "place"]


@dataclass(frozen=True)
class MaskedReading:
    """What is read by those from whom identifying words are kept: the masked version, and what the office wrote that
    waits for a translation."""

    masked: MaskedWords | None
    waiting: list[Turn]


@dataclass(frozen=True)
class Said:
    """One piece of what was said in a grievance, opened for a search."""

    class Kind(StrEnum):
        STATEMENT = "statement"
        PERSON = "person"
        OFFICE = "office"
        TRANSLATION = "translation"

    kind: Kind
    at: datetime
    body: str


@dataclass(frozen=True)
class Opened:
    """A file, as it came or its copy. ``kind``: as `kinds.Kind.stored`."""

    body: bytes
    kind: str


def open_words(*, grievance: Grievance, by: User, at: datetime, with_name: bool = False) -> Words:
    """Open the statement and the conversation. Refuses with ``reading_budget_spent``, or ``erased``."""
    data_key = data_key_for_office(grievance.key_id)  # first: what cannot be opened is no opening
    _log(grievance, by, Opening.What.WORDS, at)
    words = open_json(data_key, grievance.sealed_statement, "statement")
    sealed_name = grievance.complainant.sealed_name if with_name else None
    return Words(
        words["statement"],
        words["place"],
        open_text(data_key, sealed_name, "name") if sealed_name else None,
        turns(grievance=grievance, data_key=data_key),
        translations(grievance=grievance, data_key=data_key)[None],
        masked_words(grievance=grievance, data_key=data_key),
        answers_of(grievance=grievance, words=words),
    )


def open_masked(*, grievance: Grievance, by: User, at: datetime, with_waiting: bool) -> MaskedReading:
    """Open the masked version; ``with_waiting``: and the office's own messages that wait for a translation. Where
    there is neither, nothing is opened. Refuses as `open_words` does."""
    masked = Masked.objects.filter(grievance=grievance).exists()
    waits = with_waiting and Message.objects.waiting().filter(grievance=grievance).exists()
    if not masked and not waits:
        return MaskedReading(None, [])
    data_key = data_key_for_office(grievance.key_id)
    _log(grievance, by, Opening.What.MASKED, at)
    written = turns(grievance=grievance, data_key=data_key) if waits else []
    return MaskedReading(
        masked_words(grievance=grievance, data_key=data_key), [turn for turn in written if turn.waiting]
    )


def open_sealed(*, grievance: Grievance, sealed: Sequence[bytes], context: str, by: User, at: datetime) -> list[str]:
    """Other words of the person that are sealed under the same key, e.g. as "safety". Refuses as `open_words` does."""
    data_key = data_key_for_office(grievance.key_id)
    _log(grievance, by, Opening.What.WORDS, at)
    return [open_text(data_key, one, context) for one in sealed]


@transaction.atomic
def open_for_search(*, grievances: Sequence[Grievance], by: User, at: datetime) -> tuple[dict[int, list[Said]], bool]:
    """Open the words of many, for a program to look through: by grievance all that was said in it. As many as the day's
    budget reaches, the first first; True where it did not reach all. Those whose words were erased are missing.
    A constant number of questions."""
    keys = data_keys_for_office(one.key_id for one in grievances)
    readable = [one for one in grievances if one.key_id in keys]
    opened = set(Opening.objects.by_on(by, _day(at)).values_list("grievance", flat=True).distinct())
    new = [one.pk for one in readable if one.pk not in opened]
    within = opened | set(new[: max(READING_BUDGET - len(opened), 0)])
    chosen = {one.pk: keys[one.key_id] for one in readable if one.pk in within}
    Opening.objects.bulk_create(Opening(grievance_id=pk, by=by, what=Opening.What.SEARCH, at=at) for pk in chosen)
    return _said(readable, chosen), len(chosen) < len(readable)


def _said(grievances: Sequence[Grievance], keys: dict[int, bytes]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for one in grievances:
        if key := keys.get(one.pk):
            words = open_json(key, one.sealed_statement, "statement")
            first = "\n".join(words.values())
            found[one.pk] = [Said(Said.Kind.STATEMENT, one.received_at, first)]
    for message in Message.objects.filter(grievance__in=keys).order_by("sent_at", "pk"):
        body = open_text(keys[message.grievance_id], message.sealed_body, "message")
        kind = Said.Kind.PERSON if message.author_id is None else Said.Kind.OFFICE
        found[message.grievance_id].append(Said(kind, message.sent_at, body))
    for row in Translation.objects.filter(grievance__in=keys).order_by("pk"):
        body = open_text(keys[row.grievance_id], row.sealed_body, "translation")
        found[row.grievance_id].append(Said(Said.Kind.TRANSLATION, row.at, body))
    return found


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def open_picture(*, attachment: Attachment, by: User, at: datetime) -> Opened:
    """The stripped copy of a file. Refuses with ``not_ready`` while there is none."""
    if attachment.copy is None:
        raise Refused("not_ready", _("This file is not ready to be shown."))
    data_key = data_key_for_office(attachment.grievance.key_id)
    _log(attachment.grievance, by, Opening.What.PICTURE, at)
    return Opened(b"".join(open_file(attachment.copy, data_key)), attachment.copy.kind)


def open_original(*, attachment: Attachment, reason: str, by: User, at: datetime) -> Opened:
    """The file itself, whether or not a copy could be made. Refuses with ``reason_missing``."""
    if reason not in set(OriginalReason):
        raise Refused("reason_missing", _("Say why you need the original."))
    data_key = data_key_for_office(attachment.grievance.key_id)
    _log(attachment.grievance, by, Opening.What.ORIGINAL, at, reason)
    return Opened(b"".join(open_file(attachment.original, data_key)), attachment.original.kind)


def note_opening(*, grievance: Grievance, by: User, what: Opening.What, at: datetime) -> None:
    """Somebody reads what was opened elsewhere: a name, a contact. Refuses with ``reading_budget_spent``."""
    _log(grievance, by, what, at)


@transaction.atomic
def _log(grievance: Grievance, by: User, what: Opening.What, at: datetime, reason: str = "") -> None:
    opened = Opening.objects.by_on(by, _day(at))
    new = not opened.filter(grievance=grievance).exists()
    if new and opened.values("grievance").distinct().count() >= READING_BUDGET:
        raise Refused(
            "reading_budget_spent",
            _("You have opened as many grievances today as one person may. Oversight has been told."),
        )
    Opening.objects.create(grievance=grievance, by=by, what=what, reason=reason, at=at)
