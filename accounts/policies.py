"""Who may make accounts and hand out roles."""

from collections.abc import Collection
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import CASEWORK, Role
from accounts.tokens import TOKEN_LONGEST, TOKENS_MOST, Scope

# Who decides cases does not at the same time answer for a company or pass on people's words.
OUTSIDE = frozenset({Role.RESPONDENT, Role.PARTNER})


def can_administer(user: User, held: frozenset[Role]) -> bool:
    """Superusers and programme leads look after accounts; neither sees a case by it."""
    return user.is_active and (user.is_superuser or Role.LEAD in held)


def check_administers(by: User | None, held: frozenset[Role]) -> None:
    """``by`` is None when the set-up acts, before there is anybody; ``held`` are the roles of ``by``."""
    if by is not None and not can_administer(by, held):
        raise Refused("not_yours_to_administer", _("Only a programme lead may look after accounts and roles."))


def check_may_change(user: User, by: User, held: frozenset[Role]) -> None:
    check_administers(by, held)
    if user.is_superuser and not by.is_superuser:
        raise Refused("superuser_account", _("Only a superuser may change the account of a superuser."))


def check_may_grant(user: User, role: Role, *, holds: frozenset[Role], by: User | None) -> None:
    """``holds``: what ``user`` holds already."""
    if by is not None and by.pk == user.pk:
        raise Refused("grants_to_self", _("Nobody gives a role to themselves: ask another programme lead."))
    if not user.is_active:
        raise Refused("inactive_account", _("This account is closed."))
    if role in holds:
        raise Refused("holds_role_already", _("This person holds this role already."))
    if (role in OUTSIDE and holds & CASEWORK) or (role in CASEWORK and holds & OUTSIDE):
        raise Refused(
            "roles_conflict", _("Somebody who works on cases cannot also be a respondent or a field partner.")
        )


def check_may_make_token(
    by: User, held: frozenset[Role], *, scopes: Collection[str], lasts: timedelta, running: int
) -> None:
    """``running``: how many tokens ``by`` has that are good now."""
    if not by.is_active or Role.PARTNER not in held:
        raise Refused("no_partner_role", _("Only somebody who works for a field partner has access tokens."))
    if not scopes or not set(scopes) <= set(Scope):
        raise Refused("unknown_scope", _("Please choose what the token is good for."))
    if not timedelta(0) < lasts <= TOKEN_LONGEST:
        raise Refused("token_too_long", _("A token lasts for a year at most."))
    if running >= TOKENS_MOST:
        raise Refused("too_many_tokens", _("You have many tokens already. End one that is not needed first."))


def check_may_end_token(user: User, by: User, held: frozenset[Role]) -> None:
    """``user``: whose token it is; ``held`` are the roles of ``by``."""
    if by.pk != user.pk:
        check_administers(by, held)
