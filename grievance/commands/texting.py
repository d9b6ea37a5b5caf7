"""Reading what gateways handed over: texts with their writers, and what came twice linked.

A worker does this: it alone opens what the webhook sealed.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from grievance import vault
from grievance.commands.remote import keep_remotes
from grievance.commands.reports import hear_report
from grievance.commands.unread import keep_as_it_came, opened
from grievance.commands.writers import writer_of
from grievance.gateways import KINDS
from grievance.gateways.wire import Parsed, Report, Text
from grievance.keys import RING, digest
from grievance.models import Gateway, InboundRequest, InboundText, Writer

TRIES_MOST = 5
GIVEN_UP = 2 * TRIES_MOST  # tries after which it stays under its seal: not even as it came could it be kept
PUT_OFF = timedelta(minutes=1)
TWINS_WITHIN = timedelta(days=3)  # gateways repeat for two days at most


def read_requests(*, at: datetime, limit: int = 200) -> int:
    """Read what waits, oldest first, each in a transaction of its own. Returns how many were read.

    One that fails goes behind the others; after some tries it is a grievance as it came, and a person reads it.
    """
    waiting = list(InboundRequest.objects.waiting(at).values_list("pk", flat=True)[:limit])
    done, errors = 0, []
    for pk in waiting:
        try:
            done += _read_one(pk, at)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next person's words must not wait for it
            errors += [error, *_failed(pk, at)]
    if errors:
        raise ExceptionGroup("requests", errors)
    return done


@transaction.atomic
def _read_one(pk: int, at: datetime) -> int:
    skip = connection.features.has_select_for_update_skip_locked
    held = InboundRequest.objects.select_for_update(of=("self",), skip_locked=skip).select_related("gateway")
    request = held.filter(pk=pk, state=InboundRequest.State.WAITING).first()
    if request is None:  # another worker has it
        return 0
    parsed = KINDS[request.gateway.kind].parse(opened(request), request.gateway.options)
    kept = [_keep(request, one, at) for one in parsed]
    _over(request, read=any(kept) or not kept)
    return 1


def _keep(request: InboundRequest, parsed: Parsed, at: datetime) -> bool:
    """False where there was nothing in it."""
    if isinstance(parsed, Text):
        _keep_text(request, parsed)
        return True
    if isinstance(parsed, Report) and hear_report(request.gateway, parsed, at=request.received_at):
        return True
    return keep_as_it_came(request, parsed.said, at=at)


def _over(request: InboundRequest, *, read: bool) -> None:
    """What could not be read stays as it came, under its seal."""
    request.state = InboundRequest.State.READ if read else InboundRequest.State.UNREADABLE
    if read:
        request.sealed_raw = None
    request.save(update_fields=["state", "sealed_raw", "grievance"])


def _failed(pk: int, at: datetime) -> list[Exception]:
    """Counted and put off before anything else can fail; what fails then, if anything."""
    try:
        if _put_off(pk, at) >= TRIES_MOST:
            _give_up(pk, at)
    except Exception as error:  # noqa: BLE001 - as above: this call waits for another day, and holds up nobody
        return [error]
    return []


@transaction.atomic
def _put_off(pk: int, at: datetime) -> int:
    request = InboundRequest.objects.select_for_update(of=("self",)).get(pk=pk)
    request.tries += 1
    request.not_before = at + PUT_OFF * request.tries
    if request.tries >= GIVEN_UP:
        request.state = InboundRequest.State.UNREADABLE
    request.save(update_fields=["tries", "not_before", "state"])
    return request.tries


@transaction.atomic
def _give_up(pk: int, at: datetime) -> None:
    request = InboundRequest.objects.select_for_update(of=("self",)).select_related("gateway").get(pk=pk)
    _over(request, read=keep_as_it_came(request, at=at))


def _keep_text(request: InboundRequest, text: Text) -> None:
    at = request.received_at
    writer = writer_of(request.gateway, text.sender, at=at)
    mark = _mark(request.gateway, text)
    before = _came_before(mark, at)
    part = text.part
    kept = InboundText.objects.create(
        request=request,
        writer=writer,
        sealed_body=b"" if before else vault.seal_contact(RING, text.body.encode()),
        mark=mark,
        twin_of=before,
        words_mark=None if before else _words_mark(writer, text),
        part_of=digest("part", request.gateway.slug, writer.pk, part.reference) if part else None,
        part=part.number if part else 1,
        parts=part.total if part else 1,
        at=at,
        heard_at=at if before else None,  # it was heard when it came first
    )
    if before is None:
        keep_remotes(kept, text, at=at)


def _came_before(mark: bytes | None, at: datetime) -> InboundText | None:
    if mark is None:
        return None
    return InboundText.objects.filter(mark=mark, at__gte=at - TWINS_WITHIN).order_by("pk").first()


def _mark(gateway: Gateway, text: Text) -> bytes | None:
    """By the gateway's own id; else by what makes twins alike. None where it gives neither: equal words alone may be
    two answers."""
    if text.provider_id:
        return digest("id", gateway.slug, text.provider_id)
    return digest("twin", gateway.slug, *text.twin) if text.twin else None


def _words_mark(writer: Writer, text: Text) -> bytes | None:
    """By which the same words of the same writer are found again. None for what is more, or less, than words."""
    if text.media or not text.body.strip():
        return None
    place = (text.part.number, text.part.total) if text.part else (1, 1)
    return digest("words", writer.pk, *place, text.body)
