"""Reads about people that other floors ask for."""

from datetime import datetime

from accounts.models import AccessToken, RoleGrant, User
from accounts.roles import Role
from accounts.tokens import lookup_of


def roles_of(user: User) -> frozenset[Role]:
    """The roles that a person holds now; a superuser holds none by being one. Asked of the database once a request."""
    held: frozenset[Role] | None = user.__dict__.get("_roles_held")
    if held is None:
        grants = RoleGrant.objects.current().filter(user_id=user.pk).values_list("role", flat=True)
        held = frozenset(Role(role) for role in grants)
        user.__dict__["_roles_held"] = held
    return held


def forget_roles(user: User) -> None:
    """Ask the database again: this person's roles have just changed."""
    user.__dict__.pop("_roles_held", None)


def token_called(secret: str, at: datetime) -> AccessToken | None:
    """The token with its person, if it is good at that moment."""
    lookup = lookup_of(secret)
    if lookup is None:
        return None
    return AccessToken.objects.good(at).filter(lookup=lookup).select_related("user").first()


def tokens_of(user: User) -> list[AccessToken]:
    """Those that are not ended yet, the newest first."""
    return list(AccessToken.objects.of(user).filter(ended_at=None).order_by("-made_at", "-pk"))


def token_of(user: User, pk: int) -> AccessToken | None:
    return AccessToken.objects.of(user).filter(pk=pk).first()
