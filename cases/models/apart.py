"""What sets one person apart from others of their roles: seats on single cases, and what bars them from some."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from cases.models.appeals import Seat
from cases.models.screening import Declaration, Implicated
from supplychain.models import Employment

MOST_READ = 500


@dataclass(frozen=True)
class Apart:
    """Conditions on cases. ``seated``: this person has a seat there; ``barred``: it does not exist for them, because it
    is about them or their unit, or because they declared themselves partial."""

    seated: Q
    barred: Q


def asked_of_each(user: User) -> Apart:
    """As questions about each case in turn."""
    this = {"case": OuterRef("pk")}
    barred = (
        Q(Exists(Declaration.objects.conflicting(user).filter(**this)))
        | Q(Exists(Implicated.objects.filter(**this, user=user)))
        | Q(Exists(_of_unit(user).filter(**this)))
    )
    return Apart(Q(Exists(Seat.objects.of(user).filter(**this))), barred)


def read_first(user: User) -> Apart:
    """The same, read from the database now: nearly always a handful, and a long list asks nothing of each case. Where
    they are more, as questions."""
    seats = Seat.objects.of(user).order_by().values_list("case", flat=True)
    of_person = Declaration.objects.conflicting(user).order_by().values_list("case", flat=True)
    implicated = Implicated.objects.order_by().filter(user=user).values_list("case", flat=True)
    bars = of_person.union(implicated, _of_unit(user).order_by().values_list("case", flat=True))
    seated, barred = set(seats[: MOST_READ + 1]), set(bars[: MOST_READ + 1])
    if max(len(seated), len(barred)) > MOST_READ:
        return asked_of_each(user)
    return Apart(_any_of(seated), _any_of(barred))


def _of_unit(user: User) -> "QuerySet[Implicated]":
    units = Employment.objects.ever_of(user).filter(organisation=OuterRef("organisation"), unit=OuterRef("unit"))
    return Implicated.objects.filter(Exists(units), user=None)


def _any_of(cases: Iterable[int]) -> Q:
    """None of them is a condition too: an empty one would mean every case."""
    return Q(pk__in=sorted(cases))
