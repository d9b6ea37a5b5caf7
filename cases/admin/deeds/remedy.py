"""Putting it right: the plan, its delivery, and who looked."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, plain, with_form
from cases.commands.remedy import delivery, payments, plan
from cases.forms import remedy as forms
from cases.forms.office import ActForm

DEEDS = (
    Deed(
        "involve", Act.INVOLVE, _("Record involvement"), _("It caused the harm, contributed to it, or is linked."),
        _("The involvement is on record."), forms.InvolveForm, of_record(plan.involve),
    ),
    Deed(
        "step", Act.PLAN_STEP, _("Plan a step"), _("It binds nobody before it is agreed; interim steps at any time."),
        _("The step is in the plan."), forms.StepForm, with_form(plan.plan_step),
    ),
    Deed(
        "step-change", Act.PLAN_STEP, _("Write a step anew"), _("Consultation and the look for waivers begin again."),
        _("The step is written anew."), forms.ChangeStepForm, of_record(plan.change_step),
    ),
    Deed(
        "step-drop", Act.PLAN_STEP, _("Drop a step"), _("Only before it is agreed."),
        _("The step is out of the plan."), forms.ProposedForm, of_record(plan.drop_step),
    ),
    Deed(
        "payment", Act.SCHEDULE_PAYMENT, _("Schedule a payment"), _("For one person, who says whether it came."),
        _("The payment is scheduled."), forms.PaymentForm, of_record(payments.schedule),
    ),
    Deed(
        "consult", Act.CONSULT, _("Ask about the plan"), _("Everybody who filed is asked on their page."),
        _("They are asked what they think."), ActForm, plain(plan.consult),
    ),
    Deed(
        "check-waivers", Act.CHECK_WAIVERS, _("Check for waivers"), _("Courts, unions and contact points stay open."),
        _("It is on record that nobody signs a right away."), forms.SureForm, with_form(plan.check_waivers),
    ),
    Deed(
        "agree-plan", Act.AGREE_PLAN, _("Agree the plan"), _("Every step binds its owner from now on."),
        _("The plan is agreed."), ActForm, plain(plan.agree),
    ),
    Deed(
        "agree-step", Act.AGREE, _("Agree one step"), _("An interim step at any time, a later one during delivery."),
        _("The step is agreed."), forms.ProposedForm, of_record(plan.agree_step),
    ),
    Deed(
        "claim", Act.CLAIM, _("Enter a delivery"), _("The company claims it; what people confirm counts apart."),
        _("The delivery is entered, and waits for somebody independent."), forms.ClaimForm, of_record(delivery.claim),
    ),
    Deed(
        "verify", Act.VERIFY, _("Verify a step"), _("Not by the handler, nor by anybody of a company in the case."),
        _("What you saw is on record."), forms.VerifyForm, of_record(delivery.verify),
    ),
    Deed(
        "prove", Act.SCHEDULE_PAYMENT, _("Record a proof of payment"), _("The person still says whether it came."),
        _("The proof is on record."), forms.ProofForm, of_record(payments.prove),
    ),
    Deed(
        "try", Act.RECORD_TRY, _("Record a try to reach them"), _("By the way that they chose."),
        _("The try is on record."), forms.TryForm, of_record(delivery.record_try),
    ),
    Deed(
        "redo", Act.REDO, _("Have it done again"), _("After a first dispute; a second one is for the panel."),
        _("The step is with its owner again."), forms.RedoForm, of_record(delivery.redo),
    ),
    Deed(
        "determine", Act.DETERMINE, _("Determine a step"), _("Disputed twice; it is never counted as confirmed."),
        _("The step is determined."), forms.DetermineForm, of_record(delivery.determine),
    ),
    Deed(
        "exit", Act.LOG_EXIT, _("Record that a buyer leaves"), _("What that does to the workers comes first."),
        _("It is on record."), forms.ExitForm, of_record(plan.log_exit),
    ),
    Deed(
        "monitor", Act.MONITOR, _("Begin monitoring"), _("Every step is confirmed, determined or lapsed."),
        _("We watch now that it stays so."), ActForm, plain(delivery.monitor),
    ),
)  # fmt: skip
