"""Asking the people who filed whether they are safe, hearing them, and noticing their silence (behaviour 15)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import SafetyAnswer, SafetyReason, UrgentBecause
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record, record_all
from cases.commands.urgency import open_urgent
from cases.events import Event
from cases.models import NEVER_DUE, Case, CaseEvent, Filing, SafetyCheck
from cases.policies import check_may
from cases.queries import disclosures
from cases.rules.safety import CHECKS, Watched, answer_by, schedule
from cases.states import Stage
from grievance.commands.following import Following
from grievance.keys import seal_text
from grievance.rules import PRESSED_TWICE

PUT_OFF = timedelta(hours=1)  # of a person whose schedule could not be reckoned
ALERTING = tuple(rule.reason for rule in CHECKS if rule.alerts)


@transaction.atomic
def ask(*, case: Case, filing: Filing, by: User, at: datetime) -> SafetyCheck:
    """An officer asks one person now, outside the schedule; silence alerts. Refuses while a question is open."""
    case = locked(case)
    check_may(by, Act.ASK_SAFETY, case)
    if SafetyCheck.objects.open().filter(filing=filing, ask_at__lte=at).exists():
        raise Refused("asked_already", _("This person is being asked already, and still has time to answer."))
    check = SafetyCheck.objects.create(
        filing=filing, reason=SafetyReason.ASKED, ask_at=at, answer_by=answer_by(SafetyReason.ASKED, at)
    )
    clocks.start_checks([check], alerting=ALERTING)
    record(case, Event.SAFETY_ASKED, by=by, at=at, filing=filing)
    return check


@transaction.atomic
def answer(*, following: Following, answer: SafetyAnswer, words: str = "", at: datetime) -> None:
    """The person says on their page how it is: one answer for everything that they were asked, late or not.

    The words are sealed under their own key, so that the process that faces the public can take them. Worried or
    harmed opens the urgent overlay and alerts. Refuses with ``not_asked``; the same answer again is the same answer.
    """
    filing = Filing.objects.select_related("case").get(grievance=following.grievance)
    case = locked(filing.case)
    asked = SafetyCheck.objects.unanswered(at).filter(filing=filing)
    newest = asked.order_by("-ask_at", "-pk").first()
    if newest is None:
        if _just_said(filing, answer, at):
            return
        raise Refused("not_asked", _("We are not asking this just now. Please write to us below."))
    clocks.stop_checks(asked.values_list("pk", flat=True), at=at)
    asked.update(answered_at=at, answer=answer)
    if words.strip():
        sealed = seal_text(following.data_key, words, "safety")
        SafetyCheck.objects.filter(pk=newest.pk).update(sealed_words=sealed)
    if answer == SafetyAnswer.SAFE:
        record(case, Event.SAFETY_ANSWERED, by=None, at=at, filing=filing, data={"answer": answer})
        return
    data = {"answer": answer, "urgent": True}
    record(case, Event.SAFETY_ALARM, by=None, at=at, filing=filing, data=data)
    open_urgent(case, by=None, at=at, because=UrgentBecause.ALARM)


def _just_said(filing: Filing, answer: SafetyAnswer, at: datetime) -> bool:
    said = SafetyCheck.objects.filter(filing=filing, answer=answer, answered_at__gt=at - PRESSED_TWICE)
    return said.exists()


def sweep(*, at: datetime, limit: int = 500) -> int:
    """Ask whom it is time to ask, and note who did not answer in time. Returns how many were looked at.

    What is due is reckoned from the state of each case, never from when it was last looked at: safe to repeat, with any
    number of workers, and after any outage, when everybody is asked once. Who makes it fail holds up nobody else.
    """
    errors: list[Exception] = []
    done = _ask_due(at, limit, errors) + _note_silence(at, limit, errors)
    if errors:
        raise ExceptionGroup("safety checks", errors)
    return done


def _ask_due(at: datetime, limit: int, errors: list[Exception]) -> int:
    due = list(Filing.objects.to_watch(at).values_list("pk", flat=True)[:limit])
    if not due:
        return 0
    try:
        return _ask(due, at)
    except Exception:  # noqa: BLE001 - one of them is at fault: find it, and let the others go on
        return sum(_ask_alone(pk, at, errors) for pk in due)


def _ask_alone(pk: int, at: datetime, errors: list[Exception]) -> int:
    try:
        return _ask([pk], at)
    except Exception as error:  # noqa: BLE001 - seen by whoever called, by type
        Filing.objects.filter(pk=pk).update(next_safety_at=at + PUT_OFF)
        errors.append(error)
        return 0


@transaction.atomic
def _ask(due: list[int], at: datetime) -> int:
    held = Filing.objects.to_watch(at).filter(pk__in=due).select_related("case")
    skip = connection.features.has_select_for_update_skip_locked
    filings = list(held.select_for_update(no_key=True, of=("self",), skip_locked=skip))
    told = disclosures(filing.case_id for filing in filings)
    rows = SafetyCheck.objects.filter(filing__in=filings).values_list("filing_id", "reason", "ask_at")
    known = set(rows)
    checks = []
    for filing in filings:
        plan = schedule(_watched(filing, chain.from_iterable(told[filing.case_id].values())), at)
        filing.next_safety_at = plan.next_at or NEVER_DUE
        new = [one for one in plan.due if (filing.pk, *one) not in known]
        checks += [
            SafetyCheck(filing=filing, reason=reason, ask_at=ask_at, answer_by=answer_by(reason, at))
            for reason, ask_at in new
        ]
    clocks.start_checks(SafetyCheck.objects.bulk_create(checks), alerting=ALERTING)
    record_all(
        CaseEvent(case_id=check.filing.case_id, kind=Event.SAFETY_ASKED, at=at, filing=check.filing) for check in checks
    )
    Filing.objects.bulk_update(filings, ["next_safety_at"], batch_size=500)
    return len(filings)


def _watched(filing: Filing, told: Iterable[datetime]) -> Watched:
    case = filing.case
    return Watched(
        joined_at=filing.joined_at,
        told=tuple(moment for moment in told if moment >= filing.joined_at),
        paused=case.stage == Stage.SET_ASIDE,
        closed_at=case.closed_at if case.stage == Stage.CLOSED else None,
        withdrawn_at=filing.withdrawn_at,
    )


def _note_silence(at: datetime, limit: int, errors: list[Exception]) -> int:
    silent = list(SafetyCheck.objects.silent(at).values_list("pk", "reason")[:limit])
    quiet = [pk for pk, reason in silent if reason not in ALERTING]
    done = _not_answered(quiet, at) if quiet else 0
    for pk in (pk for pk, reason in silent if reason in ALERTING):
        try:
            done += _alert(pk, at)
        except Exception as error:  # noqa: BLE001 - the next person's silence must be heard all the same
            SafetyCheck.objects.filter(pk=pk).update(answer_by=at + PUT_OFF)
            errors.append(error)
    return done


@transaction.atomic
def _not_answered(quiet: list[int], at: datetime) -> int:
    clocks.stop_checks(quiet, at=at)
    return SafetyCheck.objects.open().filter(pk__in=quiet).update(missed_at=at)


@transaction.atomic
def _alert(pk: int, at: datetime) -> int:
    """Who fell silent after a company was told may be in danger: the overlay opens and people are told."""
    check = SafetyCheck.objects.select_related("filing__case").get(pk=pk)
    case = locked(check.filing.case)
    if not SafetyCheck.objects.silent(at).filter(pk=pk).update(missed_at=at):
        return 0  # answered meanwhile, or noted by another worker
    clocks.stop_checks([pk], at=at)
    record(case, Event.SAFETY_SILENT, by=None, at=at, filing=check.filing, data={"urgent": True})
    open_urgent(case, by=None, at=at, because=UrgentBecause.SILENCE)
    return 1
