"""What a case is about, for whom it speaks, and whether somebody is in danger."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, plain, with_form
from cases.commands import coding, sampling, standing, urgency
from cases.forms import office, triage

DEEDS = (
    Deed(
        "code", Act.CODE, _("Set the codes"),
        _("They decide how serious the case is at least, on which track it goes, and so who may see it."),
        _("The codes are set."), triage.CodeForm, with_form(coding.code),
    ),
    Deed(
        "standing", Act.RECORD_STANDING, _("For whom they speak"),
        _("Nobody is turned away for having no authority to show."),
        _("It is on record for whom they speak."), triage.StandingForm, with_form(standing.record_standing),
    ),
    Deed(
        "waive", Act.WAIVE, _("Do not acknowledge"),
        _("Only where the person asked for it or it would put them in danger. Feedback is owed all the same."),
        _("This person gets no acknowledgement."), triage.WaiveForm, with_form(standing.waive),
    ),
    Deed(
        "urgent", Act.MARK_URGENT, _("Mark as urgent"),
        _("Somebody may be in danger: a safety plan is due within 24 hours, and the handler is told at once."),
        _("The case is urgent now."), office.ActForm, plain(urgency.mark_urgent),
    ),
    Deed(
        "safety-plan", Act.NOTE, _("Write the safety plan"), _("It is due within 24 hours of an alarm."),
        _("The safety plan is on record."), triage.PlanForm, with_form(urgency.plan_safety),
    ),
    Deed(
        "end-urgent", Act.END_URGENT, _("End the urgency"),
        _("The danger is over, and a plan keeps these people safe."),
        _("The case is no longer urgent."), triage.EndUrgentForm, with_form(urgency.end_urgent),
    ),
    Deed(
        "sample-agree", Act.CHECK_SAMPLE, _("It was no complaint"),
        _("You have read it again, and it stays set aside."),
        _("Your second look is on record."), triage.SampleForm, plain(sampling.agree),
    ),
    Deed(
        "sample-back", Act.CHECK_SAMPLE, _("It was a complaint: bring it back"),
        _("Back to screening, with every deadline where it was."),
        _("The case is back in screening."), triage.SampleForm, plain(sampling.disagree),
    ),
)  # fmt: skip
