"""Deciding whether a case is ours, and that everybody at work on it is impartial."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, plain, with_form
from cases.commands import independence, screening
from cases.forms import screening as forms

DEEDS = (
    Deed(
        "declare", Act.DECLARE, _("Declare yourself"),
        _("Towards each company, before the case moves on. Any tie ends your access to this case at once."),
        _("Your declaration is on record."), forms.DeclareForm, with_form(independence.declare),
    ),
    Deed(
        "judge", Act.JUDGE, _("Decide whether it is ours"),
        _("A no to any question makes the case not eligible, with that as a reason."),
        _("The decision is on record."), forms.JudgeForm, with_form(screening.judge),
    ),
    Deed(
        "sign-ineligible", Act.SIGN_INELIGIBLE, _("Sign that it is not ours"),
        _("The second signature under the decision that this case is not eligible."),
        _("Your signature is on record."), forms.SignForm, plain(screening.sign_ineligible),
    ),
    Deed(
        "ineligible", Act.FIND_INELIGIBLE, _("Close as not eligible"),
        _("Each person reads the reasons in their language, and may appeal."),
        _("The case is closed as not eligible."), forms.IneligibleForm, plain(screening.find_ineligible),
    ),
    Deed(
        "admit", Act.ADMIT, _("Admit to assessment"), _("It is ours, and everybody at work on it is impartial."),
        _("The case is admitted: assessment begins."), forms.AdmitForm, plain(screening.admit),
    ),
    Deed(
        "conflict", Act.DECLARE, _("Declare a conflict"),
        _("If a tie to a company has come up, or you know of one already. Your access to this case ends at once."),
        _("Your declaration is on record."), forms.ConflictForm, with_form(independence.declare),
    ),
    Deed(
        "implicate", Act.IMPLICATE, _("Name who is concerned"),
        _("A person or a unit that the grievance is about: for them this case does not exist any more."),
        _("For them this case does not exist."), forms.ImplicateForm, with_form(independence.implicate),
    ),
)  # fmt: skip
