"""What languages are called in a text, which ones people of a country speak, and by which word each is chosen. Pure.

Who speaks what: the Unicode CLDR, as Babel carries it.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

from babel.core import get_global
from django.utils.translation import get_language_info

from grievance.keywords import Keyword, folded, language_named, word_for, words
from grievance.segments import Coding, segmented

MAIN = 10.0  # percent of the people of a country; our default
NAMED_MOST = 2  # in one text, so that it stays one


def main_languages(country: str, offered: Sequence[str]) -> list[str]:
    """Those of ``offered`` that many people of a country (ISO 3166-1 alpha-2) speak, the most spoken first."""
    spoken = get_global("territory_languages").get(country, {})
    by_people = sorted(spoken, key=lambda one: -float(spoken[one]["population_percent"]))
    main = [one for one in by_people if spoken[one]["population_percent"] >= MAIN]
    return [code for one in main for code in offered if one in {code, code.partition("-")[0]}]


@cache
def countries() -> tuple[str, ...]:
    return tuple(get_global("territory_languages"))


def ways(country: str, now: str, offered: Sequence[str]) -> str:
    """How somebody there changes from the language ``now``: "LUGHA: Kiswahili, LANGUE: francais"; "" where nothing is
    to be said."""
    others = [one for one in main_languages(country, offered) if one != now]
    return ", ".join(f"{_word(one, offered)}: {_own(one)}" for one in others[:NAMED_MOST])


def listed(offered: Sequence[str], *, beside: str) -> str:
    """Their names, each as it may stand behind LANGUAGE. Next to words in letters of GSM 03.38 all are in these, for
    one letter of another alphabet makes the whole text cost twice: who reads only Arabic writes the Arabic word."""
    names = {code: _plain(code) if _is_gsm(beside) else _local(code) for code in offered}
    return ", ".join(name if _is_heard(name, code) else f"{code} {name}" for code, name in names.items())


def _word(code: str, offered: Sequence[str]) -> str:
    """The word that alone leads there; with the code behind it where it is that of other languages, too."""
    known = [said for said, (keyword, spoken) in words().items() if keyword == Keyword.LANGUAGE and code in spoken]
    first = word_for(Keyword.LANGUAGE, code)
    word = next((said for said in (first, *known) if _is_gsm(said)), first)
    here = [one for one in words()[folded(word)][1] if one in offered]
    return word.upper() if here == [code] and code != "en" else f"{word} {code}".upper()


def _own(code: str) -> str:
    """As its people call it, without marks above letters where these are not in GSM 03.38 and the letters are."""
    own = _local(code)
    if _is_gsm(own):
        return own
    apart = unicodedata.normalize("NFKD", own)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return bare if _is_gsm(bare) else own


def _plain(code: str) -> str:
    own = _own(code)
    return own if _is_gsm(own) else str(get_language_info(code)["name"])


def _local(code: str) -> str:
    return str(get_language_info(code)["name_local"])


def _is_gsm(text: str) -> bool:
    return segmented(text).coding == Coding.GSM


def _is_heard(name: str, code: str) -> bool:
    return " " not in name and language_named(name) == code
