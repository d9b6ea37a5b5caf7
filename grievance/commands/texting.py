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
from grievance.gateways.wire import Text
from grievance.keys import RING, digest
from grievance.models import Gateway, InboundRequest, InboundText, Writer

TRIES_MOST = 5
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
            _failed(pk, at)
            errors.append(error)
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
    for parsed in KINDS[request.gateway.kind].parse(opened(request), request.gateway.options):
        if isinstance(parsed, Text):
            _keep_text(request, parsed)
        else:
            hear_report(request.gateway, parsed, at=request.received_at)
    request.state, request.sealed_raw = InboundRequest.State.READ, None
    request.save(update_fields=["state", "sealed_raw"])
    return 1


@transaction.atomic
def _failed(pk: int, at: datetime) -> None:
    request = InboundRequest.objects.select_for_update(of=("self",)).select_related("gateway").get(pk=pk)
    request.tries += 1
    request.not_before = at + PUT_OFF * request.tries
    if request.tries >= TRIES_MOST and not keep_as_it_came(request, at=at):
        request.state = InboundRequest.State.UNREADABLE
    request.save(update_fields=["tries", "not_before", "state", "sealed_raw", "grievance"])


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
