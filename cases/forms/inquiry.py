"""What an officer types while finding out what happened: hearings, evidence, people named, findings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes import Basis, Capacity, EvidenceKind, HearingKind, Result
from cases.codes.languages import language_name
from cases.commands.evidence import Exhibit
from cases.commands.findings import Verdict
from cases.commands.hearings import Meeting
from cases.forms.fields import LanguagesForm, RecordForm, day, grade, line, pick, read, text
from cases.forms.office import ActForm, language_names
from cases.models import Hearing, Respondent
from cases.queries.inquiry import attachments_of, findings_holding, findings_unworded, hearings_named, persons_of


class PlanHearingForm(ActForm):
    kind = grade(_("Kind"), HearingKind)
    speaker = pick(_("Who speaks"), required=False, help_text=_("Nobody, for a visit to the site."))
    planned_on = day(_("Day"))
    place = line(_("Place"), help_text=_("Whoever filed reads it on their follow page."))
    place_agreed = forms.BooleanField(label=_("The speaker agreed that they are safe there"), required=False)
    interpreter = forms.BooleanField(label=_("With an interpreter"), required=False)
    companion = forms.BooleanField(label=_("With somebody whom they trust"), required=False)

    def prepare(self) -> None:
        companies = [(one, str(one.organisation)) for one in self.page.respondents if _may_hear(one)]
        rows = [*self.page.named_filings, *read(self.page, persons_of), *companies]
        held = {f"{row._meta.model_name}-{row.pk}": (row, label) for row, label in rows}
        field = self.fields["speaker"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", "–"), *((key, label) for key, (_row, label) in held.items())]
        field.coerce = lambda key: held[key][0]

    def clean(self) -> dict[str, Any]:
        return {} if self.errors else {"meeting": Meeting(**self.cleaned_data)}


def _may_hear(respondent: Respondent) -> bool:
    return respondent.state not in {"identified", "approved"}


def _open(hearing: Hearing) -> bool:
    return hearing.held_at is None and hearing.declined_at is None


def _before_an_officer(hearing: Hearing) -> bool:
    return hearing.person_id is not None or hearing.respondent_id is not None


class HearingHeldForm(RecordForm):
    record = "hearing"
    hearing = pick(_("Hearing"))
    minutes = text(_("Minutes"), rows=8, help_text=_("Who spoke checks them before they count."))
    language = forms.ChoiceField(label=_("Language of the minutes"))

    def rows(self) -> Any:
        return [(one, label) for one, label in read(self.page, hearings_named) if _open(one)]

    def prepare(self) -> None:
        super().prepare()
        self.fields["language"].choices = language_names()  # type: ignore[attr-defined]
        if self.shown_filing is not None:
            self.initial = {"language": self.shown_filing.grievance.language}


class HearingDeclinedForm(RecordForm):
    record = "hearing"
    hearing = pick(_("Hearing"))

    def rows(self) -> Any:
        return [(one, label) for one, label in read(self.page, hearings_named) if _open(one)]


class CheckForm(RecordForm):
    record = "hearing"
    hearing = pick(_("Hearing"))
    objection = forms.BooleanField(label=_("They say that the minutes are wrong"), required=False)

    def rows(self) -> Any:
        """Who filed checks on their follow page, and nobody in particular speaks on a visit."""
        named = read(self.page, hearings_named)
        return [(one, label) for one, label in named if one.held_at and not one.checked_at and _before_an_officer(one)]


class EvidenceForm(ActForm):
    kind = grade(_("Kind"), EvidenceKind)
    obtained_on = day(_("Obtained on"))
    words = text(_("What it is and what it shows"))
    attachment = pick(_("File of a person who filed"), required=False)
    hearing = pick(_("Said in"), required=False)

    def prepare(self) -> None:
        self.choose("attachment", read(self.page, attachments_of))
        held = [(one, label) for one, label in read(self.page, hearings_named) if one.held_at]
        self.choose("hearing", held)

    def clean(self) -> dict[str, Any]:
        return {} if self.errors else {"exhibit": Exhibit(**self.cleaned_data)}


class NamePersonForm(ActForm):
    capacity = grade(_("They are"), Capacity)
    name = line(_("Name"), help_text=_("Sealed under a key of its own; investigators read a number instead."))


class InviteForm(RecordForm):
    record = "person"
    person = pick(_("Person"))

    def rows(self) -> Any:
        people = read(self.page, persons_of)
        return [(one, label) for one, label in people if one.capacity == Capacity.ACCUSED and one.asked_at is None]


def _yes_no(value: str) -> bool:
    return value == "yes"


class PersonWordsForm(RecordForm):
    record = "person"
    person = pick(_("Person"))
    consents = forms.TypedChoiceField(
        label=_("They agree that their words are used and that they are named"),
        choices=[("", _("not asked now")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=_yes_no,
        empty_value=None,
        required=False,
    )
    words = text(_("Their own words"), required=False)

    def rows(self) -> Any:
        return read(self.page, persons_of)


class FindForm(LanguagesForm):
    basis = grade(_("Basis"), Basis)
    result = grade(_("Result"), Result)
    respondent = pick(_("Company"), required=False, help_text=_("None: the whole case."))
    office = text(_("For the office: what was found, and why"))
    companies = text(
        _("For the companies"),
        required=False,
        help_text=_(
            "Write it anew. No name, no words, no day, no file and nothing else of the people who filed: whatever only "
            "one person can know tells who spoke."
        ),
    )
    language = forms.ChoiceField(label=_("Language of these two texts"))

    def prepare(self) -> None:
        self.choose("respondent", ((one, str(one.organisation)) for one in self.page.respondents))
        self.fields["language"].choices = language_names()  # type: ignore[attr-defined]
        self.initial = {"language": self.user.language or "en"}
        self.add_texts(_("For the people who filed"))

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return {}
        plain = {name: given for name, given in self.cleaned_data.items() if not name.startswith("text_")}
        return {"verdict": Verdict(theirs=self.texts(), **plain)}


class WordFindingForm(RecordForm):
    record = "finding"
    finding = pick(_("Finding"))
    language = forms.ChoiceField(label=_("Language of the people who filed"))
    body = text(_("What they read"))

    def rows(self) -> Any:
        """Those that somebody who filed cannot read in their language yet."""
        held = read(self.page, findings_holding)
        missing = read(self.page, findings_unworded) if held else {}
        languages = sorted({one for row, _label in held for one in missing.get(row.pk, ())})
        self.fields["language"].choices = [(one, language_name(one)) for one in languages]  # type: ignore[attr-defined]
        return [(row, label) for row, label in held if row.pk in missing]
