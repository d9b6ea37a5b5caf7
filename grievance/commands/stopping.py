"""Somebody wants no more texts: none goes to them by any way; their case goes on, and its handler tries another way."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from grievance import vault
from grievance.commands.answering import call_back, number_of
from grievance.keys import RING
from grievance.models import Arrival, Grievance, Reply, StoppedNumber, Writer

OVER = {"state": Reply.State.DEAD, "sealed_parcel": None, "next_try_at": None, "over_budget": False}


def stop(writer: Writer, *, at: datetime, told: Arrival.Kind = Arrival.Kind.UNREACHED) -> None:
    """They wrote STOP, or told their network so (``told``: BLOCKED). What still waited for them goes to nobody, and no
    text says so: whoever has this phone may read it. Only START resumes."""
    Writer.objects.filter(pk=writer.pk).update(stopped_at=at)
    writer.stopped_at = at
    call_back(writer, code="stopped")
    not_reached(writer=writer, mark=mark_of(writer), at=at, kind=told)


def start(writer: Writer, *, at: datetime) -> None:
    """They want texts again."""
    Writer.objects.filter(pk=writer.pk).update(stopped_at=None, unsafe_at=None)
    writer.stopped_at = writer.unsafe_at = None
    if mark := mark_of(writer):
        StoppedNumber.objects.filter(mark=mark).delete()


def stop_number(*, mark: bytes, at: datetime) -> None:
    """A number that never wrote to us told its network that it wants no texts."""
    StoppedNumber.objects.get_or_create(mark=mark, defaults={"at": at})
    not_reached(writer=None, mark=mark, at=at, kind=Arrival.Kind.BLOCKED)


def mark_of(writer: Writer) -> bytes | None:
    """As `Complainant.phone_mark`; None where it is no number."""
    number = number_of(writer)
    return next(iter(vault.phone_marks(RING, number, [""])), None) if number else None


def not_reached(
    *, writer: Writer | None, mark: bytes | None, at: datetime, kind: Arrival.Kind = Arrival.Kind.UNREACHED
) -> None:
    """Every grievance whose person cannot be reached by text: `cases` hears of each once, however often it is tried."""
    whose = Q(pk__in=[])
    if writer is not None:
        whose |= Q(text_receipt__writer=writer)
    if mark is not None:
        whose |= Q(complainant__phone_mark=mark, complainant__safe_way="sms")
    _tell(Grievance.objects.filter(whose, key__erased_at=None).distinct(), kind, at)


def _tell(grievances: Iterable[Grievance], kind: Arrival.Kind, at: datetime) -> None:
    for grievance in grievances:
        if not Arrival.objects.filter(kind=kind, grievance=grievance).exists():
            Arrival.objects.create(kind=kind, grievance=grievance, at=at)
