"""Doing what a keyword that stands alone says: STOP, START, HELP, LANGUAGE, before anything else that a text may be."""

from datetime import datetime

from grievance import vault
from grievance.commands.answering import number_of, say, send, worded
from grievance.commands.guiding import end_before
from grievance.commands.speaking import choices, choose, hear_word, language_now
from grievance.commands.stopping import start, stop
from grievance.help import Line, lines_in, listed_by_text
from grievance.keywords import Keyword, Meant, word_for
from grievance.models import FormSession, Writer
from grievance.rules import SEGMENTS_A_TEXT
from grievance.segments import segmented
from grievance.talk import FORM


def heed(writer: Writer, session: FormSession | None, meant: Meant, *, at: datetime) -> None:
    """STOP stops texts, never the case; only START resumes. In mid-conversation the question is asked again."""
    if meant.keyword == Keyword.LANGUAGE:
        _language(writer, session, meant, at)
        return
    hear_word(writer, session, meant)
    if meant.keyword == Keyword.STOP:
        if writer.stopped_at is None:
            stop(writer, at=at)
    elif meant.keyword == Keyword.START:
        start(writer, at=at)
        say_and_ask(writer, session, "started", at=at)
    elif meant.keyword == Keyword.NEXT:
        end_before(session, at=at)
        say(writer, "next", language=language_now(writer, session), at=at)
    else:
        _help(writer, session, at)


def _language(writer: Writer, session: FormSession | None, meant: Meant, at: datetime) -> None:
    if choose(writer, session, meant):
        say_and_ask(writer, session, "language_set", at=at)
        return
    hear_word(writer, session, meant)
    now = language_now(writer, session)
    say(writer, "languages", language=now, at=at, choices=choices(now))


def _help(writer: Writer, session: FormSession | None, at: datetime) -> None:
    """What can be written, and who helps where this phone is at home: as many numbers as still fit, one at least. In
    one text, so that two machines that help each other are noticed."""
    language = language_now(writer, session)
    lines = _who_helps(writer)
    if not lines:
        say_and_ask(writer, session, "helped", at=at)
        return
    while len(lines) > 1 and _too_long(lines, language):
        lines = lines[:-1]
    say_and_ask(writer, session, "helped", "help_lines", at=at, lines=listed_by_text(lines))


def _who_helps(writer: Writer) -> list[Line]:
    """In the country of the number, else in that of its gateway: no case is looked into for it, and nothing said of
    where one is."""
    homes = (vault.country_of(number_of(writer)), str(writer.gateway.options.get("country") or "").upper())
    return next((found for home in homes if (found := lines_in(home))), [])


def _too_long(lines: list[Line], language: str) -> bool:
    whole = worded("helped", "help_lines", language=language, lines=listed_by_text(lines))
    return segmented(whole).count > SEGMENTS_A_TEXT


def say_and_ask(writer: Writer, session: FormSession | None, *names: str, at: datetime, **values: object) -> None:
    """These texts, and the question that waits."""
    asked = [] if session is None or session.step == FORM else [f"ask_{session.step}"]
    send(writer, worded(*names, *asked, language=language_now(writer, session), **values), at=at)


def say_paired(writer: Writer, session: FormSession | None, paired: bool, *, at: datetime) -> None:
    """What became of a code of a card, and how to go from one person to the next."""
    if not paired:
        say_and_ask(writer, session, "wrong_code", at=at)
        return
    language = language_now(writer, session)
    say(writer, "paired", "next_how", language=language, at=at, word=word_for(Keyword.NEXT, language).upper())
