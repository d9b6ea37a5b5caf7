"""Hearing what people text: keywords before anything else, then who comes back with a PIN, then a structured text, then
the next answer of a conversation, then a new one.

Everything that came is durable before it is heard, and found by state; a worker that stops loses nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from grievance import comeback, vault
from grievance.commands import repeating
from grievance.commands.bytext import answers_of, end_session
from grievance.commands.filling import fill, form_in, pair_and_fill
from grievance.commands.guiding import begin, end_before, go_on
from grievance.commands.heeding import heed, say_paired
from grievance.commands.partners.pairing import code_before_form, heed_code, is_unused, partner_of
from grievance.commands.repeating import Again
from grievance.commands.returning import come_back
from grievance.commands.speaking import hear_card, hear_word
from grievance.commands.striking import struck
from grievance.keys import RING
from grievance.keywords import Keyword, Meant, keyword_of
from grievance.models import FormSession, Grievance, InboundRequest, InboundText, Writer
from grievance.talk import PIN

PARTS_WITHIN = timedelta(minutes=10)  # a long text whose parts do not all come is heard as it is
PUT_OFF = timedelta(minutes=10)  # of what could not be heard


def listen(*, at: datetime, limit: int = 200) -> int:
    """Hear what came in, oldest first, then end the conversations that fell silent. Returns how many were heard.

    Each in a transaction of its own; one that fails waits a while, stays, and holds up nobody else. All of one writer's
    texts are heard under that writer's lock, so that any number of workers hear each once and none while another ends
    the conversation. Nobody is silent, and no part is missing, while what came in by then still waits to be read.
    """
    heard, errors = 0, []
    until = min(at, InboundRequest.objects.unread_since(at))
    for pk in list(InboundText.objects.unheard(at).values_list("pk", flat=True)[:limit]):
        try:
            heard += _hear_one(pk, at, until)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next person's words must not wait for it
            InboundText.objects.filter(pk=pk).update(not_before=at + PUT_OFF)
            errors.append(error)
    for pk in list(FormSession.objects.silent(until).values_list("pk", flat=True)[:limit]):
        try:
            heard += _end_silent(pk, at, until)
        except Exception as error:  # noqa: BLE001 - as above
            FormSession.objects.filter(pk=pk).update(ends_at=at + PUT_OFF)
            errors.append(error)
    if errors:
        raise ExceptionGroup("texts", errors)
    return heard


def _hold(theirs: QuerySet[Any]) -> bool:
    """Take the lock of whoever wrote this. False where another worker has it, or there is nothing any more. What was
    read before the lock is read again under it: another worker may have ended it in between."""
    skip = connection.features.has_select_for_update_skip_locked
    return Writer.objects.select_for_update(skip_locked=skip).filter(pk__in=theirs.values("writer")).exists()


@transaction.atomic
def _hear_one(pk: int, at: datetime, until: datetime) -> int:
    if not _hold(InboundText.objects.filter(pk=pk)):
        return 0
    text = InboundText.objects.filter(pk=pk, heard_at=None).select_related("writer__gateway").first()
    if text is None:
        return 0
    found = _parts_of(text, until)
    if not found:  # the rest is on its way: whichever comes last brings this one along, and nobody waits behind it
        InboundText.objects.filter(pk=pk).update(not_before=text.at + PARTS_WITHIN)
        return 0
    parts = repeating.once_each(found)
    came = _Came(text, "".join(_opened(part) for part in parts), repeating.shortly_before(parts))
    late = repeating.late_part(text)
    became = _belongs_to(late) if late else _hear(came, at)
    into = {"grievance": became} if isinstance(became, Grievance) else {"session": became}
    again = {"alike": late or came.before, "heard_again": came.before is not None and not came.linked and not late}
    rows = InboundText.objects.filter(pk__in=[part.pk for part in found])
    rows.update(heard_at=at, sealed_body=b"", **into, **again)
    return 1


@dataclass
class _Came:
    """A text as it is heard. ``before``: the one shortly before it with the same words, None where it is of no matter;
    ``linked``: it was not heard anew."""

    text: InboundText
    words: str
    before: InboundText | None
    linked: bool = False

    def __repr__(self) -> str:
        return "_Came()"


def _parts_of(text: InboundText, until: datetime) -> list[InboundText]:
    """All of one text, in order; none while some are missing and may still come. What came ``until`` then is read."""
    if text.part_of is None or repeating.late_part(text) is not None:
        return [text]
    rows = InboundText.objects.filter(part_of=bytes(text.part_of), heard_at=None, twin_of=None)
    found = list(rows.select_related("writer").order_by("part", "pk"))
    complete = {row.part for row in found} == set(range(1, text.parts + 1))
    return found if complete or text.at + PARTS_WITHIN <= until else []


def _belongs_to(text: InboundText) -> FormSession | Grievance | None:
    return text.grievance or text.session


def _opened(text: InboundText) -> str:
    return vault.open_contact(RING, bytes(text.sealed_body)).decode("utf-8", "replace")


def _hear(came: _Came, at: datetime) -> FormSession | Grievance | None:
    """What it belongs to: a conversation, or the grievance of somebody who came back; None: it only asked something."""
    writer, words = came.text.writer, came.words
    session = FormSession.objects.open().filter(writer=writer).first()
    if session is not None:
        session.writer = writer
    meant = keyword_of(words)
    if meant is not None and (meant.keyword != Keyword.NEXT or partner_of(writer) is not None):
        came.before = None
        heed(writer, session, meant, at=at)
        return session
    if came.before is not None:
        again = repeating.judged(came.text, came.before, session, words)
        if again == Again.SAME:
            came.linked = True
            repeating.ask_again(came.text, came.before, session, at=at)
            return _belongs_to(came.before)
        came.before = came.before if again == Again.MEANT else None
    return _hear_words(writer, session, words, came.text.at, at)


def _hear_words(
    writer: Writer, session: FormSession | None, words: str, sent: datetime, at: datetime
) -> FormSession | Grievance | None:
    code, form = code_before_form(words)
    if code:
        return pair_and_fill(writer, session, code, form, sent, at)
    if session is not None and is_unused(words):
        end_before(session, at=at)  # what was said before a number is registered is not said by it
        session = None
    paired = heed_code(writer, words, at)
    if paired is not None:
        hear_card(writer, session, paired)
        say_paired(writer, session, bool(paired), at=at)
        return session
    returning = comeback.read(words) or (comeback.alone(words) if session is None else None)
    if session is not None and returning is not None and _is_their_pin(session, returning):
        return go_on(session, f"{returning.pin} {returning.more}", at)
    # In a conversation a word alone may be an answer: "Salama" is a place, too.
    if returning is not None and (returning.pin or returning.reference or session is None):
        if returning.keyword is not None:
            hear_word(writer, session, Meant(returning.keyword, returning.spoken))
        return come_back(writer, session, returning, sent=sent, at=at)
    if session is None or session.step != PIN:  # there a PIN is chosen, and its digits are kept nowhere
        words = struck(words, writer)
    coded = form_in(writer, session, words)
    if coded is not None:
        return fill(writer, session, coded, words, sent, at)
    if session is None:
        return begin(writer, words, sent, at)
    return go_on(session, words, at)


def _is_their_pin(session: FormSession, returning: comeback.Returning) -> bool:
    """Asked for a PIN they write it behind their number, as they will from then on."""
    return session.step == PIN and bool(returning.pin) and returning.reference == session.reference


@transaction.atomic
def _end_silent(pk: int, at: datetime, until: datetime) -> int:
    """Silence gets no reply. Whose text was read and waits to be heard is not silent."""
    if not _hold(FormSession.objects.filter(pk=pk)):
        return 0
    session = FormSession.objects.silent(until).select_related("writer__gateway").filter(pk=pk).first()
    if session is None or InboundText.objects.unheard(at).filter(writer=session.writer_id).exists():
        return 0
    end_session(session, answers_of(session), at=at)
    return 1
