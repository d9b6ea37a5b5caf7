"""Structured texts: a code with its version, then letters with answers; and the guide to them, from the same tables.

    GRV1 SW  S 1  P Mutoshi  L 31/3/2026  H 2  N Hatujalipwa tangu Januari

Behind the code stands the language whose letters these are (`data/letters.csv`); what happened comes last, and goes to
the end of the text. A partner has letters beside those of everybody: for whom it speaks.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from grievance import relayed, vault
from grievance.keywords import folded
from grievance.questions import BY_KEY, OF_PHONES, Kind, Question, western_digits
from grievance.talk import NO, STATEMENT, YES, yes_or_no

Text = str | Promise
DATA = Path(__file__).parent / "data" / "letters.csv"
# Another version only where a letter means something else, or is gone: a printed guide is good for years. A new letter
# changes nothing that an older guide says.
CODE, VERSION = "grv", 1
_PART = re.compile(r"[^\s!\-,:#;]+")
_AROUND = re.compile(r"^[\s!\-,:#;]+|[\s!\-,:#;]+$")
_STARTS = re.compile(rf"{CODE}([0-9]{{1,6}})")
QUESTIONS: Mapping[str, Question] = {
    one.short: one for one in (*BY_KEY.values(), *OF_PHONES, *relayed.QUESTIONS) if one.short
}
OF_PARTNERS = frozenset(one.short for one in relayed.QUESTIONS)
# What is heeded wherever it can be made out, in a text that is otherwise not understood.
_PRESSING: Mapping[str, str] = {"urgent": YES, "safe": NO}


@dataclass(frozen=True)
class Coded:
    """``answers``: by the key of the question, as a conversation keeps them. ``old``: of another version. ``unclear``:
    not all of it could be read, and nothing of it is guessed. ``empty``: the code, and nothing behind it. ``pressing``:
    that somebody is in danger, or this phone not safe, as far as it can be made out in any of them."""

    language: str
    answers: Mapping[str, str] = field(default_factory=dict)
    old: bool = False
    unclear: bool = False
    empty: bool = False
    pressing: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class _Part:
    said: str
    start: int
    end: int


@cache
def letters(language: str, *, partner: bool = False) -> dict[str, str]:
    """Of a language, by letter: the short name of the question; ``partner``: with those of partners. In English where a
    language has none."""
    found: dict[str, dict[str, str]] = {}
    with DATA.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            own = found.setdefault(row["language"], {})
            letter = folded(row["letter"])
            if letter in own or row["short"] not in QUESTIONS:
                raise ValueError(f"{DATA.name}: a letter stands for two questions, or for none")
            own[letter] = row["short"]
    own = found.get(language) or found["en"]
    return {letter: short for letter, short in own.items() if partner or short not in OF_PARTNERS}


@cache
def languages() -> tuple[str, ...]:
    with DATA.open(encoding="utf-8") as rows:
        return tuple(dict.fromkeys(row["language"] for row in csv.DictReader(rows)))


def read(text: str, language: str, *, partner: bool = False) -> Coded | None:
    """None where the text begins with no code of ours. ``language``: of the letters, where the text names none;
    ``partner``: it may say for whom it speaks."""
    parts = [_Part(said, one.start(), one.end()) for one in _PART.finditer(text) if (said := folded(one.group()))]
    head = _head(parts)
    if head is None:
        return None
    version, at = head
    if at < len(parts) and (named := _language(parts[at].said)):
        language, at = named, at + (2 if _is_region(parts, at, named) else 1)
    if at == len(parts):
        return Coded(language, old=version != VERSION, empty=True)
    known = letters(language, partner=partner)
    if version != VERSION:
        return Coded(language, old=True, pressing=_made_out(parts[at:], known))
    spans = _spans(text, parts, at, known)
    answers = _answers(spans) if spans is not None else None
    if answers is None:
        return Coded(language, unclear=True, pressing=_made_out(parts[at:], known))
    pressing = {key: said for key, said in _PRESSING.items() if answers.get(key) == said}
    return Coded(language, answers, pressing=pressing)


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


def _made_out(parts: list[_Part], known: Mapping[str, str]) -> dict[str, str]:
    """What presses, wherever its letter stands with its answer, or sticks to it: a needless alarm costs a look."""
    found = {}
    for part, behind in zip(parts, [*parts[1:], None], strict=True):
        glued = re.fullmatch(r"(\D+)([0-9]+)", western_digits(part.said))
        letter, said = glued.groups() if glued else (part.said, behind.said if behind else "")
        key = QUESTIONS[known[letter]].key if letter in known else ""
        if key in _PRESSING and yes_or_no(said) == _PRESSING[key]:
            found[key] = _PRESSING[key]
    return found


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
    if question.kind in {Kind.CHOICE, Kind.CHOICES}:
        return _chosen(question, said)
    if question.key in relayed.STEPS:
        return partner_says(question.key, said)
    return said


def partner_says(step: str, typed: str) -> str | None:
    """What a partner answers of the person that it speaks for, as it is kept; None where it means nothing."""
    if step == relayed.BEHALF:
        return relayed.consent_in(typed)
    return relayed.NOWHERE if relayed.says_nowhere(typed) else vault.e164(typed.strip())


def _chosen(question: Question, said: str) -> str | None:
    """Codes, from their places in the guide; one alone where only one may be chosen."""
    places = [western_digits(one) for one in _PART.findall(said)]
    values = [one.value for one in question.choices]
    if not all(re.fullmatch(r"[0-9]{1,2}", one) and 1 <= int(one) <= len(values) for one in places):
        return None
    if question.kind == Kind.CHOICE and len(places) > 1:
        return None
    return " ".join(dict.fromkeys(values[int(one) - 1] for one in places))


def short_guide(language: str) -> str:
    """The whole form in one line, as a text has room for it: of the answers that are numbers of a list only the printed
    guide has the list."""
    with override(language):
        said = [f"{letter.upper()} {QUESTIONS[short].example}" for letter, short in letters(language).items()
                if QUESTIONS[short].example]  # fmt: skip
    return " ".join([start(language), *said])


def example(language: str) -> str:
    """A whole text, as somebody might write it."""
    with override(language):
        said = {"safe": "1", "where": gettext("the mine by the river"), "when": "31/3/2026", "danger": "2",
                "what": gettext("We have had no pay since January.")}  # fmt: skip
        letter = {short: letter.upper() for letter, short in letters(language).items()}
    return " ".join([start(language), *(f"{letter[short]} {answer}" for short, answer in said.items())])


def start(language: str) -> str:
    code = language if language in languages() else "en"
    return f"{CODE}{VERSION} {code.partition('-')[0]}".upper()


def guide(language: str) -> list[str]:
    """The lines of the printable guide, in that language as far as it is translated."""
    with override(language):
        lines = [
            gettext("Begin with %(start)s. Then write each letter, a space, and the answer. What happened comes last.")
            % {"start": start(language)}
        ]
        for letter, short in letters(language).items():
            lines += _lines(letter.upper(), QUESTIONS[short])
    return lines


def partner_guide(language: str) -> list[str]:
    """The lines that a partner's card has beside them."""
    own = letters(language, partner=True).items()
    with override(language):
        return [f"{letter.upper()}: {QUESTIONS[short].words}" for letter, short in own if short in OF_PARTNERS]


def _lines(letter: str, question: Question) -> list[str]:
    words = question.by_text.words if question.by_text and question.by_text.words is not None else question.words
    choices = [f"{letter} {place}: {one.label}" for place, one in enumerate(question.choices, start=1)]
    return [f"{letter}: {words}", *choices]
