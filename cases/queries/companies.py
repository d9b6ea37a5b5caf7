"""What each company of a case was told, and what it said: opened for those who may read it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.models import Case, Respondent
from grievance.keys import data_key_for_office, open_json, open_text


@dataclass(frozen=True)
class Said:
    """One answer of a company; ``verb`` as in `cases.states.RESPONDENT`."""

    verb: str
    on: date
    words: str


@dataclass(frozen=True)
class CompanyWords:
    """``facts``: the version that was written for it; "" where none was."""

    respondent: Respondent
    facts: str
    answers: list[Said]


def company_words(case: Case) -> list[CompanyWords]:
    """Of every company that was told something or said something; three questions. Nothing once they are erased."""
    rows = case.respondents.select_related("organisation").order_by("tier", "organisation__name")
    sealed = [one for one in rows if one.sealed_facts is not None or one.sealed_answer is not None]
    if not sealed or case.erased_at is not None:
        return []
    key = data_key_for_office(case.key_id)
    return [
        CompanyWords(
            one, open_text(key, one.sealed_facts, "facts") if one.sealed_facts is not None else "", answers_of(one, key)
        )
        for one in sealed
    ]


def answers_of(respondent: Respondent, key: bytes) -> list[Said]:
    """What the company said, oldest first, under the case's key."""
    if respondent.sealed_answer is None:
        return []
    said: list[dict[str, Any]] = open_json(key, respondent.sealed_answer, "answer")
    return [Said(one["verb"], date.fromisoformat(one["on"]), one["words"]) for one in said]
