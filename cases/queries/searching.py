"""The search of the queue: by what may stand in an address, and no slower for a million cases."""

from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Field, stages_seen
from cases.codes import TAXONOMY
from cases.models import Case, CaseCode, Filing, Respondent
from grievance.receipts import NotAReference, read_reference, reference_ranges
from supplychain.models import Organisation, Site
from supplychain.names import fold

# Where no more cases than this are meant, they are found first and then ordered; where more are, the queue is read in
# its order until the page is full. Each is slow where the other is quick.
RARE = 10_000
LISTED = 1_000  # sites or companies whose ids a query carries; of more it asks


class Way(NamedTuple):
    """One of the things that the words may mean. ``found``: the ids of its cases; ``alone``: narrows by it; ``holds``:
    asked of one case after the other, where it is one of several."""

    found: QuerySet[Any, Any]
    alone: Q
    holds: Q


def search(cases: QuerySet[Case], typed: str, user: User) -> QuerySet[Case]:
    """Cases by their reference, or its beginning; by the name of their site or of a company in them, as far as this
    person sees it there; and by a legal code, or its family. Of ``cases``, and no others."""
    if not typed.strip():
        return cases
    ways = [_by(Q(reference__gte=first, reference__lte=last)) for first, last in reference_ranges(typed)]
    if codes := _codes(typed):
        ways.append(_having(CaseCode.objects.filter(code__in=codes)))
    ways += _by_name(typed, user)
    if not ways:
        return cases.none()
    first, *others = (way.found.order_by() for way in ways)
    together = first.union(*others) if others else first
    if together[: RARE + 1].count() <= RARE:
        return cases.filter(pk__in=together)
    return cases.filter(reduce(or_, (way.holds for way in ways)) if others else ways[0].alone)


def _by(condition: Q) -> Way:
    return Way(Case.objects.filter(condition).values("pk"), condition, condition)


def _having(rows: QuerySet[Any]) -> Way:
    """Cases that have one of these rows."""
    its = rows.order_by().filter(case=OuterRef("pk"))
    # The first of each case that is looked at: of an EXISTS, PostgreSQL would list those of all cases beforehand.
    return Way(rows.values("case"), Q(Exists(its)), Q(IsNull(Subquery(its.values("pk")[:1]), False)))


def _codes(typed: str) -> list[str]:
    """WG02 itself; of WG every code."""
    wanted = typed.strip().upper()
    return [code for code, row in TAXONOMY.items() if wanted in {code, row.parent}]


def _by_name(typed: str, user: User) -> list[Way]:
    """The site and its operator stand on every page of a case; the companies above only where a role shows them."""
    folded = fold(typed)
    if not folded:
        return []
    companies = Organisation.objects.filter(name__icontains=typed.strip())
    named = Site.objects.filter(
        Q(folded__contains=folded) | Q(local_names__folded__contains=folded) | Q(operator__in=companies.values("pk"))
    )
    ways = [_by(Q(site__in=sites))] if (sites := _listed(named)) else []
    if answering := _listed(companies):
        stages = stages_seen(roles_of(user), Field.RESPONDENTS)
        seen = Q() if stages is None else Q(case__stage__in=stages)
        ways.append(_having(Respondent.objects.filter(seen, organisation__in=answering)))
    return ways


def _listed(rows: QuerySet[Any]) -> Any:
    """Their ids, or the question for them where they are many."""
    ids = list(rows.order_by().values_list("pk", flat=True).distinct()[: LISTED + 1])
    return ids if len(ids) <= LISTED else rows.order_by().values("pk")


def found_under(typed: str, user: User) -> Filing | None:
    """The filing that goes by a whole reference, of those whose case this person sees: of a case its first one, or what
    was said by text, or passed on by a partner, under it. As typed: any case, with or without dashes and R."""
    try:
        reference = read_reference(typed)
    except NotAReference:
        return None
    seen = Filing.objects.filter(case__in=Case.objects.visible_to(user))
    ways = ("grievance__text_receipt__reference", "grievance__relay__reference", "case__reference")
    # One after the other, each by its own index.
    return next((one for way in ways if (one := seen.filter(**{way: reference}).order_by("pk").first())), None)
