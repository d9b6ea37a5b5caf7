"""What a telephone and its network do to a text: which alphabet it takes, and where it is cut into parts.

3GPP TS 23.038 and 23.040. A telephone cuts between code points, whatever a reader sees as one sign; it never cuts an
escape from its sign, nor a surrogate from its pair.
"""

from typing import NamedTuple

ESCAPE = 0x1B
# By their septets, sixteen in a row.
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
SEPTET = {sign: septet for septet, sign in enumerate(ALPHABET) if septet != ESCAPE}
ESCAPED = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
OCTETS = 140  # of a message; the header of a part (6 octets) takes 7 septets or 3 units of 16 bits
HEADER = 6


class Cut(NamedTuple):
    """``alphabet``: "GSM-7" or "UCS-2"."""

    alphabet: str
    parts: list[str]


def cut(text: str) -> Cut:
    signs = [gsm(sign) for sign in text]
    if all(signs):
        alone, part = OCTETS * 8 // 7, (OCTETS * 8 - HEADER * 8 - 1) // 7
        return Cut("GSM-7", _filled(text, [len(one) for one in signs], alone, part))
    units = [len(sign.encode("utf-16-be", "surrogatepass")) // 2 for sign in text]
    return Cut("UCS-2", _filled(text, units, OCTETS // 2, (OCTETS - HEADER) // 2))


def gsm(sign: str) -> bytes:
    """The septets of one sign; none where the alphabet has no such sign."""
    if sign in SEPTET:
        return bytes([SEPTET[sign]])
    return bytes([ESCAPE, ESCAPED[sign]]) if sign in ESCAPED else b""


def _filled(text: str, costs: list[int], alone: int, part: int) -> list[str]:
    if sum(costs) <= alone:
        return [text]
    parts, used = [""], 0
    for sign, cost in zip(text, costs, strict=True):
        if used + cost > part:
            parts.append("")
            used = 0
        parts[-1] += sign
        used += cost
    return parts
