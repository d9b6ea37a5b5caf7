"""What a person is asked, in plain words, and how a typed answer is read."""

from grievance.questions.families import FAMILIES, FAMILY_CODES, Family
from grievance.questions.said import Said, in_words, said
from grievance.questions.table import (
    BY_KEY,
    OPENNESS,
    QUESTIONS,
    STEP_OF,
    STEPS,
    Answers,
    Choice,
    Kind,
    Question,
    Step,
    Stored,
    questions_of,
    step_after,
    step_before,
    steps_for,
)
from grievance.questions.typed import NotADay, NotAPosition, read_day, read_position, western_digits

__all__ = [
    "BY_KEY",
    "FAMILIES",
    "FAMILY_CODES",
    "OPENNESS",
    "QUESTIONS",
    "STEPS",
    "STEP_OF",
    "Answers",
    "Choice",
    "Family",
    "Kind",
    "NotADay",
    "NotAPosition",
    "Question",
    "Said",
    "Step",
    "Stored",
    "in_words",
    "questions_of",
    "read_day",
    "read_position",
    "said",
    "step_after",
    "step_before",
    "steps_for",
    "western_digits",
]
