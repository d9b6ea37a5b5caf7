"""A text by which somebody comes back: number, PIN, a word, in any order, and what they write behind it. Pure."""

import re
from dataclasses import dataclass

from grievance import receipts
from grievance.keywords import BESIDE_A_PIN, Keyword, folded, meaning
from grievance.questions import western_digits
from grievance.talk import PIN_DIGITS

# What stands between the parts of a text; a Chinese word needs nothing around it.
_PART = re.compile(
    r"[\u3400-\u9fff]+|[^\s!\-,:#;.()\"'«»“”*/_?…،؛۔।、。，：；！？（）\u2010-\u2015\u2212\u3400-\u9fff]+"
)
_LETTERS = re.compile(r"R?[0-9A-HJKMNP-TV-Z]{8}")
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

    def __repr__(self) -> str:
        return "Returning()"


@dataclass(frozen=True)
class _Part:
    said: str
    start: int
    end: int


def read(text: str) -> Returning | None:
    """None where the text is no such thing. A sentence that begins with a word of ours is a sentence, but NOT SAFE."""
    parts = [_Part(said, one.start(), one.end()) for one in _PART.finditer(text) if (said := folded(one.group()))]
    reading = _Reading(parts)
    while reading.go_on():
        pass
    more = text[parts[reading.at].start :].strip() if reading.at < len(parts) else ""
    alone, word = not more, reading.keyword
    if not reading.pin:
        known = reading.reference_holds or (word is not None and word not in SPOKEN and not reading.reference)
        return Returning(reading.reference, "", word) if alone and known else None
    if not reading.reference and (word is None or not (alone or word == Keyword.UNSAFE)):
        return None
    if word is not None and not alone:
        more = f"{text[reading.word_at[0] : reading.word_at[1]]} {more}"
        word = word if word == Keyword.UNSAFE else None
    kept = text[: reading.pin_at[0]] + "*" * PIN_DIGITS + text[reading.pin_at[1] :]
    return Returning(reading.reference, reading.pin, word, reading.number, more, kept)


class _Reading:
    """From the first part on as far as every part is one of those that we know; each once."""

    def __init__(self, parts: list[_Part]) -> None:
        self.parts, self.at = parts, 0
        self.reference, self.reference_holds, self.pin = "", False, ""
        self.keyword: Keyword | None = None
        self.number: int | None = None
        self.pin_at = self.word_at = (0, 0)

    def go_on(self) -> bool:
        if self.at >= len(self.parts):
            return False
        return (
            self._a_reference(sure=True) or self._a_pin() or self._a_word() or self._a_number() or self._a_reference()
        )

    def _take(self, count: int) -> tuple[int, int]:
        first, last = self.parts[self.at], self.parts[self.at + count - 1]
        self.at += count
        return first.start, last.end

    def _joined(self, most: int, between: str = "") -> list[tuple[int, str]]:
        """What the next parts are together: one of them, two, and so on, the longest first."""
        here = [part.said for part in self.parts[self.at : self.at + most]]
        return [(count, between.join(here[:count])) for count in range(len(here), 0, -1)]

    def _a_reference(self, *, sure: bool = False) -> bool:
        """``sure``: its check letter is right; else what looks like one, so that nobody's PIN becomes their words."""
        if self.reference:
            return False
        for count, said in self._joined(REFERENCE_PARTS):
            letters = western_digits(said.upper()).translate(_LOOKALIKES)
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
        if self.pin:
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
                self.keyword, self.word_at = meant.keyword, self._take(count)
                return True
        return False

    def _a_number(self) -> bool:
        digits = western_digits(self.parts[self.at].said)
        if self.keyword not in NUMBERED or self.number is not None or not re.fullmatch(r"[0-9]{1,2}", digits):
            return False
        self.number = int(digits)
        self._take(1)
        return True
