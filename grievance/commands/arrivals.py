"""The outbox of this floor, worked off from above."""

from datetime import datetime, timedelta

from grievance.models import Arrival, Grievance, Message, Practice

LONGEST_WAIT = timedelta(hours=1)
TRIES_MOST = 30_000  # as far as the column counts


def message_arrived(*, message: Message, at: datetime) -> None:
    """The person wrote once more; called in the transaction that keeps it. To a message of a drill `cases` listens once
    somebody has said that it is real (`partners.drills`)."""
    if Practice.objects.waiting().filter(grievance=message.grievance_id).exists():
        return
    Arrival.objects.create(kind=Arrival.Kind.MESSAGE, grievance=message.grievance, message=message, at=at)


def danger_arrived(*, grievance: Grievance, at: datetime) -> None:
    """They say now that somebody is in danger; a message of a drill is then read before the others."""
    if Practice.objects.waiting().filter(grievance=grievance).exists():
        Grievance.objects.filter(pk=grievance.pk).update(urgent=True)
        return
    Arrival.objects.create(kind=Arrival.Kind.DANGER, grievance=grievance, at=at)


def taken_up(*, arrival: Arrival) -> None:
    """Called in the transaction that took it up."""
    arrival.delete()


def failed(*, pk: int, at: datetime) -> None:
    """It could not be taken up this time: it waits twice as long after each try, an hour at most, and is never lost."""
    arrival = Arrival.objects.filter(pk=pk).first()
    if arrival is None:
        return
    wait = min(timedelta(seconds=2 ** min(arrival.tries, 12)), LONGEST_WAIT)
    Arrival.objects.filter(pk=pk).update(tries=min(arrival.tries + 1, TRIES_MOST), not_before=at + wait)
