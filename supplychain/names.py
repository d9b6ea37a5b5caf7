"""Folding of names, so that what people write meets what we have on record, in any script."""

import unicodedata

from babel import Locale, UnknownLocaleError

# Letters that Unicode keeps whole and people do not: Latin strokes, and the Arabic letters that keyboards disagree on.
_LETTERS = str.maketrans(
    {
        "đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ٱ": "ا", "ـ": None,
    }
)  # fmt: skip

# Combining classes that carry the word itself and stay: 0 (vowel signs of Indic scripts), kana voicing, virama,
# and the vowels of Thai and Lao. Everything else that combines is an accent, a tone or a point that people leave out.
_KEPT_CLASSES = frozenset({0, 8, 9, 103, 118})


def fold(name: str) -> str:
    """One spelling for all spellings of a name: NFKC, case, accents, punctuation, spaces and the script of digits.

    Exact matching only: two different names stay different, a name typed without its accents or its hyphen does not.
    Returns "" where nothing is left.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(letter for letter in apart if unicodedata.combining(letter) in _KEPT_CLASSES)
    whole = unicodedata.normalize("NFKC", kept).translate(_LETTERS)
    return "".join(_digit(letter) for letter in whole if unicodedata.category(letter)[0] in "LMN")


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def country_name(code: str, language: str) -> str:
    """The country of an ISO 3166-1 code as readers of that language call it, in English for no language of ours,
    else the code. Names: the Unicode CLDR, as Babel carries it."""
    try:
        names = Locale.parse(language, sep="-").territories
    except (ValueError, UnknownLocaleError):
        names = Locale("en").territories
    return str(names.get(code, code))


def language_name(code: str, language: str) -> str:
    """The language as readers of another call it, as `country_name` does."""
    try:
        names = Locale.parse(language, sep="-").languages
    except (ValueError, UnknownLocaleError):
        names = Locale("en").languages
    return str(names.get(code.replace("-", "_"), code))
