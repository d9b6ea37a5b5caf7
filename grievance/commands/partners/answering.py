"""What the office answered, opened for the partner that passed a person's words on, where that person allowed it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from grievance.commands.reading import note_opening
from grievance.keys import data_key_for_office
from grievance.models import FieldPartner, Opening, Relay
from grievance.policies import check_works_for
from grievance.queries import Turn, turns


def open_answers(*, partner: FieldPartner, reference: str, by: User, at: datetime) -> list[Turn]:
    """What the office wrote and the person reads, oldest first, never what the person wrote; each opening is a row of
    the access log, which the person sees counted.

    Refuses with ``not_yours``, ``not_found`` for what does not exist for this partner, ``not_allowed``, ``erased``, and
    with ``reading_budget_spent``.
    """
    check_works_for(by, partner)
    relay = Relay.objects.followed_by(partner).select_related("grievance").filter(reference=reference).first()
    if relay is None:
        raise Refused("not_found", _("This does not exist."))
    if not relay.shows_answers:
        raise Refused("not_allowed", _("The person does not let you see the answers."))
    data_key = data_key_for_office(relay.grievance.key_id)
    note_opening(grievance=relay.grievance, by=by, what=Opening.What.ANSWERS, at=at)
    said = turns(grievance=relay.grievance, data_key=data_key, to_person=True)
    return [turn for turn in said if not turn.from_complainant]
