"""Shapes that take what they say and nothing else: text is text, yes is true, and what we do not know is not dropped in
silence. What is wrong is said without repeating it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

if TYPE_CHECKING:
    Base = serializers.Serializer[Any]
    ListBase = serializers.ListField
else:
    Base, ListBase = serializers.Serializer, serializers.ListField

MISSING: dict[str, Any] = {"required": _("This is missing."), "null": _("This is missing.")}
WHOLE = "non_field_errors"
UNKNOWN = _("There is a field here that we do not know. We know: %(names)s.")
ONE_OF = _("Please choose one of these: %(choices)s.")


class Strict(Base):
    """An object with these fields and no others."""

    default_error_messages = MISSING

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({WHOLE: [_("This is not an object.")]})
        if data.keys() - self.fields.keys():
            # Not by its name, which may be anything.
            raise serializers.ValidationError({WHOLE: [UNKNOWN % {"names": ", ".join(self.fields)}]})
        return super().to_internal_value(data)

    def checked(self) -> Any:
        """What was said, once nothing is wrong with it; else raises `serializers.ValidationError`."""
        if self.initial_data is None:  # which rest_framework takes for "nothing was sent"
            raise serializers.ValidationError({WHOLE: [MISSING["null"]]})
        self.is_valid(raise_exception=True)
        return self.validated_data


class Said(serializers.CharField):
    """Text as it was said; its form looks closer."""

    default_error_messages = {
        **MISSING,
        "invalid": _("This is not text."),
        "blank": _("This is missing."),
        "max_length": _("This is too long."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "allow_blank": True, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        # No database keeps a NUL, and half of a pair is no letter.
        if not isinstance(data, str) or "\0" in data or any("\ud800" <= sign <= "\udfff" for sign in data):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Yes(serializers.BooleanField):
    default_error_messages = {**MISSING, "invalid": _("This is neither true nor false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return bool(data)


class Code(serializers.ChoiceField):
    default_error_messages = MISSING

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            choices = ", ".join(map(str, self.choices))
            raise serializers.ValidationError(ONE_OF % {"choices": choices}, code="invalid_choice")
        return super().to_internal_value(data)


class Several(ListBase):
    default_error_messages = {
        **MISSING,
        "not_a_list": _("This is not a list."),
        "empty": _("There is nothing in this list."),
        "min_length": _("There is nothing in this list."),
        "max_length": _("There are more in this list than there may be."),
    }


class WrongShape(Base):
    """Where something is wrong, and what."""

    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="In the body: a JSON Pointer as a URI fragment.")
    parameter = serializers.CharField(required=False, help_text="In a header or a parameter of the query: its name.")


class ProblemShape(Base):
    """A problem of RFC 9457. `code` is for programs; `title` and `detail` are in the language of the call."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    code = serializers.CharField()
    detail = serializers.CharField(required=False)
    instance = serializers.CharField(required=False, help_text="By which we find this call in our log.")
    errors = WrongShape(many=True, required=False)  # type: ignore[assignment]  # as RFC 9457 calls it
