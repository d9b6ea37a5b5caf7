"""What the gates ahead ask, of a case and of each company in it, and what of it is on record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.codes import FPIC, LetterKind
from cases.gates import CompanyRecord, Standing, company_standing, standing
from cases.models import Case, Respondent
from cases.queries.record import codes_of, company_records, letters_missing, on_record
from cases.states import CASE, RESPONDENT, Gate, Table, Track, Transition


@dataclass(frozen=True)
class Ahead:
    """One transition that is open from here, and each of its gates, held or not."""

    verb: str
    standings: list[Standing]


@dataclass(frozen=True)
class CompanyAhead:
    respondent: Respondent
    record: CompanyRecord
    moves: list[Ahead]


def gates_ahead(case: Case, at: datetime) -> list[Ahead]:
    """Those of the case, in a number of questions that depends on its stage alone."""
    moves = _asking(CASE, case.stage) if case.erased_at is None else []  # nothing moves without words
    record = on_record(case, at=at) if moves else None
    found = []
    for move in moves:
        assert record is not None  # noqa: S101 - for the type checker
        letter = letters_missing(case, LetterKind.INELIGIBLE) if move.verb == "find_ineligible" else None
        asked = record if letter is None else replace(record, letter_missing=letter)
        found.append(Ahead(move.verb, [one for one in standing(move, asked) if _concerns(one.gate, case)]))
    return found


def companies_ahead(case: Case, respondents: Sequence[Respondent]) -> list[CompanyAhead]:
    """Those of each company, in two questions however many there are."""
    records = company_records(case, respondents)
    return [CompanyAhead(one, records[one.pk], _company_moves(case, one, records[one.pk])) for one in respondents]


def _company_moves(case: Case, respondent: Respondent, record: CompanyRecord) -> list[Ahead]:
    return [
        Ahead(move.verb, [one for one in company_standing(move, record) if _concerns(one.gate, case)])
        for move in _asking(RESPONDENT, respondent.state)
        if case.erased_at is None
    ]


def _concerns(gate: Gate, case: Case) -> bool:
    """A gate that is open to every case but some is shown on those alone."""
    match gate:
        case Gate.SURVIVOR_CONSENT:
            return case.track == Track.SURVIVOR
        case Gate.REPRESENTED:
            return bool(FPIC & codes_of(case))
    return True


def _asking(table: Table, state: str) -> list[Transition]:
    """The transitions out of a state that ask for something; of several ways of one verb the first."""
    moves = {move.verb: move for move in reversed(list(table.leaving(state))) if move.gates}
    return [move for move in table.leaving(state) if moves.get(move.verb) is move]
