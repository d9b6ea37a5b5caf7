"""The words that a text message may begin with and that mean something to us, in every language of ours: data."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.conf.locale import LANG_INFO

DATA = Path(__file__).parent / "data" / "keywords.csv"
# Without width: joiners, marks of direction, soft hyphens, and what chooses between two shapes of a sign.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)
# In Arabic letters: what only stretches a word or says its vowels is left out, and alef is one letter.
_VOWELS = re.compile(r"[\u0640\u064b-\u0652\u0670]")
_ALEF = str.maketrans("أإآٱ", "اااا")
_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?")


class Keyword(StrEnum):
    """STOP stops texts, never a case. What is no `ALONE` says something only beside a PIN, or as an answer."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    LANGUAGE = "language"
    STATUS = "status"
    READ = "read"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    SAFE = "safe"
    UNSAFE = "unsafe"
    ALLOW = "allow"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    DROP = "drop"
    WEB = "web"
    NEXT = "next"
    PIN = "pin"  # how people call what they chose
    YES = "yes"
    NO = "no"


# The last of them on a registered phone alone.
ALONE = frozenset({Keyword.STOP, Keyword.START, Keyword.HELP, Keyword.LANGUAGE, Keyword.NEXT})
# Written over and over, or letter by letter, they are meant no less. Who cries HELP HELP may mean no word of ours.
INSISTED = frozenset({Keyword.STOP, Keyword.START})
BESIDE_A_PIN = frozenset(Keyword) - ALONE - {Keyword.YES, Keyword.NO, Keyword.PIN}


@dataclass(frozen=True)
class Meant:
    """``languages``: in which this word says so; ``rest``: what stands behind it."""

    keyword: Keyword
    languages: tuple[str, ...]
    rest: str = ""


def visible(text: str) -> str:
    """Without signs that have no width; for codes, never for free text."""
    return _INVISIBLE.sub("", text)


def folded(text: str) -> str:
    """For matching alone: one form of each letter, no case, nothing invisible, single spaces."""
    plain = _VOWELS.sub("", visible(unicodedata.normalize("NFKC", text)).casefold()).translate(_ALEF)
    return " ".join(plain.split())


def _core(text: str) -> str:
    """Folded, without what stands around the words. A vowel sign of Hindi is a part of its word, and no letter."""
    said = folded(text)
    inner = [place for place, sign in enumerate(said) if unicodedata.category(sign)[0] in "LMN"]
    return said[inner[0] : inner[-1] + 1] if inner else ""


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
            found[word] = (keyword, tuple(dict.fromkeys((*known[1], row["language"]))))
    return found


@cache
def _first() -> dict[tuple[Keyword, str], str]:
    """The word of each keyword and language that stands first in the table, as it is written there."""
    found: dict[tuple[Keyword, str], str] = {}
    with DATA.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            found.setdefault((Keyword(row["keyword"]), row["language"]), row["word"])
    return found


def word_for(keyword: Keyword, language: str) -> str:
    """How the keyword is written in a language; in English where it has none."""
    return _first().get((keyword, language)) or _first()[keyword, "en"]


def meaning(text: str) -> Meant | None:
    """What the whole text means as one word of the table."""
    said = _core(text)
    return Meant(*words()[said]) if said in words() else None


def keyword_of(text: str) -> Meant | None:
    """The keyword that the whole text is; LANGUAGE may have its language behind it. A sentence that begins with one of
    these words is a sentence."""
    meant = meaning(text)
    if meant is not None:
        return meant if meant.keyword in ALONE else None
    said = _core(text)
    if insisted := _insisted(said):
        return insisted
    first, _space, rest = said.rpartition(" ")
    if first in words() and words()[first][0] == Keyword.LANGUAGE and (language_named(rest) or _CODE.fullmatch(rest)):
        return Meant(*words()[first], rest=rest)
    return None


def _insisted(said: str) -> Meant | None:
    """One word of `INSISTED` over and over ("stop, stop", "停止停止"), or letter by letter ("s t o p")."""
    parts = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in said).split()
    whole, spelt = "".join(parts), all(len(part) == 1 for part in parts)
    for word, (keyword, languages) in words().items():
        once = word.replace(" ", "")
        times = len(whole) // len(once)
        if keyword not in INSISTED or not times or whole != once * times:
            continue
        if spelt or len(parts) == 1 or parts == word.split() * times:
            return Meant(keyword, languages)
    return None


@cache
def _names() -> dict[str, str]:
    """Names and codes of languages, with and without their marks above letters, by how people call them here."""
    found: dict[str, str] = {}
    for code, known in LANG_INFO.items():
        for name in (code, str(known.get("name", "")), str(known.get("name_local", ""))):
            if name:
                found |= {folded(name): code, _bare(name): code}
    return found


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", folded(text))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def language_named(text: str) -> str:
    """The code of a language that is named by its code or its name; "" for none. "kiswahili" is "sw"."""
    said = folded(text).replace("_", "-")
    return _names().get(said, "") or _names().get(_bare(said), "")
