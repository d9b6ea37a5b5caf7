"""Doing what a keyword that stands alone says: STOP, START, HELP, LANGUAGE, before anything else that a text may be."""

from datetime import datetime

from django.utils.translation import get_language_info

from grievance import vault
from grievance.commands.answering import language_of, number_of, offered, say, worded
from grievance.commands.stopping import start, stop
from grievance.help import Line, lines_in, listed_by_text
from grievance.keywords import Keyword, Meant, language_named
from grievance.models import FormSession, Writer
from grievance.rules import SEGMENTS_A_TEXT
from grievance.segments import segmented
from grievance.talk import FORM


def heed(writer: Writer, session: FormSession | None, meant: Meant, *, at: datetime) -> None:
    """STOP stops texts, never the case; only START resumes. In mid-conversation the question is asked again."""
    if not writer.language:  # of a stranger nothing else says it
        writer.language = next((one for one in meant.languages if one in offered()), "")
        writer.save(update_fields=["language"])
    if meant.keyword == Keyword.STOP:
        if writer.stopped_at is None:
            stop(writer, at=at)
    elif meant.keyword == Keyword.START:
        start(writer, at=at)
        say_and_ask(writer, session, "started", at=at)
    elif meant.keyword == Keyword.LANGUAGE:
        _change_language(writer, session, meant, at)
    else:
        _help(writer, session, at)


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
    say_and_ask(writer, session, "language_set", at=at)


def _only_one(meant: Meant, now: str) -> str:
    """Of a word that stands alone: "LUGHA" is Swahili; the English word, and that of the language now, ask for all."""
    here = [one for one in meant.languages if one in offered()]
    return here[0] if len(here) == 1 and here[0] not in {now, "en"} else ""


def _help(writer: Writer, session: FormSession | None, at: datetime) -> None:
    """What can be written, and who helps where this phone is at home: as many numbers as still fit, one at least. In
    one text, so that two machines that help each other are noticed."""
    language = session.language if session else language_of(writer)
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
    if session is None:
        say(writer, *names, language=language_of(writer), at=at, **values)
    else:
        asked = () if session.step == FORM else (f"ask_{session.step}",)
        say(writer, *names, *asked, language=session.language, at=at, **values)
