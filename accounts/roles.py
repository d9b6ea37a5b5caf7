"""Who may see and do what, as one table: role, stage, field."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    INTAKE = "intake"
    HANDLER = "handler"
    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    CUSTODIAN = "custodian"
    LEAD = "lead"
    OVERSIGHT = "oversight"
    SURVIVOR = "survivor"
    CHILD = "child"
    RETAL = "retal"
    RESPONDENT = "respondent"
    PARTNER = "partner"


LABELS: dict[Role, str | Promise] = {
    Role.INTAKE: _("Intake officer"),
    Role.HANDLER: _("Case handler"),
    Role.INVESTIGATOR: _("Investigator"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.CUSTODIAN: _("Custodian"),
    Role.LEAD: _("Programme lead"),
    Role.OVERSIGHT: _("Oversight"),
    Role.SURVIVOR: _("Specialist for survivors of sexual violence"),
    Role.CHILD: _("Specialist for children"),
    Role.RETAL: _("Specialist for retaliation"),
    Role.RESPONDENT: _("Respondent"),
    Role.PARTNER: _("Field partner"),
}

# Roles that read or decide cases: each needs a second factor.
CASEWORK = frozenset(Role) - {Role.RESPONDENT, Role.PARTNER}
# Who works on the cases of a track beside the role that says what they do there; the role alone shows nothing.
SPECIALISTS: dict[Role, str] = {Role.SURVIVOR: "survivor", Role.CHILD: "child", Role.RETAL: "retal"}
# Roles that may work in the officers' pages at all.
OFFICE = CASEWORK


class Field(StrEnum):
    """What of a case a person may be shown or may change."""

    CASE = "case"
    STATEMENT = "statement"
    CONVERSATION = "conversation"
    PICTURES = "pictures"
    ORIGINALS = "originals"
    RESPONDENTS = "respondents"
    DEADLINES = "deadlines"
    HISTORY = "history"
    MASKED = "masked"
    RECORD = "record"  # what is on record for the gate ahead: eligibility, declarations, assessment, consent
    INQUIRY = "inquiry"  # hearings, evidence, people named, findings, reviews, appeals
    SAFETY = "safety"
    PERSONS = "persons"  # what those are called who are named in a case and did not file it
    REMEDY = "remedy"  # the plan, its steps and what was said of each
    NOTES = "notes"
    IDENTITY = "identity"
    CONTACT = "contact"


ANY = frozenset({"*"})
EARLY = frozenset({"received", "screening", "set_aside"})

# role -> field -> stages in which it may SEE the field. A missing row means never. Identity and contact have no row
# on purpose: they open by custodians only, never by role.
SEES: dict[Role, dict[Field, frozenset[str]]] = {
    Role.INTAKE: {
        Field.CASE: EARLY,
        Field.STATEMENT: EARLY,
        Field.CONVERSATION: EARLY,
        Field.PICTURES: EARLY,
        Field.DEADLINES: EARLY,
        Field.RESPONDENTS: EARLY,
        Field.HISTORY: EARLY,
        Field.RECORD: EARLY,
        Field.SAFETY: EARLY,
        Field.NOTES: EARLY,
        Field.MASKED: EARLY,
    },
    Role.HANDLER: {
        Field.CASE: ANY,
        Field.STATEMENT: ANY,
        Field.CONVERSATION: ANY,
        Field.PICTURES: ANY,
        Field.ORIGINALS: ANY,
        Field.RESPONDENTS: ANY,
        Field.DEADLINES: ANY,
        Field.HISTORY: ANY,
        Field.MASKED: ANY,
        Field.RECORD: ANY,
        Field.INQUIRY: ANY,
        Field.PERSONS: ANY,
        Field.REMEDY: ANY,
        Field.SAFETY: ANY,
        Field.NOTES: ANY,
    },
    Role.INVESTIGATOR: {
        Field.CASE: frozenset({"assessment", "investigation", "remedy_design", "remedy_delivery", "monitoring"}),
        Field.MASKED: frozenset({"assessment", "investigation"}),
        Field.INQUIRY: frozenset({"assessment", "investigation"}),
        Field.RESPONDENTS: frozenset({"investigation"}),
        Field.DEADLINES: frozenset({"investigation"}),
    },
    Role.SUPERVISOR: {
        Field.CASE: ANY,
        Field.STATEMENT: ANY,
        Field.CONVERSATION: ANY,
        Field.PICTURES: ANY,
        Field.RESPONDENTS: ANY,
        Field.DEADLINES: ANY,
        Field.HISTORY: ANY,
        Field.MASKED: ANY,
        Field.RECORD: ANY,
        Field.INQUIRY: ANY,
        Field.PERSONS: ANY,
        Field.REMEDY: ANY,
        Field.SAFETY: ANY,
        Field.NOTES: ANY,
    },
    Role.LEAD: {Field.CASE: ANY, Field.REMEDY: ANY, Field.RESPONDENTS: ANY, Field.DEADLINES: ANY, Field.HISTORY: ANY},
    Role.OVERSIGHT: {
        Field.CASE: ANY,
        Field.STATEMENT: ANY,
        Field.CONVERSATION: ANY,
        Field.RESPONDENTS: ANY,
        Field.DEADLINES: ANY,
        Field.HISTORY: ANY,
        Field.MASKED: ANY,
        Field.RECORD: ANY,
        Field.INQUIRY: ANY,
        Field.PERSONS: ANY,
        Field.REMEDY: ANY,
        Field.SAFETY: ANY,
        Field.NOTES: ANY,
    },
}

# What a guest seat on one case shows beside the case itself; a panel reads it all.
SEAT_SEES: dict[str, frozenset[Field]] = {
    "panellist": frozenset(Field) - {Field.IDENTITY, Field.CONTACT, Field.ORIGINALS},
    "verifier": frozenset({Field.CASE, Field.MASKED, Field.RESPONDENTS, Field.REMEDY}),
    # Of the conversation, without the statement: what the office wrote and waits for a translation.
    "interpreter": frozenset({Field.CASE, Field.CONVERSATION, Field.MASKED}),
    "investigator": frozenset({Field.CASE, Field.MASKED, Field.INQUIRY, Field.RESPONDENTS, Field.DEADLINES}),
}


class Act(StrEnum):
    """What a person may do to a case, whatever its stage; the stage is asked of `cases.states`."""

    TRIAGE = "triage"
    ACKNOWLEDGE = "acknowledge"
    REPLY = "reply"
    ASSIGN = "assign"
    APPROVE_RESPONDENT = "approve_respondent"
    NOTIFY_RESPONDENT = "notify_respondent"
    NAME_SITE = "name_site"
    SET_ASIDE = "set_aside"
    BRING_BACK = "bring_back"
    # screening
    CHECK_SAMPLE = "check_sample"
    CODE = "code"
    DECLARE = "declare"
    IMPLICATE = "implicate"
    JUDGE = "judge"
    SIGN_INELIGIBLE = "sign_ineligible"
    FIND_INELIGIBLE = "find_ineligible"
    ADMIT = "admit"
    WAIVE = "waive"
    RECORD_STANDING = "record_standing"
    MARK_URGENT = "mark_urgent"
    END_URGENT = "end_urgent"
    # assessment
    ASSESS = "assess"
    ASK_CONSENT = "ask_consent"
    ASK_DIALOGUE = "ask_dialogue"
    OPEN_DIALOGUE = "open_dialogue"
    INVESTIGATE = "investigate"
    EXTEND = "extend"
    LOG_FPIC = "log_fpic"
    # inquiry
    PLAN_HEARING = "plan_hearing"
    RECORD_HEARING = "record_hearing"
    LOG_EVIDENCE = "log_evidence"
    NAME_PERSON = "name_person"
    RECORD_WORDS = "record_words"
    FIND = "find"
    WORD_FINDING = "word_finding"
    DESIGN_REMEDY = "design_remedy"
    # companies
    RECORD_RESPONSE = "record_response"
    DECIDE_CONTEST = "decide_contest"
    WITHDRAW_APPROVAL = "withdraw_approval"
    RECORD_REVIEW = "record_review"
    DECIDE_REVIEW = "decide_review"
    # looking again
    SEAT = "seat"
    DECIDE_APPEAL = "decide_appeal"
    # outward
    REFER = "refer"
    FOLLOW_UP = "follow_up"
    LOG_PROCEEDING = "log_proceeding"
    WRITE_LETTER = "write_letter"
    CLOSE = "close"
    REOPEN = "reopen"
    # remedy
    INVOLVE = "involve"
    PLAN_STEP = "plan_step"
    CONSULT = "consult"
    CHECK_WAIVERS = "check_waivers"
    AGREE = "agree"
    AGREE_PLAN = "agree_plan"
    SCHEDULE_PAYMENT = "schedule_payment"
    CLAIM = "claim"
    VERIFY = "verify"
    REDO = "redo"
    DETERMINE = "determine"
    RECORD_TRY = "record_try"
    MONITOR = "monitor"
    LOG_EXIT = "log_exit"
    # many in one
    LINK = "link"
    MERGE = "merge"
    VET = "vet"
    REPLY_ALL = "reply_all"
    # words
    TRANSLATE = "translate"
    MASK = "mask"
    RELEASE = "release"
    # safety and keeping
    ASK_SAFETY = "ask_safety"
    NOTE = "note"
    HOLD = "hold"
    UNSEAL = "unseal"
    # deadlines
    PAUSE = "pause"
    GIVE_FEEDBACK = "give_feedback"


# What everybody may do who works on a case at its start; handlers and supervisors may more.
INTAKE_ACTS = frozenset(
    {
        Act.TRIAGE, Act.SET_ASIDE, Act.BRING_BACK, Act.ACKNOWLEDGE, Act.REPLY, Act.NAME_SITE, Act.CODE, Act.DECLARE,
        Act.JUDGE, Act.WAIVE, Act.RECORD_STANDING, Act.MARK_URGENT, Act.REFER, Act.TRANSLATE, Act.MASK, Act.RELEASE,
        Act.NOTE, Act.ASK_SAFETY, Act.WRITE_LETTER,
    }
)  # fmt: skip
INQUIRY_ACTS = frozenset({Act.DECLARE, Act.PLAN_HEARING, Act.RECORD_HEARING, Act.LOG_EVIDENCE, Act.NAME_PERSON,
                          Act.RECORD_WORDS})  # fmt: skip
HANDLER_ACTS = (
    INTAKE_ACTS
    | INQUIRY_ACTS
    | {
        Act.APPROVE_RESPONDENT, Act.NOTIFY_RESPONDENT, Act.FIND_INELIGIBLE, Act.ADMIT, Act.END_URGENT, Act.ASSESS,
        Act.ASK_CONSENT, Act.ASK_DIALOGUE, Act.OPEN_DIALOGUE, Act.INVESTIGATE, Act.EXTEND, Act.LOG_FPIC, Act.FIND,
        Act.DESIGN_REMEDY, Act.RECORD_RESPONSE, Act.WITHDRAW_APPROVAL, Act.RECORD_REVIEW, Act.FOLLOW_UP,
        Act.LOG_PROCEEDING, Act.CLOSE, Act.REOPEN, Act.UNSEAL, Act.INVOLVE, Act.PLAN_STEP, Act.CONSULT,
        Act.CHECK_WAIVERS, Act.AGREE, Act.AGREE_PLAN, Act.SCHEDULE_PAYMENT, Act.CLAIM, Act.REDO,
        Act.RECORD_TRY, Act.MONITOR,
        Act.GIVE_FEEDBACK, Act.WORD_FINDING, Act.LOG_EXIT, Act.LINK, Act.MERGE, Act.VET, Act.REPLY_ALL,
    }
)  # fmt: skip
# The second signatures, and what one's own decision may not decide.
SUPERVISOR_ACTS = HANDLER_ACTS | {
    Act.ASSIGN, Act.CHECK_SAMPLE, Act.SIGN_INELIGIBLE, Act.DECIDE_CONTEST, Act.DECIDE_REVIEW, Act.SEAT, Act.HOLD,
    Act.VERIFY, Act.PAUSE,
}  # fmt: skip

DOES: dict[Role, frozenset[Act]] = {
    Role.INTAKE: INTAKE_ACTS,
    Role.HANDLER: HANDLER_ACTS,
    Role.INVESTIGATOR: INQUIRY_ACTS,
    Role.SUPERVISOR: SUPERVISOR_ACTS,
    # A grievance about the mechanism stays with oversight, and so does one where everybody else is in conflict.
    Role.OVERSIGHT: SUPERVISOR_ACTS | {Act.IMPLICATE},
}
# A panel decides appeals; a case for an independent panel it takes as a handler would.
SEAT_DOES: dict[str, frozenset[Act]] = {
    "panellist": frozenset({Act.DECLARE, Act.DECIDE_APPEAL, Act.DETERMINE}),
    "verifier": frozenset({Act.DECLARE, Act.VERIFY}),
    "interpreter": frozenset({Act.DECLARE, Act.TRANSLATE}),
    "investigator": INQUIRY_ACTS,
}


def sees(roles: frozenset[Role], field: Field, stage: str) -> bool:
    """May somebody with these roles see ``field`` of a case that stands in ``stage``?"""
    allowed = (SEES.get(role, {}).get(field, frozenset()) for role in roles)
    return any("*" in stages or stage in stages for stages in allowed)


def does(roles: frozenset[Role], act: Act) -> bool:
    """May somebody with these roles do ``act`` to a case that they see?"""
    return any(act in DOES.get(role, frozenset()) for role in roles)


def stages_seen(roles: frozenset[Role], field: Field = Field.CASE) -> frozenset[str] | None:
    """Stages in which these roles see ``field``, and so those whose cases they may list; None means every stage."""
    stages = frozenset().union(*(SEES.get(role, {}).get(field, frozenset()) for role in roles))
    return None if "*" in stages else stages
