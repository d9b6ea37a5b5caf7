"""Receipts that bring a person back, the nonces they come from, and references that name a case to the outside."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import NamedTuple

from nacl.bindings import crypto_pwhash_scryptsalsa208sha256_ll

DIGITS = 20  # 19 that count (63 bits) and a check digit
NONCE_BYTES = 32
CODE_DIGITS = 16  # of a code that is good for half an hour: 15 that count (50 bits) and a check digit
CARD_DIGITS = 12  # of a code on a partner's card: 11 that count (36 bits) and a check digit
STRETCH_VERSION = 1  # goes into the salt: raise it when the cost below is raised
TYPED_MAX = 200  # characters looked at before a typed code is simply too long

# Damm (2004), a totally anti-symmetric quasigroup of order 10: every wrong digit and every swap of neighbours shows.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip

# Crockford's base 32: no I, L, O or U. The check letter is the sum of a^i times letter i in GF(32), x^5 + x^2 + 1.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("ILO", "110")
_SEPARATORS = {"Zs", "Zl", "Zp", "Cf", "Cc", "Pd", "Pc", "Po", "Ps", "Pe"}  # spaces, dashes, zero width, stops


class NotAReceipt(ValueError):
    """What was typed is no receipt. `code` is "empty", "letters", "short", "long", "check" or "code" (16 digits that
    are no code), and the whole message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAReference(ValueError):
    """What was typed is no reference. `code` is one of the codes of NotAReceipt, and the whole message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Stretched(NamedTuple):
    """A receipt after scrypt: what finds its row, and what unwraps its data key; 32 bytes each."""

    lookup: bytes
    wrap_key: bytes

    def __repr__(self) -> str:
        return "Stretched()"


def new_nonce() -> str:
    """The nonce of one form: 32 random bytes as 43 URL-safe letters (RFC 4648, unpadded). Raises nothing."""
    return secrets.token_urlsafe(NONCE_BYTES)


def read_nonce(text: str) -> bytes | None:
    """The 32 bytes of a nonce that came back with a form, or None for anything but their one spelling."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", text, re.ASCII):
        return None
    try:
        nonce = base64.urlsafe_b64decode(text + "=")
    except binascii.Error:
        return None
    return nonce if base64.urlsafe_b64encode(nonce).decode().rstrip("=") == text else None


def nonce_hash(nonce: bytes) -> bytes:
    """32 bytes by which a form is recognised when it is posted again; the nonce cannot be had from them."""
    return hashlib.blake2b(nonce, digest_size=32, person=b"form-nonce").digest()


def staging_key(nonce: bytes) -> bytes:
    """The 32-byte key that seals the files of a form until it is sent; nothing stored gives it."""
    return hashlib.blake2b(nonce, digest_size=32, person=b"form-staging").digest()


def receipt_for(receipt_key: bytes, nonce: bytes) -> str:
    """The receipt of a form, 20 digits: the same form gives the same receipt.

    HMAC-SHA256 modulo 10^19, whose bias is below 2^-192, and a check digit.
    """
    number = int.from_bytes(hmac.digest(receipt_key, b"recourse receipt 1\0" + nonce, "sha256"), "big")
    body = f"{number % 10 ** (DIGITS - 1):0{DIGITS - 1}d}"
    return body + str(_damm(body))


def group(receipt: str) -> str:
    """A receipt in groups of four, as it is shown: "1234 5678 …"."""
    return " ".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


def read(typed: str) -> str:
    """The 20 digits of a typed receipt: decimal digits of any script, with spaces, dashes and stops anywhere.

    Raises NotAReceipt.
    """
    digits = _digits(typed)
    if not digits:
        raise NotAReceipt("empty")
    if len(digits) != DIGITS:
        raise NotAReceipt("short" if len(digits) < DIGITS else "long")
    if _damm(digits):
        raise NotAReceipt("check")
    return digits


def new_code() -> str:
    """A random one-time code, 16 digits with a check digit: shorter than a receipt, so that nobody takes it for one."""
    body = f"{secrets.randbelow(10 ** (CODE_DIGITS - 1)):0{CODE_DIGITS - 1}d}"
    return body + str(_damm(body))


def read_code(typed: str) -> str | None:
    """The 16 digits of a typed one-time code; None for anything of another length. Raises NotAReceipt."""
    digits = _digits(typed)
    if len(digits) != CODE_DIGITS:
        return None
    if _damm(digits):
        raise NotAReceipt("code")
    return digits


def row_nonce(nonce: bytes, row: int) -> str:
    """The nonce of one row of a list that was sent under ``nonce``: the same list sent again files nobody twice."""
    made = hashlib.blake2b(nonce + row.to_bytes(4, "big"), digest_size=NONCE_BYTES, person=b"row-of-a-list").digest()
    return _spelt(made)


def nonce_under(receipt_key: bytes, *parts: str) -> str:
    """The nonce that follows from what a caller named, for whom the same call made again has to be the same form. Under
    the receipt key, because whoever knows a nonce can ask for its receipt."""
    said = b"recourse nonce 1\0" + "\0".join(parts).encode("utf-8", "surrogatepass")
    return _spelt(hmac.digest(receipt_key, said, "sha256"))


def _spelt(nonce: bytes) -> str:
    return base64.urlsafe_b64encode(nonce).decode().rstrip("=")


def new_card_code() -> str:
    """A random code for a partner's card, 12 digits with a check digit: too short to be taken for a receipt."""
    body = f"{secrets.randbelow(10 ** (CARD_DIGITS - 1)):0{CARD_DIGITS - 1}d}"
    return body + str(_damm(body))


def read_card_code(typed: str) -> str | None:
    """The 12 digits of a typed code of a card, of any script; None for anything that cannot be one."""
    try:
        digits = _digits(typed)
    except NotAReceipt:
        return None
    return digits if len(digits) == CARD_DIGITS and not _damm(digits) else None


def last_group(typed: str) -> str:
    """The four digits that somebody copied from their paper to check it, of any script. Raises NotAReceipt."""
    digits = _digits(typed)
    if not digits:
        raise NotAReceipt("empty")
    if len(digits) != 4:
        raise NotAReceipt("short" if len(digits) < 4 else "long")
    return digits


def stretch(receipt: str, pepper: bytes) -> Stretched:
    """One scrypt of a receipt (N=2^10, r=8, p=1: 1 MiB and about 3 ms; RFC 7914), cut in two.

    libsodium's, which is quicker at the same work than OpenSSL's: whoever steals the table would use a quick one too.
    `receipt`: what `read` or `receipt_for` gave. The salt is the pepper, the same for all: a receipt has to be found
    by its lookup alone; its 63 bits make up for it. Raises ValueError for anything but 20 digits.
    """
    if not re.fullmatch(r"[0-9]{20}", receipt):
        raise ValueError("not a receipt as read")
    return _stretch(receipt, b"recourse receipt %d\0" % STRETCH_VERSION + pepper)


def stretch_code(code: str, public: bytes) -> Stretched:
    """As `stretch`, of a one-time code of 16 digits. The worker that makes it holds no receipt pepper, so the salt is
    something public of this installation: its 50 bits and its half hour make up for it."""
    if not re.fullmatch(r"[0-9]{16}", code):
        raise ValueError("not a code as read")
    return _stretch(code, b"recourse code %d\0" % STRETCH_VERSION + public)


def stretch_card_code(code: str, public: bytes) -> bytes:
    """32 bytes by which a code of a card is found: scrypt (N=2^14, r=8, p=1: 16 MiB and about 50 ms).

    The office that makes a card holds no pepper of the worker that reads it, so the salt is something public of this
    installation; that each guess costs more makes up for its 36 bits. Raises ValueError for anything but 12 digits.
    """
    if not re.fullmatch(r"[0-9]{12}", code):
        raise ValueError("not a code as read")
    salt = b"recourse card %d\0" % STRETCH_VERSION + public
    return crypto_pwhash_scryptsalsa208sha256_ll(code.encode("ascii"), salt, n=2**14, r=8, p=1, dklen=32)


def new_reference() -> str:
    """A random outward reference, "R-XXXX-XXXX": 7 letters of 5 bits (35 bits) and a check letter; 11 characters.

    It names and opens nothing. Among a million, some dozen collide: whoever stores one keeps it unique and draws again.
    """
    body = "".join(secrets.choice(_LETTERS) for _ in range(7))
    text = body + _check_letter(body)
    return f"R-{text[:4]}-{text[4:]}"


def read_reference(typed: str) -> str:
    """The reference that was typed, as `new_reference` writes it: any case, any spacing, with or without its R,
    I and L for 1, O for 0, digits of any script.

    Raises NotAReference; every single wrong letter and every swap is caught.
    """
    letters = _letters(typed)
    if len(letters) == 9 and letters[0] == "R":
        letters = letters[1:]
    if not letters:
        raise NotAReference("empty")
    if len(letters) != 8:
        raise NotAReference("short" if len(letters) < 8 else "long")
    if _check_letter(letters[:7]) != letters[7]:
        raise NotAReference("check")
    return f"R-{letters[:4]}-{letters[4:]}"


def reference_ranges(typed: str) -> list[tuple[str, str]]:
    """The first and the last reference, as text, that begin as was typed; two ranges where the R may be its own or
    ours. None for what begins no reference. A range, unlike a pattern, is served by the index of every database.
    """
    try:
        letters = _letters(typed)
    except NotAReference:
        return []
    starts = {letters, letters[1:]} if letters[:1] == "R" else {letters}
    padded = [(start.ljust(8, _LETTERS[0]), start.ljust(8, _LETTERS[-1])) for start in starts if 2 <= len(start) <= 8]
    return [(_written(first), _written(last)) for first, last in sorted(padded)]


def _written(letters: str) -> str:
    return f"R-{letters[:4]}-{letters[4:]}"


def _stretch(digits: str, salt: bytes) -> Stretched:
    key = crypto_pwhash_scryptsalsa208sha256_ll(digits.encode("ascii"), salt, n=2**10, r=8, p=1, dklen=64)
    return Stretched(key[:32], key[32:])


def _digits(typed: str) -> str:
    if len(typed) > TYPED_MAX:
        raise NotAReceipt("long")
    signs = [sign for sign in typed if not _separates(sign)]
    values = [unicodedata.decimal(sign, -1) for sign in signs]
    if -1 in values:
        raise NotAReceipt("letters")
    return "".join(map(str, values))


def _letters(typed: str) -> str:
    if len(typed) > TYPED_MAX:
        raise NotAReference("long")
    signs = [sign for sign in unicodedata.normalize("NFKC", typed).upper() if not _separates(sign)]
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in signs).translate(_LOOKALIKES)
    if not set(plain) <= set(_LETTERS):
        raise NotAReference("letters")
    return plain


def _separates(sign: str) -> bool:
    return unicodedata.category(sign) in _SEPARATORS or sign == "\N{MINUS SIGN}"


def _damm(digits: str) -> int:
    """The check digit of `digits`; 0 when they end with the right one."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim


def _check_letter(body: str) -> str:
    total = 0
    for letter in body:  # Horner's rule: total * a + letter, with a = x
        total = _times_a(total) ^ _LETTERS.index(letter)
    return _LETTERS[_times_a(total)]


def _times_a(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled
