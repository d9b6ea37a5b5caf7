"""Hearing what people text: keywords before anything else, then the next answer of a conversation, then a new one.

Everything that came is durable before it is heard, and found by state; a worker that stops loses nothing.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from grievance import talk, vault
from grievance.commands.datakeys import make_data_key
from grievance.commands.together import insert_together
from grievance.keys import RING, seal_contact, seal_json
from grievance.keywords import Keyword, keyword_of
from grievance.models import (
    Arrival,
    Complainant,
    FormSession,
    Grievance,
    InboundText,
    Reply,
    TextReceipt,
    Writer,
)
from grievance.receipts import new_reference
from grievance.segments import segmented

SILENT_FOR = timedelta(minutes=30)  # then what was said becomes a grievance as far as it got
PARTS_WITHIN = timedelta(minutes=10)  # a long text whose parts do not all come is heard as it is
PUT_OFF = timedelta(minutes=10)  # of what could not be heard
REPLIES_AN_HOUR = 20  # to one writer: two machines must not talk to each other
STATEMENT = "statement"

WELCOME = _("We have your message. Your number is %(reference)s.")
DONE = _("Thank you. A person reads it and answers. Your number is %(reference)s. Keep it, and your PIN, to yourself.")
STOPPED = _("You get no more texts from us. Your case goes on. To get texts again, write START.")
STARTED = _("You get texts from us again.")
HELPED = _("Write to us what happened, in your own words. STOP: no more texts. START: texts again.")
NOT_SAFE = _("We write no more to this phone. A person reads your message.")


def listen(*, at: datetime, limit: int = 200) -> int:
    """Hear what came in, oldest first, then end the conversations that fell silent. Returns how many were heard.

    Each in a transaction of its own; one that fails waits a while, stays, and holds up nobody else.
    """
    heard, errors = 0, []
    for pk in list(InboundText.objects.unheard(at).values_list("pk", flat=True)[:limit]):
        try:
            heard += _hear_one(pk, at)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next person's words must not wait for it
            InboundText.objects.filter(pk=pk).update(not_before=at + PUT_OFF)
            errors.append(error)
    for pk in list(FormSession.objects.silent(at).values_list("pk", flat=True)[:limit]):
        try:
            heard += _end_silent(pk, at)
        except Exception as error:  # noqa: BLE001 - as above
            FormSession.objects.filter(pk=pk).update(ends_at=at + PUT_OFF)
            errors.append(error)
    if errors:
        raise ExceptionGroup("texts", errors)
    return heard


@transaction.atomic
def _hear_one(pk: int, at: datetime) -> int:
    skip = connection.features.has_select_for_update_skip_locked
    text = InboundText.objects.filter(pk=pk, heard_at=None).select_related("writer").first()
    if text is None or not Writer.objects.select_for_update(skip_locked=skip).filter(pk=text.writer_id).exists():
        return 0
    parts = _parts_of(text, at)
    if not parts:
        return 0  # the rest is still on its way
    words = "".join(_opened(part) for part in parts)
    session = _hear(text.writer, words, text.at, at)
    InboundText.objects.filter(pk__in=[part.pk for part in parts]).update(heard_at=at, session=session)
    return 1


def _parts_of(text: InboundText, at: datetime) -> list[InboundText]:
    """All of one text, in order; none while some are missing and may still come."""
    if text.part_of is None:
        return [text]
    rows = InboundText.objects.filter(part_of=bytes(text.part_of), heard_at=None, twin_of=None).order_by("part", "pk")
    found = list(rows)
    complete = {row.part for row in found} == set(range(1, text.parts + 1))
    return found if complete or text.at + PARTS_WITHIN <= at else []


def _opened(text: InboundText) -> str:
    return vault.open_contact(RING, bytes(text.sealed_body)).decode("utf-8", "replace")


def _hear(writer: Writer, words: str, sent: datetime, at: datetime) -> FormSession | None:
    meant = keyword_of(words)
    if meant is not None:
        _heed(writer, meant.keyword, meant.languages, at)
        return None
    session = FormSession.objects.open().filter(writer=writer).first()
    if session is None:
        return _begin(writer, words, sent, at)
    return _go_on(session, words, at)


def _heed(writer: Writer, keyword: Keyword, languages: tuple[str, ...], at: datetime) -> None:
    """STOP stops texts, never the case; only START resumes."""
    if not writer.language:
        offered = {code for code, _name in settings.LANGUAGES}
        writer.language = next((one for one in languages if one in offered), "")
    if keyword == Keyword.STOP and writer.stopped_at is None:
        _reply(writer, str(STOPPED), at)
        writer.stopped_at = at
    elif keyword == Keyword.START:
        writer.stopped_at = None
        _reply(writer, str(STARTED), at)
    elif keyword in {Keyword.HELP, Keyword.LANGUAGE}:
        _reply(writer, str(HELPED), at)
    writer.save(update_fields=["language", "stopped_at"])


def _begin(writer: Writer, words: str, sent: datetime, at: datetime) -> FormSession:
    first = talk.STEPS[0]
    session = FormSession.objects.create(
        writer=writer,
        language=writer.language or settings.LANGUAGE_CODE,
        reference=new_reference(),
        step=first.key,
        sealed_answers=_sealed({STATEMENT: words}),
        started_at=sent,
        ends_at=at + SILENT_FOR,
    )
    _say(session, WELCOME, at, also=str(first.words))
    return session


def _go_on(session: FormSession, words: str, at: datetime) -> FormSession:
    """An answer to the question that waits; what means nothing is asked again, and nothing of it is lost."""
    answers = _answers(session)
    asked = talk.BY_KEY[session.step]
    answer = talk.answer_to(session.step, words)
    if answer is None:
        # Whatever it was, somebody said it: it stands with what happened.
        if session.step != "pin":
            answers[STATEMENT] = f"{answers[STATEMENT]}\n\n{words}"
        _keep(session, answers, session.step, at)
        _say(session, asked.wrong, at)
        return session
    answers[session.step] = answer
    if session.step == "safe" and answer == "2":
        _keep(session, answers, session.step, at)
        _say(session, NOT_SAFE, at)
        _end(session, answers, at)
        return session
    following = talk.step_after(session.step)
    if following is None:
        _say(session, DONE, at)
        _end(session, answers, at)
        return session
    _keep(session, answers, following.key, at)
    _say(session, following.words, at)
    return session


def _keep(session: FormSession, answers: Mapping[str, str], step: str, at: datetime) -> None:
    session.sealed_answers, session.step, session.ends_at = _sealed(answers), step, at + SILENT_FOR
    session.save(update_fields=["sealed_answers", "step", "ends_at"])


@transaction.atomic
def _end_silent(pk: int, at: datetime) -> int:
    """Silence gets no reply."""
    skip = connection.features.has_select_for_update_skip_locked
    held = FormSession.objects.silent(at).select_for_update(of=("self",), skip_locked=skip)
    session = held.select_related("writer").filter(pk=pk).first()
    if session is None:
        return 0
    _end(session, _answers(session), at)
    return 1


def _end(session: FormSession, answers: Mapping[str, str], at: datetime) -> None:
    """As far as it got it is one grievance, received with its first text."""
    session.grievance = file_by_text(session, answers, at=at)
    session.ended_at, session.sealed_answers = at, b""  # from here on the words are under the grievance's own key
    session.save(update_fields=["grievance", "ended_at", "sealed_answers"])


def file_by_text(session: FormSession, answers: Mapping[str, str], *, at: datetime) -> Grievance:
    """Anonymous, as every caller id is. The number is kept as a contact only where texts to it were said to be safe."""
    told = talk.told(answers)
    key, data_key = make_data_key(at=at)
    words = {"statement": told.statement, "place": told.place} | ({"about": told.about} if told.about else {})
    grievance = Grievance.objects.create(
        channel=Grievance.Channel.SMS,
        language=session.language,
        families=[],
        happened_on=told.happened_on,
        urgent=told.urgent,
        openness=Grievance.Openness.ANONYMOUS,
        received_at=session.started_at,
        key=key,
        sealed_statement=seal_json(data_key, words, STATEMENT),
    )
    number = {"phone": _number(session.writer), "email": "", "times": ""}
    salt = vault.new_salt()
    pin = answers.get("pin", "")
    insert_together(
        Complainant(
            grievance=grievance,
            sealed_contact=seal_contact(number) if told.safe else None,
            safe_way=Complainant.Safe.SMS if told.safe else Complainant.Safe.NONE,
        ),
        TextReceipt(
            grievance=grievance,
            writer=session.writer,
            reference=session.reference,
            salt=salt,
            pin=vault.pin_digest(RING, salt, session.reference, pin) if pin else None,
        ),
        Arrival(kind=Arrival.Kind.GRIEVANCE, grievance=grievance, at=at),
    )
    return grievance


def _number(writer: Writer) -> str:
    return vault.open_contact(RING, bytes(writer.sealed_number)).decode()


def _answers(session: FormSession) -> dict[str, str]:
    found: dict[str, str] = json.loads(vault.open_contact(RING, bytes(session.sealed_answers)))
    return found


def _sealed(answers: Mapping[str, str]) -> bytes:
    return vault.seal_contact(RING, json.dumps(dict(answers), ensure_ascii=False).encode())


def _say(session: FormSession, words: object, at: datetime, *, also: str = "") -> None:
    with translation.override(session.language):
        text = str(words) % {"reference": session.reference} if "%(" in str(words) else str(words)
        _reply(session.writer, f"{text} {also}".strip(), at)


def _reply(writer: Writer, text: str, at: datetime) -> None:
    """One text, unless they want none, cannot get any, or had so many within the hour that a machine may be answering.

    Nothing that they wrote stands in it.
    """
    if writer.stopped_at is not None or not writer.answerable:
        return
    if Reply.objects.filter(writer=writer, made_at__gt=at - timedelta(hours=1)).count() >= REPLIES_AN_HOUR:
        return
    parcel = {"to": _number(writer), "subject": "", "body": text}
    Reply.objects.create(
        channel=Complainant.Safe.SMS,
        sealed_parcel=seal_contact(parcel),
        message_id=uuid.uuid4().hex,
        made_at=at,
        next_try_at=at,
        writer=writer,
        segments=segmented(text).count,
    )
