"""A text by which somebody comes back: number, PIN, a word, in any order, and what they write behind it. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grievance import receipts
from grievance.keywords import BESIDE_A_PIN, Keyword, folded, meaning
from grievance.questions import western_digits
from grievance.talk import PIN_DIGITS

# What stands between the parts of a text; a Chinese word needs nothing around it.
_PART = re.compile(
    r"[\u3400-\u9fff]+|[^\s!\-,:#;.()\"'«»“”*/_?…،؛۔।、。，：；！？（）\u2010-\u2015\u2212\u3400-\u9fff]+"
)
_LETTERS = re.compile(r"R?[0-9A-HJKMNP-TV-Z]{8}")
_GLUED = re.compile(rf"(R?[0-9A-HJKMNP-TV-Z]{{8}})([0-9]{{{PIN_DIGITS}}})")  # number and PIN without anything between
# Six digits, also of a date or an amount: which of them is a PIN is asked of the number that stands beside it.
_SIX = re.compile(rf"(?<![0-9])(?<![0-9][\s\-.])[0-9](?:[\s\-.]?[0-9]){{{PIN_DIGITS - 1}}}(?![\s\-.]?[0-9])")
_LOOKALIKES = str.maketrans("ILO", "110")
REFERENCE_PARTS, WORD_PARTS = 4, 4
# Behind these a number says of what: of which step or company, or whether somebody was pressed.
NUMBERED = frozenset({Keyword.CONFIRM, Keyword.DISPUTE, Keyword.ALLOW, Keyword.REFUSE, Keyword.WITHDRAW})
# Of people as they speak: without a PIN beside it, it is no command.
SPOKEN = frozenset({Keyword.SAFE, Keyword.UNSAFE})


@dataclass(frozen=True)
class Returning:
    """``reference``: "" where none is named; it may be one that cannot be. ``pin``: six digits, "" where it is missing.
    ``number``: as `NUMBERED` says. ``more``: what they say beside it; ``kept``: all of it, with its PIN struck out."""

    reference: str
    pin: str
    keyword: Keyword | None = None
    number: int | None = None
    more: str = ""
    kept: str = ""
    spoken: tuple[str, ...] = field(default=(), compare=False)  # in which languages its word says so

    def __repr__(self) -> str:
        return "Returning()"


@dataclass(frozen=True)
class _Part:
    said: str
    start: int
    end: int


def read(text: str) -> Returning | None:
    """None where the text is no such thing. A sentence that begins with a word of ours is a sentence, but NOT SAFE, and
    one that names a number and a PIN."""
    parts = _parts(text)
    return _in_order(text, parts) or _named(text, parts)


def alone(text: str) -> Returning | None:
    """A PIN and nothing else, however it is called; of the only number of a phone it is enough. Else None."""
    reading = _Reading(text, _parts(text))
    while reading.go_on():
        pass
    if not reading.pin or reading.reference or reading.keyword or reading.at < len(reading.parts):
        return None
    return Returning("", reading.pin)


def six_digits(text: str) -> list[tuple[int, int]]:
    """Where six digits of any script stand together, beside no others but those of a number of ours."""
    return _six_beside(text, [place for _said, place in _references(text, _parts(text))])


def _six_beside(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    digits = western_digits(text)
    for start, end in places:
        digits = digits[:start] + "x" * (end - start) + digits[end:]
    return [one.span() for one in _SIX.finditer(digits)]


def references_in(text: str) -> list[str]:
    """The numbers of ours in a text, each once; their check letter is right."""
    return list(dict.fromkeys(said for said, _place in _references(text, _parts(text))))


def strike(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + "*" * PIN_DIGITS + text[end:]
    return text


def _parts(text: str) -> list["_Part"]:
    return [_Part(said, one.start(), one.end()) for one in _PART.finditer(text) if (said := folded(one.group()))]


def _references(text: str, parts: list["_Part"]) -> Iterator[tuple[str, tuple[int, int]]]:
    """With where they stand, a PIN glued to one left out. In a sentence only what has its R and a digit, or its R
    apart: no word is taken for one."""
    for first in range(len(parts)):
        for count in range(1, REFERENCE_PARTS + 1):
            here = parts[first : first + count]
            letters = _lettered("".join(part.said for part in here))
            end = here[-1].end
            if glued := _GLUED.fullmatch(letters):
                letters, end = glued.group(1), _six_before(text, end)
            apart = here[0].said == "r"
            if len(here) < count or len(letters) != 9 or not (apart or any(sign.isdigit() for sign in letters)):
                continue
            if letters[0] == "R" and _LETTERS.fullmatch(letters) and (reference := _checked(letters)):
                yield reference, (here[0].start, end)


def _six_before(text: str, end: int) -> int:
    """Where the last six digits before a place begin, whatever invisible stands among them."""
    left, at = PIN_DIGITS, end
    while left and at:
        at -= 1
        left -= text[at].isdigit()
    return at


def _lettered(said: str) -> str:
    return western_digits(said.upper()).translate(_LOOKALIKES)


def _checked(letters: str) -> str:
    try:
        return receipts.read_reference(letters)
    except receipts.NotAReference:
        return ""


def _named(text: str, parts: list["_Part"]) -> Returning | None:
    """One number, one group of six digits, and the word PIN: whatever else is said belongs to that number."""
    found = list(_references(text, parts))
    groups = _six_beside(text, [place for _said, place in found])
    called = any(_is_pin_word(parts, at) for at in range(len(parts)))
    if len({one for one, _place in found}) != 1 or len(groups) != 1 or not called:
        return None
    (start, end), struck = groups[0], strike(text, groups)
    pin = "".join(sign for sign in western_digits(text[start:end]) if sign.isdigit())
    return Returning(found[0][0], pin, None, None, struck.strip(), struck)


def _is_pin_word(parts: list["_Part"], at: int) -> int:
    """How many parts are together a word for PIN; 0 for none."""
    for count in range(WORD_PARTS, 0, -1):
        here = [part.said for part in parts[at : at + count]]
        meant = meaning(" ".join(here)) if len(here) == count else None
        if meant is not None and meant.keyword == Keyword.PIN:
            return count
    return 0


def _in_order(text: str, parts: list["_Part"]) -> Returning | None:
    reading = _Reading(text, parts)
    while reading.go_on():
        pass
    more = text[parts[reading.at].start :].strip() if reading.at < len(parts) else ""
    alone, word = not more, reading.keyword
    if not reading.pin:
        known = reading.reference_holds or (word is not None and word not in SPOKEN and not reading.reference)
        return Returning(reading.reference, "", word, spoken=reading.spoken) if alone and known else None
    if not reading.reference and (word is None or not (alone or word == Keyword.UNSAFE)):
        return None
    if word is not None and not alone:
        more = f"{text[reading.word_at[0] : reading.word_at[1]]} {more}"
        word = word if word == Keyword.UNSAFE else None
    kept = strike(text, [reading.pin_at])
    return Returning(reading.reference, reading.pin, word, reading.number, more, kept, reading.spoken)


class _Reading:
    """From the first part on as far as every part is one of those that we know; each once."""

    def __init__(self, text: str, parts: list[_Part]) -> None:
        self.text, self.parts, self.at = text, parts, 0
        self.reference, self.reference_holds, self.pin = "", False, ""
        self.keyword: Keyword | None = None
        self.spoken: tuple[str, ...] = ()
        self.number: int | None = None
        self.pin_at = self.word_at = (0, 0)

    def go_on(self) -> bool:
        if self.at >= len(self.parts):
            return False
        return (
            self._both()
            or self._a_reference(sure=True)
            or self._a_pin()
            or self._a_word()
            or self._a_number()
            or self._a_named_pin()
            or self._a_reference()
        )

    def _take(self, count: int) -> tuple[int, int]:
        first, last = self.parts[self.at], self.parts[self.at + count - 1]
        self.at += count
        return first.start, last.end

    def _joined(self, most: int, between: str = "") -> list[tuple[int, str]]:
        """What the next parts are together: one of them, two, and so on, the longest first."""
        here = [part.said for part in self.parts[self.at : self.at + most]]
        return [(count, between.join(here[:count])) for count in range(len(here), 0, -1)]

    def _both(self) -> bool:
        """A number with its PIN glued to it."""
        if self.reference or self.pin:
            return False
        for count, said in self._joined(REFERENCE_PARTS):
            found = _GLUED.fullmatch(_lettered(said))
            if found is None or said.isdigit() or not (reference := _checked(found.group(1))):
                continue
            self.reference, self.reference_holds, self.pin = reference, True, found.group(2)
            _start, end = self._take(count)
            self.pin_at = (_six_before(self.text, end), end)
            return True
        return False

    def _a_named_pin(self) -> bool:
        """The word for it and the PIN itself; without one behind it, it is a word like any other."""
        here = self.at
        self.at += _is_pin_word(self.parts, here)
        if self.at > here and self._a_pin():
            return True
        self.at = here
        return False

    def _a_reference(self, *, sure: bool = False) -> bool:
        """``sure``: its check letter is right; else what looks like one, so that nobody's PIN becomes their words."""
        if self.reference:
            return False
        for count, said in self._joined(REFERENCE_PARTS):
            letters = _lettered(said)
            if not _LETTERS.fullmatch(letters):
                continue
            named = len(letters) == 9 or any(sign.isdigit() for sign in said)
            try:
                self.reference, self.reference_holds = receipts.read_reference(letters), True
            except receipts.NotAReference:
                if sure or not named:
                    continue
                self.reference = letters[-8:]
            self._take(count)
            return True
        return False

    def _a_pin(self) -> bool:
        if self.pin or self.at == len(self.parts):
            return False
        for count, said in self._joined(PIN_DIGITS):
            digits = western_digits(said)
            if re.fullmatch(rf"[0-9]{{{PIN_DIGITS}}}", digits):
                self.pin, self.pin_at = digits, self._take(count)
                return True
        return False

    def _a_word(self) -> bool:
        if self.keyword is not None:
            return False
        for count, said in self._joined(WORD_PARTS, " "):
            meant = meaning(said)
            if meant is not None and meant.keyword in BESIDE_A_PIN:
                self.keyword, self.spoken, self.word_at = meant.keyword, meant.languages, self._take(count)
                return True
        return False

    def _a_number(self) -> bool:
        digits = western_digits(self.parts[self.at].said)
        if self.keyword not in NUMBERED or self.number is not None or not re.fullmatch(r"[0-9]{1,2}", digits):
            return False
        self.number = int(digits)
        self._take(1)
        return True
