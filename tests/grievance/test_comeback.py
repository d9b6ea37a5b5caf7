"""Number, PIN and a word are read in any order and script; a sentence stays a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.comeback import Returning, alone, read, references_in, six_digits
from grievance.keywords import Keyword
from grievance.receipts import new_reference

REFERENCE = "R-7K2M-9QX7"


def reference() -> str:
    return new_reference()


@pytest.mark.parametrize(
    "form",
    [
        "{r} 730491", "{r}, 730491", "{r}:730491", "{r}#730491", "{r}\n730491", "730491 {r}", "{low} 730491",
        "{bare} 730491", "{spaced} 730 491", "{r} 73-04-91", "{r} ٧٣٠٤٩١", "{r} ७३०४९१", "\u200f{r} 730491\u200f",
        "{r} 730\u200b491", "( {r} ) 730491!", "{r} 730491.",
    ],
)  # fmt: skip
def test_a_number_and_a_pin_are_read_as_people_type_them(form: str) -> None:
    r = reference()
    typed = form.format(r=r, low=r.lower(), bare=r.replace("-", "")[1:], spaced=r.replace("-", " "))
    assert read(typed) == Returning(r, "730491", None, None, "", read(typed).kept)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "keyword", "number"),
    [
        ("{r} 730491 STATUS", Keyword.STATUS, None), ("soma {r} 730491", Keyword.READ, None),
        ("{r} thibitisha 730491", Keyword.CONFIRM, None), ("CONFIRM 2 {r} 730491", Keyword.CONFIRM, 2),
        ("{r} 730491 dispute ٢", Keyword.DISPUTE, 2), ("{r} 730491 NOT SAFE", Keyword.UNSAFE, None),
        ("{r} 730491 si salama", Keyword.UNSAFE, None), ("{r} 730491 salama", Keyword.SAFE, None),
        ("{r} 730491 تأكيد", Keyword.CONFIRM, None), ("确认730491 {r}", Keyword.CONFIRM, None),
        ("{r} 730491 xác nhận", Keyword.CONFIRM, None), ("{r} 730491 पुष्टि", Keyword.CONFIRM, None),
        ("{r} 730491 не согласна", Keyword.DISPUTE, None), ("WEB {r} 730491", Keyword.WEB, None),
    ],
)  # fmt: skip
def test_a_word_stands_before_between_or_behind(typed: str, keyword: Keyword, number: int | None) -> None:
    r = reference()
    found = read(typed.format(r=r))
    assert found is not None
    assert (found.reference, found.pin, found.keyword, found.number, found.more) == (r, "730491", keyword, number, "")


def test_of_the_only_number_of_a_phone_a_word_and_the_pin_are_enough() -> None:
    assert read("CONFIRM 730491") == Returning("", "730491", Keyword.CONFIRM, None, "", "CONFIRM ******")
    assert read("730491 thibitisha") is not None


@pytest.mark.parametrize("typed", ["STATUS", "soma", "Web?", "{r}", "{r} confirm"])
def test_without_a_pin_somebody_asks_how_it_is_done(typed: str) -> None:
    found = read(typed.format(r=reference()))
    assert found is not None
    assert found.pin == ""


@pytest.mark.parametrize(
    "typed",
    [
        "", "730491", "730491 730492", "They took 730491 francs", "salama", "not safe", "SAFE 730491 francs are gone",
        "confirm that 730491 was not paid", "{r} they came again", "read the contract", "Hatujalipwa 730491",
    ],
)  # fmt: skip
def test_a_sentence_is_a_sentence(typed: str) -> None:
    assert read(typed.format(r=reference())) is None


def test_what_is_said_behind_number_and_pin_is_a_message_and_no_command() -> None:
    r = reference()
    found = read(f"{r} 730491 Confirm that they came. \u200bWatu 12")
    assert found is not None
    assert (found.keyword, found.more) == (None, "Confirm that they came. \u200bWatu 12")
    assert found.kept == f"{r} ****** Confirm that they came. \u200bWatu 12"


def test_a_word_for_the_pin_without_one_behind_it_is_a_word() -> None:
    found = read(f"{reference()} 730491 code of conduct broken")
    assert found is not None
    assert found.more == "code of conduct broken"


@pytest.mark.parametrize("form", ["{r}\u2469\u2469 730491", "r{b}\u2469730491", "\u2469\u2469\u2469", "{b}\u246973049"])
def test_signs_that_are_several_digits_break_nothing(form: str) -> None:
    r = reference()
    typed = form.format(r=r, b=r.replace("-", "").lower())
    read(typed)
    alone(typed)
    assert all(len(typed[slice(*span)]) >= 6 for span in six_digits(typed))
    assert references_in(typed) in ([r], [])


def test_figures_that_are_longer_hold_no_pin() -> None:
    r = reference()
    assert six_digits(f"12 000 000 francs, 0810 000 001, 31.03.2026, {r}") == []
    assert six_digits(f"{r} 730491 and 250 000") == [(12, 18), (23, 30)]


def test_who_is_not_safe_may_say_more_at_once() -> None:
    found = read(f"NOT SAFE {reference()} 730491 they are outside")
    assert found is not None
    assert (found.keyword, found.more) == (Keyword.UNSAFE, "NOT SAFE they are outside")


def test_a_mistyped_number_is_still_one_so_that_no_pin_becomes_words() -> None:
    r = reference()
    wrong = r[:-1] + ("2" if r[-1] != "2" else "3")
    found = read(f"{wrong} 730491")
    assert found is not None
    assert found.reference == wrong[2:].replace("-", "")


def test_nothing_of_it_shows_in_a_trace() -> None:
    assert repr(read(f"{reference()} 730491")) == "Returning()"


@given(st.text(max_size=300) | st.text(alphabet="Rr-0123456789 safenoK٣", max_size=60))
def test_any_text_is_read_without_complaint(text: str) -> None:
    found = read(text)
    assert found is None or found.pin == "" or len(found.pin) == 6
    if found is not None and found.more:
        assert "".join(found.more.split())[-3:] in "".join(text.split())


@given(st.text(max_size=200), st.sampled_from(["", " ", "\n"]))
def test_words_behind_the_pin_are_kept_as_they_were_written(words: str, gap: str) -> None:
    found = read(f"R-0000-0000 730491 {gap}{words}")
    assert found is not None
    if found.more:
        assert words.strip().endswith(found.more[-5:].strip()) or found.more in words
