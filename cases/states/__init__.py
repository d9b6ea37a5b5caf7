"""The lifecycles of a case, a respondent and a remedy step, and the words that grade a case."""

from cases.states.grading import at_least, floor_of, track_of
from cases.states.lifecycles import CASE, LINE, LINE_WORDS, REMEDY_STEP, RESPONDENT, TABLES
from cases.states.table import Gate, Owner, Stage, State, Table, Transition
from cases.states.words import LABELS, AsideReason, Outcome, OwnMotion, Severity, Track

__all__ = [
    "CASE",
    "LABELS",
    "LINE",
    "LINE_WORDS",
    "REMEDY_STEP",
    "RESPONDENT",
    "TABLES",
    "AsideReason",
    "Gate",
    "Outcome",
    "OwnMotion",
    "Owner",
    "Severity",
    "Stage",
    "State",
    "Table",
    "Track",
    "Transition",
    "at_least",
    "floor_of",
    "track_of",
]
