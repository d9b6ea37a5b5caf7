"""What was set aside is drawn by chance for a supervisor's second look: one signature alone never ends a complaint."""

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.commands import casework
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Draw, Sample
from cases.policies import check_may
from cases.rules.numbers import number
from cases.states import Stage


def draw(*, at: datetime, limit: int = 500) -> int:
    """Decide by chance, once and for good, about each case that was set aside. Returns how many were drawn.

    Where chance drew none for a week, one of what was set aside since is drawn all the same.
    """
    waiting = list(Draw.objects.undecided().values_list("pk", flat=True)[:limit])
    drawn = sum(_decide(pk, at) for pk in waiting)
    return drawn + _draw_the_least(at)


@transaction.atomic
def _decide(pk: int, at: datetime) -> bool:
    # Nobody who sets a case aside can know or steer what chance will say: it is drawn here, and nowhere before.
    chosen = secrets.randbelow(100) < number("sample_percent", at.date())
    held = _held().filter(pk=pk, decided_at=None).select_related("case").first()
    if held is None:  # another worker has it
        return False
    held.decided_at = at
    if chosen and held.case.stage == Stage.SET_ASIDE:
        _draw(held, at)
    held.save()
    return held.sample_id is not None


@transaction.atomic
def _draw_the_least(at: datetime) -> int:
    last = Sample.objects.order_by("-drawn_at").values_list("drawn_at", flat=True).first()
    since = _held().filter(sample=None, decided_at__isnull=False, case__stage=Stage.SET_ASIDE)
    if last is not None:
        since = since.filter(aside_at__gt=last)
    oldest = since.order_by("aside_at").values_list("aside_at", flat=True).first()
    if oldest is None or at - oldest < timedelta(days=number("sample_least_days", at.date())):
        return 0
    chosen = secrets.choice(list(since.select_related("case")))
    _draw(chosen, at)
    chosen.save()
    return 1


def _held() -> QuerySet[Draw]:
    skip = connection.features.has_select_for_update_skip_locked
    return Draw.objects.select_for_update(no_key=True, of=("self",), skip_locked=skip)


def _draw(held: Draw, at: datetime) -> None:
    held.sample = Sample.objects.create(case=held.case, drawn_at=at)
    record(held.case, Event.SAMPLE_DRAWN, by=None, at=at)


@transaction.atomic
def agree(*, case: Case, by: User, at: datetime) -> None:
    """A supervisor looked again: it was no complaint."""
    case, sample = _open(case, by)
    _check(sample, by=by, at=at, agreed=True)


@transaction.atomic
def disagree(*, case: Case, by: User, at: datetime) -> None:
    """It was a complaint after all: back to screening, with every deadline where it was."""
    case, sample = _open(case, by)
    _check(sample, by=by, at=at, agreed=False)
    casework.bring_back(case=case, by=by, at=at)


def _open(case: Case, by: User) -> tuple[Case, Sample]:
    case = locked(case)
    check_may(by, Act.CHECK_SAMPLE, case)
    sample = case.samples.select_for_update(no_key=True).filter(checked_at=None).first()
    if sample is None:
        raise Refused("not_drawn", _("This case was not drawn for a second look."))
    if case.events.filter(kind="case_set_aside").latest("pk").by_id == by.pk:
        raise Refused("same_signature", _("The second look has to come from somebody else than set the case aside."))
    return case, sample


def _check(sample: Sample, *, by: User, at: datetime, agreed: bool) -> None:
    sample.checked_by, sample.checked_at, sample.agreed = by, at, agreed
    sample.save()
    record(sample.case, Event.SAMPLE_CHECKED, by=by, at=at, data={"agreed": agreed})
