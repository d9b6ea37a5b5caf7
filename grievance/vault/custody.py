"""Custody of names: a custodian's key under their passphrase, and seals that only two custodians together open."""

import secrets
import unicodedata
from dataclasses import dataclass, field

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id

from grievance.vault.keyring import KEY_BYTES
from grievance.vault.sealing import BUCKET_BYTES, CannotOpen, Sealed, open_box, open_sealed, seal

# A passphrase is all that stands between a stolen database and a name: long, or words enough (our default).
PASSPHRASE_SHORTEST = 16  # characters
PASSPHRASE_WORDS = 5  # different ones, which may be short in languages that write short
PASSPHRASE_LONGEST = 1000  # characters


@dataclass(frozen=True)
class CustodyPair:
    """A custodian's key as it is stored: the private half sealed under their passphrase, with what Argon2id took."""

    public: bytes  # 32 bytes
    sealed_private: bytes = field(repr=False)
    salt: bytes = field(repr=False)  # 16 bytes
    opslimit: int  # passes
    memlimit: int  # bytes


def passphrase_is_long_enough(passphrase: str) -> bool:
    """16 characters, of which five differ, or five different words that make ten characters."""
    signs = "".join(passphrase.split())
    words = len(set(passphrase.casefold().split())) >= PASSPHRASE_WORDS and len(signs) >= 2 * PASSPHRASE_WORDS
    varied = len(set(signs)) >= PASSPHRASE_WORDS
    return varied and (words or len(passphrase.strip()) >= PASSPHRASE_SHORTEST)


def new_custody_key(
    passphrase: str, *, opslimit: int = argon2id.OPSLIMIT_INTERACTIVE, memlimit: int = argon2id.MEMLIMIT_INTERACTIVE
) -> CustodyPair:
    """A fresh pair whose private half opens with `passphrase` alone (Argon2id, RFC 9106).

    `opslimit` in passes, `memlimit` in bytes (64 MiB by default); both are stored with the pair, so they may be raised
    later. Raises ValueError for limits beyond libsodium's.
    """
    private = PrivateKey.generate()
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    public = bytes(private.public_key)
    key = argon2id.kdf(KEY_BYTES, _passphrase(passphrase), salt, opslimit=opslimit, memlimit=memlimit)
    return CustodyPair(public, seal(key, bytes(private), b"custody:" + public), salt, opslimit, memlimit)


def open_custody_key(passphrase: str, pair: CustodyPair) -> bytes:
    """The private half, 32 bytes. Raises CannotOpen("damaged") for a wrong passphrase or a changed row."""
    try:
        key = argon2id.kdf(
            KEY_BYTES, _passphrase(passphrase), bytes(pair.salt), opslimit=pair.opslimit, memlimit=pair.memlimit
        )
    except CryptoError:
        raise CannotOpen("damaged") from None
    return open_sealed(key, pair.sealed_private, b"custody:" + bytes(pair.public))


def seal_for_pair(first_public: bytes, second_public: bytes, plaintext: bytes) -> bytes:
    """Seal to two custodians at once: a box for the first inside a box for the second, padded to 256-byte buckets.

    Neither opens it without the other. Raises ValueError when both are the same custodian.
    """
    if bytes(first_public) == bytes(second_public):
        raise ValueError("a pair is two custodians")
    inner = SealedBox(PublicKey(bytes(first_public))).encrypt(sodium_pad(bytes(plaintext), BUCKET_BYTES))
    return SealedBox(PublicKey(bytes(second_public))).encrypt(inner)


def open_outer(second_private: bytes, sealed: Sealed) -> bytes:
    """The half of what `seal_for_pair` gave: still a box, for the first of the pair. Raises CannotOpen("damaged")."""
    return open_box(second_private, sealed)


def open_inner(first_private: bytes, half: Sealed) -> bytes:
    """What `seal_for_pair` was given, from what `open_outer` left. Raises CannotOpen("damaged") for any other half."""
    try:
        return sodium_unpad(open_box(first_private, half), BUCKET_BYTES)
    except CryptoError:
        raise CannotOpen("damaged") from None


def _passphrase(typed: str) -> bytes:
    """One form for the same words from any keyboard: NFC, as RFC 8265 asks of passwords."""
    return unicodedata.normalize("NFC", typed).encode()
