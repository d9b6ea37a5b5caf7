"""One letter a day for each officer with all that is merely coming: put together at its hour, read again when sent."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from notifications.commands.closing import void
from notifications.commands.telling import new_message_id
from notifications.models import Notice
from notifications.queries import still_told
from notifications.reminders import letter_day, next_letter


@dataclass(frozen=True)
class Bundle:
    """The notice that carries a letter, and what stands in it."""

    carrier: Notice
    matters: list[Notice]


def bundle(*, at: datetime, limit: int = 1000) -> int:
    """Put what waits for its day into one letter for each person. Returns how many letters there are to send.

    Safe with any number of workers at once: a person is held by one of them, and the database allows one letter a day
    for each. What comes too late for today's waits for tomorrow's.
    """
    waiting = Notice.objects.of_day(at)
    if not waiting.exists():  # an idle sweep takes no write lock
        return 0
    people = list(waiting.values_list("recipient", flat=True).distinct()[:limit])
    return sum(_bundle(person, at) for person in people)


@transaction.atomic
def _bundle(person: int, at: datetime) -> int:
    skip = connection.features.has_select_for_update_skip_locked
    # Not against those who only refer to the person: notices are made meanwhile.
    held = User.objects.select_for_update(skip_locked=skip, no_key=True).filter(pk=person).only("pk").first()
    waiting = Notice.objects.of_day(at).filter(recipient=person)
    if held is None or not waiting.exists():
        return 0
    day = letter_day(at)
    if Notice.objects.filter(recipient=person, letter_on=day).exists():
        waiting.update(daily_at=next_letter(at))
        return 0
    carrier = _unsent(person, skip=skip) or waiting.order_by("pk")[:1].get()
    waiting.exclude(pk=carrier.pk).update(state=Notice.State.ENCLOSED, within=carrier, daily_at=None)
    carrier.state, carrier.next_try_at, carrier.daily_at, carrier.letter_on = Notice.State.WAITING, at, None, day
    carrier.save(update_fields=["state", "next_try_at", "daily_at", "letter_on"])
    return 1


def _unsent(person: int, *, skip: bool) -> Notice | None:
    """An earlier day's letter that could not be sent yet becomes today's; but not one that may have arrived."""
    letters = Notice.objects.filter(recipient=person, letter_on__isnull=False, doubtful=False)
    return letters.filter(state=Notice.State.WAITING).select_for_update(skip_locked=skip).order_by("pk").first()


def gather(carrier: Notice, now: datetime) -> Bundle | None:
    """What of a letter may be told now. None: nothing, and it is void.

    ``carrier`` is held. Where it holds no more itself, the next one carries the others on, under the same id.
    """
    rows = [carrier, *Notice.objects.for_sending().filter(within=carrier).order_by("pk")]
    told = still_told(carrier, rows, now)
    if told and told[0].pk != carrier.pk:
        _hand_over(carrier, told[0])
    kept = {row.pk for row in told}
    void([row for row in rows if row.pk not in kept], now)
    return Bundle(told[0], told) if told else None


def _hand_over(old: Notice, new: Notice) -> None:
    """The letter goes on with its id, its attempts and its doubt: a mailbox that has it already knows it again."""
    kept = ("state", "next_try_at", "tries", "doubtful", "letter_on", "message_id")
    for field in kept:
        setattr(new, field, getattr(old, field))
    new.within = None
    old.message_id, old.letter_on = new_message_id(), None
    old.save(update_fields=["message_id", "letter_on"])
    new.save(update_fields=[*kept, "within"])
    old.deliveries.update(notice=new)
    old.enclosed.update(within=new)
