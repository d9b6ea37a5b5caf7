"""The vault opens for whom it was sealed, and for nobody and nothing else."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grievance import vault
from grievance.vault import CannotOpen, KeyRingError

KEY = b"k" * 32
CHUNK = vault.CHUNK_BYTES

words = st.binary(max_size=2000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rings") / "all"
    vault.make_keys(folder)
    return folder


@pytest.fixture(scope="module")
def ring(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], vault.Keys]:
    def ring(role: str) -> vault.Keys:
        target = tmp_path_factory.mktemp("ring") / role
        vault.hand_out(folder, target, role)
        return vault.load_keys(target, role)

    return ring


# -- The key ring


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    vault.make_keys(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    vault.make_keys(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert set(before) == vault.ROLE_FILES["all"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("role", sorted(vault.ROLE_FILES))
def test_a_role_gets_its_files_a_secret_of_its_own_and_no_more(folder: Path, tmp_path: Path, role: str) -> None:
    vault.hand_out(folder, tmp_path / role, role)
    assert {path.name for path in (tmp_path / role).iterdir()} == vault.ROLE_FILES[role]
    keys = vault.load_keys(tmp_path / role, role)
    assert (keys.office_private is None) == (role == "public")
    assert (keys.contact_private is None) == (role in {"public", "office"})
    assert (keys.phone_pepper is None) == (role in {"public", "office"})
    assert (keys.receipt_key is None) == (keys.receipt_pepper is None) == (role == "worker")
    assert (tmp_path / role / "secret").read_bytes() != (folder / "secret").read_bytes()
    assert repr(keys) == str(keys) == f"Keys(role={role!r})"


def test_handing_out_twice_changes_nothing_and_never_replaces_a_key(folder: Path, tmp_path: Path) -> None:
    vault.hand_out(folder, tmp_path / "worker", "worker")
    secret = (tmp_path / "worker" / "secret").read_bytes()
    vault.hand_out(folder, tmp_path / "worker", "worker")
    assert (tmp_path / "worker" / "secret").read_bytes() == secret
    vault.make_keys(tmp_path / "other")
    with pytest.raises(KeyRingError, match=r"different in the target: contact.key, contact.pub, office.key"):
        vault.hand_out(tmp_path / "other", tmp_path / "worker", "worker")


@pytest.mark.parametrize("role", ["public", "office", "worker"])
def test_a_process_refuses_a_key_beyond_its_role(folder: Path, tmp_path: Path, role: str) -> None:
    for extra in sorted(vault.ROLE_FILES["all"] - vault.ROLE_FILES[role]):
        target = tmp_path / extra
        vault.hand_out(folder, target, role)
        (target / extra).write_bytes((folder / extra).read_bytes())
        (target / extra).chmod(0o600)
        with pytest.raises(KeyRingError, match=f"^beyond the role {role}: {extra}$"):
            vault.load_keys(target, role)


def test_a_renamed_copy_of_a_key_is_refused_too(folder: Path, tmp_path: Path) -> None:
    vault.hand_out(folder, tmp_path / "public", "public")
    (tmp_path / "public" / "office.key.bak").write_bytes((folder / "office.key").read_bytes())
    with pytest.raises(KeyRingError, match=r"office\.key\.bak"):
        vault.load_keys(tmp_path / "public", "public")


def test_everything_that_is_wrong_is_named_at_once_and_no_key_is_shown(tmp_path: Path) -> None:
    vault.make_keys(tmp_path)
    (tmp_path / "receipt.key").unlink()
    (tmp_path / "contact.key").chmod(0o640)
    (tmp_path / "office.key").write_text("ab" * 31)
    (tmp_path / "phone.pepper").write_text("z" * 64)
    with pytest.raises(KeyRingError) as caught:
        vault.load_keys(tmp_path, "all")
    assert str(caught.value) == (
        "missing: receipt.key; readable by others (chmod 600): contact.key; not 64 hex digits: office.key, phone.pepper"
    )


def test_a_private_half_that_fits_no_public_half_is_refused(folder: Path, tmp_path: Path) -> None:
    vault.make_keys(tmp_path)
    (tmp_path / "office.pub").write_bytes((folder / "office.pub").read_bytes())
    with pytest.raises(KeyRingError, match=r"^not the private half of its .pub: office.key$"):
        vault.load_keys(tmp_path, "all")


def test_a_lost_private_half_is_not_quietly_replaced(tmp_path: Path) -> None:
    vault.make_keys(tmp_path)
    (tmp_path / "office.key").unlink()
    with pytest.raises(KeyRingError, match=r"^missing: office.key, though office.pub is there$"):
        vault.make_keys(tmp_path)


def test_no_folder_and_no_such_role_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRingError, match=r"^missing: contact.key, contact.pub"):
        vault.load_keys(tmp_path / "none", "all")
    with pytest.raises(KeyRingError, match=r"^unknown role$"):
        vault.load_keys(tmp_path, "root")
    with pytest.raises(KeyRingError, match=r"^unknown role$"):
        vault.hand_out(tmp_path, tmp_path, "root")
    with pytest.raises(KeyRingError, match=r"^missing or malformed in the source: contact.pub"):
        vault.hand_out(tmp_path, tmp_path / "target", "public")


# -- Rows under a data key


@given(words, st.binary(max_size=50))
def test_sealed_words_come_back_whole(plaintext: bytes, context: bytes) -> None:
    key = vault.new_data_key()
    sealed = vault.seal(key, plaintext, context)
    assert vault.open_sealed(key, sealed, context) == plaintext
    assert vault.open_sealed(key, memoryview(sealed), context) == plaintext
    assert sealed != vault.seal(key, plaintext, context)


@given(words)
def test_another_key_or_another_place_opens_nothing(plaintext: bytes) -> None:
    sealed = vault.seal(KEY, plaintext, b"statement:1")
    for key, context in ((b"x" * 32, b"statement:1"), (KEY, b"statement:2"), (KEY, b""), (b"short", b"statement:1")):
        with pytest.raises(CannotOpen, match=r"^damaged$"):
            vault.open_sealed(key, sealed, context)


@given(st.binary(max_size=300), st.data())
def test_one_changed_bit_anywhere_is_noticed(plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(vault.seal(KEY, plaintext, b"here"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        vault.open_sealed(KEY, bytes(sealed), b"here")


@given(st.binary(max_size=400))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(CannotOpen):
        vault.open_sealed(KEY, rubbish, b"")


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 8))
def test_the_length_says_only_the_bucket(one: int, other: int, bucket: int) -> None:
    lengths = {len(vault.seal(KEY, b"a" * (bucket * 256 + length), b"")) for length in (one, other)}
    assert lengths == {1 + 24 + (bucket + 1) * 256 + 16}


def test_words_that_end_like_padding_keep_their_end() -> None:
    for plaintext in (b"", b"\x80", b"\x80\0\0", b"\0" * 256, b"a" * 255 + b"\x80", b"a" * 256):
        assert vault.open_sealed(KEY, vault.seal(KEY, plaintext, b""), b"") == plaintext


# -- Wraps


def test_any_process_seals_for_the_office_and_only_some_open(ring: Callable[[str], vault.Keys]) -> None:
    wrap = vault.seal_for_office(ring("public"), KEY)
    assert vault.open_for_office(ring("office"), wrap) == vault.open_for_office(ring("worker"), wrap) == KEY
    with pytest.raises(CannotOpen, match=r"^no_key$"):
        vault.open_for_office(ring("public"), wrap)
    with pytest.raises(CannotOpen, match=r"^damaged$"):
        vault.open_for_office(ring("office"), wrap[:-1] + bytes([wrap[-1] ^ 1]))


def test_only_a_worker_opens_a_contact(ring: Callable[[str], vault.Keys]) -> None:
    phone, email = (vault.seal_contact(ring("public"), text) for text in (b"+243810000001", b"someone@example.invalid"))
    assert len(phone) == len(email)
    assert vault.open_contact(ring("worker"), phone) == b"+243810000001"
    for role in ("public", "office"):
        with pytest.raises(CannotOpen, match=r"^no_key$"):
            vault.open_contact(ring(role), phone)
    with pytest.raises(CannotOpen, match=r"^damaged$"):
        vault.open_contact(ring("worker"), vault.seal_for_office(ring("all"), KEY))


def test_a_box_without_padding_is_refused_kindly(ring: Callable[[str], vault.Keys]) -> None:
    keys = ring("all")
    posing = vault.Keys("x", keys.contact_public, None, keys.contact_public, None, None, None, None, None)
    with pytest.raises(CannotOpen, match=r"^damaged$"):
        vault.open_contact(keys, vault.seal_for_office(posing, b"not padded"))


def test_a_receipt_opens_its_own_wrap_only() -> None:
    salt = vault.new_salt()
    wrap = vault.wrap_under_receipt(b"w" * 32, salt, KEY)
    assert vault.unwrap_under_receipt(b"w" * 32, memoryview(salt), memoryview(wrap)) == KEY
    for wrap_key, wrong_salt in ((b"v" * 32, salt), (b"w" * 32, vault.new_salt())):
        with pytest.raises(CannotOpen, match=r"^damaged$"):
            vault.unwrap_under_receipt(wrap_key, wrong_salt, wrap)


def test_a_session_opens_its_own_wrap_only_and_its_hash_opens_nothing() -> None:
    session = vault.new_session_key()
    wrap = vault.seal_under_session(session, KEY, b"7")
    assert vault.open_under_session(session, wrap, b"7") == KEY
    for wrong, context in ((vault.new_session_key(), b"7"), (vault.session_hash(session), b"7"), (session, b"8")):
        with pytest.raises(CannotOpen, match=r"^damaged$"):
            vault.open_under_session(wrong, wrap, context)


def test_a_number_is_recognised_only_with_the_pepper(ring: Callable[[str], vault.Keys]) -> None:
    worker = ring("worker")
    assert vault.phone_digest(worker, "+243810000001") == vault.phone_digest(ring("all"), "+243810000001")
    assert vault.phone_digest(worker, "+243810000001") != vault.phone_digest(worker, "+243810000002")
    with pytest.raises(CannotOpen, match=r"^no_key$"):
        vault.phone_digest(ring("public"), "+243810000001")
    for wrong in ("0810000001", "+0810000001", "+243 81", "", "+24381\n", "+٢٤٣٨١"):
        with pytest.raises(ValueError, match=r"^not E\.164$"):
            vault.phone_digest(worker, wrong)


# -- Custody


def _custodian(passphrase: str) -> vault.CustodyPair:
    """Argon2id at its cheapest: these tests are not about its cost."""
    return vault.new_custody_key(passphrase, opslimit=1, memlimit=8192)


def test_a_custody_key_opens_with_its_passphrase_from_any_keyboard() -> None:
    pair = _custodian("caf\u00e9 de Kolwezi")
    private = vault.open_custody_key("cafe\u0301 de Kolwezi", pair)
    assert len(private) == 32
    assert private not in pair.sealed_private
    with pytest.raises(CannotOpen, match=r"^damaged$"):
        vault.open_custody_key("cafe de Kolwezi", pair)
    with pytest.raises(CannotOpen, match=r"^damaged$"):
        vault.open_custody_key("caf\u00e9 de Kolwezi", replace(pair, public=b"p" * 32))


def test_a_damaged_custody_row_is_refused() -> None:
    pair = _custodian("words")
    for damaged in (replace(pair, salt=b""), replace(pair, opslimit=0), replace(pair, memlimit=1)):
        with pytest.raises(CannotOpen, match=r"^damaged$"):
            vault.open_custody_key("words", damaged)


@settings(max_examples=10)
@given(st.binary(max_size=255))
def test_a_name_opens_for_the_pair_and_for_nobody_alone(name: bytes) -> None:
    pairs = [_custodian("words") for _ in range(3)]
    first, second, third = (vault.open_custody_key("words", pair) for pair in pairs)
    sealed = vault.seal_for_pair(pairs[0].public, pairs[1].public, name)
    half = vault.open_outer(second, memoryview(sealed))
    assert vault.open_inner(first, half) == name
    assert len(name) < 8 or name not in half
    assert len(sealed) == 256 + 2 * 48
    for one, other in ((first, first), (second, second), (second, first), (first, third), (third, second)):
        with pytest.raises(CannotOpen, match=r"^damaged$"):
            vault.open_inner(one, vault.open_outer(other, sealed))


def test_one_custodian_is_no_pair() -> None:
    with pytest.raises(ValueError, match=r"^a pair is two custodians$"):
        vault.seal_for_pair(KEY, KEY, b"name")


# -- Files


def _sealed(file_key: bytes, plaintext: bytes, step: int = 50_000) -> list[bytes]:
    sealer = vault.FileSealer(file_key)
    chunks = [chunk for at in range(0, len(plaintext), step) for chunk in sealer.push(plaintext[at : at + step])]
    return [*chunks, *sealer.finish()]


@settings(max_examples=25)
@given(st.integers(0, 4 * CHUNK), st.integers(1000, 3 * CHUNK), st.integers(100, 3 * CHUNK))
def test_a_file_comes_back_whole_however_it_is_cut(size: int, step: int, cut: int) -> None:
    file_key, plaintext = vault.FileSealer.new_file_key(), bytes(range(251)) * (size // 251 + 1)
    plaintext = plaintext[:size]
    sealed = _sealed(file_key, plaintext, step)
    assert len(sealed) == max(1, -(-size // CHUNK))
    assert b"".join(vault.open_file(file_key, sealed)) == plaintext
    stream = b"".join(sealed)
    again = (memoryview(stream[at : at + cut]) for at in range(0, len(stream), cut))
    assert b"".join(vault.open_file(file_key, again)) == plaintext


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_file_at_the_edge_of_a_chunk_comes_back_whole(size: int) -> None:
    assert b"".join(vault.open_file(KEY, _sealed(KEY, b"a" * size))) == b"a" * size


def test_chunks_that_are_missing_swapped_repeated_added_or_foreign_are_noticed() -> None:
    chunks = _sealed(KEY, bytes(range(256)) * 1024)
    other = _sealed(KEY, bytes(range(256)) * 1024)
    assert len(chunks) == 4
    changed = [chunks[0], chunks[1][:100] + bytes([chunks[1][100] ^ 1]) + chunks[1][101:], *chunks[2:]]
    for wrong in (
        [],
        chunks[:-1],
        chunks[:1],
        [*chunks[:3], chunks[3][:-1]],
        [chunks[0], chunks[2], chunks[1], chunks[3]],
        [chunks[0], chunks[2], chunks[3]],
        [chunks[0], chunks[1], chunks[1], *chunks[2:]],
        [*chunks, chunks[3]],
        [*chunks, b"x"],
        [*other[:1], *chunks[1:]],
        changed,
        chunks[1:],
        [chunks[0][:10]],
    ):
        with pytest.raises(CannotOpen):
            b"".join(vault.open_file(KEY, wrong))
    with pytest.raises(CannotOpen, match=r"^cut_short$"):
        b"".join(vault.open_file(KEY, chunks[:-1]))
    with pytest.raises(CannotOpen, match=r"^damaged$"):
        b"".join(vault.open_file(b"x" * 32, chunks))


def test_a_sealed_file_shows_nothing_and_ends_once() -> None:
    sealer = vault.FileSealer(KEY)
    sealed = [*sealer.push(b"MARKED" * 20_000), *sealer.finish()]
    assert b"MARKED" not in b"".join(sealed)
    with pytest.raises(RuntimeError, match=r"^finished already$"):
        sealer.finish()
