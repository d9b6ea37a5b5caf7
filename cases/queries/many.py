"""Several grievances in one case: who filed, page by page; what may be the same matter; what is missing for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.models import User
from cases.codes import family_of
from cases.models import Case, CaseCode, CaseLink, Filing
from cases.states import Stage
from grievance.receipts import reference_ranges

# As the early warning counts (behaviour 13).
NEAR = timedelta(days=90)
MOST_SUGGESTED = 10
A_PAGE = 20


@dataclass(frozen=True)
class Crowd:
    """The people who filed in one case, in numbers; for respondents no number under five leaves the office."""

    people: int
    live: int
    vetted: int
    languages: dict[str, int]


def crowd_of(case: Case) -> Crowd:
    rows = list(case.filings.values_list("withdrawn_at", "vetted_at", "grievance__language"))
    languages: dict[str, int] = {}
    for withdrawn, _vetted, language in rows:
        if withdrawn is None:
            languages[language] = languages.get(language, 0) + 1
    return Crowd(
        people=len(rows),
        live=sum(withdrawn is None for withdrawn, _vetted, _language in rows),
        vetted=sum(withdrawn is None and vetted is not None for withdrawn, vetted, _language in rows),
        languages=dict(sorted(languages.items(), key=lambda row: -row[1])),
    )


def filings_page(case: Case, number: str = "", filing: str = "") -> "Page[Filing]":
    """Twenty of the people who filed, in the order in which they came: the page of that number, or the one on which
    that filing (an id) stands. What is no number is the first page."""
    rows = case.filings.select_related("grievance__complainant", "grievance__site").order_by("pk")
    if filing.isdecimal():
        number = str(case.filings.filter(pk__lt=int(filing[:18])).count() // A_PAGE + 1)
    return Paginator(rows, A_PAGE).get_page(number)


def languages_missing(case: Case, given: Collection[str]) -> frozenset[str]:
    """The languages of the people who filed in which there is no text, nor an English one that stands in for it."""
    if "en" in given:
        return frozenset()
    theirs = Filing.objects.live().filter(case=case).values_list("grievance__language", flat=True).distinct()
    return frozenset(theirs) - frozenset(given)


def perhaps_the_same(case: Case, user: User) -> list[Case]:
    """Other cases of the same site and a family that they share, opened within ninety days, that exist for this person
    and are not linked yet: a suggestion, and never more than that."""
    families = {family_of(row.code) for row in case.codes.all()}
    if case.site_id is None or not families:
        return []
    codes = Q()
    for family in families:
        codes |= Q(code__startswith=family)
    linked = CaseLink.objects.filter(Q(case=case) | Q(other=case), ended_at=None).values_list("case_id", "other_id")
    near = (
        Case.objects.visible_to(user)
        .filter(
            site=case.site_id,
            track=case.track,
            opened_at__range=(case.opened_at - NEAR, case.opened_at + NEAR),
            pk__in=CaseCode.objects.filter(codes).values("case"),
        )
        .exclude(stage__in=[Stage.SET_ASIDE, Stage.CLOSED])
        .exclude(pk__in={case.pk, *(pk for pair in linked for pk in pair)})
    )
    return list(near.order_by("opened_at", "pk")[:MOST_SUGGESTED])


def links_of(case: Case, user: User) -> list[tuple[CaseLink, Case]]:
    """Running links with the other case of each, where that exists for this person."""
    rows = CaseLink.objects.filter(Q(case=case) | Q(other=case), ended_at=None).order_by("pk")
    others = {row.pk: (row.other_id if row.case_id == case.pk else row.case_id) for row in rows}
    seen = Case.objects.visible_to(user).in_bulk(others.values())
    return [(row, seen[others[row.pk]]) for row in rows if others[row.pk] in seen]


@dataclass(frozen=True)
class Around:
    """What lies around a case: who else is in it, and which other cases may be the same matter."""

    crowd: Crowd
    links: list[tuple[CaseLink, Case]]
    alike: list[Case]


def around(case: Case, user: User, _at: datetime) -> Around | None:
    """None where there is nothing to say; a constant number of questions."""
    found = Around(crowd_of(case), links_of(case, user), perhaps_the_same(case, user))
    return found if found.crowd.people > 1 or found.links or found.alike else None


def case_named(reference: str, user: User) -> Case | None:
    """The case of that reference, if it exists for this person; typed in any case and with any signs between."""
    first = next((low for low, high in reference_ranges(reference) if low == high), reference.strip().upper())
    return Case.objects.visible_to(user).filter(reference=first).first()
