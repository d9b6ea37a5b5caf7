"""The sections of the case page between the words and the history, as one table: who may see it, and its template."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import Act, Field
from cases.models import Case
from cases.policies import can, shown
from cases.queries import Screening, safety_checks, sample_of, screening_of, survivor_part, urgency_of, warnings_of
from cases.queries.assessment import fpic_log, graded
from cases.queries.companies import company_words
from cases.queries.kept import keeping_of, notes_opened
from cases.queries.many import around
from cases.queries.opened import inquiry_of, letters_opened, outward_of
from cases.queries.remedy_page import remedy_of
from cases.queries.unsealing import unsealings_of

# (case, who looks, when) -> what the template gets as ``part``; a constant number of questions to the database.
Load = Callable[[Case, User, datetime], Any]


@dataclass(frozen=True)
class Section:
    field: Field
    template: str  # under templates/admin/cases/case/
    load: Load
    first: bool = False  # read before anything else: somebody's safety hangs on it


def _screening(case: Case, user: User, at: datetime) -> Screening:
    return screening_of(case, names_ties=can(user, Act.SEAT, case), names_concerned=can(user, Act.IMPLICATE, case))


SECTIONS: tuple[Section, ...] = (
    Section(Field.SAFETY, "survivor.html", lambda case, user, at: survivor_part(case, at), first=True),
    Section(Field.SAFETY, "urgent.html", lambda case, user, at: urgency_of(case), first=True),
    Section(Field.RECORD, "screening.html", _screening),
    Section(Field.INQUIRY, "inquiry.html", inquiry_of),
    Section(Field.RECORD, "many.html", around),
    Section(Field.REMEDY, "remedy.html", remedy_of),
    Section(Field.SAFETY, "outward.html", outward_of),
    Section(Field.RECORD, "letters.html", letters_opened),
    Section(Field.NOTES, "notes.html", notes_opened),
    Section(Field.RECORD, "unsealings.html", unsealings_of),
    Section(Field.RECORD, "keeping.html", keeping_of),
    Section(Field.SAFETY, "safety.html", lambda case, user, at: safety_checks(case, at)),
    Section(Field.RECORD, "sample.html", lambda case, user, at: sample_of(case)),
    Section(Field.RECORD, "warnings.html", lambda case, user, at: warnings_of(case, user)),
    Section(Field.RECORD, "companies.html", lambda case, user, at: company_words(case)),
    Section(Field.RECORD, "assessment.html", lambda case, user, at: graded(case)),
    Section(Field.RECORD, "fpic.html", lambda case, user, at: fpic_log(case)),
)


def sections_of(case: Case, user: User, at: datetime, *, first: bool = False) -> list[tuple[str, Any]]:
    """(template, part) of every section that this person may see now and that has something to say: those that are
    read before anything else, or the rest."""
    loaded = [
        (f"admin/cases/case/{section.template}", section.load(case, user, at))
        for section in SECTIONS
        if section.first == first and shown(user, section.field, case)
    ]
    return [(template, part) for template, part in loaded if part]
