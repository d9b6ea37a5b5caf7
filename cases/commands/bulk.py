"""What came in a flood: told to nobody until an officer has looked and takes it out."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.commands.moving import locked
from cases.commands.record import record
from cases.commands.warnings import warn
from cases.events import Event
from cases.models import Case
from cases.policies import check_may
from grievance.commands.filing import out_of_bulk
from grievance.models import Grievance


@transaction.atomic
def take_from_bulk(*, case: Case, by: User, at: datetime) -> None:
    """From now on a case like any other: those who read what comes in are told, in urgent cases at once."""
    case = locked(case)
    check_may(by, Act.TRIAGE, case)
    if not leave_bulk(case, at=at):
        raise Refused("not_in_bulk", _("This case is not for review in bulk."))
    urgent = case.urgent_since is not None
    record(case, Event.TAKEN_FROM_BULK, by=by, at=at, data={"urgent": urgent})


def leave_bulk(case: Case, *, at: datetime) -> bool:
    """Somebody has looked: it counts for early warnings too. ``case`` is `locked`; False where it was not in bulk."""
    if not out_of_bulk(grievances=Grievance.objects.filter(filing__case=case)):
        return False
    warn(case, at=at)
    return True
