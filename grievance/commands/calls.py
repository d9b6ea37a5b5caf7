"""The person allows a call: for a few days their handler may open their contact, until they take it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from grievance.commands.following import Following
from grievance.models import CallGrant, Complainant, Grievance
from grievance.rules import CALL_FOR


@transaction.atomic
def allow_call(*, following: Following, at: datetime) -> CallGrant | None:
    """From now on, for as long as `CALL_FOR`. None: they allowed it already. Refuses with ``no_contact``."""
    person = Complainant.objects.select_for_update().get(grievance=following.grievance)
    if person.sealed_contact is None or following.grievance.openness != Grievance.Openness.CONFIDENTIAL:
        raise Refused("no_contact", _("We have no number or address of yours that is locked away."))
    if CallGrant.objects.running(at).filter(complainant=person).exists():
        return None
    return CallGrant.objects.create(complainant=person, given_at=at, until_at=at + CALL_FOR)


@transaction.atomic
def end_call(*, following: Following, at: datetime) -> None:
    """Taken back: from this moment nobody opens the contact for a call."""
    CallGrant.objects.running(at).filter(complainant__grievance=following.grievance).update(revoked_at=at)
