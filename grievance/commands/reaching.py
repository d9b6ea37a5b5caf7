"""Who filed on the web and chose texts or email as their safe way hears there that something waits for them, never
what; it is read on the page, with the number."""

import json
import uuid
from collections.abc import Collection
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from grievance import vault
from grievance.commands.answering import HOUR, worded
from grievance.commands.stopping import OVER
from grievance.keys import RING, digest, seal_contact
from grievance.models import Complainant, Grievance, Reply
from grievance.segments import segmented

BY_WAY: dict[str, str] = {Complainant.Safe.SMS: "phone", Complainant.Safe.EMAIL: "email"}


def reach(person: Complainant, name: str, *, at: datetime, urgent: bool = False) -> bool:
    """One text of `grievance.texts` by their safe way; the same one once in an hour. False where none goes out.

    Who named days and hours is not written to: only a person can read these. Whether a number wants texts, and by which
    gateway it gets them, is seen as one is sent (`grievance.commands.routing`). Raises `vault.CannotOpen` in a process
    without the contact key.
    """
    contact = opened(person.sealed_contact)
    to = safe_address(person, contact)
    if not to or contact.get("times", "").strip():
        return False
    language = person.grievance.language
    body = worded(name, language=language)
    mark = digest("reply", "person", person.pk, body)
    if person.replies.filter(words_mark=mark, made_at__gt=at - HOUR).exists():
        return False
    with translation.override(language):
        parcel = {"to": to, "subject": _("Something waits for you"), "body": body}
    person.replies.create(
        channel=person.safe_way,
        sealed_parcel=seal_contact(parcel),
        message_id=uuid.uuid4().hex,
        made_at=at,
        next_try_at=at,
        segments=segmented(body).count if person.safe_way == Complainant.Safe.SMS else 0,
        urgent=urgent,
        words_mark=mark,
    )
    return True


def call_back(people: Collection[Complainant]) -> None:
    """What did not go out to them yet goes nowhere. In the caller's transaction; needs no key."""
    waiting = Reply.objects.filter(person__in=people).exclude(state=Reply.State.SENT)
    waiting.update(**OVER)


def safe_address(person: Complainant, contact: dict[str, str]) -> str:
    """Where they may be written to: a number in E.164, or an address of email; "" where they chose neither."""
    typed = contact.get(BY_WAY.get(person.safe_way, ""), "")
    if person.safe_way == Complainant.Safe.SMS:
        return vault.e164(typed, home_of(person.grievance)) or ""
    return typed.strip()


def home_of(grievance: Grievance) -> str:
    """Where a number without its country code is at home."""
    return grievance.country or (grievance.site.country if grievance.site else "")


def opened(sealed: bytes | memoryview | None) -> dict[str, str]:
    """What is sealed to workers; {} for nothing, and for a box that somebody else made."""
    if sealed is None:
        return {}
    try:
        contact: dict[str, str] = json.loads(vault.open_contact(RING, sealed))
    except vault.CannotOpen as error:
        if error.code == "no_key":
            raise
        return {}
    return contact
