"""A case, its parties, its clocks, what is on record of it, and its history as rows."""

from cases.models.appeals import Appeal, Seat
from cases.models.assessing import Assessment, EarlyWarning, FpicEntry
from cases.models.case import NEVER_DUE, Case, CaseCode, Filing
from cases.models.clocks import Clock, ClockPause
from cases.models.events import CaseEvent, Untold
from cases.models.inquiry import Evidence, Finding, FindingText, Hearing, Person, Review
from cases.models.keeping import CannedText, Hold, Note, Unsealing
from cases.models.outward import Letter, Proceeding, Referral
from cases.models.parties import Respondent, Routing
from cases.models.safety import SafetyCheck
from cases.models.screening import Declaration, Eligibility, Implicated, Sample

__all__ = [
    "NEVER_DUE",
    "Appeal",
    "Assessment",
    "CannedText",
    "Case",
    "CaseCode",
    "CaseEvent",
    "Clock",
    "ClockPause",
    "Declaration",
    "EarlyWarning",
    "Eligibility",
    "Evidence",
    "Filing",
    "Finding",
    "FindingText",
    "FpicEntry",
    "Hearing",
    "Hold",
    "Implicated",
    "Letter",
    "Note",
    "Person",
    "Proceeding",
    "Referral",
    "Respondent",
    "Review",
    "Routing",
    "SafetyCheck",
    "Sample",
    "Seat",
    "Unsealing",
    "Untold",
]
