"""A list of people as somebody's spreadsheet writes it: bytes to rows, by the one table of questions.

Columns are called by the key of their question, or by its words in English or in another language of ours; answers by
their code or in the same words; countries and languages by their names, too.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from babel import Locale
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from grievance.codes import Authority, ConsentHow, MaySee
from grievance.questions import QUESTIONS, Kind
from supplychain.names import country_name, fold, language_name

Text = str | Promise
LIST_BYTES = 4_000_000  # of one file; our default
YES, NO = _("Yes"), _("No")
_TRUE, _FALSE = frozenset({"1", "x", "y", "true"}), frozenset({"0", "n", "false"})
_SEVERAL = re.compile(r"[;|\n]")
_ANOTHER = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")  # a spreadsheet as its own program saves it, or a paper
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class NotASheet(ValueError):
    """What is wrong with the whole file; `code` is one of `PROBLEMS`, and the whole message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


PROBLEMS: dict[str, Text] = {
    "empty": _("There is nobody in this list."),
    "letters": _("We cannot read the letters of this file. Please save it as “CSV UTF-8” and choose it again."),
    "broken": _("We cannot read this file. Please save it as CSV and choose it again."),
    "another": _(
        "This file is no CSV. In your spreadsheet choose “Save as” and “CSV UTF-8”, and choose that file here."
    ),
    # Each with what the column is called.
    "no_statement": _("There is no column that says what happened. It is called “%(column)s”."),
    "no_consent": _("There is no column that says how they agreed. It is called “%(column)s”."),
    "twice": _("Two columns have the same name."),
    "too_many": _("There are more people in this list than one list may have. Please make two lists of it."),
    "too_large": _("This file is too large. Please make two lists of it."),
}


@dataclass(frozen=True)
class Column:
    """``key``: of the question, or of what is asked of a partner alone; it may be called by its ``words``, by ``also``
    and by ``short``. ``codes``: what may stand in it, by code; ``names``: what else these may be called."""

    key: str
    words: Text
    also: Text = ""
    short: str = ""
    codes: Mapping[str, Text] = field(default_factory=dict)
    several: bool = False
    tick: bool = False
    names: Mapping[str, Text] = field(default_factory=dict)


# In the language that is read or written, when they are looked at.
def _country_now(code: str) -> str:
    return country_name(code, get_language() or "en")


def _language_now(code: str) -> str:
    return language_name(code, get_language() or "en")


_named_country: Callable[[str], str] = lazy(_country_now, str)
_named_language: Callable[[str], str] = lazy(_language_now, str)
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # of the CLDR: unions, and what is nowhere
COUNTRIES: dict[str, Text] = {
    code: _named_country(code)
    for code in sorted(set(Locale("en").territories) - _NO_COUNTRIES)
    if len(code) == 2 and code.isalpha()
}
LANGUAGES: dict[str, Text] = {code: str(get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES}


def _column(question_key: str) -> Column:
    one = next(question for question in QUESTIONS if question.key == question_key)
    codes = COUNTRIES if one.kind == Kind.COUNTRY else {choice.value: choice.label for choice in one.choices}
    return Column(one.key, one.title, one.words, one.short, codes, one.kind == Kind.CHOICES, one.kind == Kind.TICK)


# What is asked of a partner for each person, beside the questions of the form.
BEHALF = (
    Column("consent", _("How they agreed"), codes=dict(ConsentHow.choices())),
    Column("standing", _("Why you speak for them"), codes=dict(Authority.choices())),
    Column("call_back", _("Is it safe to call them back?"), codes={"yes": YES, "no": NO}),
    Column("may_see", _("What they let you see"), codes=dict(MaySee.choices())),
    Column("language", _("Their language"), codes=LANGUAGES, names={code: _named_language(code) for code in LANGUAGES}),
)
# In the order in which somebody fills them in; files and the search for a site have no place in a list.
COLUMNS = (
    *(_column(one.key) for one in QUESTIONS if one.kind not in {Kind.FILES, Kind.SITE}),
    *BEHALF,
)
BY_KEY = {column.key: column for column in COLUMNS}
MUST_BE_THERE = ("statement", "consent")


@dataclass(frozen=True)
class SheetRow:
    """``number``: as the spreadsheet counts, the header is 1. ``cells``: by column, codes where there are some."""

    number: int
    cells: dict[str, list[str]]


@dataclass(frozen=True)
class Sheet:
    rows: list[SheetRow]
    unknown: list[str]  # columns that mean nothing to us, as they are called


def read(raw: bytes, *, languages: Iterable[str], most: int, must: Iterable[str] = ("statement",)) -> Sheet:
    """The people of a file of comma-, semicolon- or tab-separated values, UTF-8 or UTF-16. Raises NotASheet.

    ``languages``: in which columns and answers may be called, beside English; ``must``: columns that have to be there.
    """
    if len(raw) > LIST_BYTES:
        raise NotASheet("too_large")
    if raw.startswith(_ANOTHER):
        raise NotASheet("another")
    said = _Words(tuple(dict.fromkeys(("en", *languages))))
    records = max((_records(text, sign) for text in [_text(raw)] for sign in ",;\t"), key=said.known)
    if not records:
        raise NotASheet("empty")
    keys = [said.column(name) for name in records[0]]
    found = [key for key in keys if key]
    if len(found) != len(set(found)):
        raise NotASheet("twice")
    if lacking := [key for key in must if key not in found]:
        raise NotASheet(f"no_{lacking[0]}")
    rows = list(_rows(records, keys, said))
    if not rows:
        raise NotASheet("empty")
    if len(rows) > most:
        raise NotASheet("too_many")
    return Sheet(rows, [name for name, key in zip(records[0], keys, strict=True) if not key and name.strip()])


def what_is_wrong(code: str) -> str:
    """One of `PROBLEMS`, in the language of the reader."""
    column = BY_KEY.get(code.removeprefix("no_"))
    return str(PROBLEMS[code]) % ({"column": column.words} if column else {})


def header(language: str) -> list[str]:
    """What the columns are called in a language, for an empty list to fill in."""
    with translation.override(language):
        return [str(column.words) for column in COLUMNS]


def harmless(cell: str) -> str:
    """The same text as a cell that no spreadsheet takes for a formula (OWASP, "CSV injection")."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} else cell


def _text(raw: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise NotASheet("letters") from None


def _records(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def _rows(records: list[list[str]], keys: list[str], said: "_Words") -> Iterator[SheetRow]:
    for number, record in enumerate(records[1:], start=2):
        cells = {key: cell.strip() for key, cell in zip(keys, record, strict=False) if key and cell.strip()}
        if cells:
            yield SheetRow(number, {key: said.values(BY_KEY[key], cell) for key, cell in cells.items()})


class _Words:
    """What columns and answers may be called, folded, in some languages."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.languages = languages
        self.columns: dict[str, str] = {}
        for column in COLUMNS:
            for name in (column.key, column.short, *self._said(column.words), *self._said(column.also)):
                if name:
                    self.columns.setdefault(fold(name), column.key)
        self._codes: dict[str, dict[str, str]] = {}
        self.yes, self.no = _TRUE | set(map(fold, self._said(YES))), _FALSE | set(map(fold, self._said(NO)))

    def _said(self, words: Text) -> list[str]:
        found = []
        for language in self.languages:
            with translation.override(language):
                found.append(str(words))
        return found

    def column(self, name: str) -> str:
        return self.columns.get(fold(name), "")

    def known(self, records: list[list[str]]) -> int:
        """How many columns mean something, read in this way."""
        return sum(bool(self.column(name)) for name in records[0]) if records else -1

    def values(self, column: Column, cell: str) -> list[str]:
        """Codes where they are known; else the cell as it is, for the form to refuse."""
        if column.tick:
            folded = fold(cell)
            return ["on"] if folded in self.yes else [] if folded in self.no else [cell]
        if not column.codes:
            return [cell]
        whole = self._code(column, cell)
        if whole or not column.several:
            return [whole or cell]
        parts = [part.strip() for part in (_SEVERAL if _SEVERAL.search(cell) else re.compile(",")).split(cell)]
        return [self._code(column, part) or part for part in parts if part]

    def _code(self, column: Column, cell: str) -> str:
        folded = fold(cell)
        known = self._codes.get(column.key) or self._codes.setdefault(column.key, self._known_as(column))
        if folded in known or set(column.codes) != {"yes", "no"}:
            return known.get(folded, "")
        return "yes" if folded in self.yes else "no" if folded in self.no else ""

    def _known_as(self, column: Column) -> dict[str, str]:
        """Codes, by all that they may be called; a code itself before what another one is called."""
        known = {fold(code): code for code in column.codes}
        for called in (column.codes, column.names):
            for code, words in called.items():
                for said in self._said(words):
                    known.setdefault(fold(said), code)
        return known
