"""A guided conversation by text: which question comes next, and what an answer means. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievance.questions import NotADay, read_day, western_digits

Text = str | Promise
PIN_DIGITS = 6


@dataclass(frozen=True)
class Asked:
    """One question, one message. ``wrong``: what is said where an answer means nothing."""

    key: str
    words: Text
    wrong: Text = ""


# Safety first, the PIN last, six at most; what happened was said by the text that began it.
STEPS = (
    Asked(
        "safe",
        _("Is it safe to get texts from us on this phone? Answer 1 for yes, 2 for no."),
        _("Please answer 1 for yes or 2 for no."),
    ),
    Asked("place", _("Where did it happen? Write the name of the mine, plant or village.")),
    Asked("about", _("When did it happen? Write the day, or about when.")),
    Asked(
        "urgent",
        _("Is somebody in danger now? Answer 1 for yes, 2 for no."),
        _("Please answer 1 for yes or 2 for no."),
    ),
    Asked(
        "pin",
        _("Choose a PIN of six digits, and tell nobody. With it you can ask how it stands."),
        _("A PIN has six digits and is not easy to guess, such as 123456 or 111111. Please choose another one."),
    ),
)
ORDER = [step.key for step in STEPS]
BY_KEY = {step.key: step for step in STEPS}
YES_NO = {"1": True, "2": False}
_EASY = re.compile(r"(\d)\1{5}|(\d\d)\2\2|(\d{3})\3")


def step_after(step: str) -> Asked | None:
    place = ORDER.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None


def answer_to(step: str, typed: str) -> str | None:
    """The answer as it is kept; None where it means nothing and is asked for again."""
    if step in {"safe", "urgent"}:
        digits = re.sub(r"\D", "", western_digits(typed))
        return digits if digits in YES_NO else None
    if step == "pin":
        return read_pin(typed)
    return typed.strip()


def read_pin(typed: str) -> str | None:
    """Six digits of any script that are not easy to guess; None otherwise."""
    digits = "".join(sign for sign in western_digits(typed) if not sign.isspace() and sign not in "-.")
    if not re.fullmatch(rf"[0-9]{{{PIN_DIGITS}}}", digits) or _EASY.fullmatch(digits):
        return None
    steps = {int(later) - int(earlier) for earlier, later in pairwise(digits)}
    return None if steps in ({1}, {-1}) else digits


@dataclass(frozen=True)
class Told:
    """What the answers say of the grievance. ``safe``: whether texts to this phone are; None: they did not say."""

    statement: str
    place: str
    about: str
    happened_on: date | None
    urgent: bool
    safe: bool | None


def told(answers: Mapping[str, str]) -> Told:
    about = answers.get("about", "")
    try:
        day = read_day(about) if about else None
    except NotADay:
        day = None
    return Told(
        statement=answers.get("statement", ""),
        place=answers.get("place", ""),
        about="" if day else about,
        happened_on=day,
        urgent=answers.get("urgent") == "1",
        safe=YES_NO.get(answers.get("safe", "")),
    )
