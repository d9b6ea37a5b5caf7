"""How a code and what it is called stand together: stored by the one, shown by the other."""

from enum import StrEnum
from typing import Self

from django.utils.functional import Promise

Text = str | Promise


class Word(StrEnum):
    """A code with its label: ``SPAM = "spam", _("Spam")``."""

    label: Text

    def __new__(cls, value: str, label: Text = "") -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word

    @classmethod
    def choices(cls) -> list[tuple[str, Text]]:
        return [(member.value, member.label) for member in cls]
