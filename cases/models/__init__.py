"""A case, its parties, its clocks, what is on record of it, and its history as rows."""

from cases.models.appeals import Appeal, Seat
from cases.models.assessing import Assessment, EarlyWarning, FpicEntry
from cases.models.case import AT_ONCE, NEVER_DUE, Case, CaseCode, Filing
from cases.models.clocks import Breach, Clock, ClockPause
from cases.models.events import CaseEvent, Untold
from cases.models.inquiry import Evidence, Finding, FindingText, Hearing, Person, Review
from cases.models.keeping import CannedText, Hold, Note, Unsealing
from cases.models.many import Broadcast, CaseLink, FilingMove, Rating, Withdrawal
from cases.models.outward import Letter, Proceeding, Referral, ServedText
from cases.models.parties import Respondent, Routing
from cases.models.remedy import (
    Claim,
    Confirmation,
    Consultation,
    Determination,
    Exit,
    Involvement,
    Payment,
    Plan,
    RemedyStep,
    StepText,
    Verification,
)
from cases.models.safety import SafetyCheck
from cases.models.screening import Declaration, Draw, Eligibility, Implicated, Sample

__all__ = [
    "AT_ONCE",
    "NEVER_DUE",
    "Appeal",
    "Assessment",
    "Breach",
    "Broadcast",
    "CannedText",
    "Case",
    "CaseCode",
    "CaseEvent",
    "CaseLink",
    "Claim",
    "Clock",
    "ClockPause",
    "Confirmation",
    "Consultation",
    "Declaration",
    "Determination",
    "Draw",
    "EarlyWarning",
    "Eligibility",
    "Evidence",
    "Exit",
    "Filing",
    "FilingMove",
    "Finding",
    "FindingText",
    "FpicEntry",
    "Hearing",
    "Hold",
    "Implicated",
    "Involvement",
    "Letter",
    "Note",
    "Payment",
    "Person",
    "Plan",
    "Proceeding",
    "Rating",
    "Referral",
    "RemedyStep",
    "Respondent",
    "Review",
    "Routing",
    "SafetyCheck",
    "Sample",
    "Seat",
    "ServedText",
    "StepText",
    "Unsealing",
    "Untold",
    "Verification",
    "Withdrawal",
]
