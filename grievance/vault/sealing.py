"""Sealing and opening rows: data keys, their wraps, contacts. What was changed, moved or is foreign never opens."""

import hashlib
import hmac
import re
import secrets

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    sodium_pad,
    sodium_unpad,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from grievance.vault.keyring import KEY_BYTES, Keys

Sealed = bytes | memoryview  # a BinaryField gives either, by database

SALT_BYTES = 16
BUCKET_BYTES = 256  # plaintexts are padded to a multiple of this: a length says little about the words
VERSION = b"\x01"  # first byte of everything sealed here; also authenticated

_NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_E164 = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)


class CannotOpen(ValueError):
    """A seal that does not open. `code` says why and is the whole message:

    `no_key` this process does not hold the key; `damaged` wrong key, wrong context, or changed bytes;
    `cut_short` a file whose end is missing.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def new_data_key() -> bytes:
    """32 random bytes that seal one body of words."""
    return secrets.token_bytes(KEY_BYTES)


def new_salt() -> bytes:
    """16 random bytes, stored in the clear beside a receipt's wrap."""
    return secrets.token_bytes(SALT_BYTES)


def seal(data_key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Seal `plaintext` under a 32-byte key; `context` names its place (table, field, row) and must be given to open it.

    Gives version (1) + nonce (24) + ciphertext, padded to the next multiple of 256 bytes (ISO/IEC 7816-4) + tag (16).
    XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03. Raises ValueError for a key of another length.
    """
    return _encrypt(data_key, sodium_pad(bytes(plaintext), BUCKET_BYTES), b"row:" + context)


def open_sealed(data_key: bytes, sealed: Sealed, context: bytes) -> bytes:
    """The plaintext that `seal` was given. Raises CannotOpen("damaged") for another key, context, or changed bytes."""
    return _unpad(_decrypt(data_key, sealed, b"row:" + context))


def seal_for_office(keys: Keys, data_key: bytes) -> bytes:
    """Wrap a data key for whoever holds the office key: 80 bytes, a libsodium sealed box. Any role can."""
    return SealedBox(PublicKey(keys.office_public)).encrypt(data_key)


def open_for_office(keys: Keys, wrap: Sealed) -> bytes:
    """The data key. Raises CannotOpen: "no_key" in a process without the office key, "damaged" for a foreign wrap."""
    return open_box(keys.office_private, wrap)


def seal_contact(keys: Keys, plaintext: bytes) -> bytes:
    """Seal a phone number, an address or a raw text to the contact key, padded to buckets of 256 bytes."""
    return SealedBox(PublicKey(keys.contact_public)).encrypt(sodium_pad(bytes(plaintext), BUCKET_BYTES))


def open_contact(keys: Keys, sealed: Sealed) -> bytes:
    """What `seal_contact` was given. Raises CannotOpen: "no_key" in any process but a worker, or "damaged"."""
    return _unpad(open_box(keys.contact_private, sealed))


def wrap_under_receipt(wrap_key: bytes, salt: bytes, data_key: bytes) -> bytes:
    """Wrap a data key under a receipt: `wrap_key` from receipts.stretch (32 bytes), `salt` from new_salt (16 bytes)."""
    return _encrypt(_subkey(wrap_key, salt), data_key, b"receipt")


def unwrap_under_receipt(wrap_key: bytes, salt: Sealed, wrap: Sealed) -> bytes:
    """The data key. Raises CannotOpen("damaged") for another receipt or salt."""
    return _decrypt(_subkey(wrap_key, bytes(salt)), wrap, b"receipt")


def new_session_key() -> bytes:
    """32 random bytes for the cookie of a follow session; never stored."""
    return secrets.token_bytes(KEY_BYTES)


def session_hash(session_key: bytes) -> bytes:
    """32 bytes by which a follow session is found; the key cannot be had from it."""
    return hashlib.blake2b(session_key, digest_size=32, person=b"session-lookup").digest()


def seal_under_session(session_key: bytes, data_key: bytes, context: bytes = b"") -> bytes:
    """Wrap a data key under a follow session's cookie key; `context`, where given, names the grievance."""
    return _encrypt(_session_subkey(session_key), data_key, b"session:" + context)


def open_under_session(session_key: bytes, sealed: Sealed, context: bytes = b"") -> bytes:
    """The data key. Raises CannotOpen("damaged") for another session or context."""
    return _decrypt(_session_subkey(session_key), sealed, b"session:" + context)


def phone_digest(keys: Keys, e164: str) -> bytes:
    """32 bytes by which a number is recognised: HMAC-SHA256 under the phone pepper (RFC 2104).

    Raises CannotOpen("no_key") in a process without the pepper, ValueError for anything but E.164 ("+" and digits).
    """
    if keys.phone_pepper is None:
        raise CannotOpen("no_key")
    if not _E164.fullmatch(e164):
        raise ValueError("not E.164")
    return hmac.digest(keys.phone_pepper, e164.encode("ascii"), "sha256")


def open_box(private: bytes | None, sealed: Sealed) -> bytes:
    """Open a libsodium sealed box. Raises CannotOpen: "no_key" without the private half, else "damaged"."""
    if private is None:
        raise CannotOpen("no_key")
    try:
        return SealedBox(PrivateKey(private)).decrypt(bytes(sealed))
    except CryptoError:
        raise CannotOpen("damaged") from None


def _encrypt(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return VERSION + nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, VERSION + associated, nonce, key)


def _decrypt(key: bytes, sealed: Sealed, associated: bytes) -> bytes:
    body = bytes(sealed)
    version, nonce, ciphertext = body[:1], body[1 : 1 + _NONCE_BYTES], body[1 + _NONCE_BYTES :]
    if version != VERSION:
        raise CannotOpen("damaged")
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, VERSION + associated, nonce, key)
    except CryptoError:
        raise CannotOpen("damaged") from None


def _unpad(padded: bytes) -> bytes:
    try:
        return sodium_unpad(padded, BUCKET_BYTES)
    except CryptoError:  # a sealed box can be made by anyone, badly padded too
        raise CannotOpen("damaged") from None


def _subkey(wrap_key: bytes, salt: bytes) -> bytes:
    return hashlib.blake2b(key=wrap_key, salt=salt, person=b"receipt-wrap", digest_size=KEY_BYTES).digest()


def _session_subkey(session_key: bytes) -> bytes:
    return hashlib.blake2b(key=session_key, person=b"session-wrap", digest_size=KEY_BYTES).digest()
