"""The shape of what is typed about people and their roles."""

from typing import TYPE_CHECKING, Any

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.tokens import TOKEN_LASTS, TOKEN_LONGEST, Scope

if TYPE_CHECKING:
    PersonBase = forms.ModelForm[User]
    GrantBase = forms.ModelForm[RoleGrant]
else:
    PersonBase = GrantBase = forms.ModelForm


class PersonForm(PersonBase):
    """What may be said about somebody who has an account."""

    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "phone", "language", "is_active"]

    def clean_phone(self) -> str:
        """E.164, whatever spaces and signs were typed."""
        typed = str(self.cleaned_data["phone"])
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed)
        except phonenumbers.NumberParseException as error:
            raise ValidationError(_("Write the number with its country code, such as +243 81 234 5678.")) from error
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class NewPersonForm(PersonForm):
    """A new account, with a first password that its owner changes."""

    password = forms.CharField(
        label=_("first password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "phone", "language"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned and cleaned.get("password"):
            try:
                validate_password(cleaned["password"])
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class GrantForm(GrantBase):
    """Who gets which role."""

    class Meta:
        model = RoleGrant
        fields = ["user", "role"]


class TokenForm(forms.Form):
    """What a program is called, what its token is good for, and for how many days."""

    name = forms.CharField(label=_("What the program is called"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices(), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("For how many days"), min_value=1, max_value=TOKEN_LONGEST.days, initial=TOKEN_LASTS.days
    )
