"""The first things done with a case: reading, acknowledging, answering, giving it to somebody, placing it."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, plain, with_form
from cases.commands import casework
from cases.forms import office, triage, words

DEEDS = (
    Deed(
        "screen", Act.TRIAGE, _("Begin screening"), _("You have read the words and look at how we can help."),
        _("Screening has begun."), office.ActForm, plain(casework.screen),
    ),
    Deed(
        "acknowledge", Act.ACKNOWLEDGE, _("Acknowledge"),
        _("The person is told that a human has their words. Feedback is then due in three months."),
        _("The person is told that their words were read."), triage.AcknowledgeForm, plain(casework.acknowledge),
    ),
    Deed(
        "reply", Act.REPLY, _("Send reply"), _("They read it on their page, with their number."),
        _("The reply is kept: on the person's page if it is in their language, waiting for a translation if not."),
        words.ReplyForm, with_form(casework.reply),
    ),
    Deed(
        "assign", Act.ASSIGN, _("Assign"), _("Only people free of conflict with every party can be chosen."),
        _("The case has a handler."), office.AssignForm, with_form(casework.assign),
    ),
    Deed(
        "site", Act.NAME_SITE, _("Name the site"), _("Then the supply chain says who answers for it."),
        _("The site is named, and the case is routed."), office.SiteForm, with_form(casework.name_site),
    ),
    Deed(
        "aside", Act.SET_ASIDE, _("Set aside"), _("This is no complaint. It can be brought back."),
        _("The case is set aside."), office.AsideForm, with_form(casework.set_aside),
    ),
    Deed(
        "bring-back", Act.BRING_BACK, _("Bring back"), _("It was a complaint after all: back to screening."),
        _("The case is back in screening."), office.ActForm, plain(casework.bring_back),
    ),
)  # fmt: skip
