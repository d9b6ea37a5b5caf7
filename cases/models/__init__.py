"""A case, its parties, its clocks and its history as rows."""

from cases.models.case import NEVER_DUE, Case, CaseCode, Filing
from cases.models.clocks import Clock, ClockPause
from cases.models.events import CaseEvent, Untold
from cases.models.parties import Respondent, Routing

__all__ = [
    "NEVER_DUE",
    "Case",
    "CaseCode",
    "CaseEvent",
    "Clock",
    "ClockPause",
    "Filing",
    "Respondent",
    "Routing",
    "Untold",
]
