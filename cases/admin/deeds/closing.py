"""Letters, referrals, proceedings elsewhere, closing and opening again."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, plain, with_form
from cases.commands import closing, outward
from cases.forms import closing as forms
from cases.forms import office

DEEDS: tuple[Deed, ...] = (
    Deed(
        "refer", Act.REFER, _("Send to somebody who can help"), _("With their consent, and a day to ask how it went."),
        _("The referral is on record."), forms.ReferForm, with_form(outward.refer),
    ),
    Deed(
        "follow-up", Act.FOLLOW_UP, _("How a referral went"), _("You have asked the person."),
        _("How it went is on record."), forms.FollowUpForm, of_record(outward.follow_up),
    ),
    Deed(
        "proceeding", Act.LOG_PROCEEDING, _("Log a proceeding elsewhere"),
        _("A court, an inspectorate or a contact point; its last day for acting becomes a warning here."),
        _("The proceeding is on record."), forms.ProceedingForm, with_form(outward.log_proceeding),
    ),
    Deed(
        "end-proceeding", Act.LOG_PROCEEDING, _("A proceeding has ended"), _("Its last day warns nobody any more."),
        _("The end is on record."), forms.EndProceedingForm, of_record(outward.end_proceeding),
    ),
    Deed(
        "letter", Act.WRITE_LETTER, _("Write the letter with reasons"),
        _("In the language of each person who filed. They read it from the moment in which the case closes."),
        _("The letter is on record."), forms.LetterForm, with_form(closing.write_letter),
    ),
    Deed(
        "close", Act.CLOSE, _("Close the case"), _("A harm that was found true closes with a remedy or its refusal."),
        _("The case is closed."), forms.CloseForm, with_form(closing.close),
    ),
    Deed(
        "reopen", Act.REOPEN, _("Open again"), _("There are new facts, and they stand in a note."),
        _("The case is open again."), office.ActForm, plain(closing.reopen),
    ),
)  # fmt: skip
