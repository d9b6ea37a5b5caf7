"""The outbox of this floor, worked off from above."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from cases.models import CaseEvent, Untold

# Its place in the order says no more beyond this, and the column holds no more than 32,767.
MOST_TRIES = 30_000


def told(*, untold: Iterable[Untold]) -> None:
    """These events were told; called in the transaction that wrote the notices."""
    Untold.objects.filter(pk__in=[row.pk for row in untold]).delete()


def failed(*, pk: int) -> None:
    """It could not be told this time; it goes behind those that can."""
    Untold.objects.filter(pk=pk, tries__lt=MOST_TRIES).update(tries=F("tries") + 1)


def untold_again(*, events: Iterable[CaseEvent], at: datetime) -> None:
    """These events are to be told from now on, as if they had just happened."""
    Untold.objects.bulk_create([Untold(event=event, at=at) for event in events], ignore_conflicts=True)
