"""Sending what goes out to people who filed: leased one at a time, at least once, and forgotten once it is done.

Each way has a lane of its own (`Way`), so that a gateway which hangs delays its own texts only.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import connection, transaction

from grievance import vault
from grievance.commands.reports import hear_stop, provider_mark
from grievance.commands.routing import NoWay, Recipient, give_up, number_in, recipient_of, route
from grievance.commands.spending import give_back, next_day, reserve
from grievance.keys import RING, open_contact_json
from grievance.models import Gateway, Reply
from grievance.models.coming import ReplyQuerySet
from grievance.segments import segmented
from notifications import transports
from notifications.commands.sending import BACKOFF, LEASE, LONGEST_RUN
from notifications.errors import TransportError

State = Reply.State
DONE = {"sealed_parcel": None, "next_try_at": None, "over_budget": False}
EMAIL, SMS = "email", "sms"


@dataclass(frozen=True)
class Way:
    """``gateway``: the id of one that the office set up; None: that of the settings, or no text."""

    channel: str
    gateway: int | None = None

    def __str__(self) -> str:
        return self.channel if self.gateway is None else f"{self.channel}:{self.gateway}"

    @classmethod
    def named(cls, name: str) -> "Way":
        channel, _colon, gateway = name.partition(":")
        return cls(channel, int(gateway) if gateway else None)


@dataclass
class Begun:
    """``country``: where the text goes, "" for an email or where nobody can tell."""

    reply: Reply
    country: str = ""


@dataclass(frozen=True)
class Sent:
    """What the transport said, the other side's id, and an error of our own to be raised at the end."""

    refused: TransportError | None = None
    provider_id: str = ""
    error: Exception | None = None


def deliver_replies(*, at: datetime, limit: int = 50) -> int:
    """Give each due text its way, then send what is due by every way, one after the other. Returns how many were handed
    over. Raises `vault.CannotOpen` in a process without the contact key, which begins nothing."""
    route_replies(at=at)
    errors: list[Exception] = []
    sent = 0
    for way in due_ways(at=at):
        try:
            sent += deliver_way(way, at=at, limit=limit)
        except ExceptionGroup as failed:
            errors += failed.exceptions
    if errors:
        raise ExceptionGroup("replies", errors)
    return sent


def route_replies(*, at: datetime, limit: int = 500) -> int:
    """Decide which gateway carries each due text; nothing is sent. Returns how many were looked at."""
    new = Reply.objects.due(at).filter(channel=SMS, routed_at=None)
    waiting = list(new.values_list("pk", flat=True)[:limit])
    if waiting and RING.contact_private is None:
        raise vault.CannotOpen("no_key")
    for pk in waiting:
        with transaction.atomic():
            reply = _held(new, pk)
            if reply is not None:
                _way_of(reply, at)
    return len(waiting)


def due_ways(*, at: datetime) -> list[Way]:
    """The lanes in which something waits now, those with something urgent first."""
    due = Reply.objects.due(at).exclude(channel=SMS, routed_at=None)
    return list(dict.fromkeys(Way(*one) for one in due.values_list("channel", "gateway")))


def deliver_way(way: Way, *, at: datetime, limit: int = 50) -> int:
    """Send what is due by one way, what is urgent first, then the oldest.

    A reply is begun by the one worker that takes its lease. What a dead worker had begun is marked, and sent once more
    under the same id; nobody knows of it a second time: given up.
    """
    due = list(_due_by(way, at).values_list("pk", flat=True)[:limit])
    if not due:
        return 0
    if RING.contact_private is None:
        raise vault.CannotOpen("no_key")
    errors: list[Exception] = []
    began, sent = time.monotonic(), 0
    opened = _ready(way, None)
    try:
        for pk in due:
            passed = time.monotonic() - began
            if passed > LONGEST_RUN:
                break
            begun = _begin(pk, at + timedelta(seconds=passed), way)
            if begun is None:
                continue
            opened = _ready(way, opened)
            outcome = Sent(opened) if isinstance(opened, TransportError) else _send(begun.reply, opened)
            _end(begun, outcome, at)
            sent += outcome.refused is None
            errors += [outcome.error] if outcome.error else []
    finally:
        if not isinstance(opened, TransportError):
            opened.close()
    if errors:
        raise ExceptionGroup("replies", errors)
    return sent


def _due_by(way: Way, at: datetime) -> ReplyQuerySet:
    due = Reply.objects.due(at).filter(channel=way.channel)
    return due if way.channel == EMAIL else due.filter(gateway=way.gateway, routed_at__isnull=False)


def _ready(way: Way, opened: transports.Transport | TransportError | None) -> transports.Transport | TransportError:
    """Before an attempt begins: what fails here was not sent for sure. A way that does not open is not asked again."""
    if isinstance(opened, TransportError):
        return opened
    try:
        if opened is None and way.gateway is not None:
            opened = transports.by_gateway(Gateway.objects.get(pk=way.gateway))
        elif opened is None:
            opened = transports.transport(way.channel)
        opened.ready()
    except TransportError as error:
        if opened is not None:
            opened.close()
        return error
    return opened


@transaction.atomic
def _begin(pk: int, at: datetime, way: Way | None = None) -> Begun | None:
    """Take the lease and write down that the send begins. None: another worker has it, it goes by another way, it may
    not go, its day's money is spent, or it is over."""
    reply = _held(Reply.objects.due(at), pk)
    if reply is None:
        return None
    if reply.state == State.LEASED:  # its worker is gone, and nobody knows how far it came
        if reply.doubtful:
            Reply.objects.filter(pk=pk).update(state=State.DEAD, done_at=at, **DONE)
            return None
        reply.doubtful = True
    begun = Begun(reply)
    if reply.channel == SMS:
        to = _way_of(reply, at)
        if to is None or (way is not None and reply.gateway_id != way.gateway):
            return None
        begun.country = to.country
        if not _paid_for(reply, to, at):
            return None
    reply.state, reply.tries, reply.next_try_at, reply.over_budget = State.LEASED, reply.tries + 1, at + LEASE, False
    reply.save(update_fields=["state", "tries", "doubtful", "next_try_at", "over_budget", "segments", "to_mark"])
    return begun


def _held(rows: ReplyQuerySet, pk: int) -> Reply | None:
    skip = connection.features.has_select_for_update_skip_locked
    held = rows.select_for_update(of=("self",), skip_locked=skip)
    found: Reply | None = held.select_related("writer__gateway", "gateway").filter(pk=pk).first()
    return found


def _way_of(reply: Reply, at: datetime) -> Recipient | None:
    """Choose its gateway. None: it goes to nobody, or there is no way for it now."""
    try:
        to = recipient_of(reply, number_in(reply))
    except vault.CannotOpen:
        Reply.objects.filter(pk=reply.pk).update(state=State.DEAD, code="damaged", done_at=at, **DONE)
        return None
    try:
        reply.gateway = route(reply, to)
    except NoWay as none:
        if none.for_good:
            give_up(reply, to, none.code, at=at)
        else:
            reply.tries += 1
            _again(Reply.objects.filter(pk=reply.pk), reply, none.code, at)
        return None
    reply.routed_at = at
    reply.save(update_fields=["gateway", "routed_at"])
    return to


def _paid_for(reply: Reply, to: Recipient, at: datetime) -> bool:
    """Take its cost from the budget of the day; what is over it waits for the next one, and is never lost."""
    if not reply.segments:
        reply.segments = segmented(open_contact_json(reply.sealed_parcel or b"")["body"]).count
    if to.writer is None:
        reply.to_mark = to.mark
    if reserve(gateway=reply.gateway, country=to.country, segments=reply.segments, urgent=reply.urgent, at=at):
        return True
    state = {"state": State.WAITING, "next_try_at": next_day(at), "over_budget": True, "doubtful": reply.doubtful}
    Reply.objects.filter(pk=reply.pk).update(**state)
    return False


def _send(reply: Reply, way: transports.Transport) -> Sent:
    """An error of our own delays nobody else's reply."""
    begun = False
    try:
        held = open_contact_json(reply.sealed_parcel or b"")
        parcel = transports.Parcel(held["to"], held["subject"], held["body"], f"<{reply.message_id}@{_domain()}>")
        begun = True
        return Sent(provider_id=way.send(parcel))
    except vault.CannotOpen:
        return Sent(TransportError("damaged", permanent=True))
    except TransportError as error:
        return Sent(error)
    except Exception as error:  # noqa: BLE001 - whatever it was, the next person's reply must not wait for it
        return Sent(TransportError("error", unknown=begun), error=error)


@transaction.atomic
def _end(begun: Begun, outcome: Sent, at: datetime) -> None:
    """Record what became of it, unless it was called back, or another worker has marked it, in between."""
    reply, error = begun.reply, outcome.refused
    mine = Reply.objects.filter(pk=reply.pk, state=State.LEASED, tries=reply.tries)
    if error is None:
        known = outcome.provider_id or reply.message_id
        mark = provider_mark(reply.gateway, known) if reply.gateway else None
        mine.update(state=State.SENT, done_at=at, provider_mark=mark, code="", **DONE)
        return
    if reply.channel == SMS and not error.unknown:
        give_back(gateway=reply.gateway, country=begun.country, segments=reply.segments, at=at)
    over = reply.doubtful if error.unknown else error.permanent  # nobody knows for the second time, or nothing helps
    reply.doubtful = reply.doubtful or error.unknown
    if over or reply.tries > len(BACKOFF):
        mine.update(state=State.DEAD, done_at=at, doubtful=reply.doubtful, code=error.code[:40], **DONE)
    else:
        _again(mine, reply, error.code, at)
    if error.stopped:
        hear_stop(reply, at=at)


def _again(rows: ReplyQuerySet, reply: Reply, code: str, at: datetime) -> None:
    """It waits for its next try; after the last one it is given up."""
    if reply.tries > len(BACKOFF):
        rows.update(state=State.DEAD, done_at=at, tries=reply.tries, code=code[:40], **DONE)
        return
    again = at + BACKOFF[reply.tries - 1]
    rows.update(state=State.WAITING, next_try_at=again, tries=reply.tries, doubtful=reply.doubtful, code=code[:40])


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "recourse.invalid"
