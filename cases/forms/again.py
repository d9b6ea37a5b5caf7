"""What an officer or a panel types when a case is looked at again: reviews and appeals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes import AppealResult
from cases.commands.appeals import Decision
from cases.forms.fields import LanguagesForm, RecordForm, grade, pick, read, text
from cases.queries.inquiry import findings_holding, reviews_open
from cases.states import CASE, Stage


class ReviewForm(RecordForm):
    record = "finding"
    respondent = pick(_("Company that asks for it"))
    finding = pick(_("Finding"))
    grounds = text(_("What the company wrote"))

    def rows(self) -> Any:
        return read(self.page, findings_holding)

    def prepare(self) -> None:
        super().prepare()
        self.choose("respondent", ((one, str(one.organisation)) for one in self.page.respondents if one.notified_at))


def _yes(value: str) -> bool:
    return value == "yes"


class DecideReviewForm(RecordForm):
    record = "review"
    review = pick(_("Review"))
    upheld = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("", "–"), ("yes", _("Upheld: the finding is set aside")), ("no", _("Rejected: the finding holds"))],
        coerce=_yes,
    )

    def rows(self) -> Any:
        """Nobody decides about a finding of their own."""
        return [(one, label) for one, label in reviews_open(self.page.case) if one.finding.by_id != self.user.pk]


class DecideAppealForm(LanguagesForm):
    result = grade(_("Result"), AppealResult)
    return_to = forms.TypedChoiceField(label=_("The case goes to"), coerce=Stage)
    set_aside = forms.TypedMultipleChoiceField(
        label=_("Findings that hold no longer"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        targets = [move.target for move in CASE.leaving(Stage.APPEAL)]
        field, findings = self.fields["return_to"], dict(self._findings())
        field.choices = [("", "–"), *((stage, CASE.states[stage].label) for stage in targets)]  # type: ignore[attr-defined]
        chosen = self.fields["set_aside"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)  # noqa: S101 - for the type checker
        chosen.choices = [(pk, label) for pk, (_row, label) in findings.items()]
        chosen.coerce = lambda pk: findings[pk][0]
        self.add_texts(_("The reasons"))

    def _findings(self) -> Any:
        return ((str(row.pk), (row, label)) for row, label in read(self.page, findings_holding))

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return {}
        given = self.cleaned_data
        decision = Decision(given["result"], given["return_to"], self.texts(), tuple(given["set_aside"]))
        return {"decision": decision}
