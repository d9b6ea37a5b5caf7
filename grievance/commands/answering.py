"""What goes out to a phone that wrote to us: by name from `grievance.texts`, in the language of whoever wrote."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation

from grievance import vault
from grievance.keys import RING, digest, seal_contact
from grievance.models import Complainant, FormSession, PartnerNumber, Reply, Writer
from grievance.rules import ALIKE_MOST, READ_SEGMENTS, REPLIES_AN_HOUR, REPLIES_AN_HOUR_PARTNER
from grievance.segments import segmented
from grievance.texts import TEXTS

HOUR = timedelta(hours=1)


def offered() -> dict[str, str]:
    """The languages in which we write, with their names."""
    return dict(settings.LANGUAGES)


def language_of(writer: Writer) -> str:
    """The one they chose or wrote a keyword in; else that of the gateway by which they write."""
    known = (writer.language, str(writer.gateway.options.get("language") or ""))
    return next((one for one in known if one in offered()), settings.LANGUAGE_CODE)


def say(
    writer: Writer,
    *names: str,
    language: str,
    at: datetime,
    asked: bool = False,
    urgent: bool = False,
    **values: object,
) -> bool:
    """Texts of these names, as one. As `send`."""
    return send(writer, worded(*names, language=language, **values), at=at, asked=asked, urgent=urgent)


def worded(*names: str, language: str, **values: object) -> str:
    with translation.override(language):
        return " ".join(str(TEXTS[name]) % values if values else str(TEXTS[name]) for name in names)


def send(writer: Writer, text: str, *, at: datetime, asked: bool = False, urgent: bool = False) -> bool:
    """One text, unless they want none, cannot get any, said that this phone is not safe (but where they ``asked`` with
    a PIN just now), or had so many within the hour, or the same so often, that a machine may be answering. False where
    none goes out. A conversation has questions of its own: those of the one before do not count among the same.

    Nothing that they wrote stands in it.
    """
    if writer.stopped_at is not None or not writer.answerable or not writer.sealed_number:
        return False
    if writer.unsafe_at is not None and not asked:
        return False
    mark = digest("reply", writer.pk, text)
    if _enough(writer, mark, at):
        return False
    parcel = {"to": number_of(writer), "subject": "", "body": text}
    Reply.objects.create(
        channel=Complainant.Safe.SMS,
        sealed_parcel=seal_contact(parcel),
        message_id=uuid.uuid4().hex,
        made_at=at,
        next_try_at=at,
        writer=writer,
        segments=segmented(text).count,
        urgent=urgent,
        asked=asked,
        words_mark=mark,
    )
    return True


def _enough(writer: Writer, mark: bytes, at: datetime) -> bool:
    lately = Reply.objects.filter(writer=writer, made_at__gt=at - HOUR)
    alike = lately.filter(words_mark=mark)
    session = FormSession.objects.open().filter(writer=writer).first()
    if session is not None:
        alike = alike.filter(made_at__gte=session.started_at)
    return alike.count() >= ALIKE_MOST or lately.count() >= _most(writer)


def _most(writer: Writer) -> int:
    """In an hour. A registered phone speaks for many people."""
    registered = PartnerNumber.objects.running().filter(writer=writer).exists()
    return REPLIES_AN_HOUR_PARTNER if registered else REPLIES_AN_HOUR


def call_back(writer: Writer, *, code: str = "unsafe") -> int:
    """What waits to go out to this phone does not go any more. Returns how many."""
    waiting = Reply.objects.filter(writer=writer, state=Reply.State.WAITING)
    return waiting.update(state=Reply.State.DEAD, code=code, sealed_parcel=None, next_try_at=None, over_budget=False)


def number_of(writer: Writer) -> str:
    """ "" where nothing needed it any more and it was deleted; whoever writes is known again."""
    if not writer.sealed_number:
        return ""
    return vault.open_contact(RING, bytes(writer.sealed_number)).decode()


def cut(text: str, rest: str) -> str:
    """As much of a text as somebody is sent who asked for it; ``rest`` says where the other part is."""
    parts = segmented(text).parts
    if len(parts) <= READ_SEGMENTS:
        return text
    for most in range(READ_SEGMENTS, 0, -1):
        short = f"{''.join(parts[:most]).rstrip()}... {rest}"
        if segmented(short).count <= READ_SEGMENTS:
            return short
    return rest
