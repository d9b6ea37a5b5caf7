"""What an officer types towards the end of a case: letters, referrals, proceedings elsewhere, its outcome."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes import Forum, LetterKind, ReferralKind
from cases.codes.languages import language_name
from cases.commands.outward import Help
from cases.forms.fields import RecordForm, day, grade, pick, text
from cases.forms.office import ActForm, language_names
from cases.queries import letters_missing
from cases.queries.inquiry import proceedings_open, referrals_open
from cases.queries.opened import due_letter
from cases.states import Outcome


class LetterForm(ActForm):
    kind = grade(_("Letter"), LetterKind)
    language = forms.ChoiceField(label=_("Language"))
    body = text(
        _("The letter"),
        rows=9,
        help_text=_("Short sentences that can be read aloud: what was decided, why, and how to appeal."),
    )

    def prepare(self) -> None:
        kind = due_letter(self.page.case)
        missing = sorted(letters_missing(self.page.case, kind))
        self.fields["language"].choices = language_names()  # type: ignore[attr-defined]
        self.initial = {"kind": kind, "language": missing[0] if missing else "en"}
        if missing:
            names = ", ".join(language_name(code) for code in missing)
            self.fields["language"].help_text = _("Still missing in: %(languages)s") % {"languages": names}


class CloseForm(ActForm):
    outcome = forms.TypedChoiceField(
        label=_("Outcome"),
        choices=[("", "–"), *((code, label) for code, label in Outcome.choices() if code != Outcome.INELIGIBLE)],
        coerce=Outcome,
    )


class ReferForm(ActForm):
    kind = grade(_("Kind of help"), ReferralKind)
    filing = pick(_("Who is sent on"), required=False)
    words = text(_("Who helps, and how to reach them"), rows=3, help_text=_("The person reads this too."))
    language = forms.ChoiceField(label=_("Language of these words"))
    follow_up_on = day(_("Ask how it went on"))
    consented = forms.BooleanField(label=_("The person agreed to be sent on"), required=False)

    def prepare(self) -> None:
        rows = [(one, label) for one, label in self.page.named_filings if one.withdrawn_at is None]
        self.choose("filing", rows)
        self.fields["filing"].required = bool(rows)
        self.fields["language"].choices = language_names()  # type: ignore[attr-defined]
        if self.shown_filing is not None:
            self.initial = {"filing": self.shown_filing.pk, "language": self.shown_filing.grievance.language}

    def clean(self) -> dict[str, Any]:
        return {} if self.errors else {"helper": Help(**self.cleaned_data)}


class FollowUpForm(RecordForm):
    record = "referral"
    referral = pick(_("Referral"))
    helped = forms.TypedChoiceField(
        label=_("Did it help?"),
        choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
    )

    def rows(self) -> Any:
        return referrals_open(self.page.case)


class ProceedingForm(ActForm):
    forum = grade(_("Before"), Forum)
    country = forms.RegexField(label=_("Country"), regex=r"^[A-Z]{2}$", help_text=_("Two capital letters, such as CD."))
    limitation_on = day(_("Last day for acting"), required=False)
    words = text(_("What it is about, and its number there"), rows=3)


class EndProceedingForm(RecordForm):
    record = "proceeding"
    proceeding = pick(_("Proceeding"))

    def rows(self) -> Any:
        return proceedings_open(self.page.case)
