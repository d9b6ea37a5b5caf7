"""What an officer types about the companies of a case: approving, telling, what they answer, and consent to it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.queries import roles_of
from accounts.roles import Role
from cases.codes import Deferral
from cases.forms.office import ActForm, RespondentForm
from cases.labels import RESPONSES
from cases.models import Respondent
from grievance.forms import Words
from grievance.rules import MESSAGE_LONGEST

FACTS_LONGEST = 10_000  # characters; our default
MOST_PEOPLE = 1_000_000
GAP = "…"
# Neutral, without days or names; what the dots stand for is for the officer to write.
NEUTRAL = _(
    "It is said that …\n\n"
    "Place: …\n"
    "Time: … (a month, or longer; never a day or an hour)\n\n"
    "Nothing of this has been decided. You have the right to answer each point."
)


def _people_who_fit() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("How many people fit the facts that would be shown"), min_value=0, max_value=MOST_PEOPLE
    )


class ApproveForm(RespondentForm):
    states = frozenset({"identified"})
    people_who_fit = _people_who_fit()
    safety_checked = forms.BooleanField(
        label=_("I have checked that telling this company puts nobody in danger"), required=False
    )


class CountersignForm(RespondentForm):
    states = frozenset({"identified"})
    people_who_fit = _people_who_fit()

    def fitting(self) -> list[Respondent]:
        if Role.SUPERVISOR not in roles_of(self.user):
            return []
        return [one for one in super().fitting() if one.countersigned_by_id is None]


class NotifyForm(RespondentForm):
    """Begins with neutral words, and is not taken while a gap in them is open."""

    states = frozenset({"approved"})
    facts = forms.CharField(
        label=_("What this company may read"),
        strip=False,
        initial=NEUTRAL,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("Write the facts anew: no names, no quotes, no files, nothing that only one person can know."),
    )
    deferred_because = forms.ChoiceField(
        label=_("Tell it later, because"), choices=[("", "–"), *Deferral.choices()], required=False
    )
    not_before = forms.DateField(
        label=_("Not before"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def prepare(self) -> None:
        super().prepare()
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.fields["not_before"].widget.attrs["min"] = tomorrow.isoformat()

    def clean_facts(self) -> str:
        facts = str(self.cleaned_data["facts"])
        if len(facts) > FACTS_LONGEST:
            raise ValidationError(_("This is too long: %(most)d letters at most."), params={"most": FACTS_LONGEST})
        if GAP in facts:
            raise ValidationError(_("Write what the dots (…) stand for, or take the line out."))
        return facts


class ResponseForm(RespondentForm):
    states = frozenset({"notified", "acknowledged", "accepted", "contested"})
    response = forms.ChoiceField(label=_("What it says"), choices=[("", "–"), *RESPONSES.items()])
    words = Words(
        label=_("In its words"),
        longest=MESSAGE_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


class ContestForm(RespondentForm):
    states = frozenset({"contested"})


class WithdrawForm(RespondentForm):
    states = frozenset({"approved", "notified", "acknowledged", "accepted", "contested", "answered"})


class ConsentForm(ActForm):
    """About one company, or about every one that answers."""

    respondent = forms.TypedChoiceField(label=_("Company"), required=False, empty_value=None)
    few = forms.BooleanField(
        label=_("Fewer than ten people fit the facts: the question says that they may be recognised"), required=False
    )

    def prepare(self) -> None:
        named = ((one, str(one.organisation)) for one in self._asked_about())
        self.choose("respondent", named, blank=_("every company"))

    def _asked_about(self) -> list[Respondent]:
        return [one for one in self.page.respondents if one.state != "released"]

    def clean(self) -> dict[str, Any]:
        one = self.cleaned_data.pop("respondent", None)
        self.cleaned_data["respondents"] = [one] if one else self._asked_about()
        return self.cleaned_data

    @property
    def offered(self) -> bool:
        return bool(self._asked_about() and self.page.filings)
