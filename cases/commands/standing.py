"""For whom a person speaks, and whether they are to be acknowledged at all."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import Standing, WaivedBecause
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Filing
from cases.policies import check_may, not_found


@transaction.atomic
def waive(*, case: Case, filing: Filing, because: WaivedBecause, by: User, at: datetime) -> None:
    """Nobody acknowledges to this person: they asked for that, or it would endanger them (HinSchG §28).

    Their acknowledgement is not owed then, and never counts as given; feedback is owed all the same, from the last day
    that the acknowledgement had.
    """
    case, filing = _held(case, filing)
    check_may(by, Act.WAIVE, case)
    if filing.waived_because:
        raise Refused("waived", _("This person is not acknowledged to already."))
    filing.waived_because = because
    filing.save(update_fields=["waived_because"])
    record(case, Event.ACKNOWLEDGEMENT_WAIVED, by=by, at=at, filing=filing, data={"because": because})
    if not Filing.objects.to_acknowledge().filter(case=case).exists():
        clocks.stop(case, "acknowledge", "acknowledge_urgent", at=at)


@transaction.atomic
def record_standing(
    *, case: Case, filing: Filing, standing: Standing, authority_seen: bool = False, by: User, at: datetime
) -> None:
    """For whom they speak, and whether their authority to do so was seen; nobody is turned away for having none
    (CSDDD 14(2), (5))."""
    case, filing = _held(case, filing)
    check_may(by, Act.RECORD_STANDING, case)
    seen = authority_seen and standing != Standing.SELF
    filing.standing = standing
    filing.authority_at = at if seen else None
    filing.save(update_fields=["standing", "authority_at"])
    data = {"standing": standing, "seen": seen}
    record(case, Event.STANDING_RECORDED, by=by, at=at, filing=filing, data=data)


def _held(case: Case, filing: Filing) -> tuple[Case, Filing]:
    """Both as they stand now, until the transaction ends."""
    case = locked(case)
    held = Filing.objects.live().select_for_update(no_key=True, of=("self",)).filter(case=case, pk=filing.pk).first()
    if held is None:
        raise not_found()
    return case, held
