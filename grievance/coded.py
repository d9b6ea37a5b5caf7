"""Structured texts: a code with its version, then letters with answers; and the guide to them, from the same tables.

    GRV1 SW  S 1  P Mutoshi  L 31/3/2026  H 2  N Hatujalipwa tangu Januari

Behind the code stands the language whose letters these are (`data/letters.csv`); what happened comes last, and goes to
the end of the text.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from grievance.keywords import folded
from grievance.questions import BY_KEY, FAMILIES, OF_PHONES, Kind, Question, western_digits
from grievance.talk import STATEMENT, yes_or_no

Text = str | Promise
DATA = Path(__file__).parent / "data" / "letters.csv"
CODE, VERSION = "grv", 1
_PART = re.compile(r"[^\s!\-,:#;]+")
_AROUND = re.compile(r"^[\s!\-,:#;]+|[\s!\-,:#;]+$")
_STARTS = re.compile(rf"{CODE}([0-9]{{1,6}})")
QUESTIONS: Mapping[str, Question] = {one.short: one for one in (*BY_KEY.values(), *OF_PHONES) if one.short}


@dataclass(frozen=True)
class Coded:
    """``answers``: by the key of the question, as a conversation keeps them. ``old``: of another version. ``unclear``:
    not all of it could be read, and nothing of it is guessed. ``empty``: the code, and nothing behind it."""

    language: str
    answers: Mapping[str, str] = field(default_factory=dict)
    old: bool = False
    unclear: bool = False
    empty: bool = False


@dataclass(frozen=True)
class _Part:
    said: str
    start: int
    end: int


@cache
def letters(language: str) -> dict[str, str]:
    """Of a language, by letter: the short name of the question. In English where a language has none."""
    found: dict[str, dict[str, str]] = {}
    with DATA.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            own = found.setdefault(row["language"], {})
            letter = folded(row["letter"])
            if letter in own or row["short"] not in QUESTIONS:
                raise ValueError(f"{DATA.name}: a letter stands for two questions, or for none")
            own[letter] = row["short"]
    return found.get(language) or found["en"]


@cache
def languages() -> tuple[str, ...]:
    with DATA.open(encoding="utf-8") as rows:
        return tuple(dict.fromkeys(row["language"] for row in csv.DictReader(rows)))


def read(text: str, language: str) -> Coded | None:
    """None where the text begins with no code of ours. ``language``: of the letters, where the text names none."""
    parts = [_Part(said, one.start(), one.end()) for one in _PART.finditer(text) if (said := folded(one.group()))]
    head = _head(parts)
    if head is None:
        return None
    version, at = head
    if at < len(parts) and (named := _language(parts[at].said)):
        language, at = named, at + (2 if _is_region(parts, at, named) else 1)
    if at == len(parts):
        return Coded(language, old=version != VERSION, empty=True)
    if version != VERSION:
        return Coded(language, old=True)
    spans = _spans(text, parts, at, letters(language))
    answers = _answers(spans) if spans is not None else None
    return Coded(language, unclear=True) if answers is None else Coded(language, answers)


def _head(parts: list[_Part]) -> tuple[int, int] | None:
    """The version, and which part comes behind the code; the number may stand apart."""
    for count in (1, 2):
        found = _STARTS.fullmatch(western_digits("".join(part.said for part in parts[:count])))
        if found:
            return int(found.group(1)), min(count, len(parts))
    return None


def _language(said: str) -> str:
    return next((one for one in languages() if said in {one, one.partition("-")[0]}), "")


def _is_region(parts: list[_Part], at: int, named: str) -> bool:
    region = named.partition("-")[2]
    return bool(region) and at + 1 < len(parts) and parts[at + 1].said == region


def _spans(text: str, parts: list[_Part], at: int, known: Mapping[str, str]) -> dict[str, str] | None:
    """What stands behind each letter, by the short name of its question; None where a letter is missing, or sticks to
    its answer ("P25"): that is asked back."""
    found: dict[str, tuple[int, int]] = {}
    current = ""
    for part in parts[at:]:
        short = known.get(part.said, "")
        if short and short not in found:
            current, found[short] = short, (part.end, part.end)
            if QUESTIONS[short].key == STATEMENT:
                found[short] = (part.end, len(text))
                break
        elif not current or _sticks(part.said, known, found):
            return None
        else:
            found[current] = (found[current][0], part.end)
    return {short: _AROUND.sub("", text[start:end]) for short, (start, end) in found.items()}


def _sticks(said: str, known: Mapping[str, str], found: Mapping[str, object]) -> bool:
    glued = re.fullmatch(r"(\D+)[0-9]+", western_digits(said))
    return glued is not None and known.get(glued.group(1), "") not in {"", *found}


def _answers(spans: Mapping[str, str]) -> dict[str, str] | None:
    """None where one of them means nothing."""
    answers = {}
    for short, said in spans.items():
        question = QUESTIONS[short]
        answer = _answer(question, said)
        if not answer:
            return None
        answers[question.key] = answer
    return answers


def _answer(question: Question, said: str) -> str | None:
    if question.kind == Kind.TICK:
        return yes_or_no(said)
    if question.kind == Kind.CHOICES:
        return _families(said)
    return said


def _families(said: str) -> str | None:
    """Codes, from their places in the guide."""
    places = [western_digits(one) for one in _PART.findall(said)]
    if not all(re.fullmatch(r"[0-9]{1,2}", one) and 1 <= int(one) <= len(FAMILIES) for one in places):
        return None
    return " ".join(dict.fromkeys(FAMILIES[int(one) - 1].code for one in places))


def short_guide(language: str) -> dict[str, str]:
    """What is put into the text `guide` of that language."""
    by_short = {short: letter.upper() for letter, short in letters(language).items()}
    return {"start": start(language), **by_short}


def start(language: str) -> str:
    code = language if language in languages() else "en"
    return f"{CODE}{VERSION} {code.partition('-')[0]}".upper()


def guide(language: str) -> list[str]:
    """The lines of the printable guide, in that language as far as it is translated."""
    own = letters(language)
    with override(language):
        lines = [
            gettext("Begin with %(start)s. Then write each letter, a space, and the answer. What happened comes last.")
            % {"start": start(language)}
        ]
        for letter, short in own.items():
            lines += _lines(letter.upper(), QUESTIONS[short])
    return lines


def _lines(letter: str, question: Question) -> list[str]:
    words = question.by_text.words if question.by_text and question.by_text.words is not None else question.words
    if question.kind != Kind.CHOICES:
        return [f"{letter}: {words}"]
    choices = [f"{letter} {place}: {one.label}" for place, one in enumerate(FAMILIES, start=1)]
    return [f"{letter}: {words}", *choices]
