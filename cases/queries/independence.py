"""Who is free of conflict with the parties of a case, who has said so, and who may be asked to join."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.policies import OUTSIDE
from cases.codes import SeatKind
from cases.models import Case, CaseEvent, Declaration, Eligibility, Implicated, Seat
from cases.queries.record import NOT_HANDLING, parties_of, undeclared
from supplychain.models import Employment, Organisation
from supplychain.queries import Unit, people_of, people_of_unit


def partial_to(case: Case, *, parties: Collection[int] | None = None, employees_too: bool = False) -> frozenset[int]:
    """The ids of everybody for whom a placed case must not exist, whatever their roles: `CaseQuerySet.visible_to`
    backwards. ``employees_too``: those of the organisation that runs the mechanism as well."""
    named = parties_of(case) if parties is None else parties
    concerned = Implicated.objects.filter(case=case).select_related("organisation")
    units = [Unit(one.organisation, one.unit) for one in concerned if one.organisation is not None]
    return frozenset(
        people_of(named, mechanism_too=employees_too)
        | set(Declaration.objects.filter(case=case, clear=False).values_list("user_id", flat=True))
        | {one.user_id for one in concerned if one.user_id is not None}
        | {person for unit in units for person in people_of_unit(unit)}
    )


def barred_from_seat(case: Case, kind: SeatKind) -> frozenset[int]:
    """Whom a conflict keeps from a seat. Whoever works for the operator of the mechanism is in conflict by person and
    unit alone, but makes no panel independent of it."""
    return partial_to(case, employees_too=kind == SeatKind.PANELLIST and case.for_panel)


def handled_before(case: Case, people: Collection[int]) -> frozenset[int]:
    """Of these people those who worked on the case already: its handlers, and whoever acted on it."""
    acted = CaseEvent.objects.filter(case=case, by__in=people).exclude(kind__in=NOT_HANDLING)
    handled = case.history.filter(handler__in=people)
    return frozenset({*acted.values_list("by_id", flat=True), *handled.values_list("handler_id", flat=True)})


def guests_free(case: Case) -> QuerySet[User]:
    """Who may be given a seat: everybody with an account who is free of conflict, but no company's contact and no
    field partner. Whether they may sit on a panel is asked when they are given the seat."""
    people = User.objects.filter(is_active=True, is_superuser=False).exclude(pk__in=partial_to(case))
    outside = User.objects.holding(*OUTSIDE).values("pk")
    return people.exclude(pk__in=outside).order_by("first_name", "last_name", "username")


def people_to_implicate() -> QuerySet[User]:
    """Everybody with an account: a grievance may be about any of them."""
    return User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")


def conflicts_at_work() -> QuerySet[Case]:
    """Cases that somebody still carries, or sits on, who is in conflict with a party: an employment, or a group of
    companies, came on record after they took it. One question a person who works and has or had an employer."""
    at_work = Q(pk__in=Case.objects.working().values("handler")) | Q(pk__in=Seat.objects.running().values("user"))
    people = User.objects.filter(at_work, Exists(Employment.objects.filter(user=OuterRef("pk")))).order_by("pk")
    found = {pk for person in people for pk in _carried_in_conflict(person)}
    return Case.objects.filter(pk__in=found).order_by("pk")


def _carried_in_conflict(person: User) -> Iterable[int]:
    seats = Seat.objects.of(person).values("case")
    carried = Case.objects.working().filter(handler=person) | Case.objects.filter(pk__in=seats)
    return carried.exclude(pk__in=carried.without_party(person).values("pk")).values_list("pk", flat=True)


def decision_of(case: Case) -> Eligibility | None:
    """The newest decision whether the case is ours: it holds."""
    return case.eligibilities.select_related("by", "signed_by").order_by("-pk").first()


def parties_by_name(case: Case) -> list[Organisation]:
    """The organisations that are a party to the case, by name: `parties_of` in one question."""
    named = Q(pk__in=case.respondents.values("organisation"))
    if case.site is not None:
        named |= Q(pk=case.site.operator_id)
    return list(Organisation.objects.filter(named).order_by("name", "pk"))


@dataclass(frozen=True)
class Undeclared:
    """Somebody at work who has not declared themselves towards these parties."""

    person: User
    towards: list[Organisation]
    own: bool  # it is the reader


def still_to_declare(case: Case, parties: list[Organisation], reader: User, *, of_all: bool) -> list[Undeclared]:
    """Who at work has still to declare, the reader first; ``of_all``: of the others too."""
    missing = undeclared(case, frozenset(party.pk for party in parties)) if case.erased_at is None else {}
    still = {user: towards for user, towards in missing.items() if of_all or user == reader.pk}
    people = User.objects.in_bulk(still)
    rows = [
        Undeclared(people[user], [party for party in parties if party.pk in towards], own=user == reader.pk)
        for user, towards in still.items()
    ]
    return sorted(rows, key=lambda row: not row.own)


@dataclass(frozen=True)
class Declared:
    """What one person declared: the parties that they are free of, and those to which something ties them."""

    person: User
    free: list[Organisation]
    tied: list[Declaration]
    at: datetime


@dataclass(frozen=True)
class Screening:
    """What is on record of screening. ``names_ties``: which ties somebody has is for those who seat and assign people;
    ``concerned``, for those who name whom a case is about."""

    decision: Eligibility | None
    declared: list[Declared]
    seats: list[Seat]
    concerned: list[Implicated]
    names_ties: bool

    def __bool__(self) -> bool:
        return bool(self.decision or self.declared or self.seats or self.concerned)


def screening_of(case: Case, *, names_ties: bool, names_concerned: bool) -> Screening:
    seats = Seat.objects.filter(case=case).select_related("user", "given_by")
    concerned = Implicated.objects.filter(case=case).select_related("user", "organisation")
    return Screening(
        decision=decision_of(case),
        declared=_declared(case),
        seats=list(seats.order_by("pk")),
        concerned=list(concerned.order_by("pk")) if names_concerned else [],
        names_ties=names_ties,
    )


def _declared(case: Case) -> list[Declared]:
    rows = Declaration.objects.filter(case=case).select_related("user", "organisation")
    by_person = groupby(rows.order_by("user_id", "organisation__name", "pk"), key=lambda row: row.user)
    found = []
    for person, group in by_person:
        own = list(group)
        free = [row.organisation for row in own if row.clear]
        found.append(Declared(person, free, [row for row in own if not row.clear], max(row.at for row in own)))
    return found


def seats_running(case: Case) -> list[Seat]:
    return list(Seat.objects.running().filter(case=case).select_related("user").order_by("pk"))
