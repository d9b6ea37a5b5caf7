"""What people decide about deadlines: that one stands still for a while, that it runs on, that feedback was given."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import PauseBecause
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Clock, ClockPause
from cases.policies import check_may, not_found
from cases.rules.numbers import number
from cases.rules.packs import rule_for


@transaction.atomic
def pause(*, clock: Clock, reason: PauseBecause, until: datetime, by: User, at: datetime) -> ClockPause:
    """A deadline stands still from now until ``until``, when it runs on by itself, later by as much.

    Refuses: what may never stand still (behaviours 1, 2 and 15), what is stopped or past its day, and more at once
    than the rule allows (`cases.rules.numbers`).
    """
    case, clock = _held(clock)
    check_may(by, Act.PAUSE, case)
    rule = rule_for(clock.kind, clock.started_at.date(), case.severity)
    if not rule.pausable:
        raise Refused("never_paused", _("This deadline may never stand still."))
    if clock.due_at <= at:
        raise Refused("too_late", _("This deadline has passed: it can stand still before its day only."))
    if clock.pauses.filter(until_at__gt=at).exists():
        raise Refused("paused_already", _("This deadline stands still already."))
    most = number("pause_most_days", at.date())
    if not at < until <= at + timedelta(days=most):
        raise Refused(
            "pause_too_long",
            ngettext_lazy(
                "Choose a day ahead, at most %(count)d day from now.",
                "Choose a day ahead, at most %(count)d days from now.",
                "count",
            )
            % {"count": most},
        )
    made = ClockPause.objects.create(clock=clock, from_at=at, until_at=until, reason=reason, by=by)
    clocks.reckon(clock, case, at=at)
    clocks.refresh_due(case)
    data = {"of": clock.kind, "reason": reason, "until": until.isoformat()}
    record(case, Event.CLOCK_PAUSED, by=by, at=at, data=data)
    return made


@transaction.atomic
def run_on(*, clock: Clock, by: User, at: datetime) -> None:
    """What it waited for has come: the deadline runs on now, and is due earlier by as much."""
    case, clock = _held(clock)
    check_may(by, Act.PAUSE, case)
    held = clock.pauses.filter(until_at__gt=at).first()
    if held is None:
        raise Refused("not_paused", _("This deadline does not stand still."))
    held.until_at = at
    held.save(update_fields=["until_at"])
    clocks.reckon(clock, case, at=at)
    clocks.refresh_due(case)
    record(case, Event.CLOCK_RUNS_AGAIN, by=by, at=at, data={"of": clock.kind})


@transaction.atomic
def give_feedback(*, case: Case, by: User, at: datetime) -> None:
    """What was written to everybody who filed says what is done about their case, and why: that is the feedback which
    is owed to them (WBD 5(13), 9(1)(f))."""
    case = locked(case)
    check_may(by, Act.GIVE_FEEDBACK, case)
    if not clocks.stop(case, "feedback", at=at):
        raise Refused("no_feedback_owed", _("No feedback is owed in this case now."))
    record(case, Event.FEEDBACK_GIVEN, by=by, at=at)


@transaction.atomic
def reckon_case(*, case: Case, at: datetime) -> int:
    """Every deadline of a case by the rule packs as they are now; pauses and extensions hold on. Returns how many
    moved."""
    return clocks.reckon_all(locked(case), at=at)


def _held(clock: Clock) -> tuple[Case, Clock]:
    """Both as they stand now, until the transaction ends."""
    case = locked(clock.case)
    found = Clock.objects.running().select_for_update(no_key=True, of=("self",)).filter(case=case, pk=clock.pk).first()
    if found is None:
        raise not_found()
    return case, found
