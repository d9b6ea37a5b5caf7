"""Every kind of event that a case can have, in the past tense, with what its data may hold: ids and codes only."""

from enum import StrEnum

from cases.states import TABLES


class Event(StrEnum):
    """Events that are no transition of a lifecycle table; the tables name their own."""

    CASE_OPENED = "case_opened"  # data: {"urgent": bool}
    CASE_ROUTED = "case_routed"  # data: {"routing": id}
    SITE_NAMED = "site_named"
    HANDLER_ASSIGNED = "handler_assigned"  # data: {"handler": user id}
    ACKNOWLEDGED = "acknowledged"
    MESSAGE_ARRIVED = "message_arrived"  # data: {"message": id}
    REPLY_SENT = "reply_sent"  # data: {"message": id}
    DEADLINE_NEARED = "deadline_neared"  # clock and level set
    DEADLINE_PASSED = "deadline_passed"  # clock and level set
    DEADLINE_ESCALATED = "deadline_escalated"  # clock and level set; data: {"to": audience}
    RESPONDENT_COUNTERSIGNED = "respondent_countersigned"
    READING_BUDGET_SPENT = "reading_budget_spent"  # data: {"by": user id}


KINDS = frozenset(Event) | {move.event for table in TABLES for move in table.transitions}
