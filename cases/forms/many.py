"""What an officer types where several people filed, or several cases are one matter."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.codes import LinkKind
from cases.forms.fields import LanguagesForm, grade, pick, read
from cases.forms.office import ActForm
from cases.models import Case
from cases.queries import case_named
from cases.queries.deadlines import feedback_owed


class OtherCaseForm(ActForm):
    """Another case by its reference; one that does not exist for this person does not exist."""

    other = forms.CharField(label=_("Reference of the other case"), max_length=20)

    def clean_other(self) -> Case:
        found = case_named(str(self.cleaned_data["other"]), self.user)
        if found is None:
            raise ValidationError(_("There is no such case."))
        return found


class LinkForm(OtherCaseForm):
    kind = grade(_("This case"), LinkKind)


class MergeForm(OtherCaseForm):
    """The grievances of this case go on in the other one."""


class VetForm(ActForm):
    filing = pick(_("Who"))

    def prepare(self) -> None:
        self.choose("filing", self.waiting())
        if self.shown_filing is not None:
            self.initial = {"filing": self.shown_filing.pk}

    def waiting(self) -> list[Any]:
        return [
            (one, label) for one, label in self.page.named_filings if not one.is_vetted and one.withdrawn_at is None
        ]

    @property
    def offered(self) -> bool:
        return bool(self.waiting())


class ReplyAllForm(LanguagesForm):
    """One text a language; English is read where the person's own is missing."""

    feedback = forms.BooleanField(
        label=_("This is the feedback that is owed"),
        required=False,
        help_text=_("It says what is done or planned about their case, and why."),
    )

    def prepare(self) -> None:
        self.add_texts(_("To everybody who filed"))
        feedback = self.fields.pop("feedback")  # below the texts
        if Act.GIVE_FEEDBACK in self.page.acts and read(self.page, feedback_owed):
            self.fields["feedback"] = feedback

    @property
    def offered(self) -> bool:
        return self.page.people.paginator.count > 1

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return {}
        return {"texts": self.texts(), "feedback": self.cleaned_data.get("feedback", False)}
