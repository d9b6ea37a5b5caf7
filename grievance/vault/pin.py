"""PINs of six digits, stretched under a pepper: a stolen table tells none of them, and each guess costs."""

import hashlib

from nacl.pwhash import argon2id

from grievance.vault.keyring import Keys
from grievance.vault.sealing import CannotOpen


def pin_digest(keys: Keys, salt: bytes, reference: str, pin: str) -> bytes:
    """32 bytes by which a PIN is recognised; ``salt``: 16 bytes. Raises CannotOpen("no_key") without the pepper."""
    if keys.phone_pepper is None:
        raise CannotOpen("no_key")
    said = hashlib.blake2b(f"{reference}\0{pin}".encode(), key=keys.phone_pepper, person=b"text-pin").digest()
    return argon2id.kdf(32, said, salt, opslimit=argon2id.OPSLIMIT_MIN, memlimit=argon2id.MEMLIMIT_INTERACTIVE // 4)
