"""From what happened to a case to the people who are to be told: the upper end of the outbox."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from cases.commands.outbox import failed, told
from cases.models import CaseEvent, Untold
from cases.models.events import UntoldQuerySet
from notifications import transports
from notifications.catalogue.table import CATALOGUE, SILENT, SMS, Line, lines_of
from notifications.commands.announcing import announce
from notifications.commands.repair import tell_again
from notifications.models import Notice, Unheard
from notifications.queries import Recipient, Recipients, in_a_flood, is_past
from notifications.reminders import next_letter

logger = structlog.get_logger(__name__)

# Of those that failed before, so many in one sweep: each costs a transaction of its own.
AGAIN_AT_ONCE = 50
# Which row it is, and what the log may say of it.
FACTS = ("pk", "event_id", "event__kind")


@dataclass(frozen=True)
class Plan:
    """Notices, unsaved, and the events that nobody can be told of."""

    notices: list[Notice]
    unheard: list[CaseEvent]


def relay(*, at: datetime, limit: int = 500) -> int:
    """Make the notices of the oldest events that nobody was told of. Returns how many events were worked off.

    Safe with any number of workers at once and after any crash: notices and outbox rows change in one transaction, and
    a notice is unique by event, person and step. A kind that this version does not know stays in the outbox. An event
    that fails is counted and goes behind the others: it delays nobody, stays, and is seen by /readyz.
    """
    if silent := list(Unheard.objects.due(at)[:limit]):
        tell_again(unheard=silent, by=None, at=at)
    if not Untold.objects.exists():  # an idle sweep takes no write lock
        return 0
    failed_before = list(_known().filter(tries__gt=0).values_list(*FACTS)[:AGAIN_AT_ONCE])
    done, one_by_one = 0, failed_before
    try:
        done = _tell(_known().filter(tries=0), at, limit)
    except OperationalError:  # the database, not an event
        raise
    except Exception:  # noqa: BLE001 - one of them is to blame; one at a time shows which
        one_by_one = [*_known().filter(tries=0).values_list(*FACTS)[:limit], *failed_before]
    singly, errors = _tell_one_by_one(one_by_one, at)
    if errors:
        raise ExceptionGroup("events", errors)
    return done + singly


def _known() -> UntoldQuerySet:
    return Untold.objects.waiting().filter(event__kind__in=[*CATALOGUE, *SILENT])


def _tell_one_by_one(rows: list[tuple[int, int, str]], at: datetime) -> tuple[int, list[Exception]]:
    """How many were told, and what went wrong with the others."""
    done = 0
    errors: list[Exception] = []
    for pk, event_id, kind in rows:
        try:
            done += _tell(_known().filter(pk=pk), at, 1)
        except OperationalError:
            raise
        except Exception as error:
            logger.error("event_not_told", kind=kind, event_id=event_id, exc_info=error)
            failed(pk=pk)
            errors.append(error)
    return done, errors


@transaction.atomic
def _tell(waiting: UntoldQuerySet, at: datetime, limit: int) -> int:
    skip = connection.features.has_select_for_update_skip_locked
    rows = list(waiting.select_for_update(of=("self",), skip_locked=skip)[:limit])
    if not rows:
        return 0
    events = list(_with_all(CaseEvent.objects.filter(pk__in=[row.event_id for row in rows])))
    planned = plan(events, at=at)
    Notice.objects.bulk_create(planned.notices, ignore_conflicts=True, batch_size=500)
    keep_unheard(planned.unheard, at=at)
    announce(events, at=at)
    told(untold=rows)
    return len(rows)


def keep_unheard(events: Iterable[CaseEvent], *, at: datetime) -> None:
    """What nobody can be told of stays in sight, and is tried again."""
    rows = [Unheard(event=event, at=at) for event in events]
    if rows:
        Unheard.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    for row in rows:
        logger.warning("nobody_to_tell", kind=row.event.kind, event_id=row.event_id)


def plan(events: Iterable[CaseEvent], *, at: datetime) -> Plan:
    """Who is to be told of these events.

    Of several steps of one deadline that lie there together, after an outage say, a person is told the last only; of
    what was done or put off meanwhile nothing; and of one event once by each channel, even where they are of two
    audiences. Of what happens by itself to a case that came in a flood nobody is told before an officer has looked at
    it: it stands on their desk.
    """
    events = list(events)
    clocks = {event.clock_id for event in events if event.clock_id is not None}
    hushed = in_a_flood(events)
    wanted = {event.pk for event in events if event.pk not in hushed}
    later = _with_all(CaseEvent.objects.filter(clock_id__in=clocks, level__isnull=False)) if clocks else []
    every = {event.pk: event for event in [*later, *events]}
    people = Recipients(every.values(), at)
    seen: set[tuple[object, int, str]] = set()
    notices, unheard = [], []
    for event in sorted(every.values(), key=_place, reverse=True):
        if is_past(event, at):
            continue
        addressed = list(_addressed(event, people))
        if event.pk in wanted and not addressed and lines_of(event):
            unheard.append(event)
        for line, recipient in addressed:
            if not _is_told(event, line, recipient):
                continue
            matter = ("clock", event.clock_id) if event.clock_id else ("event", event.pk)
            key = (matter, recipient.user.pk, line.channel)
            if key not in seen and event.pk in wanted:
                notices.append(_notice(event, line, recipient, at))
            seen.add(key)
    return Plan(notices[::-1], unheard[::-1])  # the oldest first


def _place(event: CaseEvent) -> tuple[int, int]:
    """Steps of a deadline by their level, others in the order in which they happened."""
    return event.level or 0, event.pk


def _with_all(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    return list(events.select_related("case__handler", "clock", "respondent"))  # type: ignore[attr-defined]


def _addressed(event: CaseEvent, people: Recipients) -> Iterator[tuple[Line, Recipient]]:
    """Everybody whom a line of the catalogue means, whether they need a notice or not. Nobody: it reaches nobody."""
    lines = lines_of(event)
    audiences = {line.step: line.audience for line in lines}
    for line in lines:
        if not line.instead_of or people.cannot_all_be_told(audiences[line.instead_of], event):
            for recipient in people.of(line.audience, event):
                yield line, recipient


def _is_told(event: CaseEvent, line: Line, recipient: Recipient) -> bool:
    """Not of what was their own act, and by text only where one can arrive."""
    can_arrive = line.channel != SMS or bool(recipient.user.phone and transports.available(SMS))
    return can_arrive and recipient.user.pk != event.by_id


def _notice(event: CaseEvent, line: Line, recipient: Recipient, at: datetime) -> Notice:
    waits_until = _letter_of_day(event, at) if line.daily else None
    return Notice(
        event=event,
        recipient=recipient.user,
        respondent=recipient.respondent,
        step=line.step,
        channel=line.channel,
        urgent=line.urgent or event.data.get("urgent") is True,
        message_id=new_message_id(),
        made_at=at,
        state=Notice.State.DAILY if waits_until else Notice.State.WAITING,
        daily_at=waits_until,
        next_try_at=None if waits_until else max(at, _not_before(event, recipient) or at),
    )


def _letter_of_day(event: CaseEvent, at: datetime) -> datetime | None:
    """None: the deadline will have passed by then, so that it is told at once."""
    moment = next_letter(at)
    return moment if event.clock is None or event.clock.due_at > moment else None


def new_message_id() -> str:
    return f"<{uuid.uuid4().hex}@{_domain()}>"


def _not_before(event: CaseEvent, recipient: Recipient) -> datetime | None:
    """No company hears before the day chosen for its first notice: an earlier word would undo that delay."""
    if recipient.respondent is None:
        return None
    moments = [recipient.respondent.notified_at]
    if "not_before" in event.data:
        moments.append(datetime.fromisoformat(event.data["not_before"]))
    return max((moment for moment in moments if moment is not None), default=None)


def _domain() -> str:
    """Of our own sender, so that receiving servers find the id in order."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "recourse.invalid"
