"""A guided conversation by text: which question comes next, and what an answer means. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.functional import Promise

from grievance.keywords import Keyword, meaning
from grievance.questions import BY_TEXT, FAMILIES, Kind, NotADay, Question, read_day, western_digits

Text = str | Promise
PIN_DIGITS = 6
STATEMENT, PIN = "statement", "pin"
FORM = "form"  # waits for a structured text that could not be read
BY_KEY = {question.key: question for question in BY_TEXT}
ASKED = tuple(question for question in BY_TEXT if question.by_text and question.by_text.words is not None)
YES, NO = "1", "2"
_SAID = {Keyword.YES: YES, Keyword.SAFE: YES, Keyword.NO: NO, Keyword.UNSAFE: NO}
_EASY = re.compile(r"(\d)\1{5}|(\d\d)\2\2|(\d{3})\3")
_DIGITS = re.compile(r"[0-9](?:[\s\-.]*[0-9])*")
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def first_open(answers: Mapping[str, str]) -> Question | None:
    """The question that is asked next; None once all are answered."""
    return next((one for one in ASKED if one.key not in answers), None)


@dataclass(frozen=True)
class Answered:
    """``answer`` as it is kept; None where it means nothing and is asked for again. ``more``: what else was said."""

    answer: str | None
    more: str = ""


def answer_to(key: str, typed: str) -> Answered:
    """What a text says to the question that waits. Nothing but a plain yes or no is one: "2 people died" is none."""
    question = BY_KEY[key]
    if question.kind == Kind.TICK:
        answer = yes_or_no(typed)
        return Answered(answer, "" if answer or bare_pin(typed) else typed)
    if key == PIN:
        return _pin_in(typed)
    return Answered(typed.strip())


def yes_or_no(typed: str) -> str | None:
    said = _AROUND.sub("", western_digits(typed))
    if said in {YES, NO}:
        return said
    meant = meaning(typed)
    return _SAID.get(meant.keyword) if meant else None


def _pin_in(typed: str) -> Answered:
    """The only digits of the text are the PIN. A try that is none is kept nowhere; words, and other numbers, are."""
    groups = list(_DIGITS.finditer(western_digits(typed)))  # of the same length: each digit of any script is one sign
    beside, done = [], 0
    for group in groups:
        if 5 <= sum(sign.isdigit() for sign in group.group()) <= 7:
            beside.append(typed[done : group.start()])
            done = group.end()
    more = " ".join(part.strip() for part in [*beside, typed[done:]]).strip()
    tries = len(beside)
    if groups and not any(sign.isalpha() for sign in more):
        more = ""
    return Answered(read_pin(groups[0].group()) if tries == len(groups) == 1 else None, more)


def bare_pin(typed: str) -> bool:
    """Six digits and nothing else: where they answer nothing, somebody's PIN, and no words."""
    digits = _AROUND.sub("", western_digits(typed))
    return re.fullmatch(rf"[0-9](?:[\s\-.]*[0-9]){{{PIN_DIGITS - 1}}}", digits) is not None


def read_pin(typed: str) -> str | None:
    """Six digits of any script that are not easy to guess; None otherwise."""
    digits = "".join(sign for sign in western_digits(typed) if not sign.isspace() and sign not in "-.")
    if not re.fullmatch(rf"[0-9]{{{PIN_DIGITS}}}", digits) or _EASY.fullmatch(digits):
        return None
    steps = {int(later) - int(earlier) for earlier, later in pairwise(digits)}
    return None if steps in ({1}, {-1}) else digits


@dataclass(frozen=True)
class Told:
    """What the answers say of the grievance. ``safe``: whether texts to this phone are; None: they did not say."""

    statement: str
    place: str
    about: str
    happened_on: date | None
    urgent: bool
    safe: bool | None
    families: tuple[str, ...] = ()
    harmed: str = ""
    wanted: str = ""


def told(answers: Mapping[str, str]) -> Told:
    about = answers.get("day", "")
    try:
        day = read_day(about) if about else None
    except NotADay:
        day = None
    return Told(
        statement=answers.get(STATEMENT, ""),
        place=answers.get("place", ""),
        about="" if day else about,
        happened_on=day,
        urgent=answers.get("urgent") == YES,
        safe={YES: True, NO: False}.get(answers.get("safe", "")),
        families=tuple(one.code for one in FAMILIES if one.code in answers.get("families", "").split()),
        harmed=answers.get("harmed", ""),
        wanted=answers.get("wanted", ""),
    )
