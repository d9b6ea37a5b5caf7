"""Texts that go out by themselves are short, and hold nothing that somebody wrote."""

import re

import pytest

from grievance.coded import short_guide
from grievance.segments import Coding, segmented
from grievance.texts import TEXTS

# The longest that is put into a text, by the name of its place.
PUT_IN = {
    "reference": "R-7K2M-9QXA",
    "ways": "LANGUE: francais, LUGHA: Kiswahili",
    "choices": "ar Arabic, en English, fr Francais, sw Kiswahili",
    "example": "R-XXXX-XXXX",
    "word": "CONFIRM",
    "guide": short_guide("en"),
    "code": "1234 5678 9012 3456",
    "minutes": 30,
    "day": "28 September 2026",
    "number": 12,
    "company": "Operator of the mine (fictional)",
    "lines": "Childline Zambia 116, Lifeline Zambia 933",
    "words": "Two months of wages for everybody.",
    "yes": "CONFIRM",
    "no": "DISPUTE",
}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_each_text_fits_one_message_in_english(name: str) -> None:
    said = str(TEXTS[name])
    assert set(re.findall(r"%\((\w+)\)", said)) <= set(PUT_IN)
    whole = segmented(said % PUT_IN if "%(" in said else said)
    assert (whole.coding, whole.count) == (Coding.GSM, 1)
