"""An answer in words, as the preview and the office show it: by the same table as it was asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grievance.questions.table import QUESTIONS, Answers, Kind, Question, Stored, Text


@dataclass(frozen=True)
class Said:
    """One question with its answer; ``own``: in the words of the person, in the language that they wrote."""

    question: Question
    lines: tuple[Text, ...]

    @property
    def own(self) -> bool:
        return self.question.kind in {Kind.WORDS, Kind.LINE}

    @property
    def direction(self) -> str:
        """Signs of a position, a phone number or an address keep their order on pages that read from the right."""
        if self.question.kind in {Kind.POSITION, Kind.PHONE, Kind.EMAIL}:
            return "ltr"
        return "auto" if self.own else ""


def said(answers: Answers, *, stored: Iterable[Stored] = tuple(Stored)) -> list[Said]:
    """What was answered, in the order of the questions; what was left empty is not there."""
    kept = frozenset(stored)
    found = [Said(one, in_words(one, answers.get(one.key))) for one in QUESTIONS if one.stored in kept]
    return [one for one in found if one.lines]


def in_words(question: Question, value: Any) -> tuple[Text, ...]:
    """Each a line; none for no answer. A site, a country and a file come with the words for them."""
    if value in (None, "", False, [], ()):
        return ()
    if question.kind == Kind.TICK:
        return (_("Yes"),)
    if question.kind == Kind.DAY and isinstance(value, date):
        return (date_format(value, "DATE_FORMAT"),)
    if question.choices:
        chosen = value if isinstance(value, list | tuple) else [value]
        return tuple(choice.label for choice in question.choices if choice.value in chosen)
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)
