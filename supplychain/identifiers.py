"""Check digits of the identifiers that companies and sites are known by elsewhere."""

import re

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_OS_ID = re.compile(rf"([A-Z]{{2}})([0-9]{{4}}[0-3][0-9]{{2}}[{_CROCKFORD}]{{5}})([{_CROCKFORD}])")


def tidy(identifier: str) -> str:
    """As registers write it: capitals, no spaces, no hyphens."""
    return re.sub(r"[\s-]", "", identifier).upper()


def lei_is_sound(lei: str) -> bool:
    """ISO 17442: 18 letters or digits and two check digits, ISO 7064 MOD 97-10."""
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", lei):
        return False
    return int("".join(str(int(letter, 36)) for letter in lei)) % 97 == 1


def gln_is_sound(gln: str) -> bool:
    """GS1: twelve digits and a check digit, weights 3 and 1 from the right, modulo 10."""
    if not re.fullmatch(r"[0-9]{13}", gln):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(gln)) % 10 == 0


def os_id_is_sound(os_id: str) -> bool:
    """Open Supply Hub: country, year and day of the year, five of Crockford's base 32, and their sum modulo 32."""
    found = _OS_ID.fullmatch(os_id)
    if not found:
        return False
    country, rest, check = found.groups()
    total = sum(map(ord, country)) + sum(map(_CROCKFORD.index, rest))
    return _CROCKFORD[total % 32] == check
