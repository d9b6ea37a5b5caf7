"""What the codes of events, clocks, rungs and versions are called in the office; one table each."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Text = str | Promise

EVENTS: dict[str, Text] = {
    "case_opened": _("Case opened"),
    "taken_from_bulk": _("Taken out of the review in bulk"),
    "case_routed": _("Routed to the companies that answer for the site"),
    "case_taken_up": _("Screening begun"),
    "case_set_aside": _("Set aside"),
    "case_brought_back": _("Brought back to screening"),
    "case_admitted": _("Admitted to assessment"),
    "case_found_ineligible": _("Found not eligible"),
    "case_closed": _("Closed"),
    "case_reopened": _("Opened again"),
    "site_named": _("Site named"),
    "handler_assigned": _("Handler assigned"),
    "acknowledged": _("Acknowledged to the person"),
    "message_arrived": _("The person wrote"),
    "person_not_reached": _("No text message reaches the person any more"),
    "person_blocked": _("The network blocks our texts to the person until they text the word START to our number"),
    "pin_guessed": _("Wrong PINs were tried by text for this person’s number"),
    "reply_sent": _("Reply sent to the person"),
    "reply_written": _("Reply written; it waits for a translation"),
    "deadline_neared": _("Deadline nears"),
    "deadline_passed": _("Deadline missed"),
    "deadline_escalated": _("Missed deadline passed on"),
    "respondent_countersigned": _("Second signature"),
    "respondent_release_signed": _("First signature under the release of the company"),
    "reading_budget_spent": _("Daily reading limit reached"),
    "sample_drawn": _("Drawn for a second look"),
    "sample_checked": _("Looked at again by a supervisor"),
    "codes_set": _("Legal codes set"),
    "declared": _("Somebody declared themselves free of conflict"),
    "conflict_declared": _("Somebody declared a conflict and left the case"),
    "conflict_found": _("Somebody at work is in conflict with a new party, and left the case"),
    "implicated": _("A person or a unit was named as concerned"),
    "eligibility_judged": _("Eligibility decided"),
    "eligibility_signed": _("Second signature under the decision"),
    "acknowledgement_waived": _("The person gets no acknowledgement"),
    "standing_recorded": _("Recorded for whom the person speaks"),
    "urgent_opened": _("Marked as urgent"),
    "urgent_ended": _("No longer urgent"),
    "severity_graded": _("Severity graded"),
    "consent_asked": _("Asked whether a company may be told"),
    "consent_given": _("The person agreed that a company is told"),
    "consent_revoked": _("The person does not agree that a company is told"),
    "dialogue_asked": _("Asked whether they want to talk with the company"),
    "dialogue_answered": _("The person answered about talking with the company"),
    "inquiry_answered": _("The survivor answered whether it is looked into"),
    "clock_extended": _("Deadline extended"),
    "clock_paused": _("Deadline stands still"),
    "clock_runs_again": _("Deadline runs on"),
    "clock_moved": _("Deadline reckoned anew"),
    "feedback_given": _("Feedback given"),
    "fpic_logged": _("Log of free, prior and informed consent"),
    "early_warning_raised": _("Early warning: several cases at this site"),
    "hearing_planned": _("Hearing planned"),
    "hearing_held": _("Hearing held"),
    "hearing_declined": _("Hearing not wanted by the speaker"),
    "minutes_checked": _("Minutes checked by the speaker"),
    "evidence_logged": _("Evidence logged"),
    "person_named": _("A person was named"),
    "person_invited": _("Somebody accused was invited to answer"),
    "person_answered": _("A named person answered"),
    "finding_made": _("Finding made"),
    "finding_worded": _("Finding written in one language more"),
    "finding_set_aside": _("Finding set aside"),
    "review_sought": _("The company sought a review"),
    "review_decided": _("Review decided"),
    "seat_given": _("A guest was given a seat"),
    "seat_ended": _("A guest's seat ended"),
    "referred": _("The person was referred to help"),
    "referral_ended": _("Referral followed up"),
    "proceeding_logged": _("A proceeding elsewhere was logged"),
    "proceeding_ended": _("A proceeding elsewhere ended"),
    "letter_written": _("Letter with reasons written"),
    "translated": _("Translation added"),
    "masked": _("Masked version made"),
    "message_released": _("Message shown to the person"),
    "note_written": _("Note written"),
    "hold_laid": _("Legal hold laid"),
    "hold_released": _("Legal hold released"),
    "words_erased": _("Words erased at their date"),
    "unsealing_asked": _("Opening of what is locked away was asked for"),
    "unsealing_signed": _("A custodian opened their half"),
    "unsealed": _("What was locked away was opened"),
    "unsealing_refused": _("A custodian refused to open"),
    "call_allowed": _("The person allowed a call"),
    "number_replaced": _("The person lost their number and has a new one"),
    "number_stopped": _("Somebody asked for a new number, and the person stopped it"),
    "contact_deleted": _("The person deleted how they can be reached"),
    "involvement_recorded": _("Involvement of a company recorded"),
    "step_dispute_taken_back": _("The dispute about a remedy step was taken back"),
    "step_asked_again": _("A remedy step waits for the answer of somebody who joined later"),
    "case_merged_away": _("Its grievances went on in another case"),
    "step_planned": _("Remedy step planned"),
    "step_changed": _("Remedy step changed"),
    "step_dropped": _("Remedy step dropped"),
    "consultation_asked": _("Asked what they think of the plan"),
    "consultation_answered": _("The person said what they think of the plan"),
    "waivers_checked": _("Checked that no right is signed away"),
    "payment_scheduled": _("Payment scheduled"),
    "payment_proved": _("Proof of a payment seen"),
    "payment_answered": _("The person said whether the money came"),
    "step_said": _("One of the people said whether the step was done"),
    "step_try_made": _("Tried to reach the people about a step"),
    "exit_logged": _("A buyer means to leave the supplier"),
    "case_linked": _("Linked with another case"),
    "case_merged": _("Taken together with another case"),
    "filing_moved": _("A grievance moved into another case"),
    "filing_vetted": _("A person was vetted"),
    "filing_withdrawn": _("The person withdrew"),
    "rated": _("The person rated the handling"),
    "safety_asked": _("Asked whether they are safe"),
    "safety_answered": _("The person answered whether they are safe"),
    "safety_alarm": _("The person is not safe"),
    "safety_silent": _("No answer to whether they are safe"),
    "dialogue_opened": _("Dialogue opened"),
    "investigation_opened": _("Investigation opened"),
    "remedy_design_opened": _("Planning of the remedy begun"),
    "remedy_agreed": _("Remedy agreed"),
    "monitoring_opened": _("Monitoring begun"),
    "appeal_opened": _("Appeal opened"),
    "appeal_decided": _("Appeal decided"),
    "respondent_approved": _("Company approved to be told"),
    "respondent_notified": _("Company told"),
    "respondent_acknowledged": _("Company confirmed that it was told"),
    "respondent_accepted": _("Company accepted to answer"),
    "respondent_contested": _("Company contested that it answers"),
    "respondent_answered": _("Company answered"),
    "respondent_released": _("Company released"),
    "respondent_upheld": _("Company has to answer after all"),
    "respondent_approval_withdrawn": _("Approval of the company withdrawn"),
    "step_agreed": _("Remedy step agreed"),
    "step_delivered": _("Remedy step said to be delivered"),
    "step_verified": _("Remedy step verified"),
    "step_sent_back": _("Remedy step sent back"),
    "step_confirmed": _("Remedy step confirmed by the person"),
    "step_disputed": _("Remedy step disputed by the person"),
    "step_redone": _("Remedy step taken up again"),
    "step_determined": _("Remedy step determined by the panel"),
    "step_lapsed": _("Remedy step lapsed without an answer"),
}

CLOCKS: dict[str, Text] = {
    "acknowledge": _("Acknowledge"),
    "acknowledge_urgent": _("Acknowledge, urgent"),
    "urgent_triage": _("Urgent triage"),
    "safety_plan": _("Safety plan"),
    "referral_survivor": _("Referral to help, survivor"),
    "eligibility": _("Decide whether it is eligible"),
    "assessment": _("Assessment"),
    "update": _("Update to the person"),
    "feedback": _("Feedback to the person"),
    "answer_message": _("Answer the person's message"),
    "respondent_acknowledges": _("Company confirms that it was told"),
    "respondent_answers": _("Company answers"),
    "investigation": _("Investigation"),
    "remedy_plan": _("Remedy plan"),
    "verification": _("Verification of the remedy"),
    "appeal_decided": _("Decide the appeal"),
    "remedy_step": _("Deliver the remedy step"),
    "remedy_step_interim": _("Deliver the interim step"),
    "review_step": _("The person's say about a step"),
    "safety_check": _("The person's answer whether they are safe"),
    "appeal_filed": _("The person's time for an appeal"),
}

# What the person who filed waits for, by the clock that runs towards it.
NEXT: dict[str, Text] = {
    "eligibility": _("We tell you whether we can take up your case."),
    "assessment": _("We decide how we go on."),
    "feedback": _("We tell you what came of it so far."),
    "investigation": _("We have looked into what happened."),
    "remedy_plan": _("There is a plan for how it is put right."),
    "verification": _("Somebody else has checked whether it was put right."),
    "appeal_decided": _("The panel has decided on the appeal."),
}

# What was found, and what came of an appeal, told to the person who filed.
# What the person harmed reads of where a promised step stands.
PROMISED: dict[str, Text] = {
    "proposed": _("This is planned, and not agreed yet."),
    "agreed": _("The company has agreed to do this."),
    "delivered": _("The company says that it was done. Somebody independent looks first, then we ask you."),
    "verified": _("Somebody independent looked and says that it was done. Now you decide."),
    "confirmed": _("It is done, because you and everybody else said so."),
    "disputed": _("Somebody said that it was not done. We are seeing to it."),
    "determined": _("The panel has ended this."),
    "lapsed": _("We did not hear from everybody in time. Your answer still counts."),
}

FOUND: dict[str, Text] = {
    "substantiated": _("We found that it is true"),
    "partly": _("We found that a part of it is true"),
    "unsubstantiated": _("We could not find that it is true"),
}
LOOKED_AGAIN: dict[str, Text] = {
    "upheld": _("You were right: what was decided is changed"),
    "partly": _("You were right in part: a part of what was decided is changed"),
    "rejected": _("What was decided stays as it was"),
}

# Why a name or a contact was opened, told to the person whose it is.
OPENED_BECAUSE: dict[str, Text] = {
    "remedy": _("to bring you what was promised"),
    "safety": _("to protect somebody from danger"),
    "law": _("because a law or a court demanded it"),
    "call": _("to call you, as you allowed"),
}

# What a transition is called before it is taken; those that ask nothing have no line.
MOVES: dict[str, Text] = {
    "take_up": _("Begin screening"),
    "admit": _("Admit to assessment"),
    "find_ineligible": _("Close as not eligible"),
    "open_dialogue": _("Open a dialogue"),
    "investigate": _("Investigate"),
    "design_remedy": _("Plan the remedy"),
    "deliver_remedy": _("Agree on the remedy"),
    "monitor": _("Monitor"),
    "close": _("Close"),
    "appeal": _("Appeal"),
    "decide_appeal": _("Decide the appeal"),
    "look_again": _("Look into it again"),
    "reopen": _("Open again"),
    "approve": _("Approve"),
    "notify": _("Tell"),
    "release": _("Release"),
}

# What a company said, as it stands over its words.
RESPONSES: dict[str, Text] = {
    "acknowledge": _("It confirms that it was told"),
    "accept": _("It accepts that it has to answer"),
    "contest": _("It contests that it has to answer"),
    "answer": _("It answers"),
}

AUDIENCES: dict[str, Text] = {
    "handler": _("handler"),
    "supervisor": _("supervisor"),
    "lead": _("programme lead"),
    "oversight": _("oversight"),
    "respondent": _("the company"),
    "buyers": _("its buyers"),
    "automakers": _("the automakers"),
}

# Languages in which people write to us; the interface may speak fewer.
WRITTEN = ("en", "fr", "sw", "zh-hans", "id", "es", "pt-br", "hi", "ar", "ur", "ne", "fil", "ru", "vi", "ug", "qu")

# Why a version of a record was made, where that is no event.
WHYS: dict[str, Text] = {
    **EVENTS,
    "opened": _("Case opened"),
    "routed": _("Named by the routing"),
    "for_panel": _("A party runs this mechanism: an independent panel takes the case"),
    "respondent_countersigned": _("Second signature"),
}

_DAYS = re.compile(r"T([+-])(\d+)")
_SHARE = re.compile(r"(\+?)(\d+)%")


def rung_in_words(name: str) -> str:
    """A rung of `cases.rules`: "T", "T-7", "T+3", "50%", "+25%", "target"."""
    if found := _DAYS.fullmatch(name):
        count = int(found[2])
        if found[1] == "-":
            return ngettext("%(count)d day before", "%(count)d days before", count) % {"count": count}
        return ngettext("%(count)d day after", "%(count)d days after", count) % {"count": count}
    if found := _SHARE.fullmatch(name):
        share = _("%(share)s %% past its time") if found[1] else _("%(share)s %% of its time gone")
        return str(share) % {"share": found[2]}
    named = {"T": _("on its day"), "target": _("on the day of our own aim")}
    return str(named.get(name, name))
