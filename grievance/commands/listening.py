"""Hearing what people text: keywords before anything else, then who comes back with a PIN, then a structured text, then
the next answer of a conversation, then a new one.

Everything that came is durable before it is heard, and found by state; a worker that stops loses nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import get_language_info

from grievance import comeback, relayed, talk, vault
from grievance.coded import Coded, short_guide
from grievance.coded import read as read_form
from grievance.commands.answering import call_back, language_of, offered, say, worded
from grievance.commands.bytext import answers_of, end_session, file_session, joined, keep_more, sealed_answers, set_pin
from grievance.commands.partners.bytext import answer_to as partner_says
from grievance.commands.partners.bytext import start_of
from grievance.commands.partners.pairing import heed_code
from grievance.commands.returning import come_back
from grievance.commands.stopping import start, stop
from grievance.keys import RING
from grievance.keywords import Keyword, Meant, keyword_of, language_named
from grievance.models import FormSession, InboundText, Writer
from grievance.receipts import new_reference
from grievance.talk import FORM, PIN, STATEMENT

SILENT_FOR = timedelta(minutes=30)  # then what was said becomes a grievance as far as it got
PARTS_WITHIN = timedelta(minutes=10)  # a long text whose parts do not all come is heard as it is
PUT_OFF = timedelta(minutes=10)  # of what could not be heard


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
    text = InboundText.objects.filter(pk=pk, heard_at=None).select_related("writer__gateway").first()
    if text is None or not Writer.objects.select_for_update(skip_locked=skip).filter(pk=text.writer_id).exists():
        return 0
    parts = _parts_of(text, at)
    if (
        not parts
    ):  # the rest is still on its way: whichever comes last brings this one along, and nobody waits behind it
        InboundText.objects.filter(pk=pk).update(not_before=text.at + PARTS_WITHIN)
        return 0
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
    session = FormSession.objects.open().filter(writer=writer).first()
    if session is not None:
        session.writer = writer
    meant = keyword_of(words)
    if meant is not None:
        _heed(writer, session, meant, at)
        return session
    paired = heed_code(writer, words, at)
    if paired is not None:
        _say_and_ask(writer, session, "paired" if paired else "wrong_code", at)
        return session
    returning = comeback.read(words)
    # In a conversation a word alone may be an answer: "Salama" is a place, too.
    if returning is not None and (returning.pin or returning.reference or session is None):
        return come_back(writer, session, returning, sent=sent, at=at)
    coded = read_form(words, session.language if session else language_of(writer))
    if coded is not None:
        return _fill(writer, session, coded, words, sent, at)
    if session is None:
        return _begin(writer, words, sent, at)
    return _go_on(session, words, at)


def _heed(writer: Writer, session: FormSession | None, meant: Meant, at: datetime) -> None:
    """STOP stops texts, never the case; only START resumes. In mid-conversation the question is asked again."""
    if not writer.language:  # of a stranger nothing else says it
        writer.language = next((one for one in meant.languages if one in offered()), "")
        writer.save(update_fields=["language"])
    if meant.keyword == Keyword.STOP:
        if writer.stopped_at is None:
            stop(writer, at=at)
    elif meant.keyword == Keyword.START:
        start(writer, at=at)
        _say_and_ask(writer, session, "started", at)
    elif meant.keyword == Keyword.LANGUAGE:
        _change_language(writer, session, meant, at)
    else:
        _say_and_ask(writer, session, "helped", at)


def _change_language(writer: Writer, session: FormSession | None, meant: Meant, at: datetime) -> None:
    """To the one that is named, or that alone has this word for it; else the choices are listed."""
    now = session.language if session else language_of(writer)
    named = language_named(meant.rest) if meant.rest else _only_one(meant, now)
    if named not in offered():
        choices = ", ".join(f"{code} {get_language_info(code)['name_local']}" for code in offered())
        say(writer, "languages", language=now, at=at, choices=choices)
        return
    writer.language = named
    writer.save(update_fields=["language"])
    if session is not None:
        session.language = named
        session.save(update_fields=["language"])
    _say_and_ask(writer, session, "language_set", at)


def _only_one(meant: Meant, now: str) -> str:
    """Of a word that stands alone: "LUGHA" is Swahili; the English word, and that of the language now, ask for all."""
    here = [one for one in meant.languages if one in offered()]
    return here[0] if len(here) == 1 and here[0] not in {now, "en"} else ""


def _say_and_ask(writer: Writer, session: FormSession | None, name: str, at: datetime) -> None:
    if session is None:
        say(writer, name, language=language_of(writer), at=at)
    else:
        names = [name] if session.step == FORM else [name, f"ask_{session.step}"]
        say(writer, *names, language=session.language, at=at)


def _begin(writer: Writer, words: str, sent: datetime, at: datetime) -> FormSession:
    session = _open(writer, talk.ASKED[0].key, {STATEMENT: words}, language_of(writer), sent, at)
    return _after(session, answers_of(session), at, first=True)


def _open(
    writer: Writer, step: str, answers: Mapping[str, str], language: str, sent: datetime, at: datetime
) -> FormSession:
    partner = start_of(writer, sent)
    return FormSession.objects.create(
        writer=writer,
        language=language,
        reference=new_reference(),
        step=step,
        sealed_answers=sealed_answers({**(partner.known if partner else {}), **answers}),
        started_at=sent,
        ends_at=at + SILENT_FOR,
        drill=partner is not None and partner.drill,
    )


def _fill(
    writer: Writer, session: FormSession | None, coded: Coded, words: str, sent: datetime, at: datetime
) -> FormSession | None:
    """A structured text: what it says is answered, the rest is asked. What cannot be read is kept, and asked back."""
    language = coded.language if coded.language in offered() else language_of(writer)
    how = worded("guide", language=language, **short_guide(coded.language))
    if coded.empty:
        say(writer, "form_how", language=language, at=at, guide=how)
        return session
    begun = session or _open(writer, FORM, {}, language, sent, at)
    if coded.old or coded.unclear:
        keep_more(begun, words, at=at)
        say(writer, "form_old" if coded.old else "form_unclear", language=language, at=at, guide=how)
        return begun
    if begun.grievance is not None:  # filed already, for danger: nothing of it is asked again
        keep_more(begun, words, at=at)
        say(writer, f"ask_{begun.step}", language=begun.language, at=at)
        return begun
    answers = answers_of(begun)
    statement = joined(answers.get(STATEMENT, ""), coded.answers.get(STATEMENT, ""))
    return _after(begun, {**answers, **coded.answers, STATEMENT: statement}, at, first=session is None)


def _go_on(session: FormSession, words: str, at: datetime) -> FormSession:
    """An answer to the question that waits; what means nothing is asked again, and nothing of it is lost."""
    if session.step == FORM:  # it came in no better form: the questions, one by one
        keep_more(session, words, at=at)
        return _after(session, answers_of(session), at)
    if session.step in relayed.STEPS:
        return _for_somebody(session, words, at)
    said = talk.answer_to(session.step, words)
    if said.more:  # whatever it was, somebody said it
        keep_more(session, said.more, at=at)
    answers = answers_of(session)
    if said.answer is None:
        _keep(session, answers, session.step, at)
        say(session.writer, f"wrong_{session.step}", language=session.language, at=at)
        return session
    answers[session.step] = said.answer
    return _after(session, answers, at)


def _for_somebody(session: FormSession, words: str, at: datetime) -> FormSession:
    """What a partner says of the person that it speaks for; words that are no answer stand with what happened."""
    said = partner_says(session.step, words)
    if said is not None:
        return _after(session, {**answers_of(session), session.step: said}, at)
    if any(sign.isalpha() for sign in words):
        keep_more(session, words, at=at)
    _keep(session, answers_of(session), session.step, at)
    say(session.writer, f"wrong_{session.step}", language=session.language, at=at)
    return session


def _after(session: FormSession, answers: dict[str, str], at: datetime, *, first: bool = False) -> FormSession:
    """Where the conversation goes from these answers: to its end, or to the next question. ``first``: nothing was said
    to them yet."""
    told = talk.told(answers)
    if told.safe is False:  # nothing more is written to this phone, and what was said is heard at once
        session.writer.unsafe_at = at
        session.writer.save(update_fields=["unsafe_at"])
        call_back(session.writer)
        end_session(session, answers, at=at)
        return session
    if PIN in answers:
        return _done(session, answers, at)
    if told.urgent and session.grievance is None:
        file_session(session, answers, at=at)  # danger waits for no PIN
        if told.safe is None:  # nobody said that we may ask for one
            end_session(session, answers, at=at)
            _tell(session, "welcome", urgent=True, at=at)
            return session
    step = _next_step(session, answers)
    _keep(session, answers, step, at)
    ask = f"ask_{step}"
    _tell(session, *(("welcome", ask) if first else (ask,)), urgent=told.urgent, at=at)
    return session


def _next_step(session: FormSession, answers: Mapping[str, str]) -> str:
    """Of a grievance that is filed already only its PIN is asked; of a partner first for whom it speaks."""
    if session.grievance is not None:
        return PIN
    open_one = talk.first_open(answers)
    return relayed.first_open(answers) or (open_one.key if open_one else PIN)


def _done(session: FormSession, answers: Mapping[str, str], at: datetime) -> FormSession:
    if session.grievance is not None:
        set_pin(session.grievance, answers[PIN])
    end_session(session, answers, at=at)
    _tell(session, "done", urgent=talk.told(answers).urgent, at=at)
    return session


def _tell(session: FormSession, *names: str, urgent: bool, at: datetime) -> None:
    """Who is in danger is answered before others, and when the money of the day is spent too."""
    say(session.writer, *names, language=session.language, at=at, urgent=urgent, reference=session.reference)


def _keep(session: FormSession, answers: Mapping[str, str], step: str, at: datetime) -> None:
    session.step, session.ends_at = step, at + SILENT_FOR
    session.sealed_answers = b"" if session.grievance else sealed_answers(answers)
    session.save(update_fields=["sealed_answers", "step", "ends_at"])


@transaction.atomic
def _end_silent(pk: int, at: datetime) -> int:
    """Silence gets no reply."""
    skip = connection.features.has_select_for_update_skip_locked
    held = FormSession.objects.silent(at).select_for_update(of=("self",), skip_locked=skip)
    session = held.select_related("writer__gateway").filter(pk=pk).first()
    if session is None:
        return 0
    end_session(session, answers_of(session), at=at)
    return 1
