"""The shape of what an officer types outside a single case: searches, and things done to many cases at once."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms.office import language_names
from cases.forms.words import WithCanned
from cases.models import CannedText
from cases.queries.desk import handlers, who_handles
from cases.states import AsideReason
from grievance.forms import Words
from grievance.rules import MESSAGE_LONGEST

if TYPE_CHECKING:
    TextBase = forms.ModelForm[CannedText]
    PersonField = forms.ModelChoiceField[User]
else:
    TextBase, PersonField = forms.ModelForm, forms.ModelChoiceField

SEARCH_LONGEST = 100  # characters; our default


def named(user: User) -> str:
    return user.get_full_name() or user.username


class Person(PersonField):
    """A person by their name; the queryset is given by the form, scoped."""

    def __init__(self, label: Any) -> None:
        super().__init__(queryset=None, label=label, empty_label="–")

    def label_from_instance(self, obj: User) -> str:
        return named(obj)


class SearchForm(forms.Form):
    """What is looked for travels in the body of a request alone: it is part of somebody's story."""

    typed = forms.CharField(
        label=_("What to look for"),
        max_length=SEARCH_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "size": 40}),
    )


class NumberForm(forms.Form):
    """With a PIN it opens what somebody wrote: it travels in the body of a request alone, too."""

    typed = forms.CharField(
        label=_("The number"),
        help_text=_("Of a case, of somebody who writes by text, or of what a partner passed on: R-XXXX-XXXX."),
        max_length=SEARCH_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "size": 20}),
    )


class ManyForm(forms.Form):
    """Something done to the chosen cases; ``inserts`` as in `cases.forms.office.ActForm`."""

    inserts: ClassVar[str] = ""

    def __init__(self, data: Any = None, *, user: User, **given: Any) -> None:
        super().__init__(data, auto_id="many-%s", label_suffix="", **given)
        self.user = user
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices of this person."""

    def inserted(self) -> "ManyForm":
        return self


class AssignManyForm(ManyForm):
    handler = Person(_("Handler"))

    def prepare(self) -> None:
        self.fields["handler"].queryset = handlers()  # type: ignore[attr-defined]


class ReplyManyForm(WithCanned, ManyForm):
    body = Words(
        label=_("Your reply"), longest=MESSAGE_LONGEST, widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"})
    )
    language = forms.ChoiceField(
        label=_("Language of the reply"),
        help_text=_("Whoever reads another language gets it once it is translated for them, or sent as it is."),
    )

    field_order = ("canned", "body", "language")

    def prepare(self) -> None:
        self.fields["language"].choices = language_names()  # type: ignore[attr-defined]
        self.initial.setdefault("language", self.user.language)
        self.offer_canned(self.user.language)

    def inserted(self) -> "ReplyManyForm":
        return ReplyManyForm(user=self.user, initial=self.with_chosen())


class AsideManyForm(ManyForm):
    reason = forms.TypedChoiceField(
        label=_("They are"), choices=[("", "–"), *AsideReason.choices()], coerce=AsideReason
    )


class HandOverForm(ManyForm):
    giver = Person(_("From"))
    taker = Person(_("To"))

    def prepare(self) -> None:
        self.fields["giver"].queryset = who_handles(self.user)  # type: ignore[attr-defined]
        self.fields["taker"].queryset = handlers()  # type: ignore[attr-defined]


class CannedTextForm(TextBase):
    language = forms.ChoiceField(label=_("language"), choices=language_names)

    class Meta:
        model = CannedText
        fields = ("name", "language", "body")
