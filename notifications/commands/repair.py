"""A second chance: for a notice that was given up, and for an event that reached nobody."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.commands import log_act
from accounts.errors import Refused
from accounts.models import User
from cases.commands.outbox import untold_again
from notifications.models import Notice, Unheard
from notifications.queries import may_any_be_told


@transaction.atomic
def try_again(*, notice: Notice, by: User, at: datetime) -> None:
    """Begin anew with a notice that was given up: the same id, all its tries; a doubt stays marked.

    Raises Refused: "not_found", "not_dead", "not_allowed".
    """
    locked = Notice.objects.for_sending().select_for_update(of=("self",)).filter(pk=notice.pk)
    found = locked.first() if Notice.objects.visible_to(by).filter(pk=notice.pk).exists() else None
    if found is None:
        raise Refused("not_found", _("There is no such notice."))
    if found.within_id is not None:  # it goes out with the letter in which it stands
        found = Notice.objects.for_sending().select_for_update(of=("self",)).get(pk=found.within_id)
    if found.state != Notice.State.DEAD:
        raise Refused("not_dead", _("Only what was given up can be tried again."))
    if not may_any_be_told(found, at):
        raise Refused("not_allowed", _("This person may not be told of it any more, or need not be."))
    found.state, found.next_try_at, found.done_at, found.tries = Notice.State.WAITING, at, None, 0
    found.save(update_fields=["state", "next_try_at", "done_at", "tries"])
    log_act(record=found, added=False, by=by, at=at)


@transaction.atomic
def tell_again(*, unheard: Iterable[Unheard], by: User | None, at: datetime) -> int:
    """Put events that reached nobody back into the outbox: the next sweep looks afresh for whom to tell.

    ``by`` None: the sweep itself, once an hour. Returns how many. Raises Refused: "not_found".
    """
    wanted = {row.pk for row in unheard}
    if by is not None and wanted - set(Unheard.objects.visible_to(by).values_list("pk", flat=True)):
        raise Refused("not_found", _("There is no such event."))
    skip = connection.features.has_select_for_update_skip_locked
    locked = Unheard.objects.select_related("event").filter(pk__in=wanted)
    rows = list(locked.select_for_update(of=("self",), skip_locked=skip))
    untold_again(events=[row.event for row in rows], at=at)
    if by is not None:
        for row in rows:
            log_act(record=row, added=False, by=by, at=at)
    Unheard.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
