"""What is asked: every family of the taxonomy has a plain question, and a day is read from any keypad."""

import csv
from datetime import date
from pathlib import Path

import pytest

from grievance.questions import FAMILIES, NotADay, read_day, western_digits

TAXONOMY = Path(__file__).parents[2] / "cases" / "data" / "taxonomy.csv"


def test_every_family_of_the_taxonomy_is_asked_once() -> None:
    with TAXONOMY.open() as file:
        rows = list(csv.DictReader(file))
    families = {row["code"] for row in rows if not row["parent"]}
    asked = [family.code for family in FAMILIES]
    assert sorted(asked) == sorted({*families, "XX03"})
    assert "XX03" in {row["code"] for row in rows}


def test_each_family_has_its_own_light_drawing() -> None:
    drawings = [family.drawing for family in FAMILIES]
    assert len(set(drawings)) == len(drawings)
    assert max(map(len, drawings)) < 220


@pytest.mark.parametrize(
    "typed",
    ["2026-03-31", "31/3/2026", "31.3.2026", "31.03.26", "31-3-2026", " 31 / 3 / 2026 ", "٣١/٣/٢٠٢٦", "३१.३.२०२६"],
)
def test_a_day_is_read_as_people_type_it(typed: str) -> None:
    assert read_day(typed) == date(2026, 3, 31)


@pytest.mark.parametrize("typed", ["31/2/2026", "yesterday", "2026", "3/31/2026", "1/1/1/2026", "", "²/3/2026"])
def test_what_is_no_day_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(NotADay):
        read_day(typed)


def test_digits_of_any_script_become_western_and_letters_stay() -> None:
    assert western_digits("+٢٤٣ ९९ abc") == "+243 99 abc"
