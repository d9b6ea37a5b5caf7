"""The outbox of this floor, worked off from above."""

from datetime import datetime, timedelta

from grievance.models import Arrival

LONGEST_WAIT = timedelta(hours=1)
TRIES_MOST = 30_000  # as far as the column counts


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
