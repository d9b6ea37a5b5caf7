"""How many messages a text costs, counted anew from the published rules: 3GPP TS 23.038 and 23.040 for alphabets and
room, UAX 29 for what readers see as one sign, as far as the languages of the product need it.

It shares nothing with `grievance.segments`.
"""

import unicodedata

# GSM 03.38 by code points: the default alphabet, and what its extension adds.
DEFAULT = {
    *(0x0A, 0x0D, 0x24, 0x40, 0x5F, 0xA1, 0xA3, 0xA4, 0xA5, 0xA7, 0xBF),
    *range(0x20, 0x24), *range(0x25, 0x40), *range(0x41, 0x5B), *range(0x61, 0x7B),
    *(0xC4, 0xC5, 0xC6, 0xC7, 0xC9, 0xD1, 0xD6, 0xD8, 0xDC, 0xDF, 0xE0, 0xE4, 0xE5, 0xE6, 0xE8, 0xE9, 0xEC, 0xF1, 0xF2),
    *(0xF6, 0xF8, 0xF9, 0xFC, 0x393, 0x394, 0x398, 0x39B, 0x39E, 0x3A0, 0x3A3, 0x3A6, 0x3A8, 0x3A9),
}  # fmt: skip
EXTENSION = {0x0C, 0x5B, 0x5C, 0x5D, 0x5E, 0x7B, 0x7C, 0x7D, 0x7E, 0x20AC}
JOINER, NON_JOINER = "\u200d", "\u200c"
VIRAMAS = {"\u094d", "\u09cd", "\u0acd", "\u0b4d", "\u0c4d", "\u0d4d"}


def messages(text: str) -> int:
    codes = [ord(sign) for sign in text]
    if all(code in DEFAULT or code in EXTENSION for code in codes):
        return _filled([sum(2 if ord(sign) in EXTENSION else 1 for sign in one) for one in signs(text)], 160, 153)
    return _filled([len(one.encode("utf-16-le")) // 2 for one in signs(text)], 70, 67)


def _filled(sizes: list[int], alone: int, part: int) -> int:
    if sum(sizes) <= alone:
        return 1
    count, room = 1, part
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return count


def signs(text: str) -> list[str]:
    """What a reader sees as one sign."""
    found: list[str] = []
    for sign in text:
        if found and _belongs(found[-1], sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _belongs(before: str, sign: str) -> bool:
    if (before, sign) == ("\r", "\n"):
        return True
    if before in {"\r", "\n"} or unicodedata.category(before[-1]) == "Cc":
        return False
    if unicodedata.category(sign) in {"Mn", "Me", "Mc"} or sign in {JOINER, NON_JOINER} or _is_tone(sign):
        return True
    if before.endswith(JOINER) and _is_picture(sign) and _is_picture(before[0]):
        return True
    if _is_flag(sign):
        return all(map(_is_flag, before)) and len(before) % 2 == 1
    return _joins_consonants(before, sign)


def _joins_consonants(before: str, sign: str) -> bool:
    """A virama between two consonants of one script holds them together (rule GB9c)."""
    tail = before.rstrip(JOINER)
    return _is_letter(before[0]) and _is_letter(sign) and tail[-1:] in VIRAMAS


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign) == "Lo"


def _is_picture(sign: str) -> bool:
    return "\U0001f300" <= sign <= "\U0001faff" or "\u2600" <= sign <= "\u27bf"


def _is_tone(sign: str) -> bool:
    return "\U0001f3fb" <= sign <= "\U0001f3ff"


def _is_flag(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"
