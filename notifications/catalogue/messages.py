"""Every text message that we may send, in one place: how many parts it is sent and paid in, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from grievance.coded import short_guide
from grievance.commands.returning import EXAMPLE
from grievance.help import by_place, listed_by_text
from grievance.keywords import BESIDE_A_PIN, Keyword, word_for
from grievance.receipts import group
from grievance.rules import CODE_LIVES
from grievance.segments import segmented
from grievance.texts import TEXTS as TO_PEOPLE
from grievance.tongues import countries, listed, ways
from notifications.catalogue.texts import TEXTS as NOTICES
from notifications.catalogue.texts import Words

PEOPLE, OFFICE = _("to people who file"), _("to officers and companies")
# The first answer to a text is two texts in one, and to a stranger says how to change the language.
TOGETHER = (("welcome", "ask_safe"), ("welcome", "ask_safe", "ways"))
LONGEST_VALUE = 20  # characters of what is put in and not known here
DAY = date(2026, 9, 30)  # as long as a day is written
# The two answers that a text asks for; of every other one to confirm and to dispute.
ANSWERS = {
    "are_you_safe": (Keyword.SAFE, Keyword.UNSAFE),
    "telling_words": (Keyword.ALLOW, Keyword.REFUSE),
}


@dataclass(frozen=True)
class Message:
    """``words``: one text, or several that go out as one."""

    name: str
    words: tuple[Words, ...]
    to: Words

    def put_together(self, language: str) -> str:
        """As it goes out in this language, with the longest that may be put in."""
        with translation.override(language):
            return " ".join(_filled(str(one), self.name) for one in self.words)


@dataclass(frozen=True)
class Cost:
    """``translated``: False where the English words go out for want of others."""

    language: str
    segments: int
    coding: str
    translated: bool


def every_message() -> list[Message]:
    """By whom they are for, then by name."""
    people = [Message(name, (words,), PEOPLE) for name, words in TO_PEOPLE.items()]
    joined = [
        Message(" + ".join(names), tuple(TO_PEOPLE[name] for name in names), PEOPLE)
        for names in TOGETHER
        if set(names) <= set(TO_PEOPLE)
    ]
    notices = [Message(name, (text.sms,), OFFICE) for name, text in NOTICES.items() if text.sms]
    return [*people, *joined, *notices]


def costs_of(message: Message) -> list[Cost]:
    """One for each language that is offered."""
    english = message.put_together("en")
    return [_cost(message, language, english) for language, _name in settings.LANGUAGES]


def _cost(message: Message, language: str, english: str) -> Cost:
    whole = message.put_together(language)
    cut = segmented(whole)
    return Cost(language, cut.count, cut.coding.value, language == "en" or whole != english)


class _PutIn(dict[str, object]):
    """What is not known here stands as the name of its place, as long as it may be."""

    def __missing__(self, key: str) -> str:
        return f"({key})".ljust(LONGEST_VALUE, ".")


def _filled(words: str, name: str) -> str:
    return words % _longest(name) if "%(" in words else words


def _longest(name: str) -> Mapping[str, object]:
    language = get_language() or settings.LANGUAGE_CODE
    yes, no = (_written(one, language) for one in ANSWERS.get(name, (Keyword.CONFIRM, Keyword.DISPUTE)))
    return _PutIn({**_known(language), "yes": yes, "no": no})


@cache
def _known(language: str) -> Mapping[str, object]:
    """The same for every text. ``language``: the one that is spoken now."""
    offered = [code for code, _name in settings.LANGUAGES]
    return {
        "reference": "R-7K2M-9QXA",
        "code": group("0" * 20),
        "minutes": int(CODE_LIVES.total_seconds() // 60),
        "lines": max((listed_by_text(lines) for _place, lines in by_place()), key=len),
        "guide": short_guide(language),
        "choices": listed(offered, beside=str(TO_PEOPLE["languages"])),
        "ways": max((ways(country, language, offered) for country in countries()), key=len),
        "day": date_format(DAY, "DATE_FORMAT"),
        "example": EXAMPLE,
        "number": 12,
        "word": max((_written(one, language) for one in BESIDE_A_PIN), key=len),
    }


def _written(keyword: Keyword, language: str) -> str:
    return word_for(keyword, language).upper()
