"""Who may keep field partners, pass on words for one, and read what came in during a drill."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.models import FieldPartner, Practice
from supplychain.queries import organisations_of


def check_keeps_partners(by: User) -> None:
    if Role.LEAD not in roles_of(by):
        raise Refused("not_yours", _("Field partners are kept by programme leads."))


def check_in_use(partner: FieldPartner) -> None:
    if partner.ended_at is not None:
        raise Refused("partner_ended", _("This field partner is not in use any more."))


def works_for(user: User, partner: FieldPartner) -> bool:
    """Does this person pass on words for this partner now? An account alone, or the role alone, is not enough."""
    if partner.ended_at is not None or not user.is_active or Role.PARTNER not in roles_of(user):
        return False
    return partner.people.filter(user=user, ended_at=None).exists()


def check_works_for(user: User, partner: FieldPartner) -> None:
    if not works_for(user, partner):
        raise Refused("not_yours", _("You do not work for this field partner."))


def check_drills(user: User, partner: FieldPartner) -> None:
    """A partner practises by itself; a programme lead may start it for one."""
    if Role.LEAD not in roles_of(user):
        check_works_for(user, partner)


def check_reads_practice(user: User) -> None:
    if not roles_of(user) & Practice.READERS or organisations_of(user).in_industry:
        raise Refused("not_yours", _("What came in during a drill is read by intake officers."))
