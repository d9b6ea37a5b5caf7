"""The sections of the case page between the words and the history, as one table: who may see it, and its template."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Act, Field
from cases.admin.deeds.deed import Text
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
class Heading:
    """Where a heading of the page stands; ``of``: the attribute of the part that has it, "" for the part itself."""

    anchor: str
    title: Text
    of: str = ""


@dataclass(frozen=True)
class Section:
    field: Field
    template: str  # under templates/admin/cases/case/
    load: Load
    headings: tuple[Heading, ...]
    first: bool = False  # read before anything else: somebody's safety hangs on it


def _screening(case: Case, user: User, at: datetime) -> Screening:
    return screening_of(case, names_ties=can(user, Act.SEAT, case), names_concerned=can(user, Act.IMPLICATE, case))


# In the order of a case's life.
SECTIONS: tuple[Section, ...] = (
    Section(
        Field.SAFETY,
        "survivor.html",
        lambda case, user, at: survivor_part(case, at),
        (Heading("survivor", _("The survivor decides")),),
        first=True,
    ),
    Section(
        Field.SAFETY,
        "urgent.html",
        lambda case, user, at: urgency_of(case),
        (Heading("urgency", _("Somebody may be in danger")),),
        first=True,
    ),
    Section(
        Field.RECORD,
        "sample.html",
        lambda case, user, at: sample_of(case),
        (Heading("sample", _("Drawn for a second look")),),
    ),
    Section(Field.RECORD, "screening.html", _screening, (Heading("screening", _("Screening")),)),
    Section(
        Field.RECORD,
        "warnings.html",
        lambda case, user, at: warnings_of(case, user),
        (Heading("warnings", _("Early warning")),),
    ),
    Section(
        Field.RECORD,
        "assessment.html",
        lambda case, user, at: graded(case),
        (Heading("graded", _("Severity and risk")),),
    ),
    Section(
        Field.RECORD,
        "fpic.html",
        lambda case, user, at: fpic_log(case),
        (Heading("fpic-log", _("Free, prior and informed consent")),),
    ),
    Section(
        Field.RECORD,
        "companies.html",
        lambda case, user, at: company_words(case),
        (Heading("told", _("What the companies were told, and what they said")),),
    ),
    Section(
        Field.INQUIRY,
        "inquiry.html",
        inquiry_of,
        (
            Heading("hearings", _("Who was heard"), "hearings"),
            Heading("evidence", _("Evidence"), "evidence"),
            Heading("persons", _("People named"), "persons"),
            Heading("findings", _("Findings"), "findings"),
            Heading("appeals", _("Appeals"), "appeals"),
        ),
    ),
    Section(Field.RECORD, "many.html", around, (Heading("many", _("People and other cases")),)),
    Section(Field.REMEDY, "remedy.html", remedy_of, (Heading("remedy", _("The remedy")),)),
    Section(
        Field.SAFETY,
        "safety.html",
        lambda case, user, at: safety_checks(case, at),
        (Heading("safety", _("Are they safe")),),
    ),
    Section(Field.SAFETY, "outward.html", outward_of, (Heading("outward", _("Help and proceedings elsewhere")),)),
    Section(Field.RECORD, "letters.html", letters_opened, (Heading("letters", _("Letters with reasons")),)),
    Section(Field.NOTES, "notes.html", notes_opened, (Heading("notes", _("Notes of the office")),)),
    Section(Field.RECORD, "unsealings.html", unsealings_of, (Heading("unsealings", _("What is locked away")),)),
    Section(Field.RECORD, "keeping.html", keeping_of, (Heading("keeping", _("How long the words are kept")),)),
)


@dataclass(frozen=True)
class Shown:
    """A section with something to say, and the headings under which it says it."""

    template: str
    part: Any
    headings: list[Heading]


def sections_of(case: Case, user: User, at: datetime, *, first: bool = False) -> list[Shown]:
    """Every section that this person may see now and that has something to say: those that are read before anything
    else, or the rest."""
    loaded = [
        (section, section.load(case, user, at))
        for section in SECTIONS
        if section.first == first and shown(user, section.field, case)
    ]
    return [_shown(section, part) for section, part in loaded if part]


def _shown(section: Section, part: Any) -> Shown:
    headings = [one for one in section.headings if not one.of or getattr(part, one.of)]
    return Shown(f"admin/cases/case/{section.template}", part, headings)
