"""Whether the people who filed are safe: what the office reads of the questions and their answers."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Case, SafetyCheck

# What fits a page; a mass case has more, newest first.
SHOWN = 50


@dataclass(frozen=True)
class Asked:
    """One question, without the words of its answer; ``person``: the place of who was asked among those who filed."""

    check: SafetyCheck
    person: int


def safety_checks(case: Case, at: datetime) -> list[Asked]:
    """The questions of a case, newest first; two queries at most, however many they are."""
    asked = SafetyCheck.objects.filter(filing__case=case, ask_at__lte=at).order_by("-ask_at", "-pk")
    checks = list(asked.defer("sealed_words")[:SHOWN])
    if not checks:
        return []
    numbers = {pk: number for number, pk in enumerate(case.filings.order_by("pk").values_list("pk", flat=True), 1)}
    return [Asked(check, numbers[check.filing_id]) for check in checks]
