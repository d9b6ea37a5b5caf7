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
from grievance.models import Gateway, InboundRequest, InboundText

TRIES_MOST = 5
PUT_OFF = timedelta(minutes=1)
TWINS_WITHIN = timedelta(days=3)  # gateways repeat for two days at most
REDELIVERED = timedelta(minutes=10)  # without any id: the same words again this soon are one text


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
    mark = _mark(request.gateway, text, at)
    before = InboundText.objects.filter(mark=mark, at__gte=at - TWINS_WITHIN).order_by("pk").first()
    kept = InboundText.objects.create(
        request=request,
        writer=writer,
        sealed_body=vault.seal_contact(RING, text.body.encode()),
        mark=mark,
        twin_of=before,
        part_of=digest("part", request.gateway.slug, writer.pk, text.part.reference) if text.part else None,
        part=text.part.number if text.part else 1,
        parts=text.part.total if text.part else 1,
        at=at,
        heard_at=at if before else None,  # it was heard when it came first
    )
    if before is None:
        keep_remotes(kept, text, at=at)


def _mark(gateway: Gateway, text: Text, at: datetime) -> bytes:
    """By the gateway's own id; else by what makes twins alike; else by the words, within a few minutes."""
    if text.provider_id:
        return digest("id", gateway.slug, text.provider_id)
    if text.twin:
        return digest("twin", gateway.slug, *text.twin)
    return digest("words", gateway.slug, text.sender, text.body, int(at.timestamp() // REDELIVERED.total_seconds()))
