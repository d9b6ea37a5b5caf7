"""Numbers of the remedy, dated data each with its source; D: our own default."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class RemedyRule:
    """How often and how long people are tried to be reached about a step before it lapses, and how long a consultation
    waits for an answer (standards: "complainant's review of a step"; UNGP 31(h))."""

    tries: int
    tries_after: tuple[timedelta, ...]  # since the step was verified: each waits on the follow page, or is pushed
    lapse_after: timedelta  # since the first try
    consultation: timedelta
    source: str
    valid_from: date


RULES = (
    RemedyRule(
        tries=3,
        tries_after=(timedelta(0), timedelta(days=30), timedelta(days=60)),
        lapse_after=timedelta(days=90),
        consultation=timedelta(days=14),
        source="D",
        valid_from=date(2021, 12, 17),
    ),
)


def remedy_rule(on: date) -> RemedyRule:
    """The rule in force on a day."""
    return max((rule for rule in RULES if rule.valid_from <= on), key=lambda rule: rule.valid_from)
