"""The gates ahead as the case page shows them: each with its mark and the way to the form that puts it on record."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.roles import Act
from cases import labels
from cases.admin.acts import DEEDS, Offer
from cases.admin.deeds.deed import Text
from cases.models import Respondent
from cases.policies import Lacking
from cases.queries.ahead import Ahead, CompanyAhead


@dataclass(frozen=True)
class Mark:
    """One gate: ``missing`` is "" where it holds; ``slug``: the form that this person has on the page for it, or ""."""

    label: Text
    missing: Text
    slug: str
    deed: Text


@dataclass(frozen=True)
class Way:
    """One transition with its marks, and how many of them are held."""

    label: Text
    marks: list[Mark]

    @property
    def held(self) -> int:
        return sum(not mark.missing for mark in self.marks)

    @property
    def free(self) -> bool:
        return self.held == len(self.marks)


@dataclass(frozen=True)
class CompanyRow:
    """``agreed`` of ``live`` people who filed; ``ways`` is empty for whoever may not read what is on record."""

    respondent: Respondent
    live: int = 0
    agreed: int = 0
    ways: tuple[Way, ...] = ()


def slugs_in(groups: Iterable[tuple[Text, list[Offer]]]) -> frozenset[str]:
    """The deeds that stand on the page."""
    return frozenset(offer.deed.slug for _heading, group in groups for offer in group)


def ways(ahead: Iterable[Ahead], slugs: frozenset[str]) -> list[Way]:
    return [
        Way(
            labels.MOVES[move.verb],
            [Mark(one.label, one.missing or "", *_where(one.where, slugs)) for one in move.standings],
        )
        for move in ahead
    ]


def _where(slug: str, slugs: frozenset[str]) -> tuple[str, Text]:
    deed = DEEDS.get(slug)
    return (slug if slug in slugs else "", deed.label if deed else "")


def company_rows(companies: Iterable[CompanyAhead], slugs: frozenset[str]) -> list[CompanyRow]:
    return [
        CompanyRow(one.respondent, one.record.live, one.record.agreed, tuple(ways(one.moves, slugs)))
        for one in companies
    ]


def in_words(refusal: Refused, acts: Collection[Act]) -> str | SafeString:
    """What is missing, and a link to each form where it is put on record: those of the ``acts`` that this person has
    on the page, because a link to nowhere helps nobody."""
    said = str(refusal.message)
    where = refusal.where if isinstance(refusal, Lacking) else ()
    links = [(slug, DEEDS[slug].label) for slug in where if slug in DEEDS and DEEDS[slug].act in acts]
    if not links:
        return said
    linked = format_html_join(", ", '<a href="#act-{}">{}</a>', links)
    return format_html("{} {} {}", said, _("Put it on record here:"), linked)
