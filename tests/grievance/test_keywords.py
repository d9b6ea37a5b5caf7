"""Keywords are heard in every language, however they are typed, and never inside a sentence."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.keywords import ALONE, DATA, Keyword, keyword_of, meaning, words

LANGUAGES = {"en", "fr", "sw", "zh-hans", "id", "es", "pt-br", "hi", "ar", "ur", "ne", "fil", "ru", "vi"}


def test_every_language_has_every_keyword() -> None:
    with DATA.open(encoding="utf-8") as rows:
        said = {(row["keyword"], row["language"]) for row in csv.DictReader(rows)}
    assert said == {(keyword.value, language) for keyword in Keyword for language in LANGUAGES}


@pytest.mark.parametrize(
    ("typed", "keyword"),
    [
        ("STOP", Keyword.STOP), (" stop. ", Keyword.STOP), ("ＳＴＯＰ", Keyword.STOP), ("Arrêt !", Keyword.STOP),
        ("ARRE\u0302T", Keyword.STOP), ("ACHA", Keyword.STOP), ("«СТОП»", Keyword.STOP), ("قف", Keyword.STOP),
        ("\u200fقف\u200f", Keyword.STOP), ("dừng", Keyword.STOP), ("DUNG", Keyword.STOP), ("停止", Keyword.STOP),
        ("ايقاف", Keyword.STOP), ("إيقاف", Keyword.STOP), ("تـوقـف", Keyword.STOP), ("تَوَقَّف", Keyword.STOP),
        ("STOP\ufe0f", Keyword.STOP), ("\ufe0fSTOP", Keyword.STOP), ("STOP \N{OCTAGONAL SIGN}\ufe0f", Keyword.STOP),
        ("ST\u00adOP", Keyword.STOP), ("STOP ALL", Keyword.STOP), ("StopAll", Keyword.STOP),
        ("unsubscribe", Keyword.STOP), ("STOP STOP", Keyword.STOP), ("stop, stop! STOP", Keyword.STOP),
        ("S T O P", Keyword.STOP), ("s.t.o.p", Keyword.STOP), ("停止停止", Keyword.STOP), ("acha acha", Keyword.STOP),
        ("bắt đầu bắt đầu", Keyword.START), ("أبدأ", Keyword.START),
        ("anza", Keyword.START), ("MSAADA?", Keyword.HELP), ("lugha", Keyword.LANGUAGE),
    ],
)  # fmt: skip
def test_a_keyword_is_heard_however_it_is_typed(typed: str, keyword: Keyword) -> None:
    meant = keyword_of(typed)
    assert meant is not None
    assert meant.keyword == keyword


def test_every_word_of_the_table_is_heard_alone_or_beside_a_pin() -> None:
    for word, (keyword, _languages) in words().items():
        for typed in (word, word.upper(), f" «{word}»! "):
            meant = meaning(typed)
            assert meant is not None, word
            assert meant.keyword == keyword, word
            heard = keyword_of(typed)
            assert (heard is not None) == (keyword in ALONE), word


@pytest.mark.parametrize(
    "typed",
    [
        "They stop our pay",
        "stop the dust",
        "help us",
        "",
        "!!!",
        "startle",
        "acha kazi",
        "stop stop the dust",
        "HELP HELP",
        "stop help",
        "s t o",
        "stop 2",
    ],
)
def test_a_sentence_is_a_sentence(typed: str) -> None:
    assert keyword_of(typed) is None


def test_a_language_is_named_behind_its_keyword() -> None:
    meant = keyword_of("Lugha SW")
    assert meant is not None
    assert (meant.keyword, meant.rest) == (Keyword.LANGUAGE, "sw")


@given(st.text(max_size=400))
def test_any_text_is_read_without_complaint(text: str) -> None:
    meant = keyword_of(text)
    assert meant is None or meant.keyword in Keyword


def test_the_table_is_read() -> None:
    assert words()["stop"][1] == ("en",)
