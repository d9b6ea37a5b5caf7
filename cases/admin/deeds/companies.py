"""Telling the companies that answer for a site, and what they answer."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record
from cases.commands import respondents, responses
from cases.forms import companies as forms

DEEDS = (
    Deed(
        "approve", Act.APPROVE_RESPONDENT, _("Approve company"),
        _("Everybody who filed must have agreed. Fewer than ten people who fit need a second signature first."),
        _("The company may be told."), forms.ApproveForm, of_record(respondents.approve),
    ),
    Deed(
        "countersign", Act.APPROVE_RESPONDENT, _("Sign too"),
        _("The second signature, for facts that fewer than ten people fit."),
        _("Your signature is on record."), forms.CountersignForm, of_record(respondents.countersign),
    ),
    Deed(
        "notify", Act.NOTIFY_RESPONDENT, _("Tell company"),
        _("Its deadline runs from the day it is told: one to five days from now, unless the person is open."),
        _("The company will be told."), forms.NotifyForm, of_record(respondents.notify),
    ),
    Deed(
        "response", Act.RECORD_RESPONSE, _("Record what a company says"),
        _("It confirms, accepts or contests that it has to answer, and answers."),
        _("What the company says is on record."), forms.ResponseForm, of_record(responses.record_response),
    ),
    Deed(
        "uphold", Act.DECIDE_CONTEST, _("Company has to answer"),
        _("It contested, and that does not hold: the time for its answer begins anew."),
        _("The company has to answer."), forms.ContestForm, of_record(responses.uphold),
    ),
    Deed(
        "contest", Act.DECIDE_CONTEST, _("Release company"),
        _("It does not answer for this. Two people sign: it is released with the second signature."),
        _("Your signature is on record."), forms.ContestForm, of_record(responses.release),
    ),
    Deed(
        "withdraw", Act.WITHDRAW_APPROVAL, _("Withdraw approval"),
        _("The company is told nothing more; its deadlines stop."),
        _("The approval is withdrawn."), forms.WithdrawForm, of_record(respondents.withdraw_approval),
    ),
)  # fmt: skip
