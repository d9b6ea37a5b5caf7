"""A structured text as it is heard: what it says is answered, what it lacks is asked, and danger waits for neither."""

from datetime import datetime

from grievance import relayed
from grievance.coded import Coded, short_guide
from grievance.coded import read as read_form
from grievance.commands.answering import say
from grievance.commands.bytext import answers_of, joined, keep_more
from grievance.commands.guiding import end_before, go_from, open_session
from grievance.commands.partners.pairing import heed_code, is_unused, partner_of
from grievance.commands.proving import speaks_for_themselves
from grievance.commands.speaking import hear_card, hear_language, language_now
from grievance.models import FormSession, Writer
from grievance.talk import FORM, STATEMENT


def form_in(writer: Writer, session: FormSession | None, words: str, *, partner: bool = False) -> Coded | None:
    """Of a partner's number, and of one that was a partner's, with the letters of partners."""
    language = language_now(writer, session)
    coded = read_form(words, language)
    if coded is not None and (partner or not speaks_for_themselves(writer)):
        coded = read_form(words, language, partner=True)
    return coded


def pair_and_fill(
    writer: Writer, session: FormSession | None, code: str, form: str, sent: datetime, at: datetime
) -> FormSession | None:
    """A code of a card with a form behind it. A wrong one ends the pairing, if there was any, and the form is heard all
    the same: whoever writes it may be in danger."""
    coded = form_in(writer, session, form, partner=True)
    if session is not None and is_unused(code):
        end_before(session, at=at)
        session = None
    paired = heed_code(writer, code, sent)  # the form is of this number from its own moment on
    hear_card(writer, session, paired)
    if coded is not None:
        _hear_form(writer, session, coded)
    if coded is None or "safe" not in coded.pressing:  # then no text may go to this phone any more
        say(writer, "paired" if paired else "wrong_code", language=language_now(writer, session), at=at)
    return fill(writer, session, coded, form, sent, at) if coded else session


def _hear_form(writer: Writer, session: FormSession | None, coded: Coded) -> None:
    """Behind its code it names the language of its letters."""
    if coded.language != language_now(writer, session):
        hear_language(writer, session, coded.language)


def fill(
    writer: Writer, session: FormSession | None, coded: Coded, words: str, sent: datetime, at: datetime
) -> FormSession | None:
    """A structured text: what it says is answered, the rest is asked. What cannot be read is kept, and asked back."""
    _hear_form(writer, session, coded)
    language = language_now(writer, session)
    how = short_guide(coded.language)
    if coded.empty:
        say(writer, "form_how", language=language, at=at, guide=how)
        return session
    if session is not None and session.step != FORM and partner_of(writer) is not None:
        end_before(session, at=at)  # it is of somebody else
        session = None
    begun = session or open_session(writer, FORM, {}, language, sent, at)
    if begun.grievance is not None:  # filed already, for danger: nothing of it is asked again
        keep_more(begun, words, at=at)
        if "safe" in coded.pressing:
            return go_from(begun, dict(coded.pressing), at)
        say(writer, f"ask_{begun.step}", language=begun.language, at=at)
        return begun
    answers = answers_of(begun)
    if coded.old or coded.unclear:
        return _ask_back(begun, coded, words, how, at, first=session is None)
    said = dict(coded.answers)
    if relayed.BEHALF in said:
        said.setdefault("harmed", "other")
    statement = joined(answers.get(STATEMENT, ""), said.get(STATEMENT, ""))
    return go_from(begun, {**answers, **said, STATEMENT: statement}, at, first=session is None)


def _ask_back(session: FormSession, coded: Coded, words: str, how: str, at: datetime, *, first: bool) -> FormSession:
    """Kept as it came. Danger, and a phone that is not safe, wait for no better form."""
    keep_more(session, words, at=at)
    if coded.pressing:
        return go_from(session, {**answers_of(session), **coded.pressing}, at, first=first)
    say(session.writer, "form_old" if coded.old else "form_unclear", language=session.language, at=at, guide=how)
    return session
