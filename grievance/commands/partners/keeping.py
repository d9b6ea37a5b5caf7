"""Field partners as programme leads keep them: added, changed, ended; their people, cards and numbers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.commands import log_act
from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance import receipts
from grievance.codes import UnpairedBecause
from grievance.keys import RING
from grievance.models import Drill, FieldPartner, PartnerCard, PartnerCode, PartnerNumber, PartnerPerson
from grievance.policies import check_in_use, check_keeps_partners, works_for
from supplychain.models import Site

CODES_A_CARD = 12  # our default


@transaction.atomic
def add_partner(
    *,
    name: str,
    kind: str,
    countries: Sequence[str],
    languages: Sequence[str],
    sites: Iterable[Site],
    by: User,
    at: datetime,
) -> FieldPartner:
    """In use from now on. Refuses with ``not_yours``."""
    check_keeps_partners(by)
    partner = FieldPartner(
        name=name, kind=kind, countries=list(countries), languages=list(languages), added_by=by, added_at=at
    )
    keep(partner, by=by, at=at, why="partner_added")
    partner.sites.set(sites)
    return partner


@transaction.atomic
def change_partner(*, partner: FieldPartner, sites: Iterable[Site], by: User, at: datetime) -> None:
    """Keep the changed fields as a version of their own. Refuses with ``not_yours`` or ``partner_ended``."""
    check_keeps_partners(by)
    check_in_use(FieldPartner.objects.select_for_update().get(pk=partner.pk))
    keep(partner, by=by, at=at, why="partner_changed")
    partner.sites.set(sites)


@transaction.atomic
def end_partner(*, partner: FieldPartner, by: User, at: datetime) -> None:
    """Its people file no more, its cards pair no number and its numbers are like any other; what it passed on stays,
    and it follows none of it any longer. Refuses with ``not_yours``."""
    check_keeps_partners(by)
    held = FieldPartner.objects.select_for_update().get(pk=partner.pk)
    if held.ended_at is not None:
        return
    held.ended_at = at
    keep(held, by=by, at=at, why="partner_ended")
    PartnerPerson.objects.running().filter(partner=held).update(ended_at=at)
    PartnerCard.objects.filter(partner=held, ended_at=None).update(ended_at=at)
    numbers = PartnerNumber.objects.filter(partner=held, ended_at=None)
    numbers.update(ended_at=at, ended_because=UnpairedBecause.OFFICE)
    Drill.objects.running(at).filter(partner=held).update(ends_at=at)


@transaction.atomic
def add_person(*, partner: FieldPartner, user: User, by: User, at: datetime) -> PartnerPerson:
    """``user`` passes on words for ``partner`` from now on. Refuses with ``not_yours``, ``partner_ended``,
    ``no_partner_role`` and ``other_partner``."""
    check_keeps_partners(by)
    check_in_use(partner)
    if Role.PARTNER not in roles_of(user):
        raise Refused("no_partner_role", _("This person does not hold the role of a field partner yet."))
    try:
        with transaction.atomic():
            made = PartnerPerson.objects.create(partner=partner, user=user, added_by=by, added_at=at)
    except IntegrityError:
        raise Refused("other_partner", _("This person works for a field partner already.")) from None
    log_act(record=made, added=True, by=by, at=at)
    return made


@transaction.atomic
def end_person(*, person: PartnerPerson, by: User, at: datetime) -> None:
    """They file no more for the partner; what they filed stays. Refuses with ``not_yours``."""
    check_keeps_partners(by)
    if PartnerPerson.objects.running().filter(pk=person.pk).update(ended_at=at):
        log_act(record=person, added=False, by=by, at=at)


@transaction.atomic
def make_card(
    *, partner: FieldPartner, label: str, language: str = "", by: User, at: datetime, codes: int = CODES_A_CARD
) -> tuple[PartnerCard, list[str]]:
    """A card and its codes of 12 digits, which are shown now and never again. ``language``: of its paper, and then of
    each phone that it pairs; "" for none. Refuses with ``not_yours`` or ``partner_ended``."""
    check_keeps_partners(by)
    check_in_use(partner)
    card = PartnerCard.objects.create(partner=partner, label=label, language=language, made_by=by, made_at=at)
    drawn = [receipts.new_card_code() for _number in range(codes)]
    PartnerCode.objects.bulk_create(
        PartnerCode(card=card, lookup=receipts.stretch_card_code(code, RING.office_public)) for code in drawn
    )
    log_act(record=card, added=True, by=by, at=at)
    return card, drawn


@transaction.atomic
def end_card(*, card: PartnerCard, by: User, at: datetime) -> None:
    """Lost, or nobody knows where it is: its codes pair nothing more. Refuses with ``not_yours``."""
    check_keeps_partners(by)
    if PartnerCard.objects.filter(pk=card.pk, ended_at=None).update(ended_at=at):
        log_act(record=card, added=False, by=by, at=at)


@transaction.atomic
def end_number(*, number: PartnerNumber, by: User, at: datetime) -> None:
    """Texts from it are those of a stranger from now on: a phone was lost, say. A lead may, and whoever works for the
    partner. Refuses with ``not_yours``."""
    office = Role.LEAD in roles_of(by)
    if not office and not works_for(by, number.partner):
        raise Refused("not_yours", _("You do not work for this field partner."))
    because = UnpairedBecause.OFFICE if office else UnpairedBecause.PARTNER
    if PartnerNumber.objects.filter(pk=number.pk, ended_at=None).update(ended_at=at, ended_because=because):
        log_act(record=number, added=False, by=by, at=at)
