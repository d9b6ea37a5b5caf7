"""Starting, moving and stopping clocks; `cases.commands.escalating` takes the steps of their ladders."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Min

from cases.commands.escalating import climb, locked, sweep
from cases.commands.record import record
from cases.events import Event
from cases.models import NEVER_DUE, Breach, Case, Clock, Filing, RemedyStep, Respondent, SafetyCheck
from cases.models.clocks import ClockQuerySet
from cases.rules import Pause, Rule, next_rung, reckoned, rungs
from cases.rules.packs import rule_for
from grievance.models import Message

__all__ = ["sweep"]


def start(
    case: Case,
    kind: str,
    *,
    at: datetime,
    due: datetime | None = None,
    country: str = "",
    filing: Filing | None = None,
    respondent: Respondent | None = None,
    step: RemedyStep | None = None,
    message: Message | None = None,
) -> Clock:
    """Start a clock of a case, or of one thing in it. ``due`` is a date of its own, in place of the rule's length."""
    clock = Clock(
        case=case, filing=filing, respondent=respondent, step=step, message=message,
        kind=kind, country=country, started_at=at, promised_at=due,
    )  # fmt: skip
    Clock.objects.bulk_create([_ready(clock, case)])
    refresh_due(case)
    return clock


def start_checks(checks: Iterable[SafetyCheck], *, alerting: Iterable[str]) -> None:
    """A clock for each question whether somebody is safe, in one statement; of those whose silence alerts, the handler
    is reminded before. The checks have their filing and its case at hand."""
    alerting = frozenset(alerting)
    clocks = []
    for check in checks:
        clock = Clock(
            case=check.filing.case, safety_check=check, kind="safety_check", started_at=check.ask_at,
            promised_at=max(check.answer_by, check.ask_at),
        )  # fmt: skip
        _ready(clock, check.filing.case)
        if check.reason not in alerting:
            clock.next_step_at = None
        clocks.append(clock)
    Clock.objects.bulk_create(clocks)


def start_appeals(case: Case, filings: Iterable[Filing], *, at: datetime) -> None:
    """Each of these people may appeal against what was decided, from now on; an earlier time ends with it."""
    people = list(filings)
    Clock.objects.running().filter(kind="appeal_filed", filing__in=people).update(stopped_at=at)
    fresh = [Clock(case=case, filing=filing, kind="appeal_filed", started_at=at) for filing in people]
    Clock.objects.bulk_create([_ready(clock, case) for clock in fresh])


def _ready(clock: Clock, case: Case) -> Clock:
    """Its rule, its day and its first step."""
    rule = rule_for(clock.kind, clock.started_at.date(), case.severity)
    clock.regime = rule.regime
    clock.due_at = reckoned(rule, clock.started_at, country=clock.country, promised=clock.promised_at)
    _place(clock, rule)
    return clock


def _place(clock: Clock, rule: Rule, stands_still_until: datetime | None = None) -> None:
    ladder = rungs(rule, clock.started_at, clock.due_at)
    clock.level = next_rung(ladder, clock.level, clock.started_at)
    moment = ladder[clock.level].at if clock.level < len(ladder) else None
    clock.next_step_at = max(moment, stands_still_until) if moment and stands_still_until else moment
    clock.put_off_at = None


def stop(
    case: Case,
    *kinds: str,
    at: datetime,
    respondent: Respondent | None = None,
    step: RemedyStep | None = None,
    filing: Filing | None = None,
) -> int:
    """Stop the running clocks of these kinds; a breach stays on record. Returns how many were stopped."""
    running = Clock.objects.running().filter(case=case, kind__in=kinds)
    for field, thing in (("respondent", respondent), ("step", step), ("filing", filing)):
        if thing is not None:
            running = running.filter(**{field: thing})
    return _stop(case, running, at)


def stop_answered(case: Case, grievance_id: int, read_up_to: int, *, at: datetime) -> None:
    """Stop the clocks of this person's messages up to the one that was read; later ones run on."""
    running = Clock.objects.running().filter(case=case)
    _stop(case, running.filter(message__grievance=grievance_id, message__lte=read_up_to), at)


def stop_checks(checks: Iterable[int], *, at: datetime) -> None:
    """These questions were answered, or their time is over."""
    Clock.objects.running().filter(safety_check__in=list(checks)).update(stopped_at=at)


def stop_all(case: Case, *, at: datetime) -> None:
    """Every clock of a case stands still, to run on from `run_again`; but not what the people who filed may still do
    or answer when it is over."""
    _stop(case, Clock.objects.owed().filter(case=case), at)


def _stop(case: Case, running: ClockQuerySet, at: datetime) -> int:
    """Steps that the sweep has not taken yet are taken first: an outage keeps nothing from being on record."""
    rows = list(running.values_list("pk", "due_at"))
    if rows:
        wanted = Clock.objects.filter(pk__in=[pk for pk, _due in rows])
        climb(locked(wanted.behind(at)), at)
        wanted.update(stopped_at=at)
        if any(due <= at for _pk, due in rows):
            Breach.objects.open().filter(clock__in=wanted).update(mended_at=at)
        refresh_due(case)
    return len(rows)


def run_again(case: Case, *, stopped_at: datetime) -> None:
    """The clocks that stopped at that moment run on towards their old dates: setting aside never moves a deadline."""
    running = Clock.objects.running().filter(case=case, message=None).values("kind")
    again = Clock.objects.filter(case=case, stopped_at=stopped_at).exclude(message=None, kind__in=running)
    kept = list(again.values_list("pk", flat=True))
    Clock.objects.filter(pk__in=kept).update(stopped_at=None)
    Breach.objects.filter(clock__in=kept, mended_at=stopped_at).update(mended_at=None)
    refresh_due(case)


def bring_forward(case: Case, *kinds: str, due: datetime, at: datetime) -> None:
    """Where somebody who joined was promised something earlier, the running clocks of these kinds are due as early."""
    for clock in Clock.objects.running().filter(case=case, kind__in=kinds, due_at__gt=due):
        clock.promised_at = max(due, clock.started_at)
        reckon(clock, case, at=at)
    refresh_due(case)


def reckon_all(case: Case, *, at: datetime, by_country: str | None = None) -> int:
    """Reckon every running clock of the case anew, after what it hangs on has changed: severity, site, the rule pack.
    ``by_country``: whose calendar now holds for what is owed to the people who filed. Returns how many moved."""
    running = Clock.objects.running().filter(case=case).prefetch_related("pauses")
    moved = []
    for clock in running:
        if by_country is not None and clock.message_id is not None:
            clock.country = by_country
        if reckon(clock, case, at=at):
            moved.append(clock)
    for clock in moved:
        record(case, Event.CLOCK_MOVED, by=None, at=at, data={"of": clock.kind})
    if moved:
        refresh_due(case)
    return len(moved)


def reckon(clock: Clock, case: Case, *, at: datetime) -> bool:
    """The day of a running clock by all that holds for it now; says whether it moved.

    Steps of its ladder that were taken stay taken. Where its day was missed already and now lies ahead again, another
    clock takes over: the breach stays, and the new day has all its warnings.
    """
    # A sweep may have taken steps since the clock was read.
    place = locked(Clock.objects.filter(pk=clock.pk)).values_list("level", "next_step_at")
    clock.level, clock.next_step_at = place.get()
    rule = rule_for(clock.kind, clock.started_at.date(), case.severity)
    pauses = [Pause(one.from_at, one.until_at) for one in clock.pauses.all()]
    due = reckoned(
        rule, clock.started_at, country=clock.country, promised=clock.promised_at,
        extended=clock.extended_at is not None, pauses=pauses,
    )  # fmt: skip
    due = max(due, clock.started_at)
    moved = due != clock.due_at
    if moved and due > at and clock.due_at <= at:
        _take_over(clock, case, at)
    clock.due_at, clock.regime = due, rule.regime
    still = max((pause.until_at for pause in pauses if pause.until_at > at), default=None)
    if clock.next_step_at is not None or moved:
        _place(clock, rule, still)
    clock.save()
    return moved


def _take_over(clock: Clock, case: Case, at: datetime) -> None:
    """``clock`` becomes a new row, and the old one ends with its breach on record and mended."""
    old = Clock.objects.get(pk=clock.pk)
    _stop(case, Clock.objects.running().filter(pk=old.pk), at)
    pauses = list(old.pauses.all())
    clock.pk, clock.level = None, 0
    clock._state.adding = True
    clock.save()
    for pause in pauses:
        pause.clock = clock
        pause.save(update_fields=["clock"])


def refresh_due(case: Case) -> None:
    """Keep the queue's column: what of this case is due next. The case is held, so that of two who start a clock at
    once the later one counts both."""
    Case.objects.select_for_update(no_key=True).only("pk").get(pk=case.pk)
    due = Clock.objects.owed().filter(case=case).aggregate(due=Min("due_at"))["due"]
    Case.objects.filter(pk=case.pk).update(next_due_at=due, due_order=due or NEVER_DUE)
    case.next_due_at, case.due_order = due, due or NEVER_DUE
