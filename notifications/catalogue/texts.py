"""The words of notices: what to do, and nothing of what happened; the only things put in are a reference and a day."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Text:
    """``what`` stands in an email; ``sms`` takes %(reference)s and, in English, at most 160 GSM characters.

    ``by_clock``: what is to be done depends on the deadline, and is said beside it (`TO_DO`).
    """

    what: Words
    sms: Words = ""
    by_clock: bool = False


SUBJECT_OFFICE = _("Recourse: something waits for you")
SUBJECT_DAILY = _("Recourse: what is due soon")
SUBJECT_COMPANY = _("Recourse: something waits for your company")

TEXTS: dict[str, Text] = {
    # -- for people of the office
    "new_case": Text(
        _("A new case has come in. Please read it."),
        _("Recourse %(reference)s: an urgent case has come in. Please sign in and read it now."),
    ),
    "given": Text(_("This case was given to you. Please read it.")),
    "message": Text(_("There is something new to read in this case, and somebody waits for an answer.")),
    "budget": Text(
        _("An officer opened more files than one person may on one day and was stopped. Please look into it.")
    ),
    "due_soon": Text(_("Something in this case is due soon."), by_clock=True),
    "overdue": Text(_("Something in this case is overdue. Please see to it today."), by_clock=True),
    "overdue_supervisor": Text(
        _("Something in this case is overdue. Please make sure that it is done."), by_clock=True
    ),
    "overdue_for_days": Text(
        _("Something in this case has been overdue for some time. Please step in."), by_clock=True
    ),
    "ask_company": Text(
        _(
            "A company should hear of this now, but it may not be told, or nobody there can be reached. "
            "Please decide what to do."
        )
    ),
    "urgent": Text(
        _("Somebody in this case may be in danger. Please read it now."),
        _("Recourse %(reference)s: somebody may be in danger. Please sign in and read the case now."),
    ),
    "safety_alarm": Text(_("Somebody in this case is not safe. Please read their answer now and act on it.")),
    "safety_silent": Text(
        _("Somebody in this case did not answer whether they are safe, after a company was told. Please look into it.")
    ),
    "withdrawn": Text(
        _("Somebody who filed has withdrawn from this case. Please read what they said, and look after them.")
    ),
    "consent_moved": Text(_("There is an answer on whether a company may be told. Please read it.")),
    "consent_revoked": Text(_("A company may no longer be told of this case. Please stop what was under way.")),
    "number_replaced": Text(_("Somebody lost their number and came back with a new one. Please read what they write.")),
    "number_stopped": Text(
        _(
            "Somebody else may have tried to open the page of a person in this case. "
            "Please ask them whether they are safe."
        )
    ),
    "not_reached": Text(
        _("Text messages do not reach a person in this case any more. Please try another way that is safe for them.")
    ),
    "blocked": Text(
        _(
            "The network of a person in this case blocks our text messages, because they texted STOP to it. To get "
            "them again they have to text the word START, in English, to our number. Please tell them in another way "
            "that is safe for them."
        )
    ),
    "pin_guessed": Text(
        _(
            "Wrong PINs were tried by text for the number of a person in this case. "
            "Please ask them in a safe way whether they are safe."
        )
    ),
    "contact_deleted": Text(
        _("A person in this case deleted how they can be reached. From now on, write to them on their page.")
    ),
    "conflict": Text(_("Somebody at work on this case has left it. Please see that it is in good hands.")),
    "early_warning": Text(_("There are several cases at the site of this one. Please look at them together.")),
    "review": Text(_("A review was asked for in this case. Please see that it is decided.")),
    "to_sign": Text(_("A decision in this case may need a second signature. Please read it.")),
    "sample": Text(_("A case that was set aside was drawn for a second look. Please check it.")),
    "unsealed": Text(_("There is an answer to what you asked the custodians. Please read it.")),
    "brought_back": Text(_("A case that had been set aside is back. Please read it.")),
    "admitted": Text(_("This case was admitted. Please begin its assessment.")),
    "appeal_opened": Text(_("An appeal was made in this case. Please see that a panel hears it.")),
    "appeal_decided": Text(_("The panel has decided. Please read its decision and go on from there.")),
    "reopened": Text(_("This case was opened again. Please read what is new.")),
    "company_moved": Text(_("A company has answered in this case. Please read its answer.")),
    "company_contested": Text(_("A company contests its part in this case. Please read why and decide.")),
    "step_delivered": Text(
        _("A company says that it has done what it promised. Please find somebody independent to verify it.")
    ),
    "step_moved": Text(_("There is news about a promised step. Please read it.")),
    "step_disputed": Text(_("A promised step is disputed. Please read why and act on it.")),
    # -- for the contacts of companies
    "company_notified": Text(
        _("Your company is asked for an answer. Please confirm that you have received what was written for you."),
        _("Recourse %(reference)s: your company is asked for an answer. Please confirm that you have received it."),
    ),
    "company_due_soon": Text(_("An answer from your company is due soon.")),
    "company_overdue": Text(
        _("An answer from your company is overdue. Please answer now."),
        _("Recourse %(reference)s: an answer from your company is overdue. Please answer now."),
    ),
    "company_press": Text(
        _("An answer is overdue at another company in your supply chain. Please use your influence to have it given.")
    ),
    "company_released": Text(_("Your company does not have to do anything more here.")),
    "company_upheld": Text(_("Your company stays part of this. Please go on with your answer.")),
    "company_step": Text(_("A step that concerns your company waits for you. Please look at what was agreed.")),
}

# What each deadline asks of people of the office. Where its name alone would say what somebody lives through, or that
# they are in danger, the words are the same neutral ones.
_LOOK = _("Open the case, see what is due in it, and do it.")
_ACKNOWLEDGE = _("Tell the person that what they wrote has arrived.")
TO_DO: dict[str, Words] = {
    "acknowledge": _ACKNOWLEDGE,
    "acknowledge_urgent": _ACKNOWLEDGE,
    "urgent_triage": _LOOK,
    "safety_plan": _LOOK,
    "referral_survivor": _LOOK,
    "safety_check": _LOOK,
    "eligibility": _("Decide whether the case can be taken up."),
    "assessment": _("Finish the assessment."),
    "update": _("Write to the person where their case stands."),
    "feedback": _("Tell the person what is done about their case, and why."),
    "answer_message": _("Answer the message of the person."),
    "respondent_acknowledges": _("See that the company confirms that it has read what was written for it."),
    "respondent_answers": _("See that the company answers."),
    "investigation": _("Finish looking into what happened."),
    "remedy_plan": _("Finish the plan for putting it right."),
    "verification": _("See that somebody independent verifies the step."),
    "remedy_step": _("See that the company does what it promised."),
    "remedy_step_interim": _("See that the company does what it promised."),
    "review_step": _("Ask the person again whether the step was done."),
    "appeal_filed": _("Nothing is to be done: the person may still appeal."),
    "appeal_decided": _("See that the panel decides on the appeal."),
}
