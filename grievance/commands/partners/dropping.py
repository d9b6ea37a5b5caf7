"""A person ends what their partner may see, or says how much it may: at once, and without asking the partner."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from grievance.codes import DroppedBecause, MaySee
from grievance.commands.following import Following
from grievance.models import Relay


@transaction.atomic
def drop_partner(*, following: Following, at: datetime) -> None:
    """The partner follows this case no longer, and sees that it is gone and nothing else. Pressed twice is once."""
    running = Relay.objects.filter(grievance=following.grievance, ended_at=None)
    running.update(ended_at=at, ended_because=DroppedBecause.PERSON)


@transaction.atomic
def let_partner_see(*, following: Following, may_see: str, at: datetime) -> None:
    """As much as the person says, from now on. Refuses with ``unknown_code``."""
    if may_see not in set(MaySee):
        raise Refused("unknown_code", _("This is none of the answers that we know."))
    Relay.objects.filter(grievance=following.grievance, ended_at=None).update(may_see=may_see)
