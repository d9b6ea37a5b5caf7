"""What is left of texts once their words stand elsewhere or are erased: numbers, marks, and what nobody could read."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from grievance.models import (
    Arrival,
    Complainant,
    FormSession,
    InboundRequest,
    InboundText,
    PartnerNumber,
    Reply,
    TextReceipt,
    Writer,
)
from grievance.models.texts import WriterQuerySet
from grievance.rules import NUMBER_LOOKED_AT, PARTS_ALIKE_WITHIN, UNREAD_KEPT


def sweep(*, at: datetime, limit: int = 500) -> int:
    """Returns how many numbers went. Each of these is found by its state, through an index of its own."""
    InboundText.objects.marked(at - PARTS_ALIKE_WITHIN).update(words_mark=None)
    InboundRequest.objects.left_over(at - UNREAD_KEPT).update(sealed_raw=None)
    InboundText.objects.unheard(at).filter(at__lt=at - UNREAD_KEPT).update(heard_at=at, sealed_body=b"")
    return _look_at(Writer.objects.to_look_at(at), at, limit)


def forget_numbers(*, grievances: Collection[int], at: datetime) -> None:
    """These grievances need nobody's number any more; what else needs it keeps it. In the caller's transaction."""
    theirs = Q(receipts__grievance__in=grievances) | Q(sessions__grievance__in=grievances)
    whose = list(Writer.objects.filter(theirs).values_list("pk", flat=True))
    Writer.objects.filter(pk__in=whose).update(look_at=at)
    _look_at(Writer.objects.filter(pk__in=whose), at, len(whose))


@transaction.atomic
def _look_at(rows: WriterQuerySet, at: datetime, limit: int) -> int:
    """Held first and asked then: a text that comes in meanwhile waits for us, or we pass it by."""
    skip = connection.features.has_select_for_update_skip_locked
    held = list(rows.select_for_update(no_key=True, skip_locked=skip).values_list("pk", flat=True)[:limit])
    looked = Writer.objects.filter(pk__in=held)
    soon = looked.filter(_for_now())
    soon.update(look_at=at + NUMBER_LOOKED_AT)
    settled = looked.exclude(look_at__gt=at)
    settled.filter(_for_long()).update(look_at=None)
    return settled.filter(look_at__isnull=False).update(sealed_number=b"", look_at=None)


def _for_long() -> Q:
    """Somebody may be told there that something waits, until the grievance is erased or they want that no more."""
    reached = Q(grievance__complainant__safe_way=Complainant.Safe.SMS) | Q(grievance__as_it_came=True)
    live = TextReceipt.objects.filter(reached, grievance__key__erased_at=None)
    return Q(Exists(live.filter(writer=OuterRef("pk"))))


def _for_now() -> Q:
    """What ends by itself, or by somebody's act that does not know of numbers."""
    mine = {"writer": OuterRef("pk")}
    return (
        Q(Exists(FormSession.objects.open().filter(**mine)))
        | Q(Exists(InboundText.objects.filter(heard_at=None, **mine)))
        | Q(Exists(Reply.objects.filter(next_try_at__isnull=False, **mine)))
        | Q(Exists(Arrival.objects.filter(**mine)))
        | Q(Exists(PartnerNumber.objects.running().filter(**mine)))
    )
