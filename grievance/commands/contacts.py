"""How somebody can be reached: opened by workers alone, while the person allows a call; deleted by the person alone."""

import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance import vault
from grievance.commands.following import Following
from grievance.commands.forgetting import forget_numbers
from grievance.commands.lost import stop_recoveries
from grievance.commands.reaching import call_back
from grievance.commands.reading import note_opening
from grievance.keys import RING
from grievance.models import CallGrant, Complainant, Opening


def grant_running(complainant: Complainant, at: datetime) -> CallGrant:
    """The grant under which this person may be called at that moment. Refuses with ``no_call``."""
    grant = CallGrant.objects.running(at).filter(complainant=complainant).order_by("-until_at").first()
    if grant is None:
        raise Refused("no_call", _("This person has not agreed to a call, or not any more. Ask them on their page."))
    return grant


def open_contact(*, complainant: Complainant, by: User, at: datetime) -> dict[str, str]:
    """{"phone": …, "email": …, "times": …}, each perhaps empty, with a row in the access log for ``by``, who asked.

    Refuses with ``no_call`` or ``no_contact``. Raises `vault.CannotOpen` in a process without the contact key.
    """
    grant_running(complainant, at)
    if complainant.sealed_contact is None:
        raise Refused("no_contact", _("This person left no way to reach them."))
    contact: dict[str, str] = json.loads(vault.open_contact(RING, bytes(complainant.sealed_contact)))
    note_opening(grievance=complainant.grievance, by=by, what=Opening.What.CONTACT, at=at)
    return contact


@transaction.atomic
def forget(*, following: Following, at: datetime) -> bool:
    """The person deletes how they can be reached, and the name that they gave with it; a name that is locked away with
    the custodians stays with them. False where nothing was kept: pressed twice, the second does nothing."""
    person = Complainant.objects.select_for_update().get(grievance=following.grievance)
    if not person.is_reachable:
        return False
    person.sealed_contact = person.sealed_name = person.phone_mark = person.email_mark = None
    person.marked_at, person.safe_way = None, Complainant.Safe.NONE
    person.save()
    CallGrant.objects.filter(complainant=person, revoked_at=None).update(revoked_at=at)
    stop_recoveries(grievances=[person.grievance_id])
    call_back([person])
    forget_numbers(grievances=[person.grievance_id], at=at)
    return True
