"""The numbers on an officer's start page: what waits, counted among the cases that exist for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import SEES, Field, Role
from cases.models import Case
from cases.policies import is_guest
from cases.queries.attention import ATTENTION, Text
from cases.states import Stage
from grievance.models import Practice

# Counting stops here, so that a desk over a million cases opens as fast as one over ten.
MOST_COUNTED = 1000
LISTS_CASES = frozenset(role for role in Role if Field.CASE in SEES.get(role, {}))


@dataclass(frozen=True)
class Tile:
    """``count`` up to `MOST_COUNTED`; ``more``: there are more than that."""

    key: str
    label: Text
    count: int
    more: bool


def tile(key: str, label: Text, found: int) -> Tile:
    """From a count that went one beyond the most that is counted."""
    return Tile(key, label, min(found, MOST_COUNTED), found > MOST_COUNTED)


def desk_of(user: User, at: datetime) -> list[Tile]:
    """One question a tile, whatever there is in the database; none for whoever lists no cases. Counted along the queue,
    whose indexes every tile has."""
    if not roles_of(user) & LISTS_CASES and not is_guest(user):
        return []
    visible = Case.objects.listed_for(user)
    return [
        tile(one.key, one.label, one.narrow(visible, user, at).due_first().values("pk")[: MOST_COUNTED + 1].count())
        for one in ATTENTION
        if one.on_desk and one.concerns(user)
    ]


def drills_to_read(user: User) -> Tile | None:
    """What came in while partners practised and nobody has read; None where there is nothing for this person."""
    found = Practice.objects.visible_to(user).waiting().order_by("pk").values("pk")[: MOST_COUNTED + 1].count()
    return tile("drills", _("Messages of drills to read"), found) if found else None


def handlers() -> QuerySet[User]:
    """Whom a case may be given to, as far as roles go; conflict is asked of each case."""
    return _by_name(User.objects.holding(Role.HANDLER, Role.OVERSIGHT))


def who_handles(user: User) -> QuerySet[User]:
    """Who handles open cases that exist for ``user``, whatever became of their role."""
    held = Case.objects.visible_to(user).exclude(stage=Stage.CLOSED).exclude(handler=None)
    return _by_name(User.objects.filter(pk__in=held.values("handler")))


def handler_seen(user: User, asked: str) -> User | None:
    """The person with this id, if they handle a case that exists for ``user``."""
    if not asked.isdecimal():
        return None
    handler = int(asked[:18])
    held = Case.objects.visible_to(user).filter(handler=handler)
    return User.objects.filter(pk=handler).first() if held.exists() else None


def _by_name(people: QuerySet[User]) -> QuerySet[User]:
    return people.order_by("first_name", "last_name", "username")
