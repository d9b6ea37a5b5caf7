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
    Role.RESPONDENT: _("Respondent"),
    Role.PARTNER: _("Field partner"),
}

# Roles that read or decide cases: each needs a second factor.
CASEWORK = frozenset(
    {Role.INTAKE, Role.HANDLER, Role.INVESTIGATOR, Role.SUPERVISOR, Role.CUSTODIAN, Role.LEAD, Role.OVERSIGHT}
)
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
    },
    Role.INVESTIGATOR: {
        Field.CASE: frozenset({"assessment", "investigation", "remedy_design", "remedy_delivery", "monitoring"}),
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
    },
    Role.LEAD: {Field.CASE: ANY, Field.RESPONDENTS: ANY, Field.DEADLINES: ANY, Field.HISTORY: ANY},
    Role.OVERSIGHT: {
        Field.CASE: ANY,
        Field.STATEMENT: ANY,
        Field.CONVERSATION: ANY,
        Field.RESPONDENTS: ANY,
        Field.DEADLINES: ANY,
        Field.HISTORY: ANY,
    },
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


# What everybody may do who works on a case at its start; handlers and supervisors may more.
INTAKE_ACTS = frozenset({Act.TRIAGE, Act.SET_ASIDE, Act.BRING_BACK, Act.ACKNOWLEDGE, Act.REPLY, Act.NAME_SITE})
HANDLER_ACTS = INTAKE_ACTS | {Act.APPROVE_RESPONDENT, Act.NOTIFY_RESPONDENT}

DOES: dict[Role, frozenset[Act]] = {
    Role.INTAKE: INTAKE_ACTS,
    Role.HANDLER: HANDLER_ACTS,
    Role.SUPERVISOR: HANDLER_ACTS | {Act.ASSIGN},
    # The whole way of a grievance about the mechanism itself begins with oversight.
    Role.OVERSIGHT: INTAKE_ACTS | {Act.ASSIGN},
}


def sees(roles: frozenset[Role], field: Field, stage: str) -> bool:
    """May somebody with these roles see ``field`` of a case that stands in ``stage``?"""
    allowed = (SEES.get(role, {}).get(field, frozenset()) for role in roles)
    return any("*" in stages or stage in stages for stages in allowed)


def does(roles: frozenset[Role], act: Act) -> bool:
    """May somebody with these roles do ``act`` to a case that they see?"""
    return any(act in DOES.get(role, frozenset()) for role in roles)


def stages_seen(roles: frozenset[Role]) -> frozenset[str] | None:
    """Stages whose cases these roles may list; None means every stage."""
    stages = frozenset().union(*(SEES.get(role, {}).get(Field.CASE, frozenset()) for role in roles))
    return None if "*" in stages else stages
