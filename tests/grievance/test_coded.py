"""A structured text is read in every language and script; what is nearly one is asked back, and nothing is guessed."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.coded import (
    DATA,
    OF_PARTNERS,
    QUESTIONS,
    Coded,
    guide,
    languages,
    letters,
    partner_guide,
    read,
    short_guide,
    start,
)
from tests.grievance.test_keywords import LANGUAGES

EVERYBODYS = {"safe", "where", "when", "danger", "kind", "who", "wanted", "what"}
ANSWERS = {"safe": "1", "place": "Mutoshi", "day": "31/3/2026", "urgent": "2", "statement": "No pay since January"}


def test_every_language_has_a_letter_for_every_question_and_none_stands_for_two() -> None:
    with DATA.open(encoding="utf-8") as rows:
        found = [(row["language"], row["short"], row["letter"]) for row in csv.DictReader(rows)]
    assert set(languages()) == LANGUAGES
    assert len(found) == len(set(found)) == len({(one, letter) for one, _short, letter in found})
    for language in LANGUAGES:
        own, partners = letters(language), letters(language, partner=True)
        assert set(own.values()) == EVERYBODYS
        assert set(partners.values()) == EVERYBODYS | OF_PARTNERS == set(QUESTIONS)
        assert list(own.values())[-1] == "what"
        assert all(len(letter) == 1 and letter.isalpha() for letter in partners)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_the_guide_says_is_read(language: str) -> None:
    begin = start(language)
    assert begin in guide(language)[0]
    put = {short: letter.upper() for letter, short in letters(language).items()}
    text = "{safe} 1 {where} Mutoshi {when} 31/3/2026 {danger} 2 {what} No pay since January".format(**put)
    assert read(f"{begin} {text}", "en") == Coded(language, ANSWERS)
    assert read(f"{begin} {text}".lower(), "en") == Coded(language, {**ANSWERS, "statement": "no pay since january"} | {
        "place": "mutoshi"})  # fmt: skip
    more = "{who} 2 {wanted} Our wages {what} No pay since January".format(**put)
    told = {"harmed": "other", "wanted": "Our wages", "statement": "No pay since January"}
    assert read(f"{begin} {more}", "en") == Coded(language, told)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_short_guide_is_a_form_and_the_printed_one_has_every_letter(language: str) -> None:
    said = read(short_guide(language), "en")
    assert said is not None
    assert said.language == language
    assert set(said.answers) == {"safe", "place", "day", "urgent", "wanted", "statement"}
    assert {line.split(":")[0].split()[0] for line in guide(language)[1:]} == {one.upper() for one in letters(language)}
    assert len(partner_guide(language)) == len(OF_PARTNERS)


def test_an_old_guide_of_this_version_says_what_it_said() -> None:
    """The form as it was printed before there were letters for who was harmed and what they want."""
    assert read("GRV1 EN S 1 P Mutoshi T 31/3/2026 D 2 W No pay since January", "en") == Coded("en", ANSWERS)


def test_a_partner_says_for_whom_and_the_letters_are_nobody_elses() -> None:
    text = "GRV1 EN C 1 V +243810000042 P Mutoshi W No pay"
    found = read(text, "en", partner=True)
    assert found == Coded("en", {"behalf": "1", "callback": "+243810000042", "place": "Mutoshi", "statement": "No pay"})
    assert read("GRV1 EN C 0 V 0 W No pay", "en", partner=True) == Coded(
        "en", {"behalf": "0", "callback": "0", "statement": "No pay"}
    )
    assert read(text, "en") == Coded("en", unclear=True)
    for wrong in ("C 7 W x", "C W x", "V here W x", "V 12 W x"):
        assert read(f"GRV1 EN {wrong}", "en", partner=True) == Coded("en", unclear=True)


@pytest.mark.parametrize(
    ("text", "pressing"),
    [
        ("GRV1 X 1 D 1 W They hold her", {"urgent": "1"}),
        ("GRV1 D1 W They hold her", {"urgent": "1"}),
        ("GRV1 Mutoshi D yes", {"urgent": "1"}),
        ("GRV1 S2 D1 W x", {"urgent": "1", "safe": "2"}),
        ("GRV2 D 1 S 2 W x", {"urgent": "1", "safe": "2"}),
        ("GRV1 S 2 D 1 W x", {"urgent": "1", "safe": "2"}),
        ("GRV1 X 1 D 2 S 1 W x", {}),
    ],
)
def test_danger_and_a_phone_that_is_not_safe_are_made_out_of_any_form(text: str, pressing: dict[str, str]) -> None:
    found = read(text, "en")
    assert found is not None
    assert found.pressing == pressing


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
        "GRV1 K 99 W No pay", "GRV1 H 4 W No pay", "GRV1 H 1 2 W No pay", "GRV1 H her W No pay",
        "GRV1 S 1 S 2 W No pay", "GRV1 Mutoshi", "GRV1 S W No pay", "GRV1 W", "GRV1 K P x W y",
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
