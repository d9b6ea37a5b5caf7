"""What was given up, and what reached nobody: numbers for those who can do something about it."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.queries.desk import MOST_COUNTED, Tile, tile
from notifications.codes import UNHEARD_READERS
from notifications.models import Notice, Unheard


def dead_letters(user: User) -> Tile:
    """How many notices were given up, or may have arrived twice, of the cases that exist for this person."""
    found = Notice.objects.visible_to(user).needing_a_look().values("pk")[: MOST_COUNTED + 1].count()
    return tile("dead", _("Dead letters"), found)


def unheard_count() -> int:
    """How many events reached nobody."""
    return Unheard.objects.count()


def unheard_in_hidden_cases() -> int:
    """How many of them are of cases that exist for none of those who are shown such events: a number is all that can
    be said of these, and without it nobody would ever look for somebody who may know them."""
    cases = dict(Unheard.objects.values_list("event__case").annotate(events=Count("pk")))
    hidden = set(cases)
    for user in User.objects.holding(*UNHEARD_READERS).order_by("pk"):
        if not hidden:
            break
        hidden -= set(Case.objects.filter(pk__in=hidden).visible_to(user).values_list("pk", flat=True))
    return sum(cases[pk] for pk in hidden)
