"""What a partner is asked by text for each person that it speaks for, before the questions of everybody: how they
agreed, and where they may be called. Nothing asks who they are. Pure."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievance.codes import ConsentHow
from grievance.keywords import Keyword, meaning
from grievance.questions import Kind, Question, Stored, western_digits

Text = str | Promise
BEHALF, CALLBACK = "behalf", "callback"
STEPS = (BEHALF, CALLBACK)
FOR_SOMEBODY = "for_somebody"  # stands among the answers of such a conversation
# What it need not ask: texts come to the partner's own phone, and it speaks for somebody else.
KNOWN = {FOR_SOMEBODY: "1", "safe": "1", "harmed": "other"}
NOWHERE = "0"  # they may not be called

CONSENTS: dict[str, ConsentHow] = {
    "1": ConsentHow.SPOKEN,
    "2": ConsentHow.WRITTEN,
    "3": ConsentHow.THUMBPRINT,
    "4": ConsentHow.RECORDED,
    "5": ConsentHow.PHONE,
    "0": ConsentHow.NONE,
}

TEXTS: dict[str, Text] = {
    "paired": _("This phone is registered. What you write from it now is for people who asked you to."),
    "next_how": _("Before you write for another person, write %(word)s, and nothing else."),
    "next": _("Write what happened to the next person."),
    "wrong_code": _("This code is not right. This phone is not registered. Your texts still reach us."),
    f"ask_{BEHALF}": _("Did the person agree? 1 they said so, 2 signed, 3 thumbprint, 4 recorded, 5 by phone, 0 no."),
    f"wrong_{BEHALF}": _("Please answer 1, 2, 3, 4 or 5, or 0 for no."),
    f"ask_{CALLBACK}": _("Is it safe to call the person? Write their number with its country code, or 0 for no."),
    f"wrong_{CALLBACK}": _("Please write the number with its country code, such as +243810000000, or 0 for no."),
}

# Their letters in a structured text, which only a partner's paper shows.
QUESTIONS = (
    Question(BEHALF, "", TEXTS[f"ask_{BEHALF}"], Kind.LINE, Stored.TEXT, short="consent"),
    Question(CALLBACK, "", TEXTS[f"ask_{CALLBACK}"], Kind.PHONE, Stored.TEXT, short="call"),
)


def first_open(answers: Mapping[str, str]) -> str | None:
    """What is asked next of a partner; None once both are answered, and of everybody else."""
    return next((step for step in STEPS if FOR_SOMEBODY in answers and step not in answers), None)


def step_after(step: str) -> str | None:
    return next(iter(STEPS[STEPS.index(step) + 1 :]), None)


def consent_in(typed: str) -> str | None:
    """The digit that was answered, of any script; None for anything else."""
    digit = western_digits(typed).strip(" .-#!")
    return digit if digit in CONSENTS else None


def says_nowhere(typed: str) -> bool:
    """A plain no, of any language, or its digit."""
    meant = meaning(typed)
    if meant is not None:
        return meant.keyword in {Keyword.NO, Keyword.UNSAFE}
    return western_digits(typed).strip(" .-#!") == NOWHERE
