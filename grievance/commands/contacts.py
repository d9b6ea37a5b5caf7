"""Opening how somebody can be reached: by workers alone, who hold the key, and while the person allows a call."""

import json
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance import vault
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
