"""A receipt is typed as people type, and a slip of the finger is always noticed."""

import hashlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance import receipts
from grievance.receipts import NotAReceipt, NotAReference

KEY = b"k" * 32
PEPPER = b"p" * 32
ZEROS = "0\u0660\u06f0\u0966\u1040\uff10"  # Latin, Arabic, Persian, Devanagari, Burmese, fullwidth
SEPARATORS = " -.\t\N{NO-BREAK SPACE}\N{EN DASH}\N{ZERO WIDTH SPACE}\N{RIGHT-TO-LEFT MARK}"

nonces = st.binary(min_size=32, max_size=32)
made_receipts = nonces.map(lambda nonce: receipts.receipt_for(KEY, nonce))
made_references = st.builds(receipts.new_reference)


@given(made_receipts, st.sampled_from(ZEROS), st.lists(st.sampled_from(SEPARATORS), min_size=20, max_size=20))
def test_a_receipt_is_read_in_any_script_with_anything_between_its_digits(
    receipt: str, zero: str, between: list[str]
) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) + gap for digit, gap in zip(receipt, between, strict=True))
    assert receipts.read(typed) == receipt


@given(made_receipts)
def test_what_is_shown_can_be_typed_back(receipt: str) -> None:
    shown = receipts.group(receipt)
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", shown)
    assert receipts.read(f"  {shown}\n") == receipt


@given(made_receipts)
def test_every_single_wrong_digit_is_caught(receipt: str) -> None:
    for place in range(20):
        for digit in "0123456789".replace(receipt[place], ""):
            with pytest.raises(NotAReceipt, match=r"^check$"):
                receipts.read(receipt[:place] + digit + receipt[place + 1 :])


@given(made_receipts)
def test_every_swap_of_neighbours_is_caught(receipt: str) -> None:
    for place in range(19):
        swapped = receipt[:place] + receipt[place + 1] + receipt[place] + receipt[place + 2 :]
        if swapped != receipt:
            with pytest.raises(NotAReceipt, match=r"^check$"):
                receipts.read(swapped)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" - \N{ZERO WIDTH SPACE}", "empty"),
        ("1234 5678", "short"),
        ("1" * 21, "long"),
        ("1" * 100_000, "long"),
        ("abcd", "letters"),
        ("1234 5678 9012 345O 7890", "letters"),
        ("一二三四", "letters"),
        ("12\N{SUPERSCRIPT TWO}", "letters"),
    ],
)
def test_what_is_no_receipt_is_said_by_a_code_alone(typed: str, code: str) -> None:
    with pytest.raises(NotAReceipt) as caught:
        receipts.read(typed)
    assert caught.value.code == code
    assert caught.value.args == (code,)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_receipt_or_refused(typed: str) -> None:
    try:
        outcome = receipts.read(typed)
    except NotAReceipt as error:
        outcome = error.code
    assert re.fullmatch(r"[0-9]{20}|empty|letters|short|long|check", outcome)


@given(nonces, nonces)
def test_the_same_form_gives_the_same_receipt_and_another_form_another(one: bytes, other: bytes) -> None:
    assert receipts.receipt_for(KEY, one) == receipts.receipt_for(KEY, one)
    assert (receipts.receipt_for(KEY, one) == receipts.receipt_for(KEY, other)) == (one == other)
    assert receipts.receipt_for(KEY, one) != receipts.receipt_for(b"x" * 32, one)


def test_a_nonce_comes_back_in_one_spelling_only() -> None:
    nonce = receipts.new_nonce()
    read = receipts.read_nonce(nonce)
    assert read is not None
    assert len(read) == 32
    assert receipts.new_nonce() != nonce
    last = nonce[-1]
    other_spelling = nonce[:-1] + {"A": "B", "Q": "R"}.get(last, chr(ord(last) + 1))
    for wrong in ("", nonce[:-1], nonce + "A", nonce + "=", nonce[:-1] + "!", nonce[:-1] + "é", other_spelling):
        assert receipts.read_nonce(wrong) is None


@given(nonces)
def test_the_hash_and_the_staging_key_of_a_form_say_nothing_of_each_other(nonce: bytes) -> None:
    assert len({nonce, receipts.nonce_hash(nonce), receipts.staging_key(nonce)}) == 3
    assert len(receipts.nonce_hash(nonce)) == len(receipts.staging_key(nonce)) == 32


def test_a_stretched_receipt_depends_on_the_pepper_and_shows_nothing() -> None:
    receipt = receipts.receipt_for(KEY, b"n" * 32)
    here, again, elsewhere = (receipts.stretch(receipt, pepper) for pepper in (PEPPER, PEPPER, b"q" * 32))
    assert here == again
    assert len({here.lookup, here.wrap_key, elsewhere.lookup, elsewhere.wrap_key}) == 4
    assert [len(half) for half in here] == [32, 32]
    assert repr(here) == "Stretched()"


def test_stretching_is_scrypt_as_everybody_knows_it() -> None:
    """RFC 7914: receipts that were stretched by another library are found by this one."""
    receipt = receipts.receipt_for(KEY, b"n" * 32)
    salt = b"recourse receipt 1\0" + PEPPER
    known = hashlib.scrypt(receipt.encode(), salt=salt, n=1024, r=8, p=1, dklen=64)
    assert b"".join(receipts.stretch(receipt, PEPPER)) == known


def test_stretching_takes_work_but_not_a_noticeable_time() -> None:
    receipt = receipts.receipt_for(KEY, b"n" * 32)
    started = time.process_time()
    for _ in range(5):
        receipts.stretch(receipt, PEPPER)
    assert 0.001 < (time.process_time() - started) / 5 < 0.1


@pytest.mark.parametrize("wrong", ["", "1234", "1234 5678 9012 3456 7890", "x" * 20, "١" * 20])
def test_only_a_receipt_as_read_is_stretched(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^not a receipt as read$"):
        receipts.stretch(wrong, PEPPER)


@given(made_references)
def test_a_reference_is_read_as_people_write_it(reference: str) -> None:
    assert re.fullmatch(r"R-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", reference)
    bare = reference[2:]
    lookalikes = bare.replace("1", "l").replace("0", "o").lower()
    for typed in (reference, reference.lower(), bare, bare.replace("-", ""), f" R {bare} ", lookalikes):
        assert receipts.read_reference(typed) == reference


@given(made_references)
def test_every_wrong_letter_and_every_swap_in_a_reference_is_caught(reference: str) -> None:
    letters = reference[2:].replace("-", "")
    slips = {letters[:i] + wrong + letters[i + 1 :] for i in range(8) for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"}
    slips |= {letters[:i] + letters[i + 1] + letters[i] + letters[i + 2 :] for i in range(7)}
    for slip in slips - {letters}:
        with pytest.raises(NotAReference, match=r"^check$"):
            receipts.read_reference(slip)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "empty"), ("--", "empty"), ("R-123", "short"), ("R-1234-56789", "long"), ("R-UUUU-UUUU", "letters")],
)
def test_what_is_no_reference_is_said_by_a_code_alone(typed: str, code: str) -> None:
    with pytest.raises(NotAReference) as caught:
        receipts.read_reference(typed)
    assert caught.value.args == (code,)
