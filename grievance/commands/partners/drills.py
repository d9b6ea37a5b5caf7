"""Drills: begun and ended, and each message of one read by a human before it is discarded or taken for real."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.commands import log_act
from accounts.errors import Refused
from accounts.models import User
from grievance.codes import DiscardedBecause
from grievance.commands.erasing import erase_words
from grievance.commands.filing import arrived
from grievance.models import (
    Arrival,
    Drill,
    FieldPartner,
    Grievance,
    Message,
    Opening,
    PartnerNumber,
    PartnerPerson,
    Practice,
)
from grievance.policies import check_drills, check_in_use, check_reads_practice
from grievance.rules import DRILL_LASTS


@transaction.atomic
def start_drill(
    *,
    partner: FieldPartner,
    by: User,
    at: datetime,
    number: PartnerNumber | None = None,
    person: PartnerPerson | None = None,
) -> Drill:
    """What is filed for this partner is practice for four hours; of one number or one person alone where it is given.

    One that runs already for the same goes on as it is: nobody makes a drill longer. Refuses with ``not_yours``,
    ``partner_ended``, and ``not_theirs`` for what is another's, or ended.
    """
    check_drills(by, partner)
    check_in_use(partner)
    if any(one is not None and (one.partner_id != partner.pk or one.ended_at) for one in (number, person)):
        raise Refused("not_theirs", _("This does not belong to this field partner."))
    running = Drill.objects.running(at).filter(partner=partner, number=number, person=person).first()
    if running is not None:
        return running
    drill = Drill.objects.create(
        partner=partner, number=number, person=person, started_by=by, started_at=at, ends_at=at + DRILL_LASTS
    )
    log_act(record=drill, added=True, by=by, at=at)
    return drill


@transaction.atomic
def end_drill(*, drill: Drill, by: User, at: datetime) -> None:
    """From now on everything is real. Refuses with ``not_yours``."""
    check_drills(by, drill.partner)
    if Drill.objects.running(at).filter(pk=drill.pk).update(ends_at=at):
        log_act(record=drill, added=False, by=by, at=at)


@transaction.atomic
def discard(*, practice: Practice, because: str, by: User, at: datetime) -> None:
    """It was no complaint: its words are erased. Only whoever has opened them can say so.

    Refuses with ``not_yours``, ``reason_missing``, ``decided_already`` and ``not_read``.
    """
    held = _undecided(practice, by)
    if because not in set(DiscardedBecause):
        raise Refused("reason_missing", _("Say why it is discarded."))
    held.read_at, held.read_by, held.discarded_because = at, by, because
    held.save(update_fields=["read_at", "read_by", "discarded_because"])
    erase_words(grievances=[held.grievance], keys=[], at=at)


@transaction.atomic
def take_for_real(*, practice: Practice, by: User, at: datetime) -> None:
    """It is no practice: `cases` takes it up as any other, and every clock runs from when it was received.

    Refuses with ``not_yours``, ``decided_already`` and ``not_read``.
    """
    held = _undecided(practice, by)
    held.read_at, held.read_by, held.real = at, by, True
    held.save(update_fields=["read_at", "read_by", "real"])
    for row in arrived(held.grievance, at=at):
        row.save(force_insert=True)
    later = Message.objects.of_person().filter(grievance=held.grievance).order_by("pk")
    Arrival.objects.bulk_create(
        Arrival(kind=Arrival.Kind.MESSAGE, grievance=held.grievance, message=message, at=message.sent_at)
        for message in later
    )


def _undecided(practice: Practice, by: User) -> Practice:
    check_reads_practice(by)
    held = Practice.objects.select_for_update(of=("self",)).select_related("grievance").get(pk=practice.pk)
    if held.read_at is not None:
        raise Refused("decided_already", _("Somebody has decided about this message already."))
    if not has_read(held.grievance, by):
        raise Refused("not_read", _("Please open and read what was written first."))
    return held


def has_read(grievance: Grievance, user: User) -> bool:
    """Did this person open these words? The access log says so."""
    return Opening.objects.filter(grievance=grievance, by=user, what=Opening.What.WORDS).exists()
