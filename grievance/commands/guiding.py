"""The guided conversation: where it goes from what was said, one question a text, safety first and the PIN last."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from grievance import relayed, talk
from grievance.coded import partner_says
from grievance.commands.answering import call_back, language_of, say
from grievance.commands.bytext import answers_of, end_session, file_session, keep_more, sealed_answers, set_pin
from grievance.commands.partners.bytext import agreed, start_of
from grievance.commands.speaking import hear_word, ways_out
from grievance.keywords import meaning
from grievance.models import FormSession, Writer
from grievance.questions import Kind
from grievance.receipts import new_reference
from grievance.talk import FORM, PIN, STATEMENT

SILENT_FOR = timedelta(minutes=30)  # then what was said becomes a grievance as far as it got


def begin(writer: Writer, words: str, sent: datetime, at: datetime) -> FormSession:
    session = open_session(writer, talk.ASKED[0].key, {STATEMENT: words}, language_of(writer), sent, at)
    return go_from(session, answers_of(session), at, first=True)


def open_session(
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


def end_before(session: FormSession | None, *, at: datetime) -> None:
    """Somebody else's words begin: what was said before is a grievance as far as it got."""
    if session is not None:
        end_session(session, answers_of(session), at=at)


def go_on(session: FormSession, words: str, at: datetime) -> FormSession:
    """An answer to the question that waits; what means nothing is asked again, and nothing of it is lost."""
    if session.step == FORM:  # it came in no better form: the questions, one by one
        if not talk.bare_pin(words):
            keep_more(session, words, at=at)
        return go_from(session, answers_of(session), at)
    if session.step in relayed.STEPS:
        return _for_somebody(session, words, at)
    said = talk.answer_to(session.step, words)
    word = meaning(words) if talk.BY_KEY[session.step].kind == Kind.TICK else None
    if said.answer is not None and word is not None:  # a yes or a no
        hear_word(session.writer, session, word)
    if said.more:  # whatever it was, somebody said it
        keep_more(session, said.more, at=at)
    answers = answers_of(session)
    if said.answer is None:
        _keep(session, answers, session.step, at)
        say(session.writer, f"wrong_{session.step}", language=session.language, at=at)
        return session
    answers[session.step] = said.answer
    return go_from(session, answers, at)


def _for_somebody(session: FormSession, words: str, at: datetime) -> FormSession:
    """What a partner says of the person that it speaks for; words that are no answer stand with what happened."""
    said = partner_says(session.step, words)
    if said is not None:
        return _agreed(session, said, at)
    if any(sign.isalpha() for sign in words):
        keep_more(session, words, at=at)
    _keep(session, answers_of(session), session.step, at)
    asked = say(session.writer, f"wrong_{session.step}", language=session.language, at=at)
    # Asked back so often that we fall silent, it is let go: what comes next may be of another question, or person.
    return session if asked or session.writer.stopped_at is not None else _agreed(session, "", at)


def _agreed(session: FormSession, said: str, at: datetime) -> FormSession:
    """``said``: "" where they were asked and did not say."""
    if session.grievance is None:
        return go_from(session, {**answers_of(session), session.step: said}, at)
    if said:  # filed for danger before it was asked
        agreed(session, session.step, said)
    step = relayed.step_after(session.step) or PIN
    _keep(session, {}, step, at)
    _tell(session, f"ask_{step}", urgent=True, at=at)
    return session


def go_from(session: FormSession, answers: dict[str, str], at: datetime, *, first: bool = False) -> FormSession:
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
    ways = ways_out(session) if first else ""
    names = ("welcome", ask, *(["ways"] if ways else [])) if first else (ask,)
    _tell(session, *names, urgent=told.urgent, at=at, ways=ways)
    return session


def _next_step(session: FormSession, answers: Mapping[str, str]) -> str:
    """Of a partner first for whom it speaks; of a grievance that is filed already nothing else but its PIN."""
    open_one = None if session.grievance is not None else talk.first_open(answers)
    return relayed.first_open(answers) or (open_one.key if open_one else PIN)


def _done(session: FormSession, answers: Mapping[str, str], at: datetime) -> FormSession:
    if session.grievance is not None:
        set_pin(session.grievance, answers[PIN])
    end_session(session, answers, at=at)
    _tell(session, "done", urgent=talk.told(answers).urgent, at=at)
    return session


def _tell(session: FormSession, *names: str, urgent: bool, at: datetime, ways: str = "") -> None:
    """Who is in danger is answered before others, and when the money of the day is spent too."""
    language, reference = session.language, session.reference
    say(session.writer, *names, language=language, at=at, urgent=urgent, reference=reference, ways=ways)


def _keep(session: FormSession, answers: Mapping[str, str], step: str, at: datetime) -> None:
    session.step, session.ends_at = step, at + SILENT_FOR
    session.sealed_answers = b"" if session.grievance else sealed_answers(answers)
    session.save(update_fields=["sealed_answers", "step", "ends_at"])
