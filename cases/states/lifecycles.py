"""The three lifecycles as tables that a lawyer can read: case, respondent, remedy step.

Sources: UNGP 29–31, WBD 9 and 16, LkSG §8, CSDDD Art. 14; docs/lifecycles.md shows them drawn, equal by test.
"""

from django.utils.translation import gettext_lazy as _

from cases.states.table import Gate, Owner, Stage, State, Table, Transition
from cases.states.words import Text

S = Stage
WORKING = (S.ASSESSMENT, S.DIALOGUE, S.INVESTIGATION, S.REMEDY_DESIGN, S.REMEDY_DELIVERY, S.MONITORING)

CASE = Table(
    "case",
    (
        State(S.RECEIVED, Owner.INTAKE, _("Received"), _("We have your words. A person will read them soon.")),
        State(
            S.SCREENING,
            Owner.INTAKE,
            _("Screening"),
            _("A person has read your words and is looking at how we can help."),
        ),
        State(
            S.SET_ASIDE,
            Owner.SUPERVISOR,
            _("Set aside"),
            _("We think that this was not a complaint. Write to us if that is wrong: we will look again."),
        ),
        State(
            S.ASSESSMENT,
            Owner.HANDLER,
            _("Assessment"),
            _("We are finding out how serious this is and who has to answer for it."),
        ),
        State(
            S.DIALOGUE,
            Owner.HANDLER,
            _("Dialogue"),
            _("You chose to talk. We are helping you and the company to find an answer together."),
        ),
        State(S.INVESTIGATION, Owner.HANDLER, _("Investigation"), _("We are looking into what happened.")),
        State(
            S.REMEDY_DESIGN,
            Owner.HANDLER,
            _("Planning the remedy"),
            _("What happened to you was wrong. We are planning with you how it is put right."),
        ),
        State(
            S.REMEDY_DELIVERY,
            Owner.RESPONDENT,
            _("Delivering the remedy"),
            _("The companies must now do what they promised. Tell us whether they did."),
        ),
        State(
            S.MONITORING,
            Owner.HANDLER,
            _("Monitoring"),
            _("It was put right. We are watching that it stays so and that you are safe."),
        ),
        State(S.APPEAL, Owner.PANEL, _("Appeal"), _("People who did not work on your case are looking at it again.")),
        State(
            S.CLOSED, Owner.NOBODY, _("Closed"), _("Your case is closed. You can still write to us here."), ends=True
        ),
    ),
    (
        Transition("take_up", (S.RECEIVED,), S.SCREENING, "case_taken_up", (Gate.HUMAN_LOOKED,)),
        Transition("set_aside", (S.RECEIVED, S.SCREENING), S.SET_ASIDE, "case_set_aside"),
        Transition("bring_back", (S.SET_ASIDE,), S.SCREENING, "case_brought_back"),
        Transition("admit", (S.SCREENING,), S.ASSESSMENT, "case_admitted", (Gate.ELIGIBLE, Gate.SCREENED)),
        Transition(
            "find_ineligible",
            (S.SCREENING,),
            S.CLOSED,
            "case_found_ineligible",
            (Gate.INELIGIBLE_REASONED, Gate.SUPERVISOR_SIGNED, Gate.REASONS_GIVEN),
        ),
        Transition(
            "open_dialogue",
            (S.ASSESSMENT, S.INVESTIGATION),
            S.DIALOGUE,
            "dialogue_opened",
            (Gate.SCREENED, Gate.ASSESSED, Gate.OPTED_IN, Gate.DIALOGUE_ALLOWED),
        ),
        Transition(
            "investigate",
            (S.ASSESSMENT, S.DIALOGUE),
            S.INVESTIGATION,
            "investigation_opened",
            (Gate.SCREENED, Gate.ASSESSED, Gate.SURVIVOR_CONSENT),
        ),
        Transition(
            "design_remedy",
            (S.ASSESSMENT, S.DIALOGUE, S.INVESTIGATION),
            S.REMEDY_DESIGN,
            "remedy_design_opened",
            (Gate.SCREENED, Gate.ASSESSED, Gate.SUBSTANTIATED, Gate.REPRESENTED),
        ),
        Transition(
            "deliver_remedy",
            (S.REMEDY_DESIGN,),
            S.REMEDY_DELIVERY,
            "remedy_agreed",
            (Gate.PLAN_COMPLETE, Gate.CONSULTED, Gate.NO_WAIVER),
        ),
        # The filings go on in another case, and so do their deadlines; what is left is no complaint of its own.
        Transition(
            "merge",
            (S.RECEIVED, S.SCREENING, S.ASSESSMENT, S.DIALOGUE, S.INVESTIGATION),
            S.SET_ASIDE,
            "case_merged_away",
        ),
        # The finding on which a remedy stood was set aside: what happened is looked into again.
        Transition(
            "look_again",
            (S.REMEDY_DESIGN, S.REMEDY_DELIVERY, S.MONITORING),
            S.INVESTIGATION,
            "investigation_opened",
            (Gate.UNSUBSTANTIATED,),
        ),
        Transition("monitor", (S.REMEDY_DELIVERY,), S.MONITORING, "monitoring_opened", (Gate.STEPS_ENDED,)),
        Transition(
            "close", (*WORKING, S.SCREENING), S.CLOSED, "case_closed", (Gate.REASONS_GIVEN, Gate.REMEDY_OR_REFUSAL)
        ),
        Transition("appeal", (S.INVESTIGATION,), S.APPEAL, "appeal_opened", (Gate.APPEAL_FILED, Gate.FINDING_EXISTS)),
        # Beyond an inquiry there is always something to appeal against: a plan, its delivery, the reasons for closing.
        Transition(
            "appeal",
            (S.REMEDY_DESIGN, S.REMEDY_DELIVERY, S.MONITORING, S.CLOSED),
            S.APPEAL,
            "appeal_opened",
            (Gate.APPEAL_FILED,),
        ),
        *(
            Transition("decide_appeal", (S.APPEAL,), stage, "appeal_decided", (Gate.PANEL_DECIDED,))
            for stage in (S.ASSESSMENT, S.INVESTIGATION, S.REMEDY_DESIGN, S.REMEDY_DELIVERY, S.MONITORING)
        ),
        # A panel closes no case that was open: that takes the reasons and the remedy that closing asks for.
        Transition("decide_appeal", (S.APPEAL,), S.CLOSED, "appeal_decided", (Gate.PANEL_DECIDED, Gate.CLOSED_BEFORE)),
        Transition("reopen", (S.CLOSED,), S.ASSESSMENT, "case_reopened", (Gate.NEW_FACTS,)),
    ),
)

RESPONDENT = Table(
    "respondent",
    (
        State("identified", Owner.HANDLER, _("Identified")),
        State("approved", Owner.HANDLER, _("Approved")),
        State("notified", Owner.RESPONDENT, _("Notified")),
        State("acknowledged", Owner.RESPONDENT, _("Acknowledged")),
        State("accepted", Owner.RESPONDENT, _("Accepted")),
        State("contested", Owner.HANDLER, _("Contested")),
        State("answered", Owner.HANDLER, _("Answered"), ends=True),
        State("released", Owner.NOBODY, _("Released"), ends=True),
    ),
    (
        Transition(
            "approve",
            ("identified",),
            "approved",
            "respondent_approved",
            (Gate.CONSENT, Gate.SURVIVOR_CONSENT, Gate.SAFETY_CHECKED, Gate.ENOUGH_PEOPLE_FIT),
        ),
        Transition(
            "notify",
            ("approved",),
            "notified",
            "respondent_notified",
            (Gate.CONSENT, Gate.SURVIVOR_CONSENT, Gate.FACTS_WRITTEN),
        ),
        Transition("acknowledge", ("notified",), "acknowledged", "respondent_acknowledged"),
        Transition("accept", ("acknowledged",), "accepted", "respondent_accepted"),
        Transition("contest", ("acknowledged",), "contested", "respondent_contested"),
        Transition("answer", ("accepted", "contested"), "answered", "respondent_answered"),
        Transition(
            "release",
            ("contested",),
            "released",
            "respondent_released",
            (Gate.SUPERVISOR_SIGNED, Gate.OWNS_NO_STEP),
        ),
        Transition("uphold", ("contested",), "acknowledged", "respondent_upheld"),
        Transition(
            "withdraw_approval",
            ("approved", "notified", "acknowledged", "accepted", "contested", "answered"),
            "identified",
            "respondent_approval_withdrawn",
        ),
    ),
)

REMEDY_STEP = Table(
    "remedy_step",
    (
        State("proposed", Owner.HANDLER, _("Proposed")),
        State("agreed", Owner.RESPONDENT, _("Agreed")),
        State("delivered", Owner.VERIFIER, _("Delivered, says the company")),
        State("verified", Owner.COMPLAINANT, _("Verified")),
        State("confirmed", Owner.NOBODY, _("Confirmed by the person harmed"), ends=True),
        State("disputed", Owner.HANDLER, _("Disputed")),
        State("determined", Owner.NOBODY, _("Determined by the panel"), ends=True),
        State("lapsed", Owner.NOBODY, _("No answer"), ends=True),
    ),
    (
        Transition(
            "agree",
            ("proposed",),
            "agreed",
            "step_agreed",
            (Gate.STEP_COMPLETE, Gate.CONSULTED, Gate.NO_WAIVER, Gate.KNOWN_OR_THROUGH_ANOTHER),
        ),
        Transition("deliver", ("agreed",), "delivered", "step_delivered", (Gate.EVIDENCE,)),
        Transition("verify", ("delivered",), "verified", "step_verified", (Gate.INDEPENDENT_VERIFIER,)),
        Transition("send_back", ("delivered",), "agreed", "step_sent_back", (Gate.INDEPENDENT_VERIFIER,)),
        Transition("confirm", ("verified", "lapsed", "disputed"), "confirmed", "step_confirmed", (Gate.ALL_SAY_SO,)),
        Transition("dispute", ("verified", "confirmed", "lapsed"), "disputed", "step_disputed"),
        # Whoever disputed it says that it is right after all, while others have not answered yet.
        Transition("take_back", ("disputed",), "verified", "step_dispute_taken_back", (Gate.NOBODY_DISPUTES,)),
        # Whoever joins a case later, and is vetted, is asked like everybody else: silence of theirs confirms nothing.
        Transition("ask_again", ("confirmed", "lapsed"), "verified", "step_asked_again"),
        Transition("redo", ("disputed",), "agreed", "step_redone", (Gate.DISPUTED_ONCE,)),
        Transition(
            "determine", ("disputed",), "determined", "step_determined", (Gate.DISPUTED_TWICE, Gate.PANEL_DECIDED)
        ),
        Transition("lapse", ("verified",), "lapsed", "step_lapsed", (Gate.THREE_TRIES, Gate.NOBODY_DISPUTES)),
    ),
)

TABLES = (CASE, RESPONDENT, REMEDY_STEP)

# Stages that the public line of steps on the follow page shows; the others hang beside it.
LINE = (
    S.RECEIVED,
    S.SCREENING,
    S.ASSESSMENT,
    S.INVESTIGATION,
    S.REMEDY_DESIGN,
    S.REMEDY_DELIVERY,
    S.MONITORING,
    S.CLOSED,
)

# What that line calls its stages: words for the person who complained, not for the office.
LINE_WORDS: dict[Stage, Text] = {
    S.RECEIVED: _("Your words arrived"),
    S.SCREENING: _("A person reads them"),
    S.ASSESSMENT: _("We see how serious it is and who must answer"),
    S.INVESTIGATION: _("We look into what happened"),
    S.REMEDY_DESIGN: _("We plan with you how it is put right"),
    S.REMEDY_DELIVERY: _("The companies put it right"),
    S.MONITORING: _("We watch that it stays right"),
    S.CLOSED: _("Closed"),
}
