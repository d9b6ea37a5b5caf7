"""Telling the companies that answer for a site, and what they answer."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record
from cases.commands import respondents
from cases.forms import office

DEEDS = (
    Deed(
        "approve", Act.APPROVE_RESPONDENT, _("Approve company"),
        _("Everybody who filed must have agreed. Fewer than ten people who fit need a second signature first."),
        _("The company may be told."), office.ApproveForm, of_record(respondents.approve),
    ),
    Deed(
        "countersign", Act.APPROVE_RESPONDENT, _("Sign too"),
        _("The second signature, for facts that fewer than ten people fit."),
        _("Your signature is on record."), office.CountersignForm, of_record(respondents.countersign),
    ),
    Deed(
        "notify", Act.NOTIFY_RESPONDENT, _("Tell company"),
        _("Its deadline runs from the day it is told: one to five days from now, unless the person is open."),
        _("The company will be told."), office.NotifyForm, of_record(respondents.notify),
    ),
)  # fmt: skip
