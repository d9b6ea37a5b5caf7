"""Marks by which a contact is recognised without being read: HMACs that only a worker can make."""

import hmac
import unicodedata
from collections.abc import Iterable

import phonenumbers

from grievance.vault.keyring import Keys
from grievance.vault.sealing import CannotOpen, phone_digest


def e164(typed: str, region: str = "") -> str | None:
    """A phone number as E.164, or None for what is none. ``region`` (ISO 3166-1 alpha-2) is where a number without its
    country code is at home."""
    try:
        number = phonenumbers.parse(typed, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national_of(number: str) -> str:
    """The digits of an E.164 number without those of its country, as far as they can be told apart."""
    try:
        return str(phonenumbers.parse(number).national_number)
    except phonenumbers.NumberParseException:
        return number.removeprefix("+")


def country_of(number: str) -> str:
    """ISO 3166-1 alpha-2 of an E.164 number, "" where none can be told."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


def phone_marks(keys: Keys, typed: str, regions: Iterable[str]) -> set[bytes]:
    """The marks of a number as it may be meant in each of these regions; "" is none. Raises as `phone_digest`."""
    numbers = {e164(typed, region) for region in regions}
    return {phone_digest(keys, number) for number in numbers if number}


def email_mark(keys: Keys, typed: str) -> bytes | None:
    """32 bytes by which an address is recognised, however its letters were written; None for what is none.

    Raises CannotOpen("no_key") in a process without the phone pepper.
    """
    if keys.phone_pepper is None:
        raise CannotOpen("no_key")
    folded = unicodedata.normalize("NFKC", typed).strip().casefold()
    if "@" not in folded[1:-1]:
        return None
    return hmac.digest(keys.phone_pepper, b"email\0" + folded.encode(), "sha256")
