"""Does a notice still hold? Asked again at the moment of sending: who may know, and where its deadline stands now."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from accounts.models import User
from accounts.roles import Role
from cases.events import Event
from cases.models import Case, CaseEvent, Clock, Respondent
from cases.rules import rungs
from cases.rules.calendars import day_there
from cases.rules.packs import rule_for
from notifications.codes import TAKING_PART, TELLABLE
from notifications.models import Notice
from supplychain.models import Employment

# What a company owes of a step; what others do about it later is not its deadline.
DELIVERY = ("remedy_step", "remedy_step_interim")


def in_a_flood(events: Iterable[CaseEvent]) -> frozenset[int]:
    """Those of these events that nobody of the office did, in a case that waits for review in bulk."""
    alone = {event.pk: event.case_id for event in events if event.by_id is None}
    cases = Case.objects.filter(pk__in=set(alone.values())).in_bulk_review() if alone else Case.objects.none()
    waiting = set(cases.values_list("pk", flat=True))
    return frozenset(pk for pk, case in alone.items() if case in waiting)


def is_past(event: CaseEvent, at: datetime) -> bool:
    """A step of a ladder that says nothing of the present any more: its clock has stopped, its day was moved so that
    the step lies ahead again, or it reminds of a day that is over (that the day is over has a notice of its own)."""
    clock = event.clock
    if clock is None or event.level is None:
        return False
    if clock.stopped_at is not None:
        return True
    if event.kind == Event.DEADLINE_NEARED and clock.due_at <= at:
        return True
    ladder = rungs(rule_for(clock.kind, clock.started_at.date()), clock.started_at, clock.due_at)
    # Compared with the moment of the step too: where the time of this machine is set back, nothing was moved.
    return event.level < len(ladder) and ladder[event.level].at > max(at, event.at)


def may_be_told(notice: Notice, at: datetime) -> bool:
    """May this notice still go out? Its case must exist for an officer, and its company must still be allowed to know;
    and what it says must hold still. ``notice``: fresh, from `NoticeQuerySet.for_sending`.
    """
    event, user = notice.event, notice.recipient
    if not user.is_active or is_past(event, at) or _is_outdone(notice):
        return False
    if notice.respondent is None:
        return event.case.exists_for(user)
    states = TELLABLE if notice.respondent_id == event.respondent_id else TAKING_PART
    if notice.respondent.state not in states or _of_an_earlier_approval(notice, notice.respondent):
        return False
    return _is_contact(user, notice.respondent, at)


def still_told(carrier: Notice, rows: Sequence[Notice], at: datetime) -> list[Notice]:
    """Those of the rows of a letter to one officer that still hold; a few statements however many they are."""
    user = carrier.recipient
    if not user.is_active:
        return []
    letter = Notice.objects.filter(Q(pk=carrier.pk) | Q(within=carrier))
    cases = Case.objects.filter(pk__in=letter.values("event__case")).visible_to(user)
    seen = set(cases.values_list("pk", flat=True))
    latest = latest_steps(user, carrier.channel, letter.values("event__clock"))
    found = [row for row in rows if row.event.case_id in seen and not is_past(row.event, at)]
    return [row for row in found if latest.get(row.event.clock_id or 0, 0) <= (row.event.level or 0)]


def may_any_be_told(notice: Notice, at: datetime) -> bool:
    """May this notice still go out, or where it carries a letter anything in it?"""
    if notice.letter_on is None:
        return may_be_told(notice, at)
    return bool(still_told(notice, [notice, *notice.enclosed.for_sending()], at))


def _is_outdone(notice: Notice) -> bool:
    """This person was told of a later step of the same deadline, or is about to be."""
    event = notice.event
    if event.clock_id is None or event.level is None:
        return False
    latest = latest_steps(notice.recipient, notice.channel, [event.clock_id])
    return latest.get(event.clock_id, event.level) > event.level


def latest_steps(user: User, channel: str, clocks: Iterable[Any]) -> dict[int, int]:
    """Clock, and the level of the latest step that this person was told of or is about to be."""
    steps = CaseEvent.objects.filter(clock__in=clocks, level__isnull=False)
    alive = Notice.objects.alive().filter(event__in=steps.values("pk"), recipient=user, channel=channel)
    rows = alive.values_list("event__clock").annotate(latest=Max("event__level")).order_by()
    return dict(rows)


def _of_an_earlier_approval(notice: Notice, respondent: Respondent) -> bool:
    """Made before the approval that holds now: consent was taken back in between, and a new one begins anew."""
    return respondent.approved_at is not None and notice.made_at < respondent.approved_at


def _is_contact(user: User, respondent: Respondent, at: datetime) -> bool:
    jobs = Employment.objects.current(at.date()).filter(user=user, organisation_id=respondent.organisation_id)
    return jobs.exists() and User.objects.holding(Role.RESPONDENT).filter(pk=user.pk).exists()


def day_of(notice: Notice) -> date | None:
    """The day on which what the notice asks for is due, as it is counted in the country of its deadline. A company that
    is to press another one is given no day."""
    event = notice.event
    if notice.respondent is not None and notice.respondent_id != event.respondent_id:
        return None
    clock = event.clock
    if clock is None and notice.respondent is None:
        return event.case.next_due_at.date() if event.case.next_due_at else None
    if clock is None:
        clock = _owed_by(notice.respondent_id, event.data.get("step"))
    return day_there(clock.due_at, clock.country) if clock else None


def _owed_by(respondent: int | None, step: int | None) -> Clock | None:
    """What this company owes first; where it is told of one step of a remedy, that step."""
    running = Clock.objects.owed().order_by("due_at")
    if step is not None:
        return running.filter(step=step, step__owner=respondent, kind__in=DELIVERY).first()
    return running.filter(Q(respondent=respondent) | Q(step__owner=respondent, kind__in=DELIVERY)).first()
