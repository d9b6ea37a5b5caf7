"""Keeping no longer than necessary: words are erased at their date, unless the law holds them (behaviour 21).

Sources: HinSchG §11(5), LkSG §10(1), GDPR Art. 5(1)(e) and 17; the numbers stand in `cases.rules.packs.PERIODS`.
"""

from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.codes import HoldReason
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Hold, Person, Unsealing
from cases.policies import check_may
from grievance.commands.erasing import erase_words
from grievance.keys import data_key_for_office, seal_text
from grievance.models import Grievance


@transaction.atomic
def lay_hold(*, case: Case, reason: HoldReason, words: str, until_on: date, by: User, at: datetime) -> Hold:
    """Nothing of this case is erased before the end of that day (UTC)."""
    case = locked(case)
    check_may(by, Act.HOLD, case)
    if until_on <= at.date():
        raise Refused("hold_end", _("A hold ends on a day to come: choose a later one."))
    hold = Hold.objects.create(
        case=case,
        reason=reason,
        sealed_words=seal_text(data_key_for_office(case.key_id), words, "hold"),
        from_at=at,
        until_at=datetime.combine(until_on + timedelta(days=1), time(), tzinfo=at.tzinfo),
        by=by,
    )
    record(case, Event.HOLD_LAID, by=by, at=at, data={"hold": hold.pk, "why": reason})
    return hold


@transaction.atomic
def release_hold(*, hold: Hold, by: User, at: datetime) -> None:
    """The ground for it is gone: erasure goes on, at once where its date is past."""
    case = locked(hold.case)
    hold = Hold.objects.get(pk=hold.pk)
    check_may(by, Act.HOLD, case)
    if hold.released_at is not None or hold.until_at <= at:
        raise Refused("already_released", _("This hold has ended already."))
    hold.released_at, hold.released_by = at, by
    hold.save(update_fields=["released_at", "released_by"])
    record(case, Event.HOLD_RELEASED, by=by, at=at, data={"hold": hold.pk})


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Erase the words of the cases whose date has come, oldest first, each in a transaction of its own. Returns how
    many. One that cannot be erased holds up no other, and is tried again by the next sweep."""
    erased, errors = 0, []
    for pk in list(Case.objects.to_erase(at).values_list("pk", flat=True)[:limit]):
        try:
            erased += _erase(pk, at)
        except Exception as error:  # noqa: BLE001 - seen below, by type
            errors.append(error)
    if errors:
        raise ExceptionGroup("erasing", errors)
    return erased


@transaction.atomic
def _erase(pk: int, at: datetime) -> bool:
    """By state: a hold laid, or a case opened again, since the sweep looked is seen here. False where it was so."""
    skip = connection.features.has_select_for_update_skip_locked
    case = (
        Case.objects.to_erase(at).filter(pk=pk).select_for_update(no_key=True, of=("self",), skip_locked=skip).first()
    )
    if case is None:
        return False
    persons = Person.objects.filter(case=case).values_list("key_id", flat=True)
    grievances = list(Grievance.objects.filter(filing__case=case))
    keys = {case.key_id, *persons} | ({case.shared_id} if case.shared_id is not None else set())
    erase_words(grievances=grievances, keys=keys, at=at)
    Unsealing.objects.filter(case=case).update(half=None, sealed_result=None)
    case.erased_at = at
    keep(case, by=None, at=at, why=Event.WORDS_ERASED)
    record(case, Event.WORDS_ERASED, by=None, at=at)
    return True
