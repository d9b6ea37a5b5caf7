"""May this person, by role, track, forum and seat, at this stage: `check_may` raises `Refused`, `can` answers."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import SEAT_DOES, SEAT_SEES, SPECIALISTS, SUPERVISOR_ACTS, Act, Field, Role, does, sees
from cases.codes import SeatKind
from cases.gates import (
    SURVIVOR_MISSING,
)
from cases.models import Case, Seat
from cases.policies.refusals import not_found, not_now, not_yours
from cases.policies.stages import ACT_STAGES
from cases.states import Track


def roles_on(user: User, case: Case) -> frozenset[Role]:
    """Of this person's roles those that count on this case: by its forum, its track and its stage."""
    roles = roles_of(user)
    if Role.OVERSIGHT in roles:
        return roles
    special = case.track != Track.STANDARD and not any(
        role in roles and track == case.track for role, track in SPECIALISTS.items()
    )
    if case.about_mechanism or case.for_panel or special:
        return frozenset()
    return frozenset(role for role in roles if sees(frozenset({role}), Field.CASE, case.stage))


def tracks_of(user: User) -> list[Track]:
    """The tracks whose cases this person may see, in the order of `Track`; oversight sees them all."""
    roles = roles_of(user)
    special = {track for role, track in SPECIALISTS.items() if role in roles or Role.OVERSIGHT in roles}
    return [track for track in Track if track == Track.STANDARD or track in special]


# Who works on cases beyond their intake may open one that nobody filed.
OPENERS = frozenset({Role.HANDLER, Role.SUPERVISOR, Role.OVERSIGHT})


def may_open(user: User) -> bool:
    return bool(roles_of(user) & OPENERS)


def check_may_open(user: User) -> None:
    if not may_open(user):
        raise not_yours()


def seats_on(user: User, case: Case) -> frozenset[str]:
    """The kinds of seat that this person has on this one case."""
    return _seats_held(user).get(case.pk, frozenset())


def is_guest(user: User) -> bool:
    """Does this person sit on any case? A guest enters the office for it, with any role or none."""
    return user.is_active and bool(_seats_held(user))


def can_read_readiness(user: User) -> bool:
    """What the team lacks is for those who give roles, seats and cases, and for oversight."""
    return bool(roles_of(user) & {Role.LEAD, Role.SUPERVISOR, Role.OVERSIGHT})


def can_read_deadlines(user: User) -> bool:
    """What the coming week will bring is for those who carry cases, take them in, or lead."""
    carry = {Role.INTAKE, Role.HANDLER}
    return bool(roles_of(user) & {*carry, Role.LEAD, Role.SUPERVISOR, Role.OVERSIGHT})


def check_supervises(user: User) -> None:
    """What concerns no single case: hand-overs and canned texts."""
    if not roles_of(user) & {Role.SUPERVISOR, Role.OVERSIGHT}:
        raise not_yours()


def _seats_held(user: User) -> dict[int, frozenset[str]]:
    """Asked of the database once a request."""
    held: dict[int, frozenset[str]] | None = user.__dict__.get("_seats_held")
    if held is None:
        held = user.__dict__["_seats_held"] = Seat.held_by(user)
    return held


def forget_seats(user: User) -> None:
    """Ask the database again: this person's seats have just changed."""
    user.__dict__.pop("_seats_held", None)


def may_by_role_or_seat(user: User, act: Act, case: Case) -> bool:
    seats = seats_on(user, case)
    if does(roles_on(user, case), act) or any(act in SEAT_DOES[seat] for seat in seats):
        return True
    # An independent panel takes its case as a handler and a supervisor would.
    return case.for_panel and SeatKind.PANELLIST in seats and act in SUPERVISOR_ACTS


def check_may(user: User, act: Act, case: Case) -> None:
    """Refuses: a case that does not exist for this person, an act beyond their role, an act out of its stage."""
    if not case.exists_for(user):
        raise not_found()
    if not may_by_role_or_seat(user, act, case):
        raise not_yours()
    _check_stage(act, case)


def can(user: User, act: Act, case: Case) -> bool:
    """As `check_may`, for a case that this person has before them already: no further question to the database."""
    if not may_by_role_or_seat(user, act, case):
        return False
    try:
        _check_stage(act, case)
    except Refused:
        return False
    return True


def _check_stage(act: Act, case: Case) -> None:
    if case.erased_at is not None:
        raise Refused("erased", _("The words of this case were erased at their date: nothing is added to it any more."))
    if case.stage not in ACT_STAGES[act]:
        raise not_now()
    EXTRA.get(act, _nothing_more)(case)


def shown(user: User, field: Field, case: Case) -> bool:
    """May this person see this field of a case that is visible to them?"""
    if sees(roles_on(user, case), field, case.stage):
        return True
    return any(field in SEAT_SEES[seat] for seat in seats_on(user, case))


def _nothing_more(case: Case) -> None:
    return None


def _not_acknowledged_yet(case: Case) -> None:
    if case.acknowledged_at is not None:
        raise Refused("already_acknowledged", _("This case was acknowledged already."))


def _site_unknown(case: Case) -> None:
    if case.site_id is not None:
        raise Refused("site_known", _("The site of this case is known already."))


def _not_urgent_yet(case: Case) -> None:
    if case.urgent_since is not None:
        raise Refused("already_urgent", _("This case is marked as urgent already."))


def _urgent(case: Case) -> None:
    if case.urgent_since is None:
        raise Refused("not_urgent", _("This case is not marked as urgent."))


def _survivors_agree(case: Case) -> None:
    """On a survivor's case nothing is looked into, and nothing more is asked or kept, before they agreed to it."""
    if not case.survivors_agree():
        raise Refused("survivor_consent", SURVIVOR_MISSING)


EXTRA: dict[Act, Callable[[Case], None]] = {
    Act.ACKNOWLEDGE: _not_acknowledged_yet,
    Act.NAME_SITE: _site_unknown,
    Act.MARK_URGENT: _not_urgent_yet,
    Act.END_URGENT: _urgent,
    **dict.fromkeys(
        (Act.PLAN_HEARING, Act.RECORD_HEARING, Act.LOG_EVIDENCE, Act.NAME_PERSON, Act.RECORD_WORDS, Act.FIND),
        _survivors_agree,
    ),
}
