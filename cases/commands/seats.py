"""Guests on one case: given a seat by a supervisor, gone when it ends."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Act
from cases.codes import SeatKind
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Seat
from cases.policies import check_guest, check_may, check_seat_runs, forget_seats
from cases.queries import barred_from_seat, handled_before


@transaction.atomic
def seat(*, case: Case, guest: User, kind: SeatKind, by: User, at: datetime) -> Seat:
    """``guest`` sees and does on this one case what the seat allows (`SEAT_SEES`, `SEAT_DOES`), role or none.

    Refuses whoever is in conflict with a party, and on a panel whoever handled the case before (LkSG §8(3)).
    """
    case = locked(case)
    check_may(by, Act.SEAT, case)
    check_guest(
        guest,
        roles_of(guest),
        by=by,
        placed=case.site_id is not None,
        barred=guest.pk in barred_from_seat(case, kind),
        handled=kind == SeatKind.PANELLIST and guest.pk in handled_before(case, {guest.pk}),
        seated=Seat.objects.of(guest).filter(case=case, kind=kind).exists(),
    )
    given = Seat.objects.create(case=case, user=guest, kind=kind, given_by=by, given_at=at)
    forget_seats(guest)
    record(case, Event.SEAT_GIVEN, by=by, at=at, data={"seat": kind, "user": guest.pk})
    return given


@transaction.atomic
def unseat(*, seat: Seat, by: User, at: datetime) -> None:
    """The seat ends, and with it, at the next click, all that it opened; the row stays."""
    case = locked(seat.case)
    check_may(by, Act.SEAT, case)
    seat = _held(seat)
    check_seat_runs(seat)
    _end(seat, by=by, at=at)


def end_lost(*, at: datetime) -> int:
    """Seats of people whose account was closed, or who answer for a company or pass on words by now, end too: an
    account opened again, or a role given up, opens no case. Returns how many."""
    return sum(_end_lost(seat, at) for seat in Seat.objects.lost())


@transaction.atomic
def _end_lost(seat: Seat, at: datetime) -> bool:
    locked(seat.case)
    seat = _held(seat)
    if seat.ended_at is not None:
        return False
    _end(seat, by=None, at=at)
    return True


def _held(seat: Seat) -> Seat:
    return Seat.objects.select_for_update(no_key=True, of=("self",)).select_related("case", "user").get(pk=seat.pk)


def _end(seat: Seat, *, by: User | None, at: datetime) -> None:
    seat.ended_at = at
    seat.save(update_fields=["ended_at"])
    forget_seats(seat.user)
    record(seat.case, Event.SEAT_ENDED, by=by, at=at, data={"seat": seat.kind, "user": seat.user_id})
