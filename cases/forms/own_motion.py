"""What an officer types to open a case that nobody filed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms.triage import codes_field
from cases.queries import sites_to_name
from cases.states import OwnMotion
from grievance.forms import Words
from grievance.rules import MESSAGE_LONGEST


class OwnMotionForm(forms.Form):
    source = forms.TypedChoiceField(
        label=_("What showed it"), choices=[("", "–"), *OwnMotion.choices()], coerce=OwnMotion
    )
    site = forms.TypedChoiceField(label=_("Site"))
    codes = codes_field()
    urgent = forms.BooleanField(label=_("Somebody may be in danger"), required=False)
    known = Words(
        label=_("What is known, and from where"),
        longest=MESSAGE_LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("Kept sealed, for the people who work on the case alone."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, auto_id="open-%s", label_suffix="")
        sites = {str(site.pk): site for site in sites_to_name(user)}
        field = self.fields["site"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        names = [(pk, ", ".join(filter(None, (one.name, one.place, one.country)))) for pk, one in sites.items()]
        field.choices = [("", "–"), *names]
        field.coerce = sites.__getitem__
        for name in self.errors:
            self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"open-{name}-wrong"}
