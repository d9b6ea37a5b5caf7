"""Requests to open what is locked away: as their custodians see them, who see no case, and as the handler does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from cases.codes import Unsealed
from cases.models import Case, Unsealing
from grievance.models import CustodyKey, IdentitySeal


@dataclass(frozen=True)
class Request:
    """One request as one custodian sees it.

    ``seals``: those whose outer half this custodian opens, each for the other of its pair; ``finishes``: the other one
    has opened theirs, and the inner half is this custodian's.
    """

    unsealing: Unsealing
    seals: list[IdentitySeal]
    finishes: bool
    early: bool

    @property
    def waits_for_another(self) -> bool:
        return not self.seals and not self.finishes


def requests_for(user: User, at: datetime) -> list[Request]:
    """Oldest first, in a number of questions that grows with the custodians alone. Never one of a case whose parties
    employ this custodian or their counterpart, which is about either, or which they asked for themselves."""
    if Role.CUSTODIAN not in roles_of(user):
        return []
    rows = list(_open_for(user).select_related("second", "filing__grievance__complainant").order_by("pk"))
    people = {row.filing.grievance.complainant.pk for row in rows}
    seals = IdentitySeal.objects.filter(Q(first__custodian=user) | Q(second__custodian=user), complainant__in=people)
    held = list(seals.select_related("first__custodian", "first__organisation", "second__custodian").order_by("pk"))
    free = _free(held, user, {row.case_id for row in rows})
    found = [_request(row, held, free, user, at) for row in rows]
    return [one for one in found if one is not None]


def _open_for(user: User) -> QuerySet[Unsealing]:
    return (
        Unsealing.objects.open()
        .filter(what=Unsealed.NAME, case__in=Case.objects.free_of(user), case__erased_at=None)
        .exclude(by=user)
    )


def _free(seals: Iterable[IdentitySeal], user: User, cases: set[int]) -> dict[int, frozenset[int]]:
    """Of these cases those in which each counterpart may have a part, by custodian."""
    others = {one.custodian for seal in seals for one in (seal.first, seal.second)} - {user}
    holding = set(User.objects.holding(Role.CUSTODIAN).filter(pk__in={one.pk for one in others}))
    return {
        one.pk: frozenset(Case.objects.free_of(one).filter(pk__in=cases).values_list("pk", flat=True))
        for one in holding
    }


def _request(
    row: Unsealing, held: list[IdentitySeal], free: dict[int, frozenset[int]], user: User, at: datetime
) -> Request | None:
    """None where no seal of this person's name is this custodian's, with a counterpart who may take part."""
    complainant = row.filing.grievance.complainant.pk
    pairs = [seal for seal in held if seal.complainant_id == complainant and _counterpart_free(seal, row, free, user)]
    if not pairs:
        return None
    early = row.opens_at > at
    if row.second is not None:
        return Request(row, [], row.second.custodian_id == user.pk, early)
    return Request(row, [seal for seal in pairs if seal.second.custodian_id == user.pk], False, early)


def _counterpart_free(seal: IdentitySeal, row: Unsealing, free: dict[int, frozenset[int]], user: User) -> bool:
    other: CustodyKey = seal.first if seal.second.custodian_id == user.pk else seal.second
    return other.custodian_id != row.by_id and row.case_id in free.get(other.custodian_id, frozenset())


def unsealings_of(case: Case, user: User, at: datetime) -> list[Unsealing]:
    """What was asked for of this case, newest first; that somebody asked is no secret to those who work on it."""
    return list(case.unsealings.select_related("by", "filing").order_by("-pk"))
