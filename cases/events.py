"""Every kind of event that a case can have, in the past tense, with what its data may hold: ids and codes only."""

from enum import StrEnum

from cases.states import TABLES


class Event(StrEnum):
    """Events that are no transition of a lifecycle table; the tables name their own."""

    CASE_OPENED = "case_opened"  # data: {"urgent": bool} and, where it came in a flood, {"bulk": true}
    TAKEN_FROM_BULK = "taken_from_bulk"  # data: {"urgent": bool}
    CASE_ROUTED = "case_routed"  # data: {"routing": id}
    SITE_NAMED = "site_named"
    HANDLER_ASSIGNED = "handler_assigned"  # data: {"handler": user id}
    ACKNOWLEDGED = "acknowledged"
    MESSAGE_ARRIVED = "message_arrived"  # data: {"message": id}
    NOT_REACHED = "person_not_reached"  # by text: they wrote STOP, or none may go where they are
    BLOCKED = "person_blocked"  # likewise: their network refuses our texts until they write its own START to it
    PIN_GUESSED = "pin_guessed"  # wrong ones by text, so many that it is shut for a while
    REPLY_SENT = "reply_sent"  # data: {"message": id}
    REPLY_WRITTEN = "reply_written"  # it waits for a translation; data: {"message": id}
    DEADLINE_NEARED = "deadline_neared"  # clock and level set
    DEADLINE_PASSED = "deadline_passed"  # clock and level set
    DEADLINE_ESCALATED = "deadline_escalated"  # clock and level set; data: {"to": audience}
    RESPONDENT_COUNTERSIGNED = "respondent_countersigned"
    RELEASE_SIGNED = "respondent_release_signed"
    READING_BUDGET_SPENT = "reading_budget_spent"  # data: {"by": user id}
    # screening
    SAMPLE_DRAWN = "sample_drawn"
    SAMPLE_CHECKED = "sample_checked"  # data: {"agreed": bool}
    CODES_SET = "codes_set"  # data: {"codes": [code], "track": code}
    DECLARED = "declared"
    CONFLICT_DECLARED = "conflict_declared"
    CONFLICT_FOUND = "conflict_found"  # a party came, and somebody at work is in conflict with it
    IMPLICATED = "implicated"
    ELIGIBILITY_JUDGED = "eligibility_judged"  # data: {"eligible": bool}
    ELIGIBILITY_SIGNED = "eligibility_signed"
    ACKNOWLEDGEMENT_WAIVED = "acknowledgement_waived"  # data: {"because": code}
    STANDING_RECORDED = "standing_recorded"  # data: {"standing": code, "seen": bool}
    URGENT_OPENED = "urgent_opened"  # data: {"urgent": true, "because": code}
    URGENT_ENDED = "urgent_ended"
    # assessment
    SEVERITY_GRADED = "severity_graded"  # data: {"level": severity}
    CONSENT_ASKED = "consent_asked"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REVOKED = "consent_revoked"
    DIALOGUE_ASKED = "dialogue_asked"
    DIALOGUE_ANSWERED = "dialogue_answered"  # data: {"wanted": bool}
    INQUIRY_ANSWERED = "inquiry_answered"  # data: {"agreed": bool}
    CLOCK_EXTENDED = "clock_extended"
    CLOCK_PAUSED = "clock_paused"  # data: {"of": kind, "reason": code, "until": moment}
    CLOCK_RUNS_AGAIN = "clock_runs_again"  # data: {"of": kind of the clock}
    CLOCK_MOVED = "clock_moved"  # what it hangs on changed; data: {"of": kind of the clock}
    FEEDBACK_GIVEN = "feedback_given"
    FPIC_LOGGED = "fpic_logged"
    EARLY_WARNING = "early_warning_raised"  # data: {"warning": id}
    # inquiry
    HEARING_PLANNED = "hearing_planned"  # data: {"hearing": id}
    HEARING_HELD = "hearing_held"
    HEARING_DECLINED = "hearing_declined"
    MINUTES_CHECKED = "minutes_checked"
    EVIDENCE_LOGGED = "evidence_logged"
    PERSON_NAMED = "person_named"
    PERSON_INVITED = "person_invited"  # data: {"person": id}
    PERSON_ANSWERED = "person_answered"
    FINDING_MADE = "finding_made"  # data: {"finding": id, "result": code}
    FINDING_WORDED = "finding_worded"  # in one language more; data: {"finding": id, "language": code}
    FINDING_SET_ASIDE = "finding_set_aside"
    REVIEW_SOUGHT = "review_sought"
    REVIEW_DECIDED = "review_decided"
    # seats, outward, words, keeping
    SEAT_GIVEN = "seat_given"  # data: {"seat": kind, "user": user id}
    SEAT_ENDED = "seat_ended"
    REFERRED = "referred"
    REFERRAL_ENDED = "referral_ended"
    PROCEEDING_LOGGED = "proceeding_logged"
    PROCEEDING_ENDED = "proceeding_ended"
    LETTER_WRITTEN = "letter_written"  # data: {"language": code}
    TRANSLATED = "translated"  # data: {"message": id or None for the statement, "language": code, "maker": code}
    MASKED = "masked"
    MESSAGE_RELEASED = "message_released"  # data: {"message": id, "translated": bool}
    NOTE_WRITTEN = "note_written"  # data: {"note": kind}
    HOLD_LAID = "hold_laid"
    HOLD_RELEASED = "hold_released"
    WORDS_ERASED = "words_erased"
    UNSEALING_ASKED = "unsealing_asked"  # data: {"unsealing": id}
    UNSEALING_SIGNED = "unsealing_signed"
    UNSEALED = "unsealed"
    UNSEALING_REFUSED = "unsealing_refused"
    CALL_ALLOWED = "call_allowed"
    NUMBER_REPLACED = "number_replaced"  # the person lost it and came back over a safe contact
    NUMBER_STOPPED = "number_stopped"  # somebody asked for a new number, and it was not the person
    CONTACT_DELETED = "contact_deleted"
    # remedy
    INVOLVEMENT_RECORDED = "involvement_recorded"
    STEP_PLANNED = "step_planned"  # data: {"step": id}, as in every event of a step
    STEP_CHANGED = "step_changed"
    STEP_DROPPED = "step_dropped"
    CONSULTATION_ASKED = "consultation_asked"
    CONSULTATION_ANSWERED = "consultation_answered"
    WAIVERS_CHECKED = "waivers_checked"
    PAYMENT_SCHEDULED = "payment_scheduled"
    PAYMENT_PROVED = "payment_proved"
    PAYMENT_ANSWERED = "payment_answered"
    STEP_SAID = "step_said"  # one of several people confirmed or disputed; data: {"step": id, "confirmed": bool}
    STEP_TRY_MADE = "step_try_made"
    EXIT_LOGGED = "exit_logged"
    # many in one
    CASE_LINKED = "case_linked"  # data: {"other": id}
    CASE_MERGED = "case_merged"  # data: {"other": id}
    FILING_MOVED = "filing_moved"
    FILING_VETTED = "filing_vetted"
    FILING_WITHDRAWN = "filing_withdrawn"
    RATED = "rated"
    # safety
    SAFETY_ASKED = "safety_asked"
    SAFETY_ANSWERED = "safety_answered"  # data: {"answer": code}
    SAFETY_ALARM = "safety_alarm"  # data: {"urgent": true}
    SAFETY_SILENT = "safety_silent"  # data: {"urgent": true}


KINDS = frozenset(Event) | {move.event for table in TABLES for move in table.transitions}
