"""What in somebody's words may tell who they are: phone numbers, email addresses and numbers like those of papers.

Looked at in memory while the page with it is made; kept nowhere and written in no log.
"""

import re
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberMatcher

from grievance.questions import NotADay, read_day, western_digits

EMAIL = re.compile(r"[^\s@<>()\[\],;:“”]{1,64}@[^\s@<>()\[\],;:“”]{1,120}\.[^\W\d_]{2,24}")
NUMBER = re.compile(r"[^\W_]{1,40}(?:[-/.][^\W_]{1,40}){0,8}")
DIGITS, DIGITS_WITH_LETTERS = 7, 5  # from so many on a number may be that of a person; our default
PHONES_MOST = 200  # tries of one text: it may be long, and somebody waits

Span = tuple[int, int]


def telltales(words: str, country: str = "") -> list[str]:
    """The pieces of ``words`` that may tell who somebody is, as they stand there; ``country``: ISO 3166-1, whose phone
    numbers are known without their prefix."""
    western = western_digits(words)
    found: list[Span] = []
    for start, end in (*_emails(western), *_phones(western, country), *_numbers(western)):
        if all(end <= other_start or start >= other_end for other_start, other_end in found):
            found.append((start, end))
    return list(dict.fromkeys(words[start:end] for start, end in sorted(found)))


def _emails(words: str) -> Iterator[Span]:
    return (match.span() for match in EMAIL.finditer(words))


def _phones(words: str, country: str) -> Iterator[Span]:
    for match in PhoneNumberMatcher(words, country or None, leniency=Leniency.POSSIBLE, max_tries=PHONES_MOST):
        if not _is_a_day(match.raw_string):
            yield match.start, match.end


def _numbers(words: str) -> Iterator[Span]:
    for match in NUMBER.finditer(words):
        digits = sum(sign.isdecimal() for sign in match[0])
        letters = any(sign.isalpha() for sign in match[0])
        if digits >= (DIGITS_WITH_LETTERS if letters else DIGITS) and not _is_a_day(match[0]):
            yield match.span()


def _is_a_day(text: str) -> bool:
    try:
        read_day(text)
    except NotADay:
        return False
    return True
