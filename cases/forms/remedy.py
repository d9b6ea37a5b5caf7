"""What an officer types while a remedy is planned, delivered and looked at."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes import Involved, Method, Paid, RemedyType
from cases.commands.remedy.plan import ANSWERABLE, Promised
from cases.forms.fields import LanguagesForm, RecordForm, day, grade, line, pick, read, text
from cases.forms.office import ActForm
from cases.models import RemedyStep, Respondent
from cases.queries.inquiry import evidence_named
from cases.queries.remedy_page import payments_named, steps_named


def yes_or_no(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    """A decision that is never made by leaving a box as it was."""
    return forms.TypedChoiceField(
        label=label, choices=[("", "–"), ("yes", yes), ("no", no)], coerce=lambda typed: typed == "yes"
    )


class StepForm(LanguagesForm):
    """A new step; `Promised` as the command takes it."""

    type = grade(_("Type"), RemedyType)
    owner = pick(_("Who does it"))
    due_on = day(_("By when"))
    what = text(_("What is to be done"), rows=3)
    indicator = line(_("How one sees that it was done"))
    filing = pick(
        _("For one person alone"), required=False, help_text=_("Nobody chosen: it is for everybody who filed.")
    )
    intermediary = forms.BooleanField(label=_("Through an intermediary, who alone knows the person"), required=False)

    def prepare(self) -> None:
        self.choose("owner", ((one, str(one.organisation)) for one in self.owners()))
        self.choose("filing", self.page.named_filings)
        self.add_texts(_("In plain words for the people who filed"))

    def owners(self) -> list[Respondent]:
        return [one for one in self.page.respondents if one.state in ANSWERABLE]

    @property
    def offered(self) -> bool:
        return bool(self.owners())

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return {}
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("text_")}
        return {"promised": Promised(**given, texts=self.texts())}


class StepRecordForm(RecordForm):
    """Chooses one step of the plan among those in ``states``."""

    record = "step"
    states: frozenset[str] = frozenset()
    step = pick(_("Step"))

    def rows(self) -> Any:
        return [(step, label) for step, label in read(self.page, steps_named) if step.state in self.states]


class ChangeStepForm(StepForm):
    """Writes a proposed step anew, whole."""

    step = pick(_("Step"))
    field_order = ["step"]

    def prepare(self) -> None:
        super().prepare()
        self.choose("step", self.proposed())

    def proposed(self) -> list[tuple[RemedyStep, str]]:
        return [(step, label) for step, label in read(self.page, steps_named) if step.state == "proposed"]

    @property
    def offered(self) -> bool:
        return super().offered and bool(self.proposed())

    def clean(self) -> dict[str, Any]:
        step = self.cleaned_data.pop("step", None)
        cleaned = super().clean()
        return {"step": step, **cleaned} if cleaned else {}


class ProposedForm(StepRecordForm):
    states = frozenset({"proposed"})


class InvolveForm(ActForm):
    respondent = pick(_("Company"))
    kind = grade(_("It"), Involved)
    share = forms.DecimalField(
        label=_("Its share of the remedy in percent"), min_value=0, max_value=100, decimal_places=2, required=False
    )

    def prepare(self) -> None:
        self.choose("respondent", ((one, str(one.organisation)) for one in self.page.respondents))

    @property
    def offered(self) -> bool:
        return bool(self.page.respondents)


class SureForm(ActForm):
    sure = forms.BooleanField(
        label=_("I have read every step: nobody gives up a court, a union, or another way to a remedy")
    )

    def clean(self) -> dict[str, Any]:
        return {}


class ClaimForm(StepRecordForm):
    states = frozenset({"agreed"})
    words = text(_("What the company says, and what shows it"))
    delivered_on = day(_("Delivered on"))
    evidence = pick(_("Entry of the evidence log"), required=False)

    def prepare(self) -> None:
        super().prepare()
        self.choose("evidence", read(self.page, evidence_named))


class VerifyForm(StepRecordForm):
    states = frozenset({"delivered"})
    method = grade(_("How you looked"), Method)
    holds = yes_or_no(_("What you found"), _("It was delivered as promised"), _("It was not: back to the company"))
    words = text(_("What you saw"))


class RedoForm(StepRecordForm):
    states = frozenset({"disputed"})
    due_on = day(_("By when"))


class DetermineForm(StepRecordForm):
    states = frozenset({"disputed"})
    done = yes_or_no(_("The panel holds that"), _("what was promised was delivered"), _("it was not delivered"))
    reasons = text(_("Reasons"))


class TryForm(StepRecordForm):
    states = frozenset({"verified"})


class PaymentForm(StepRecordForm):
    states = frozenset({"proposed", "agreed", "delivered"})
    filing = pick(_("For whom"))
    basis = grade(_("Basis"), Paid)
    amount = forms.DecimalField(label=_("Amount"), min_value=0.01, max_digits=12, decimal_places=2)
    currency = forms.RegexField(
        label=_("Currency"), regex=r"^[A-Z]{3}$", help_text=_("Three letters, such as CDF or USD."), max_length=3
    )
    due_on = day(_("By when"))

    def prepare(self) -> None:
        super().prepare()
        self.choose("filing", self.page.named_filings)


class ProofForm(RecordForm):
    record = "payment"
    payment = pick(_("Payment"))
    evidence = pick(_("Entry of the evidence log"))

    def rows(self) -> Any:
        return [(payment, label) for payment, label in read(self.page, payments_named) if payment.proved_at is None]

    def prepare(self) -> None:
        super().prepare()
        self.choose("evidence", read(self.page, evidence_named))


class ExitForm(ActForm):
    respondent = pick(_("Which buyer"))
    leaves_on = day(_("Leaves on"))
    workers = forms.IntegerField(label=_("How many workers that affects"), min_value=0)
    words = text(_("What it does to them, and what is done about that"))

    def prepare(self) -> None:
        self.choose("respondent", ((one, str(one.organisation)) for one in self.buyers()))

    def buyers(self) -> list[Respondent]:
        return [one for one in self.page.respondents if one.tier > 0]

    @property
    def offered(self) -> bool:
        return bool(self.buyers())
