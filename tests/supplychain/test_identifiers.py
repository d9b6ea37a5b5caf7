"""A mistyped identifier is noticed before it stands in a register."""

import pytest

from supplychain.identifiers import gln_is_sound, lei_is_sound, os_id_is_sound, tidy

# The examples of ISO 17442, GS1 and Open Supply Hub themselves.
LEI, GLN, OS_ID = "5493001KJTIIGC8Y1R12", "4006381333931", "CN2021250D1DTN7"


def test_the_published_examples_are_sound() -> None:
    assert lei_is_sound(LEI)
    assert gln_is_sound(GLN)
    assert os_id_is_sound(OS_ID)


@pytest.mark.parametrize(("sound", "check"), [(LEI, lei_is_sound), (GLN, gln_is_sound), (OS_ID, os_id_is_sound)])
def test_one_wrong_character_is_noticed(sound: str, check: object) -> None:
    assert callable(check)
    for place, letter in enumerate(sound):
        other = chr(ord(letter) + 1) if letter not in "9Z" else chr(ord(letter) - 1)
        assert not check(sound[:place] + other + sound[place + 1 :]), place


@pytest.mark.parametrize("wrong", ["", "5493001KJTIIGC8Y1R1", LEI.lower(), LEI + "0", "٥" * 20])
def test_what_is_no_lei_at_all(wrong: str) -> None:
    assert not lei_is_sound(wrong)


def test_typed_with_spaces_and_hyphens() -> None:
    assert tidy(" 5493 001k-jtii gc8y 1r12 ") == LEI
