"""Sending what is due: leased before, recorded after, and never inside a transaction."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from grievance.commands.spending import next_day
from notifications import transports
from notifications.catalogue.letters import letter
from notifications.codes import Lane
from notifications.commands.bundling import Bundle, gather
from notifications.commands.closing import close, void
from notifications.commands.ways import OVER_BUDGET, Way, Ways, send_by
from notifications.errors import TransportError
from notifications.models import Delivery, Notice
from notifications.queries import may_be_told

# Longer than any one send may take: every step of a transport has its own, shorter limit.
LEASE = timedelta(seconds=120)
LONGEST_RUN = 30.0  # seconds; with the one send that is under way then, still within the lease
WAYS_AT_ONCE = 6  # of replies: email, and each gateway that has something due
_WAYS = threading.BoundedSemaphore(WAYS_AT_ONCE)
_RUNNING: dict[str, threading.Lock] = {}
# Waits after each failed try; after the last one the notice is given up, and shown.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)


@dataclass(frozen=True)
class Attempt:
    """``matters``: what its letter tells of, more than one where it is the letter of a day."""

    notice: Notice
    matters: list[Notice]
    delivery: Delivery


@dataclass(frozen=True)
class Held:
    """``number``: of the recipient, "" for none."""

    pk: int
    channel: str
    number: str = field(repr=False)


def deliver(*, at: datetime, limit: int = 50, lanes: Sequence[Lane] = tuple(Lane)) -> int:
    """Send what is due in these lanes, one after the other. Returns how many were handed over.

    Any number of workers may do so at once: a notice is begun by the one that holds its lease, and by nobody else
    while an attempt is under way. What a dead worker had begun is marked, and sent once more under the same id. A run
    that takes too long lets go of what it has not begun.
    """
    held = _lease(at, limit, lanes)
    if not held:
        return 0
    began = time.monotonic()
    sent, errors = 0, []
    with closing(Ways()) as ways:
        for place, one in enumerate(held):
            if time.monotonic() - began > LONGEST_RUN:
                _let_go([later.pk for later in held[place:]], held_until=at + LEASE, at=at)
                break
            now = at + timedelta(seconds=time.monotonic() - began)
            way = ways.ready(one.channel, one.number)
            attempt = _begin(one.pk, held_until=at + LEASE, now=now)
            if attempt is None:
                continue
            outcome, error = (way, None) if isinstance(way, TransportError) else _send(attempt, way, at)
            _end(attempt, outcome, now=at + timedelta(seconds=time.monotonic() - began))
            sent += outcome is None
            errors += [error] if error else []
    if errors:
        raise ExceptionGroup("notices", errors)
    return sent


def _send(attempt: Attempt, way: Way, at: datetime) -> tuple[TransportError | None, Exception | None]:
    """What the transport said, and an error of our own to be raised at the end: it delays nobody else's notice."""
    notice = attempt.notice
    to = notice.recipient.email if notice.channel == Notice.Channel.EMAIL else notice.recipient.phone
    if not to:
        return TransportError("no_address", permanent=True), None
    begun = False
    try:
        words = letter(notice, attempt.matters)
        begun = True
        send_by(way, notice, transports.Parcel(to, words.subject, words.body, notice.message_id), at=at)
    except TransportError as error:
        return error, None
    except Exception as error:  # noqa: BLE001 - whatever it was, the next person's notice must not wait for it
        return TransportError("error", unknown=begun), error
    return None, None


@contextmanager
def alone(lane: str) -> Iterator[bool]:
    """May this process run the lane now? Not while it does so already: a way that hangs takes one thread for each lane
    and no more."""
    lock = _RUNNING.setdefault(lane, threading.Lock())
    mine = lock.acquire(blocking=False)
    try:
        yield mine
    finally:
        if mine:
            lock.release()


@contextmanager
def few() -> Iterator[bool]:
    """May one way more of replies run in this process? So many gateways at once, and no more, may hang in it."""
    mine = _WAYS.acquire(blocking=False)
    try:
        yield mine
    finally:
        if mine:
            _WAYS.release()


def _lease(at: datetime, limit: int, lanes: Sequence[Lane]) -> list[Held]:
    """Take hold of what is due, for `LEASE`, lane by lane."""
    if not Notice.objects.due(at, lanes).exists():  # an idle sweep takes no write lock
        return []
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        held: list[Notice] = []
        for lane in lanes:
            queue = Notice.objects.due(at, [lane]).select_related("recipient")
            rows = queue.select_for_update(of=("self",), skip_locked=skip)
            held += rows[: limit - len(held)] if len(held) < limit else []
        given_up = _doubt([notice.pk for notice in held], at)
        held = [notice for notice in held if notice.pk not in given_up]
        Notice.objects.filter(pk__in=[notice.pk for notice in held]).update(
            state=Notice.State.LEASED, next_try_at=at + LEASE
        )
    return [Held(notice.pk, notice.channel, notice.recipient.phone) for notice in held]


def _let_go(held: list[int], *, held_until: datetime, at: datetime) -> None:
    """The next run goes on with them, in this process or in another one."""
    mine = Notice.objects.filter(pk__in=held, state=Notice.State.LEASED, next_try_at=held_until)
    mine.update(state=Notice.State.WAITING, next_try_at=at)


def _doubt(held: list[int], at: datetime) -> set[int]:
    """Mark what a worker had begun and never ended. Gives those given up: nobody knows for the second time."""
    begun = Delivery.objects.under_way().filter(notice_id__in=held)
    doubted = set(begun.values_list("notice_id", flat=True))
    if not doubted:
        return set()
    begun.update(outcome=Delivery.Outcome.UNKNOWN, ended_at=at, code="stopped")
    again = Notice.objects.filter(pk__in=doubted, doubtful=True)
    given_up = set(again.values_list("pk", flat=True))
    again.update(state=Notice.State.DEAD, next_try_at=None, done_at=at)
    Notice.objects.filter(pk__in=doubted - given_up).update(doubtful=True)
    return given_up


@transaction.atomic
def _begin(pk: int, *, held_until: datetime, now: datetime) -> Attempt | None:
    """Write down that the send begins. None: the lease is lost, or the recipient may not be told any more."""
    notice = (
        Notice.objects.for_sending()
        .select_for_update(of=("self",))
        .filter(pk=pk, state=Notice.State.LEASED, next_try_at=held_until)
        .first()
    )
    if notice is None:
        return None
    told = _still(notice, now)
    if told is None:
        return None
    notice = told.carrier
    notice.tries += 1
    notice.next_try_at = now + LEASE
    notice.save(update_fields=["tries", "next_try_at"])
    return Attempt(notice, told.matters, Delivery.objects.create(notice=notice, started_at=now))


def _still(notice: Notice, now: datetime) -> Bundle | None:
    """What of it may be told at this moment. None: nothing, and it is void."""
    if notice.letter_on is not None:
        return gather(notice, now)
    if may_be_told(notice, now):
        return Bundle(notice, [notice])
    void([notice], now)
    return None


@transaction.atomic
def _end(attempt: Attempt, error: TransportError | None, *, now: datetime) -> None:
    """Record what became of it, unless another worker has already marked it as unknown."""
    outcome = _outcome(error)
    mine = Delivery.objects.under_way().filter(pk=attempt.delivery.pk)
    if not mine.update(outcome=outcome, ended_at=now, code=error.code[:40] if error else ""):
        return
    notice = attempt.notice
    if outcome == Delivery.Outcome.ACCEPTED:
        close(notice, Notice.State.SENT, now)
    elif error is not None and error.code == OVER_BUDGET:  # no try of anything: tomorrow there is money again
        notice.state, notice.next_try_at, notice.tries = Notice.State.WAITING, next_day(now), notice.tries - 1
        notice.save(update_fields=["state", "next_try_at", "tries"])
    elif outcome == Delivery.Outcome.REFUSED or _used_up(notice, outcome):
        close(notice, Notice.State.DEAD, now)
    else:
        notice.doubtful = notice.doubtful or outcome == Delivery.Outcome.UNKNOWN
        notice.state, notice.next_try_at = Notice.State.WAITING, now + BACKOFF[notice.tries - 1]
        notice.save(update_fields=["doubtful", "state", "next_try_at"])


def _outcome(error: TransportError | None) -> Delivery.Outcome:
    if error is None:
        return Delivery.Outcome.ACCEPTED
    if error.unknown:
        return Delivery.Outcome.UNKNOWN
    return Delivery.Outcome.REFUSED if error.permanent else Delivery.Outcome.FAILED


def _used_up(notice: Notice, outcome: Delivery.Outcome) -> bool:
    """Sent once more after one doubt, never after two: it would be a third copy."""
    return notice.tries > len(BACKOFF) or (notice.doubtful and outcome == Delivery.Outcome.UNKNOWN)
