"""Who may work on a case, and who has to leave it: handlers, guests, second signatures, declarations (LkSG §8(3))."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.policies import OUTSIDE
from accounts.queries import roles_of
from accounts.roles import Act, Role, does
from cases.codes import DECLARED, ELIGIBILITY
from cases.models import Case, Eligibility, Seat
from cases.policies.people import may_by_role_or_seat


def check_handler(handler: User, case: Case) -> None:
    """A handler must hold the role, or sit on the panel that takes the case; be free of conflict; and be among those
    who may know of the case at this stage."""
    if not does(roles_of(handler), Act.REPLY) and not may_by_role_or_seat(handler, Act.REPLY, case):
        raise Refused("not_a_handler", _("This person does not hold the role of a handler."))
    if not case.exists_for(handler):
        raise Refused("conflicted", _("This person cannot take the case."))


def check_answered(answers: Mapping[str, bool]) -> None:
    """Every question of the checklist, and no other."""
    if set(answers) != set(ELIGIBILITY):
        raise Refused("checklist_incomplete", _("Answer every question of the checklist."))


def check_signs(decision: Eligibility | None, by: User) -> Eligibility:
    """The decision to sign: one that a case is not ours, not signed yet, and made by somebody else."""
    if decision is None or decision.eligible or decision.signed_by_id is not None:
        raise Refused("nothing_to_sign", _("There is no decision here that waits for a second signature."))
    if decision.by_id == by.pk:
        raise Refused("same_signature", _("The second signature has to come from somebody else."))
    return decision


def check_declares(
    towards: Mapping[int, Collection[str]], parties: Collection[int], declared_free: Collection[int]
) -> None:
    """``towards``: ties by party. Whoever declared themselves free of a party may only take that back."""
    if not towards:
        raise Refused("nothing_declared", _("There is nobody here towards whom you have to declare yourself."))
    if not set(towards) <= set(parties):
        raise Refused("no_party", _("The parties of this case have changed. Please look at them again."))
    if any(set(ties) - set(DECLARED) for ties in towards.values()):
        raise Refused("tie_unknown", _("Choose the tie from the list."))
    if any(party in declared_free and not ties for party, ties in towards.items()):
        raise Refused("declared_already", _("You have declared yourself free of this company already."))


def check_guest(
    guest: User, roles: frozenset[Role], *, by: User, placed: bool, barred: bool, handled: bool, seated: bool
) -> None:
    """May this person, who holds these roles, be given a seat? ``placed``: the site is known; ``barred``: in conflict;
    ``handled``: asked onto a panel after having worked on the case; ``seated``: has this seat already."""
    if not guest.is_active:
        raise Refused("inactive_account", _("This account is closed."))
    if guest.pk == by.pk:
        raise Refused("seats_self", _("Nobody gives a seat to themselves: ask another supervisor, or oversight."))
    if roles & OUTSIDE:
        raise Refused("roles_conflict", _("A company's contact or a field partner cannot be a guest on a case."))
    if not placed:
        raise Refused(
            "site_unknown", _("Nobody can be free of conflict with parties that nobody knows: name the site.")
        )
    if barred:
        raise Refused("conflicted", _("This person is in conflict with a party, or is concerned by the case."))
    if handled:
        raise Refused("handled_before", _("This person worked on the case before, and cannot sit on its panel."))
    if seated:
        raise Refused("seated_already", _("This person has this seat already."))


def check_seat_runs(seat: Seat) -> None:
    if seat.ended_at is not None:
        raise Refused("seat_ended", _("This seat has ended already."))
