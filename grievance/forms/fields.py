"""Fields that take what a person typed, whatever their keypad; and the field of each question of the table."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from grievance.questions import (
    Kind,
    NotADay,
    NotAPosition,
    Question,
    read_day,
    read_position,
)

EARLIEST = date(1900, 1, 1)


class Words(forms.CharField):
    """Text as a person typed it, line ends made alike, so that everybody counts the same characters."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")

    def validate(self, value: str) -> None:
        # Signs without width or ink say nothing.
        super().validate(value if any(sign.isprintable() and not sign.isspace() for sign in value) else "")
        over = len(value) - self.longest
        if over > 0:
            raise ValidationError(
                ngettext_lazy(
                    "This is %(over)d letter too long. Please shorten it: you can send the rest afterwards.",
                    "This is %(over)d letters too long. Please shorten it: you can send the rest afterwards.",
                    "over",
                ),
                params={"over": over},
            )


class Day(forms.CharField):
    """A day as typed on any keypad."""

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            day = read_day(text)
        except NotADay:
            raise ValidationError(
                _("We cannot read this day. Please write day, month and year, such as 31/3/2026.")
            ) from None
        if day < EARLIEST:
            raise ValidationError(_("This day is very long ago. Please check the year."))
        return day


class Shared(dict[str, forms.Field]):
    """Fields that no form changes. Django copies every field of a form in depth each time that one is filled in, which
    for a page of fifteen costs as much as writing a grievance down; these it gets as they are.
    """

    def __deepcopy__(self, _memo: object) -> dict[str, forms.Field]:
        return dict(self)


class Position(forms.CharField):
    """A position as a phone's map shows it; what is finer than about a kilometre is dropped here and kept nowhere."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return read_position(text) if text else ""
        except NotAPosition:
            raise ValidationError(
                _("We cannot read this position. Please write it as -10.71, 25.47, or describe the place in words.")
            ) from None


CHOOSE = {"required": _("Please choose one of these."), "invalid_choice": _("Please choose one of these.")}


def field_of(question: Question) -> forms.Field:
    """The field of one question of the table."""
    missing = {"required": _("Please write what happened.")}
    match question.kind:
        case Kind.WORDS | Kind.LINE | Kind.PHONE | Kind.EMAIL:
            return Words(longest=question.longest, required=question.required, error_messages=missing)
        case Kind.DAY:
            return Day(required=False, max_length=question.longest)
        case Kind.POSITION:
            return Position(required=False, max_length=question.longest)
        case Kind.TICK:
            return forms.BooleanField(required=False)
        case Kind.CHOICES:
            return forms.MultipleChoiceField(
                required=False,
                choices=[(choice.value, choice.label) for choice in question.choices],
                error_messages={"invalid_choice": _("Please choose again what it is about.")},
            )
        case Kind.CHOICE:
            return forms.ChoiceField(
                required=question.required,
                choices=[(choice.value, choice.label) for choice in question.choices],
                error_messages=CHOOSE,
            )
        case Kind.COUNTRY:
            return forms.RegexField(r"^[A-Z]{2}$", required=False, error_messages={"invalid": CHOOSE["required"]})
        case Kind.SITE:
            return forms.CharField(required=False)
        case Kind.FILES:
            return forms.Field(required=False)
