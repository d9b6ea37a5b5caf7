"""Who must not work on a case: declarations of the people at work, persons and units concerned, and leaving it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Declaration, Implicated, Seat
from cases.policies import check_declares, check_may, forget_seats
from cases.queries import conflicts_at_work, parties_of, team_of
from supplychain.queries import Unit, people_of_unit


@transaction.atomic
def declare(*, case: Case, towards: Mapping[int, Collection[str]], by: User, at: datetime) -> bool:
    """``by`` declares towards parties, by their organisation's id, which ties there are (`DECLARED`); none: free.

    Any tie ends their work and their sight of the case at once (LkSG §8(3)). A tie may come up later too: it takes the
    place of what was declared before. Returns whether they are free.
    """
    case = locked(case)
    check_may(by, Act.DECLARE, case)
    declared = {row.organisation_id: row for row in Declaration.objects.filter(case=case, user=by)}
    check_declares(towards, parties_of(case), {party for party, row in declared.items() if row.clear})
    for party, ties in towards.items():
        row = declared.get(party) or Declaration(case=case, user=by, organisation_id=party)
        row.clear, row.ties, row.at = not ties, sorted(ties), at
        row.save()
    free = not any(towards.values())
    if not free:
        _take_off(case, {by.pk}, by=by, at=at, why=Event.CONFLICT_DECLARED)
    record(case, Event.DECLARED if free else Event.CONFLICT_DECLARED, by=by, at=at)
    return free


@transaction.atomic
def implicate(*, case: Case, by: User, at: datetime, person: User | None = None, unit: Unit | None = None) -> None:
    """The grievance is about this person, or about this unit of an organisation: for them it does not exist any more.

    One of the two. The event does not say whom: who named them knows, and nobody else has to.
    """
    case = locked(case)
    check_may(by, Act.IMPLICATE, case)
    if person is not None:
        Implicated.objects.create(case=case, user=person, by=by, at=at)
    if unit is not None:
        Implicated.objects.create(case=case, organisation=unit.organisation, unit=unit.name, by=by, at=at)
    concerned = frozenset({person.pk} if person else ()) | (people_of_unit(unit) if unit else frozenset())
    _take_off(case, concerned, by=by, at=at, why=Event.IMPLICATED)
    record(case, Event.IMPLICATED, by=by, at=at)


def release_conflicted(case: Case, *, by: User | None, at: datetime) -> None:
    """After parties came to ``case``: whoever worked on it and is in conflict with one of them, leaves it."""
    conflicted = {person.pk for person in User.objects.filter(pk__in=team_of(case)) if not case.exists_for(person)}
    if conflicted:
        _take_off(case, conflicted, by=by, at=at, why=Event.CONFLICT_FOUND)
        record(case, Event.CONFLICT_FOUND, by=by, at=at)


def end_conflicts(*, at: datetime) -> int:
    """Whoever carries or sits on a case whose party they turn out to work for, leaves it, and the supervisor is told:
    the case is given to somebody else instead of resting with a person who cannot see it. Returns how many cases."""
    cases = list(conflicts_at_work())
    for case in cases:
        _end_conflict(case, at)
    return len(cases)


@transaction.atomic
def _end_conflict(case: Case, at: datetime) -> None:
    release_conflicted(locked(case), by=None, at=at)


def _take_off(case: Case, people: Collection[int], *, by: User | None, at: datetime, why: str) -> None:
    """None of these people handles the case or sits on it from now on."""
    Seat.objects.filter(case=case, user__in=people, ended_at=None).update(ended_at=at)
    if by is not None:
        forget_seats(by)
    if case.handler_id in people:
        case.handler = None
        keep(case, by=by, at=at, why=why)
