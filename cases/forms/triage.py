"""What an officer types at the start of a case: what it is about, for whom it speaks, who is in danger."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from cases.codes import FAMILIES, TAXONOMY, WITHIN, Standing, WaivedBecause
from cases.forms.office import ActForm
from cases.models import Filing
from cases.queries import safety_plan, sample_of
from grievance.forms import Words
from grievance.rules import MESSAGE_LONGEST


class CodeBoxes(forms.CheckboxSelectMultiple):
    """The taxonomy as boxes under its families, each of which opens and shuts; those with a choice are open."""

    template_name = "admin/cases/case/codes.html"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """From the product's own templates, which the stock renderer of forms does not know."""
        return super().render(name, value, attrs, TemplatesSetting())


def codes_field() -> forms.MultipleChoiceField:
    grouped = [
        (family.label, [(code, TAXONOMY[code].label) for code in TAXONOMY if code in WITHIN[family.code]])
        for family in FAMILIES.values()
    ]
    return forms.MultipleChoiceField(label=_("Codes"), choices=grouped, widget=CodeBoxes)


class CodeForm(ActForm):
    codes = codes_field()

    def prepare(self) -> None:
        self.initial = {"codes": [row.code for row in self.page.case.codes.all()]}


class FilingForm(ActForm):
    """About the person whose words the page shows."""

    filing = forms.TypedChoiceField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.choose("filing", ((filing, "") for filing in self.page.filings))
        if self.shown_filing is not None:
            self.initial = {"filing": self.shown_filing.pk, **self.known(self.shown_filing)}

    def known(self, filing: Filing) -> dict[str, Any]:
        """What is on record already."""
        return {}

    @property
    def offered(self) -> bool:
        return self.shown_filing is not None and self.shown_filing.withdrawn_at is None


class AcknowledgeForm(ActForm):
    @property
    def offered(self) -> bool:
        return any(not filing.waived_because and filing.withdrawn_at is None for filing in self.page.filings)


class WaiveForm(FilingForm):
    because = forms.TypedChoiceField(
        label=_("Why"), choices=[("", "–"), *WaivedBecause.choices()], coerce=WaivedBecause
    )

    @property
    def offered(self) -> bool:
        waived = self.shown_filing is not None and bool(self.shown_filing.waived_because)
        return super().offered and not waived and self.page.case.acknowledged_at is None


class StandingForm(FilingForm):
    standing = forms.TypedChoiceField(label=_("They speak"), choices=Standing.choices(), coerce=Standing)
    authority_seen = forms.BooleanField(label=_("I have seen their authority to speak for others"), required=False)

    def known(self, filing: Filing) -> dict[str, Any]:
        return {"standing": filing.standing, "authority_seen": filing.authority_at is not None}


def _plan() -> Words:
    return Words(
        label=_("Safety plan"),
        longest=MESSAGE_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("What keeps these people safe, and who does what for it. The office alone reads it."),
    )


class PlanForm(ActForm):
    plan = _plan()

    @property
    def offered(self) -> bool:
        return self.page.case.urgent_since is not None


class EndUrgentForm(ActForm):
    plan = _plan()

    def prepare(self) -> None:
        """A plan that is on record is plan enough."""
        self.fields["plan"].required = safety_plan(self.page.case) is None


class SampleForm(ActForm):
    @property
    def offered(self) -> bool:
        """Only of what chance chose, and nobody has looked at again yet."""
        sample = sample_of(self.page.case)
        return sample is not None and sample.checked_at is None
