"""An extra word before somebody's first words: kept stretched, so that what is kept does not give it."""

import hmac
import secrets
import struct
import unicodedata

from nacl.pwhash import argon2id

WORD_SHORTEST = 4  # letters; wrong tries are counted, so that a short one holds too (our default)
WORD_LONGEST = 100
PASSES, MEMORY = 3, 16 * 1024 * 1024  # about 30 ms; it is kept under the data key beside, which nobody has in passing
_KEY_BYTES = 32
_HEAD = struct.Struct(">II")


def stretch_word(word: str, *, passes: int = PASSES, memory: int = MEMORY) -> bytes:
    """What is kept of a word: passes and bytes of memory (4 bytes each), salt (16), Argon2id of it (32; RFC 9106).

    Raises ValueError for limits beyond libsodium's.
    """
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    return _HEAD.pack(passes, memory) + salt + _stretch(word, salt, passes, memory)


def is_word(kept: bytes, typed: str) -> bool:
    """Is this the word? The time that it takes says nothing about how near it is."""
    passes, memory = _HEAD.unpack_from(kept)
    salt, key = kept[_HEAD.size : _HEAD.size + argon2id.SALTBYTES], kept[_HEAD.size + argon2id.SALTBYTES :]
    return hmac.compare_digest(_stretch(typed, salt, passes, memory), key)


def plain_word(typed: str) -> str:
    """One form for the same word from any phone, which begins words with a capital letter and adds spaces."""
    return " ".join(unicodedata.normalize("NFKC", typed).casefold().split())


def _stretch(word: str, salt: bytes, passes: int, memory: int) -> bytes:
    return argon2id.kdf(_KEY_BYTES, plain_word(word).encode(), salt, opslimit=passes, memlimit=memory)
