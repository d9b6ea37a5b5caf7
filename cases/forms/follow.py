"""The shape of what a person types on the follow page: their number, and an answer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from grievance import receipts
from grievance.forms import Words, picture_problems
from grievance.queries import Staged
from grievance.rules import FILES_MOST, MESSAGE_LONGEST
from grievance.uploads import SealedUpload

NOT_A_RECEIPT = {
    "empty": _("Please type your number. It has 20 digits."),
    "letters": _("Your number has only digits. Please compare it with your paper."),
    "short": _("Some digits are missing: the number has 20. Please compare it with your paper."),
    "long": _("There are too many digits: the number has 20. Please compare it with your paper."),
    "check": _("One digit seems to be wrong. Please compare the number with your paper."),
}


class ReceiptForm(forms.Form):
    """The number, with spaces, dashes and the digits of any script."""

    receipt = forms.CharField(required=False)
    ticket = forms.CharField(required=False, max_length=100)

    def clean_receipt(self) -> str:
        try:
            return receipts.read(self.cleaned_data["receipt"])
        except receipts.NotAReceipt as problem:
            raise ValidationError(NOT_A_RECEIPT[problem.code], code=problem.code) from None


class AnswerForm(forms.Form):
    """A further message; words or pictures, or both."""

    body = Words(longest=MESSAGE_LONGEST, required=False)
    photos = forms.Field(required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        uploads: Sequence[SealedUpload] = (),
        staged: Sequence[Staged] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.uploads, self.staged = uploads, staged

    def clean_photos(self) -> None:
        errors = picture_problems(self.uploads, FILES_MOST - len(self.staged))
        if errors:
            raise ValidationError(errors)

    def clean(self) -> None:
        if self.errors or self.uploads or self.staged:
            return
        if not self.cleaned_data["body"].strip():
            self.add_error("body", _("Please write something, or add a picture."))
