"""What an officer types at the start of a case: what it is about, for whom it speaks, who is in danger."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.office import ActForm
from cases.queries import safety_plan
from grievance.forms import Words
from grievance.rules import MESSAGE_LONGEST


def _plan() -> Words:
    return Words(
        label=_("Safety plan"),
        longest=MESSAGE_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_(
            "What keeps these people safe, who does what for it, and how they reach us. The office alone reads it."
        ),
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
