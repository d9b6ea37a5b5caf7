"""Whether the people who filed are safe."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, with_form
from cases.commands import safety
from cases.forms.safety import AskSafetyForm

DEEDS = (
    Deed(
        "ask-safety", Act.ASK_SAFETY, _("Ask whether they are safe"),
        _("The question waits on their page for a week; no answer alerts the handler and a supervisor."),
        _("They are asked whether they are safe."), AskSafetyForm, with_form(safety.ask),
    ),
)  # fmt: skip
