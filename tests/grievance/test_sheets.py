"""Lists of people: any bytes are read, or refused with a reason; no cell of ours is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance import sheets

LANGUAGES = ("fr", "ar", "sw")
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60).filter(str.strip)
# A carriage return alone is a line's end for some programs and none for others.
TYPED = CELLS.map(lambda cell: cell.replace("\r", " ")).filter(str.strip)


def written(rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    body = io.StringIO()
    csv.writer(body, delimiter=delimiter).writerows(rows)
    return body.getvalue().encode(encoding)


def read(raw: bytes) -> sheets.Sheet:
    return sheets.read(raw, languages=LANGUAGES, most=500)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_reason(raw: bytes) -> None:
    try:
        read(raw)
    except sheets.NotASheet as wrong:
        assert wrong.code in sheets.PROBLEMS  # noqa: PT017 - either of the two is right


@given(
    st.lists(st.tuples(TYPED, TYPED), min_size=1, max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_wrote_is_what_was_typed(
    people: list[tuple[str, str]], delimiter: str, encoding: str
) -> None:
    raw = written([["what", "where"], *([what, where] for what, where in people)], delimiter, encoding)
    rows = read(raw).rows
    assert [(one.cells["statement"], one.cells["place"]) for one in rows] == [
        ([what.strip()], [where.strip()]) for what, where in people
    ]
    assert [one.number for one in rows] == list(range(2, len(people) + 2))


@given(CELLS)
def test_no_cell_of_ours_is_a_formula(cell: str) -> None:
    assert sheets.harmless(cell)[0] not in "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("language", ["en", "fr", "ar", "sw"])
def test_the_columns_of_every_language_are_read_again(language: str) -> None:
    names = sheets.header(language)
    row = [WHAT if name == names[0] else "" for name in names]
    sheet = read(written([names, row]))
    assert sheet.unknown == []
    assert sheet.rows[0].cells == {"statement": [WHAT]}


WHAT = "Vumbi"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("OS", ["OS"]),
        ("OS;WG", ["OS", "WG"]),
        ("os, wg", ["OS", "WG"]),
        ("Danger, injury or illness at work", ["OS"]),
        ("Danger, injury or illness at work; WG", ["OS", "WG"]),
        ("nothing of these", ["nothing of these"]),
    ],
)
def test_several_answers_stand_in_one_cell(typed: str, kept: list[str]) -> None:
    sheet = read(written([["what", "families"], [WHAT, typed]]))
    assert sheet.rows[0].cells["families"] == kept


@pytest.mark.parametrize(
    ("typed", "kept"), [("yes", ["on"]), ("Oui", ["on"]), ("x", ["on"]), ("no", []), ("si", ["si"])]
)
def test_a_tick_is_a_yes_in_any_language(typed: str, kept: list[str]) -> None:
    assert read(written([["what", "urgent"], [WHAT, typed]])).rows[0].cells["urgent"] == kept
