"""In which stages each act makes sense, as one table; the lifecycle tables rule the transitions themselves."""

from accounts.roles import Act
from cases.states import Stage

S = Stage
EVERY = frozenset(Stage)
RUNNING = EVERY - {S.CLOSED, S.SET_ASIDE}
EARLY = frozenset({S.RECEIVED, S.SCREENING})
# Somebody admitted it, and it is not closed.
ADMITTED = RUNNING - EARLY
TOLD = RUNNING - {S.RECEIVED}
ASKING = frozenset({S.ASSESSMENT, S.DIALOGUE, S.INVESTIGATION})
FOUND = ADMITTED - {S.ASSESSMENT, S.APPEAL}

# The stages in which an act makes sense; the lifecycle tables rule the transitions themselves.
ACT_STAGES: dict[Act, frozenset[Stage]] = {
    Act.TRIAGE: frozenset({S.RECEIVED}),
    Act.ACKNOWLEDGE: RUNNING,
    Act.REPLY: EVERY,
    Act.ASSIGN: EVERY - {S.CLOSED},
    Act.APPROVE_RESPONDENT: TOLD,
    Act.NOTIFY_RESPONDENT: TOLD,
    Act.NAME_SITE: EARLY | {S.ASSESSMENT},
    Act.SET_ASIDE: EARLY,
    Act.BRING_BACK: frozenset({S.SET_ASIDE}),
    Act.CHECK_SAMPLE: frozenset({S.SET_ASIDE}),
    Act.CODE: EARLY | ASKING,
    Act.DECLARE: EVERY - {S.SET_ASIDE},
    Act.IMPLICATE: EVERY,
    Act.JUDGE: frozenset({S.SCREENING}),
    Act.SIGN_INELIGIBLE: frozenset({S.SCREENING}),
    Act.FIND_INELIGIBLE: frozenset({S.SCREENING}),
    Act.ADMIT: frozenset({S.SCREENING}),
    Act.WAIVE: RUNNING,
    Act.RECORD_STANDING: RUNNING,
    Act.MARK_URGENT: RUNNING,
    Act.END_URGENT: EVERY,  # a check-in after closing opens it too
    Act.ASSESS: ADMITTED,
    Act.ASK_CONSENT: TOLD,
    Act.ASK_DIALOGUE: ASKING,
    Act.OPEN_DIALOGUE: frozenset({S.ASSESSMENT, S.INVESTIGATION}),
    Act.INVESTIGATE: frozenset({S.ASSESSMENT, S.DIALOGUE}),
    Act.EXTEND: ADMITTED,
    Act.LOG_FPIC: ADMITTED,
    Act.PLAN_HEARING: ADMITTED,
    Act.RECORD_HEARING: ADMITTED,
    Act.LOG_EVIDENCE: ADMITTED,
    Act.NAME_PERSON: ADMITTED,
    Act.RECORD_WORDS: ADMITTED,
    Act.FIND: ASKING,
    Act.WORD_FINDING: FOUND | {S.CLOSED},
    Act.DESIGN_REMEDY: ASKING,
    Act.RECORD_RESPONSE: TOLD,
    Act.DECIDE_CONTEST: TOLD,
    Act.WITHDRAW_APPROVAL: TOLD,
    Act.RECORD_REVIEW: FOUND,
    Act.DECIDE_REVIEW: FOUND,
    Act.SEAT: EVERY - {S.SET_ASIDE},
    Act.DECIDE_APPEAL: frozenset({S.APPEAL}),
    Act.REFER: EVERY - {S.SET_ASIDE},
    Act.FOLLOW_UP: EVERY,
    Act.LOG_PROCEEDING: EVERY - {S.SET_ASIDE},
    Act.WRITE_LETTER: RUNNING - {S.RECEIVED, S.APPEAL},
    Act.CLOSE: RUNNING - {S.RECEIVED, S.APPEAL},
    Act.REOPEN: frozenset({S.CLOSED}),
    Act.INVOLVE: ADMITTED,
    Act.PLAN_STEP: ADMITTED,  # an interim step at any time; the rest of a plan where a remedy is designed or delivered
    Act.CONSULT: frozenset({S.REMEDY_DESIGN, S.REMEDY_DELIVERY}),
    Act.CHECK_WAIVERS: frozenset({S.REMEDY_DESIGN, S.REMEDY_DELIVERY}),
    Act.AGREE: ADMITTED,
    Act.AGREE_PLAN: frozenset({S.REMEDY_DESIGN}),
    Act.SCHEDULE_PAYMENT: ADMITTED,
    Act.CLAIM: ADMITTED,
    Act.VERIFY: ADMITTED,
    Act.REDO: ADMITTED,
    Act.DETERMINE: ADMITTED,
    Act.RECORD_TRY: ADMITTED,
    Act.MONITOR: frozenset({S.REMEDY_DELIVERY}),
    Act.LOG_EXIT: ADMITTED,
    Act.LINK: RUNNING,
    Act.MERGE: RUNNING,
    Act.VET: RUNNING,
    Act.REPLY_ALL: RUNNING,
    Act.TRANSLATE: EVERY,
    Act.MASK: EVERY,
    Act.RELEASE: EVERY,
    Act.ASK_SAFETY: EVERY - {S.SET_ASIDE},
    Act.NOTE: EVERY,
    Act.HOLD: EVERY,
    Act.UNSEAL: RUNNING,
    Act.PAUSE: EVERY - {S.SET_ASIDE},  # the time for an appeal runs when a case is closed
    Act.GIVE_FEEDBACK: RUNNING,
}
