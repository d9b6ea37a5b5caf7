"""The words that a text message may begin with and that mean something to us, in every language of ours: data."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "keywords.csv"
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u061c]")
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


class Keyword(StrEnum):
    """STOP stops texts, never a case."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Meant:
    """``languages``: in which this word says so; ``rest``: what stands behind it."""

    keyword: Keyword
    languages: tuple[str, ...]
    rest: str = ""


def folded(text: str) -> str:
    """For matching alone: one form of each letter, no case, nothing invisible, single spaces."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(plain.split())


@cache
def words() -> dict[str, tuple[Keyword, tuple[str, ...]]]:
    """Each word, folded, with what it means and in which languages."""
    found: dict[str, tuple[Keyword, tuple[str, ...]]] = {}
    with DATA.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            word, keyword = folded(row["word"]), Keyword(row["keyword"])
            known = found.get(word, (keyword, ()))
            if known[0] != keyword:
                raise ValueError(f"{DATA.name}: one word has two meanings")
            found[word] = (keyword, (*known[1], row["language"]))
    return found


def keyword_of(text: str) -> Meant | None:
    """The keyword that the whole text is; LANGUAGE may have its language behind it. A sentence that begins with one of
    these words is a sentence."""
    said = _AROUND.sub("", folded(text))
    if said in words():
        return Meant(*words()[said])
    first, _space, rest = said.rpartition(" ")
    if first in words() and words()[first][0] == Keyword.LANGUAGE:
        return Meant(*words()[first], rest=rest)
    return None
