"""The shape of what a person types before their page is open: their number, a copy of it, and where they can be reached
if it is lost."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from grievance import receipts

NOT_A_RECEIPT = {
    "empty": _("Please type your number. It has 20 digits."),
    "letters": _("Your number has only digits. Please compare it with your paper."),
    "short": _("Some digits are missing: the number has 20. Please compare it with your paper."),
    "long": _("There are too many digits: the number has 20. Please compare it with your paper."),
    "code": _("This is not right. Your number has 20 digits, and a code for a new number has 16."),
    "check": _("One digit seems to be wrong. Please compare the number with your paper."),
}


class ReceiptForm(forms.Form):
    """The number, or the code for a new one, with spaces, dashes and the digits of any script. ``fresh``: the nonce
    from which a new number comes."""

    receipt = forms.CharField(required=False)
    ticket = forms.CharField(required=False, max_length=100)
    fresh = forms.CharField(required=False, max_length=100)

    def clean_receipt(self) -> str:
        try:
            return receipts.read_code(self.cleaned_data["receipt"]) or receipts.read(self.cleaned_data["receipt"])
        except receipts.NotAReceipt as problem:
            raise ValidationError(NOT_A_RECEIPT[problem.code], code=problem.code) from None


class WrittenForm(forms.Form):
    """The last four digits, copied from the paper; empty where nobody wants to compare."""

    last = forms.CharField(required=False)

    def __init__(self, data: QueryDict | None = None, *, receipt: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.receipt = receipt

    def clean_last(self) -> str:
        typed = self.cleaned_data["last"]
        try:
            if typed and receipts.last_group(typed) != self.receipt[-4:]:
                raise ValidationError("last", code="wrong")
        except receipts.NotAReceipt as problem:
            raise ValidationError("last", code=problem.code) from None
        return str(typed)


class LostForm(forms.Form):
    """A phone number or an email address that the person gave before."""

    contact = forms.CharField(
        max_length=254,
        error_messages={
            "required": _("Please type the phone number or the email address that you gave us before."),
            "max_length": _("This is too long for a phone number or an email address."),
        },
    )

    def clean_contact(self) -> str:
        """The shape alone: whether anybody gave it is not known here."""
        typed = str(self.cleaned_data["contact"])
        digits = sum(sign.isdecimal() for sign in typed)
        if "@" not in typed[1:-1] and not (6 <= digits <= 20):
            raise ValidationError(_("This looks neither like a phone number nor like an email address."), code="shape")
        return typed
