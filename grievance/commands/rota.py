"""The hours at which somebody reads what is urgent: added and ended by programme leads, never changed."""

from datetime import datetime, time
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.commands import log_act
from accounts.errors import Refused
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.models import ReadingHours


@transaction.atomic
def add_hours(*, weekday: int, from_time: time, until_time: time, zone: str, by: User, at: datetime) -> ReadingHours:
    """Refuses with ``not_yours``, ``no_such_zone`` or ``ends_before_it_begins``."""
    _check_leads(by)
    if zone not in available_timezones():
        raise Refused("no_such_zone", _("There is no such time zone. It is written like Africa/Lubumbashi."))
    if until_time <= from_time:
        raise Refused("ends_before_it_begins", _("The hours must end after they begin, on the same day."))
    return ReadingHours.objects.create(
        weekday=weekday, from_time=from_time, until_time=until_time, zone=zone, added_by=by, added_at=at
    )


@transaction.atomic
def end_hours(*, hours: ReadingHours, by: User, at: datetime) -> None:
    """From now on nobody is promised that somebody reads then. Refuses with ``not_yours``."""
    _check_leads(by)
    if ReadingHours.objects.running().filter(pk=hours.pk).update(ended_at=at):
        log_act(record=hours, added=False, by=by, at=at)


def _check_leads(user: User) -> None:
    if Role.LEAD not in roles_of(user):
        raise Refused("not_yours", _("Only a programme lead sets the hours at which somebody reads."))
