"""A structured text is read in every language and script; what is nearly one is asked back, and nothing is guessed."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.coded import DATA, QUESTIONS, Coded, guide, languages, letters, read, short_guide
from tests.grievance.test_keywords import LANGUAGES

ANSWERS = {"safe": "1", "place": "Mutoshi", "day": "31/3/2026", "urgent": "2", "statement": "No pay since January"}


def test_every_language_has_a_letter_for_every_question_and_none_stands_for_two() -> None:
    with DATA.open(encoding="utf-8") as rows:
        found = [(row["language"], row["short"], row["letter"]) for row in csv.DictReader(rows)]
    assert set(languages()) == LANGUAGES
    assert len(found) == len(set(found)) == len({(one, letter) for one, _short, letter in found})
    for language in LANGUAGES:
        assert set(letters(language).values()) == {"safe", "where", "when", "danger", "kind", "what"} <= set(QUESTIONS)
        assert all(len(letter) == 1 and letter.isalpha() for letter in letters(language))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_the_guide_says_is_read(language: str) -> None:
    put = short_guide(language)
    assert guide(language)[0].startswith("Begin") or put["start"] in guide(language)[0]
    text = "{start} {safe} 1 {where} Mutoshi {when} 31/3/2026 {danger} 2 {what} No pay since January".format(**put)
    assert read(text, "en") == Coded(language, ANSWERS)
    assert read(text.lower(), "en") is not None


@pytest.mark.parametrize(
    "text",
    [
        "GRV1 S 1 P Mutoshi T 31/3/2026 D 2 W No pay since January",
        "grv1!s!1!p!Mutoshi!t!31/3/2026!d!2!w!No pay since January",
        "GRV1#S:1;P:Mutoshi;T:31/3/2026;D:2;W:No pay since January",
        "GRV 1, S-1, P-Mutoshi, T-31/3/2026, D-2, W-No pay since January",
        "ＧＲＶ１ Ｓ １ P Mutoshi T 31/3/2026 D 2 W No pay since January",
        "GRV١ S ١ P Mutoshi T 31/3/2026 D ٢ W No pay since January",
        "G\u200bRV1 S\u200b 1 P Mutoshi T 31/3/2026 D 2\u2060 W No pay since January",
        "GRV1 D no T 31/3/2026 S yes P Mutoshi W No pay since January",
    ],
)
def test_a_form_is_read_with_any_separator_digit_and_order(text: str) -> None:
    assert read(text, "en") == Coded("en", ANSWERS)


def test_free_words_keep_what_a_code_would_lose() -> None:
    found = read("GRV1 P Shaft\u200b 2-B, K 3 1 W They said: \u201cp 5\u201d - S 2 \u200d!", "en")
    assert found == Coded(
        "en",
        {"place": "Shaft\u200b 2-B", "families": "FL OS", "statement": "They said: \u201cp 5\u201d - S 2 \u200d"},
    )


@pytest.mark.parametrize(
    "text",
    [
        "GRV1 S1 P Mutoshi W No pay", "GRV1 P Mutoshi D2 W No pay", "GRV1 X 1 W No pay", "GRV1 S maybe W No pay",
        "GRV1 K 99 W No pay", "GRV1 S 1 S 2 W No pay", "GRV1 Mutoshi", "GRV1 S W No pay", "GRV1 W", "GRV1 K P x W y",
    ],
)  # fmt: skip
def test_a_near_miss_is_asked_back_and_never_corrected(text: str) -> None:
    assert read(text, "en") == Coded("en", unclear=True)


def test_another_version_is_old_and_a_code_alone_is_empty() -> None:
    assert read("GRV2 S 1 W No pay", "en") == Coded("en", old=True)
    assert read("GRV0 SW", "en") == Coded("sw", old=True, empty=True)
    assert read("GRV1 pt-br", "en") == Coded("pt-br", empty=True)


@pytest.mark.parametrize("text", ["", "GRV", "GRVX 1", "they GRV1 S 1", "gravel 1 S", "1 GRV"])
def test_other_texts_are_no_form(text: str) -> None:
    assert read(text, "en") is None


@given(st.text(max_size=200) | st.text(max_size=80).map("GRV1 ".__add__), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_is_read_without_complaint(text: str, language: str) -> None:
    found = read(text, language)
    for said in found.answers.values() if found else ():
        assert said


@given(st.text(min_size=1, max_size=200))
def test_what_happened_goes_to_the_end_whatever_it_is(words: str) -> None:
    found = read(f"GRV1 S 1 W x{words}y", "en")
    assert found is not None
    if "\x1c" not in words:
        assert found.answers["statement"] == f"x{words}y"
