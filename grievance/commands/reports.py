"""What gateways say of texts that went out: early, twice or in any order, the word that counts most stays."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from grievance.commands.stopping import stop, stop_number
from grievance.gateways.wire import Report
from grievance.keys import digest
from grievance.models import Arrival, EarlyReport, Gateway, Reply
from grievance.rules import REPORTS_KEPT

# A text that is delivered was delivered, whatever is said of it later.
WEIGHT = {"": 0, **{one.value: place for place, one in enumerate(Reply.Report, start=1)}}


def provider_mark(gateway: Gateway, provider_id: str) -> bytes:
    return digest("sent", gateway.slug, provider_id)


def hear_report(gateway: Gateway, report: Report, *, at: datetime) -> bool:
    """In the transaction that reads the request. A report of a text that we do not know yet waits for it some days.
    False for what says nothing that we know, of a text that we do not know: it may be no report at all."""
    mark = provider_mark(gateway, report.provider_id)
    reply = Reply.objects.select_for_update(of=("self",)).filter(provider_mark=mark).select_related("writer").first()
    if reply is not None:
        _keep(reply, report.outcome, report.stopped, at)
    elif report.outcome or report.stopped:
        EarlyReport.objects.create(mark=mark, outcome=report.outcome, stopped=report.stopped, at=at)
    else:
        return False
    return True


def match_early(*, at: datetime, limit: int = 200) -> int:
    """Reports whose text is known by now; what nobody knows after some days goes. Returns how many were matched."""
    EarlyReport.objects.filter(at__lt=at - REPORTS_KEPT).delete()
    known = Exists(Reply.objects.filter(provider_mark=OuterRef("mark")))
    found = list(EarlyReport.objects.filter(known).order_by("pk")[:limit])
    for early in found:
        _match(early)
    return len(found)


@transaction.atomic
def _match(early: EarlyReport) -> None:
    replies = Reply.objects.select_for_update(of=("self",)).filter(provider_mark=bytes(early.mark))
    reply = replies.select_related("writer").first()
    mine, _each = EarlyReport.objects.filter(pk=early.pk).delete()
    if reply is not None and mine:
        _keep(reply, early.outcome, early.stopped, early.at)


def _keep(reply: Reply, outcome: str, stopped: bool, at: datetime) -> None:
    if WEIGHT[outcome] > WEIGHT[reply.report]:
        reply.report, reply.reported_at = outcome, at
    elif outcome and outcome == reply.report and reply.reported_at is not None:
        reply.reported_at = min(reply.reported_at, at)
    reply.save(update_fields=["report", "reported_at"])
    if stopped:
        hear_stop(reply, at=at)


def hear_stop(reply: Reply, *, at: datetime) -> None:
    """Their network says that they want no more, and lets nothing through until they write its own START to it."""
    if reply.writer is not None and reply.writer.stopped_at is None:
        stop(reply.writer, at=at, told=Arrival.Kind.BLOCKED)
    elif reply.writer is None and reply.to_mark is not None:
        stop_number(mark=bytes(reply.to_mark), at=at)
