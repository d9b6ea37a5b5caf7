"""Sending what goes out to people who filed: leased one at a time, at least once, and forgotten once it is done."""

import json
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.db import connection, transaction

from grievance import vault
from grievance.keys import RING
from grievance.models import Reply
from notifications import transports
from notifications.commands.sending import BACKOFF, LEASE
from notifications.errors import TransportError

State = Reply.State
DONE = {"sealed_parcel": None, "next_try_at": None}


def deliver_replies(*, at: datetime, limit: int = 50) -> int:
    """Send what is due, oldest first. Returns how many were handed over.

    A reply is begun by the one worker that takes its lease. What a dead worker had begun is marked, and sent once more
    under the same id; nobody knows of it a second time: given up. Raises `vault.CannotOpen` in a process without the
    contact key, which begins nothing.
    """
    due = list(Reply.objects.due(at).values_list("pk", "channel")[:limit])
    if not due:
        return 0
    if RING.contact_private is None:
        raise vault.CannotOpen("no_key")
    sent, errors = 0, []
    ways: dict[str, transports.Transport | TransportError] = {}
    try:
        for pk, channel in due:
            way = _ready(ways, channel)
            reply = _begin(pk, at)
            if reply is None:
                continue
            outcome, error = (way, None) if isinstance(way, TransportError) else _send(reply, way)
            _end(reply, outcome, at)
            sent += outcome is None
            errors += [error] if error else []
    finally:
        for opened in ways.values():
            if not isinstance(opened, TransportError):
                opened.close()
    if errors:
        raise ExceptionGroup("replies", errors)
    return sent


def _ready(
    ways: dict[str, transports.Transport | TransportError], channel: str
) -> transports.Transport | TransportError:
    """Before an attempt begins: what fails here was not sent for sure. A way that does not open is not asked again."""
    way = ways.get(channel)
    if isinstance(way, TransportError):
        return way
    try:
        ways[channel] = way = way or transports.transport(channel)
        way.ready()
    except TransportError as error:
        if way is not None:
            way.close()
        ways[channel] = error
        return error
    return way


@transaction.atomic
def _begin(pk: int, at: datetime) -> Reply | None:
    """Take the lease and write down that the send begins. None: another worker has it, or it is over."""
    skip = connection.features.has_select_for_update_skip_locked
    reply = Reply.objects.due(at).select_for_update(skip_locked=skip).filter(pk=pk).first()
    if reply is None:
        return None
    if reply.state == State.LEASED:  # its worker is gone, and nobody knows how far it came
        if reply.doubtful:
            Reply.objects.filter(pk=pk).update(state=State.DEAD, done_at=at, **DONE)
            return None
        reply.doubtful = True
    reply.state, reply.tries, reply.next_try_at = State.LEASED, reply.tries + 1, at + LEASE
    reply.save(update_fields=["state", "tries", "doubtful", "next_try_at"])
    return reply


def _send(reply: Reply, way: transports.Transport) -> tuple[TransportError | None, Exception | None]:
    """What the transport said, and an error of our own to be raised at the end: it delays nobody else's reply."""
    begun = False
    try:
        held = json.loads(vault.open_contact(RING, reply.sealed_parcel or b""))
        parcel = transports.Parcel(held["to"], held["subject"], held["body"], f"<{reply.message_id}@{_domain()}>")
        begun = True
        way.send(parcel)
    except vault.CannotOpen:
        return TransportError("damaged", permanent=True), None
    except TransportError as error:
        return error, None
    except Exception as error:  # noqa: BLE001 - whatever it was, the next person's reply must not wait for it
        return TransportError("error", unknown=begun), error
    return None, None


def _end(reply: Reply, error: TransportError | None, at: datetime) -> None:
    """Record what became of it, unless it was called back, or another worker has marked it, in between."""
    mine = Reply.objects.filter(pk=reply.pk, state=State.LEASED, tries=reply.tries)
    unknown = error is not None and error.unknown
    used_up = reply.tries > len(BACKOFF) or (unknown and reply.doubtful)
    if error is None:
        mine.update(state=State.SENT, done_at=at, **DONE)
    elif used_up or (error.permanent and not unknown):
        mine.update(state=State.DEAD, done_at=at, doubtful=reply.doubtful or unknown, **DONE)
    else:
        again = at + BACKOFF[reply.tries - 1]
        mine.update(state=State.WAITING, next_try_at=again, doubtful=reply.doubtful or unknown)


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "recourse.invalid"
