"""What an officer types when they grade a case and choose its way."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.codes import FPIC, Fpic, Risk
from cases.forms.office import ActForm
from cases.queries import codes_of
from cases.queries.assessment import dialogue_unasked, running_investigation
from cases.states import Severity
from grievance.forms import Words
from grievance.rules import MESSAGE_LONGEST


def _part(label: Any, least: Any, most: Any) -> forms.TypedChoiceField:
    """One of the three parts of severity, its ends in words."""
    choices: list[tuple[Any, Any]] = [
        ("", "–"),
        (1, least),
        *((number, str(number)) for number in (2, 3, 4)),
        (5, most),
    ]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int)


def _words(label: Any, *, required: bool = True) -> Words:
    return Words(
        label=label,
        longest=MESSAGE_LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class AssessForm(ActForm):
    scale = _part(_("Scale: how grave is the harm"), _("1, slight"), _("5, a life or the body is at stake"))
    scope = _part(_("Scope: how many people"), _("1, one person"), _("5, a whole community"))
    irremediability = _part(_("Irremediability: can it be made good"), _("1, quickly and fully"), _("5, never"))
    imminent = forms.BooleanField(label=_("It is about to happen: the case becomes urgent"), required=False)
    retaliation = forms.TypedChoiceField(
        label=_("Risk of retaliation, for them, their family and witnesses"),
        choices=[("", "–"), *Risk.choices()],
        coerce=Risk,
    )
    level = forms.TypedChoiceField(
        label=_("Severity"),
        choices=[("", _("as computed")), *Severity.choices()],
        coerce=Severity,
        empty_value=None,
        required=False,
        help_text=_("Computed from the three parts and the codes; another one needs a reason."),
    )
    override = _words(_("Why another severity"), required=False)

    def prepare(self) -> None:
        """Begins with the grading that holds."""
        newest = self.page.case.assessments.order_by("-pk").first()
        if newest is not None:
            parts = ("scale", "scope", "irremediability", "imminent", "retaliation")
            self.initial = {part: getattr(newest, part) for part in parts}


class AskDialogueForm(ActForm):
    @property
    def offered(self) -> bool:
        return dialogue_unasked(self.page.case) > 0


class ExtendForm(ActForm):
    reasons = _words(_("Why more time is needed"))

    @property
    def offered(self) -> bool:
        """Once only, and before its day."""
        clock = running_investigation(self.page.case)
        return clock is not None and clock.extended_at is None and clock.due_at > timezone.now()


class FpicForm(ActForm):
    kind = forms.TypedChoiceField(label=_("What is logged"), choices=[("", "–"), *Fpic.choices()], coerce=Fpic)
    on = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    words = _words(_("Who, chosen by whom and how; what was said; on which conditions"))

    @property
    def offered(self) -> bool:
        return bool(FPIC & codes_of(self.page.case))
