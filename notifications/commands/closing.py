"""The end of a notice, and who is told in its place where it may not go out any more."""

from collections.abc import Iterable
from datetime import datetime

from notifications.commands.telling import keep_unheard, plan
from notifications.models import Notice


def close(notice: Notice, state: Notice.State, now: datetime) -> None:
    notice.state, notice.next_try_at, notice.done_at, notice.within = state, None, now, None
    notice.save(update_fields=["state", "next_try_at", "done_at", "within"])


def void(notices: Iterable[Notice], now: datetime) -> None:
    """Access ended in between, or there is nothing to tell any more. Where there still is, somebody of the office is
    told: whoever the event now concerns."""
    gone = list(notices)
    for notice in gone:
        close(notice, Notice.State.VOID, now)
    of_office = [notice for notice in gone if notice.respondent_id is None]
    if not of_office:
        return
    planned = plan({notice.event_id: notice.event for notice in of_office}.values(), at=now)
    steps = {(notice.event_id, notice.step) for notice in of_office}
    successors = [made for made in planned.notices if (made.event_id, made.step) in steps]
    Notice.objects.bulk_create(successors, ignore_conflicts=True, batch_size=500)
    silent = [event for event in planned.unheard if not event.notices.exclude(state=Notice.State.VOID).exists()]
    keep_unheard(silent, at=now)
