"""Who is told of what, by which channel, in which words: one table over every kind of event a case can have."""

from dataclasses import dataclass

from cases.events import Event
from cases.models import CaseEvent
from notifications.codes import Audience

EMAIL, SMS = "email", "sms"


@dataclass(frozen=True)
class Line:
    """``step`` is unique within its kind; ``text`` is a key of `texts.TEXTS`.

    ``instead_of``: a step for companies; this line is for its supervisor where one of them may not or cannot be told.
    ``if_urgent``: only where the event says that somebody is in danger.
    ``daily``: it stands in the one letter a day, since it only says what is coming.
    """

    step: str
    audience: Audience
    text: str
    channel: str = EMAIL
    urgent: bool = False
    if_urgent: bool = False
    instead_of: str = ""
    daily: bool = False


@dataclass(frozen=True)
class Entry:
    """``by_ladder``: the event's data says which audiences are due."""

    lines: tuple[Line, ...]
    by_ladder: bool = False


def _officers(text: str, *audiences: Audience, daily: bool = False) -> tuple[Line, ...]:
    return tuple(Line(audience.value, audience, text, daily=daily) for audience in audiences)


def _ask(step: str, *, daily: bool = False) -> Line:
    return Line(f"{step}-ask", A.SUPERVISOR, "ask_company", instead_of=step, daily=daily)


A = Audience
CATALOGUE: dict[str, Entry] = {
    Event.CASE_OPENED: Entry(
        (
            Line("intake", A.INTAKE, "new_case"),
            Line("intake-sms", A.INTAKE, "new_case", SMS, urgent=True, if_urgent=True),
        ),
    ),
    Event.TAKEN_FROM_BULK: Entry(
        (
            Line("intake", A.INTAKE, "new_case"),
            Line("intake-sms", A.INTAKE, "new_case", SMS, urgent=True, if_urgent=True),
        ),
    ),
    Event.HANDLER_ASSIGNED: Entry(_officers("given", A.HANDLER)),
    Event.MESSAGE_ARRIVED: Entry(_officers("message", A.HANDLER)),
    Event.PIN_GUESSED: Entry(_officers("pin_guessed", A.HANDLER)),
    Event.READING_BUDGET_SPENT: Entry((Line("oversight", A.OVERSIGHT, "budget", urgent=True),)),
    Event.DEADLINE_NEARED: Entry(
        (
            *_officers("due_soon", A.HANDLER, A.SUPERVISOR, A.LEAD, A.OVERSIGHT, daily=True),
            Line("respondent", A.RESPONDENT, "company_due_soon"),
            _ask("respondent", daily=True),
        ),
        by_ladder=True,
    ),
    Event.DEADLINE_PASSED: Entry(
        (
            Line("handler", A.HANDLER, "overdue", urgent=True),
            Line("supervisor", A.SUPERVISOR, "overdue_supervisor", urgent=True),
            *_officers("overdue_for_days", A.LEAD, A.OVERSIGHT),
            Line("respondent", A.RESPONDENT, "company_overdue", urgent=True),
            Line("respondent-sms", A.RESPONDENT, "company_overdue", SMS, urgent=True),
            _ask("respondent"),
        ),
        by_ladder=True,
    ),
    Event.DEADLINE_ESCALATED: Entry(
        (
            *_officers("overdue", A.HANDLER),
            *_officers("overdue_supervisor", A.SUPERVISOR),
            *_officers("overdue_for_days", A.LEAD, A.OVERSIGHT),
            Line("respondent", A.RESPONDENT, "company_overdue"),
            _ask("respondent"),
            Line("buyers", A.BUYERS, "company_press"),
            _ask("buyers"),
            Line("automakers", A.AUTOMAKERS, "company_press"),
            _ask("automakers"),
        ),
        by_ladder=True,
    ),
    Event.URGENT_OPENED: Entry(
        (
            *_officers("urgent", A.HANDLER, A.SUPERVISOR),
            Line("handler-sms", A.HANDLER, "urgent", SMS, urgent=True),
        ),
    ),
    Event.CONSULTATION_ANSWERED: Entry(_officers("message", A.HANDLER)),
    Event.PAYMENT_ANSWERED: Entry(_officers("step_moved", A.HANDLER)),
    Event.STEP_SAID: Entry(_officers("step_moved", A.HANDLER)),
    Event.FILING_WITHDRAWN: Entry(_officers("withdrawn", A.HANDLER, A.SUPERVISOR)),
    Event.SAFETY_ALARM: Entry(_officers("safety_alarm", A.HANDLER, A.SUPERVISOR)),
    Event.SAFETY_SILENT: Entry(_officers("safety_silent", A.HANDLER, A.SUPERVISOR)),
    Event.SAFETY_ANSWERED: Entry(_officers("message", A.HANDLER)),
    Event.CONSENT_GIVEN: Entry(_officers("consent_moved", A.HANDLER)),
    Event.CONSENT_REVOKED: Entry(_officers("consent_revoked", A.HANDLER, A.SUPERVISOR)),
    Event.DIALOGUE_ANSWERED: Entry(_officers("message", A.HANDLER)),
    Event.INQUIRY_ANSWERED: Entry(_officers("message", A.HANDLER)),
    Event.MINUTES_CHECKED: Entry(_officers("message", A.HANDLER)),
    Event.CALL_ALLOWED: Entry(_officers("message", A.HANDLER)),
    Event.NOT_REACHED: Entry(_officers("not_reached", A.HANDLER)),
    Event.BLOCKED: Entry(_officers("blocked", A.HANDLER)),
    Event.NUMBER_REPLACED: Entry(_officers("number_replaced", A.HANDLER)),
    Event.NUMBER_STOPPED: Entry(_officers("number_stopped", A.HANDLER)),
    Event.CONTACT_DELETED: Entry(_officers("contact_deleted", A.HANDLER)),
    Event.CONFLICT_DECLARED: Entry(_officers("conflict", A.SUPERVISOR)),
    Event.CONFLICT_FOUND: Entry(_officers("conflict", A.SUPERVISOR)),
    Event.EARLY_WARNING: Entry(_officers("early_warning", A.HANDLER, A.SUPERVISOR)),
    Event.REVIEW_SOUGHT: Entry(_officers("review", A.HANDLER, A.SUPERVISOR)),
    Event.ELIGIBILITY_JUDGED: Entry(_officers("to_sign", A.SUPERVISOR)),
    Event.SAMPLE_DRAWN: Entry(_officers("sample", A.SUPERVISOR)),
    Event.UNSEALED: Entry(_officers("unsealed", A.HANDLER)),
    Event.UNSEALING_REFUSED: Entry(_officers("unsealed", A.HANDLER)),
    "case_brought_back": Entry(_officers("brought_back", A.HANDLER)),
    "case_admitted": Entry(_officers("admitted", A.HANDLER)),
    "appeal_opened": Entry(_officers("appeal_opened", A.SUPERVISOR, A.OVERSIGHT)),
    "appeal_decided": Entry(_officers("appeal_decided", A.HANDLER)),
    "case_reopened": Entry(_officers("reopened", A.HANDLER, A.SUPERVISOR)),
    "respondent_notified": Entry(
        (
            Line("respondent", A.RESPONDENT, "company_notified"),
            Line("respondent-sms", A.RESPONDENT, "company_notified", SMS),
            _ask("respondent"),
        ),
    ),
    "respondent_acknowledged": Entry(_officers("company_moved", A.HANDLER)),
    "respondent_accepted": Entry(_officers("company_moved", A.HANDLER)),
    "respondent_contested": Entry(_officers("company_contested", A.HANDLER)),
    "respondent_answered": Entry(_officers("company_moved", A.HANDLER)),
    Event.RELEASE_SIGNED: Entry(_officers("to_sign", A.SUPERVISOR)),
    "respondent_released": Entry((Line("respondent", A.RESPONDENT, "company_released"), _ask("respondent"))),
    "respondent_upheld": Entry(
        (Line("respondent", A.RESPONDENT, "company_upheld"), _ask("respondent")),
    ),
    "step_agreed": Entry((Line("respondent", A.RESPONDENT, "company_step"), _ask("respondent"))),
    "step_delivered": Entry(_officers("step_delivered", A.HANDLER)),
    "step_sent_back": Entry((Line("respondent", A.RESPONDENT, "company_step"), _ask("respondent"))),
    "step_dispute_taken_back": Entry(_officers("step_moved", A.HANDLER)),
    "step_asked_again": Entry(_officers("step_moved", A.HANDLER)),
    "step_confirmed": Entry(_officers("step_moved", A.HANDLER)),
    "step_disputed": Entry(_officers("step_disputed", A.HANDLER, A.SUPERVISOR)),
    "step_redone": Entry((Line("respondent", A.RESPONDENT, "company_step"), _ask("respondent"))),
    "step_determined": Entry(_officers("step_moved", A.HANDLER)),
    "step_lapsed": Entry(_officers("step_moved", A.HANDLER)),
}

_OWN_WORK = "the officer who did it stands before it; what is due next has its clock"
_FOLLOW_PAGE = "it is for the person who filed, and waits on their follow page; `announcing` texts who filed by text"
_SIGNED = "those who signed know, and the person reads the reasons on their follow page"
SILENT: dict[str, str] = {
    Event.CASE_ROUTED: "case_opened or whoever named the site has said so already",
    Event.SITE_NAMED: _OWN_WORK,
    Event.ACKNOWLEDGED: _FOLLOW_PAGE,
    Event.REPLY_SENT: _FOLLOW_PAGE,
    Event.REPLY_WRITTEN: _OWN_WORK,
    Event.RESPONDENT_COUNTERSIGNED: _SIGNED,
    Event.SAMPLE_CHECKED: _OWN_WORK,
    Event.CODES_SET: _OWN_WORK,
    Event.DECLARED: _OWN_WORK,
    Event.IMPLICATED: "whom it names must not hear of it, and who named them knows",
    Event.ELIGIBILITY_SIGNED: _SIGNED,
    Event.ACKNOWLEDGEMENT_WAIVED: _OWN_WORK,
    Event.STANDING_RECORDED: _OWN_WORK,
    Event.URGENT_ENDED: _OWN_WORK,
    Event.SEVERITY_GRADED: _OWN_WORK,
    Event.CONSENT_ASKED: _FOLLOW_PAGE,
    Event.DIALOGUE_ASKED: _FOLLOW_PAGE,
    Event.CLOCK_EXTENDED: _OWN_WORK,
    Event.CLOCK_PAUSED: _OWN_WORK,
    Event.CLOCK_RUNS_AGAIN: _OWN_WORK,
    Event.CLOCK_MOVED: "the deadline itself reminds of its new day",
    Event.FEEDBACK_GIVEN: _OWN_WORK,
    Event.FPIC_LOGGED: _OWN_WORK,
    Event.HEARING_PLANNED: _FOLLOW_PAGE,
    Event.HEARING_HELD: _FOLLOW_PAGE,
    Event.HEARING_DECLINED: _OWN_WORK,
    Event.EVIDENCE_LOGGED: _OWN_WORK,
    Event.PERSON_NAMED: _OWN_WORK,
    Event.PERSON_INVITED: _OWN_WORK,
    Event.PERSON_ANSWERED: _OWN_WORK,
    Event.FINDING_MADE: _FOLLOW_PAGE,
    Event.FINDING_WORDED: _FOLLOW_PAGE,
    Event.FINDING_SET_ASIDE: _OWN_WORK,
    Event.REVIEW_DECIDED: _SIGNED,
    Event.SEAT_GIVEN: _OWN_WORK,
    Event.SEAT_ENDED: _OWN_WORK,
    Event.REFERRED: _FOLLOW_PAGE,
    Event.REFERRAL_ENDED: _OWN_WORK,
    Event.PROCEEDING_LOGGED: _OWN_WORK,
    Event.PROCEEDING_ENDED: _OWN_WORK,
    Event.LETTER_WRITTEN: _FOLLOW_PAGE,
    Event.TRANSLATED: _FOLLOW_PAGE,
    Event.MASKED: _OWN_WORK,
    Event.MESSAGE_RELEASED: _FOLLOW_PAGE,
    Event.NOTE_WRITTEN: _OWN_WORK,
    Event.HOLD_LAID: _OWN_WORK,
    Event.HOLD_RELEASED: _OWN_WORK,
    Event.WORDS_ERASED: "done at its date by the system, and shown in the history",
    Event.UNSEALING_ASKED: "custodians find it on their own page",
    Event.UNSEALING_SIGNED: "custodians find it on their own page",
    Event.INVOLVEMENT_RECORDED: _OWN_WORK,
    Event.STEP_PLANNED: _OWN_WORK,
    Event.STEP_CHANGED: _OWN_WORK,
    Event.STEP_DROPPED: _OWN_WORK,
    Event.CONSULTATION_ASKED: _FOLLOW_PAGE,
    Event.WAIVERS_CHECKED: _OWN_WORK,
    Event.PAYMENT_SCHEDULED: _OWN_WORK,
    Event.PAYMENT_PROVED: _FOLLOW_PAGE,
    Event.STEP_TRY_MADE: _OWN_WORK,
    Event.EXIT_LOGGED: _OWN_WORK,
    Event.CASE_LINKED: _OWN_WORK,
    Event.CASE_MERGED: _OWN_WORK,
    Event.FILING_MOVED: _OWN_WORK,
    Event.FILING_VETTED: _OWN_WORK,
    Event.RATED: "read in the figures, where no single answer stands",
    Event.SAFETY_ASKED: _FOLLOW_PAGE,
    "case_taken_up": _OWN_WORK,
    "case_set_aside": "supervisors draw a sample; each is counted, and none is urgent",
    "case_found_ineligible": _SIGNED,
    "dialogue_opened": _OWN_WORK,
    "investigation_opened": _OWN_WORK,
    "remedy_design_opened": _OWN_WORK,
    "remedy_agreed": "each step tells its own company: step_agreed",
    "monitoring_opened": _OWN_WORK,
    "case_closed": _SIGNED,
    "respondent_approved": _OWN_WORK,
    "respondent_approval_withdrawn": "a company that may not be told is not told that it may not be told",
    "step_verified": _FOLLOW_PAGE,
    "case_merged_away": _OWN_WORK,
}


def lines_of(event: CaseEvent) -> tuple[Line, ...]:
    """The lines that apply to this event: none of one of a flood. KeyError for a kind that nobody decided about."""
    if event.kind in SILENT or event.data.get("bulk") is True:
        return ()
    entry = CATALOGUE[event.kind]
    lines = tuple(line for line in entry.lines if not line.if_urgent or event.data.get("urgent") is True)
    if not entry.by_ladder:
        return lines
    named = set(event.data.get("to", ()))
    return tuple(line for line in lines if (line.instead_of or line.audience.value) in named)


def line_of(kind: str, step: str) -> Line:
    """The line that made a notice."""
    return next(line for line in CATALOGUE[kind].lines if line.step == step)
