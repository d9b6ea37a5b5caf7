"""Reads about people that other floors ask for."""

from accounts.models import RoleGrant, User
from accounts.roles import Role


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
