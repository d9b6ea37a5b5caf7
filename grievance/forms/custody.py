"""A custodian's passphrase."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grievance.vault import PASSPHRASE_LONGEST, passphrase_is_long_enough
from supplychain.models import Organisation


def _secret(label: Any) -> forms.CharField:
    """Kept as it was typed, never sent back to the page, and offered to no one's password store as an old one."""
    field = forms.CharField(label=label, strip=False, max_length=PASSPHRASE_LONGEST)
    field.widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return field


class CustodyKeyForm(forms.Form):
    """A custodian's passphrase, twice, and for which of their employers they keep the key."""

    organisation = forms.TypedChoiceField(label=_("Organisation for which you keep the key"), empty_value=None)
    passphrase = _secret(_("Passphrase"))
    again = _secret(_("The same passphrase again"))

    def __init__(self, data: Any = None, *, employers: Sequence[Organisation]) -> None:
        super().__init__(data, label_suffix="", auto_id="key-%s")
        held = {str(one.pk): one for one in employers}
        field = self.fields["organisation"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        names = [(pk, one.name) for pk, one in held.items()]
        field.choices = names if len(names) == 1 else [("", "–"), *names]
        field.coerce = held.__getitem__
        for name in self.fields if self.is_bound else ():
            if self.errors.get(name):
                self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"key-{name}-wrong"}

    def clean_passphrase(self) -> str:
        typed = str(self.cleaned_data["passphrase"])
        if not passphrase_is_long_enough(typed):
            raise ValidationError(_("This is too short: 16 characters at least, or five different words."))
        return typed

    def clean_again(self) -> str:
        typed = str(self.cleaned_data["again"])
        if "passphrase" in self.cleaned_data and typed != self.cleaned_data["passphrase"]:
            raise ValidationError(_("The two are not the same."))
        return typed
