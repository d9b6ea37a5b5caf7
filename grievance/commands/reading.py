"""Opening somebody's words in the office: each opening is a row of the access log, with a daily budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance.codes import OriginalReason
from grievance.keys import data_key_for_office, open_json, open_text
from grievance.models import Attachment, Grievance, Masked, Message, Opening
from grievance.queries import MaskedWords, Translated, Turn, masked_words, open_file, translations, turns
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


@dataclass(frozen=True)
class MaskedReading:
    """What is read by those from whom identifying words are kept: the masked version, and what the office wrote that
    waits for a translation."""

    masked: MaskedWords | None
    waiting: list[Turn]


@dataclass(frozen=True)
class Original:
    """A file as it came, with all that it says of where and by whom it was taken. ``kind``: e.g. "image/jpeg"."""

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
    )


def open_masked(*, grievance: Grievance, by: User, at: datetime, with_waiting: bool) -> MaskedReading:
    """Open the masked version; ``with_waiting``: and the office's own messages that wait for a translation. Where
    there is neither, nothing is opened. Refuses with ``reading_budget_spent``."""
    masked = Masked.objects.filter(grievance=grievance).exists()
    waits = with_waiting and Message.objects.waiting().filter(grievance=grievance).exists()
    if not masked and not waits:
        return MaskedReading(None, [])
    _log(grievance, by, Opening.What.MASKED, at)
    data_key = data_key_for_office(grievance.key_id)
    written = turns(grievance=grievance, data_key=data_key) if waits else []
    return MaskedReading(
        masked_words(grievance=grievance, data_key=data_key), [turn for turn in written if turn.waiting]
    )


def open_sealed(*, grievance: Grievance, sealed: Sequence[bytes], context: str, by: User, at: datetime) -> list[str]:
    """Other words of the person that are sealed under the same key, e.g. as "safety". Refuses as `open_words` does."""
    data_key = data_key_for_office(grievance.key_id)
    _log(grievance, by, Opening.What.WORDS, at)
    return [open_text(data_key, one, context) for one in sealed]


def open_picture(*, attachment: Attachment, by: User, at: datetime) -> bytes:
    """The re-encoded copy of a picture, a JPEG. Refuses with ``not_ready`` while there is none."""
    if attachment.copy is None:
        raise Refused("not_ready", _("This picture is not ready to be shown."))
    data_key = data_key_for_office(attachment.grievance.key_id)
    _log(attachment.grievance, by, Opening.What.PICTURE, at)
    return b"".join(open_file(attachment.copy, data_key))


def open_original(*, attachment: Attachment, reason: str, by: User, at: datetime) -> Original:
    """The file itself, whether or not a copy could be made. Refuses with ``reason_missing``."""
    if reason not in set(OriginalReason):
        raise Refused("reason_missing", _("Say why you need the original."))
    data_key = data_key_for_office(attachment.grievance.key_id)
    _log(attachment.grievance, by, Opening.What.ORIGINAL, at, reason)
    return Original(b"".join(open_file(attachment.original, data_key)), attachment.original.kind)


def note_opening(*, grievance: Grievance, by: User, what: Opening.What, at: datetime) -> None:
    """Somebody reads what was opened elsewhere: a name, a contact. Refuses with ``reading_budget_spent``."""
    _log(grievance, by, what, at)


@transaction.atomic
def _log(grievance: Grievance, by: User, what: Opening.What, at: datetime, reason: str = "") -> None:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    opened = Opening.objects.by_on(by, day)
    new = not opened.filter(grievance=grievance).exists()
    if new and opened.values("grievance").distinct().count() >= READING_BUDGET:
        raise Refused(
            "reading_budget_spent",
            _("You have opened as many grievances today as one person may. Oversight has been told."),
        )
    Opening.objects.create(grievance=grievance, by=by, what=what, reason=reason, at=at)
