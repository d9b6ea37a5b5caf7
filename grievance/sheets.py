"""A list of people as somebody's spreadsheet writes it: bytes to rows, by the one table of questions.

Columns are called by the key of their question, or by its words in English or in another language of ours.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievance.codes import Authority, ConsentHow, MaySee
from grievance.questions import QUESTIONS, Kind
from supplychain.names import fold

Text = str | Promise
LIST_BYTES = 4_000_000  # of one file; our default
YES, NO = _("Yes"), _("No")
_TRUE, _FALSE = frozenset({"1", "x", "y", "true"}), frozenset({"0", "n", "false"})
_SEVERAL = re.compile(r"[;|\n]")
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
    "no_statement": _("There is no column that says what happened. It is called “what” or “What happened?”."),
    "twice": _("Two columns have the same name."),
    "too_many": _("There are more people in this list than one list may have. Please make two lists of it."),
    "too_large": _("This file is too large. Please make two lists of it."),
}


@dataclass(frozen=True)
class Column:
    """``key``: of the question, or of what is asked of a partner alone; it may be called by its ``words``, by ``also``
    and by ``short``. ``codes``: what may stand in it, by code."""

    key: str
    words: Text
    also: Text = ""
    short: str = ""
    codes: Mapping[str, Text] = field(default_factory=dict)
    several: bool = False
    tick: bool = False


def _column(question_key: str) -> Column:
    one = next(question for question in QUESTIONS if question.key == question_key)
    codes = {choice.value: choice.label for choice in one.choices}
    return Column(one.key, one.title, one.words, one.short, codes, one.kind == Kind.CHOICES, one.kind == Kind.TICK)


# What is asked of a partner for each person, beside the questions of the form.
BEHALF = (
    Column("consent", _("How they agreed"), codes=dict(ConsentHow.choices())),
    Column("standing", _("Why you speak for them"), codes=dict(Authority.choices())),
    Column("call_back", _("Is it safe to call them back?"), codes={"yes": YES, "no": NO}),
    Column("may_see", _("What they let you see"), codes=dict(MaySee.choices())),
    Column("language", _("Their language")),
)
# In the order in which somebody fills them in; files and the search for a site have no place in a list.
COLUMNS = (
    *(_column(one.key) for one in QUESTIONS if one.kind not in {Kind.FILES, Kind.SITE}),
    *BEHALF,
)
BY_KEY = {column.key: column for column in COLUMNS}


@dataclass(frozen=True)
class SheetRow:
    """``number``: as the spreadsheet counts, the header is 1. ``cells``: by column, codes where there are some."""

    number: int
    cells: dict[str, list[str]]


@dataclass(frozen=True)
class Sheet:
    rows: list[SheetRow]
    unknown: list[str]  # columns that mean nothing to us, as they are called


def read(raw: bytes, *, languages: Iterable[str], most: int) -> Sheet:
    """The people of a file of comma-, semicolon- or tab-separated values, UTF-8 or UTF-16. Raises NotASheet.

    ``languages``: in which columns and answers may be called, beside English.
    """
    if len(raw) > LIST_BYTES:
        raise NotASheet("too_large")
    said = _Words(tuple(dict.fromkeys(("en", *languages))))
    records = max((_records(text, sign) for text in [_text(raw)] for sign in ",;\t"), key=said.known)
    if not records:
        raise NotASheet("empty")
    keys = [said.column(name) for name in records[0]]
    found = [key for key in keys if key]
    if len(found) != len(set(found)):
        raise NotASheet("twice")
    if "statement" not in found:
        raise NotASheet("no_statement")
    rows = list(_rows(records, keys, said))
    if not rows:
        raise NotASheet("empty")
    if len(rows) > most:
        raise NotASheet("too_many")
    return Sheet(rows, [name for name, key in zip(records[0], keys, strict=True) if not key and name.strip()])


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
        # What may stand in a column, by what it is called; the first that is called so.
        self.codes: dict[str, dict[str, str]] = {column.key: {} for column in COLUMNS}
        for column in COLUMNS:
            for code, label in column.codes.items():
                for name in (code, *self._said(label)):
                    self.codes[column.key].setdefault(fold(name), code)
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
        if code := self.codes[column.key].get(folded):
            return code
        if set(column.codes) == {"yes", "no"}:
            return "yes" if folded in self.yes else "no" if folded in self.no else ""
        return ""
