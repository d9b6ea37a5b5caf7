"""Delivering a remedy: the company's claim, somebody independent who looks, and what follows a dispute."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import Method
from cases.commands import clocks
from cases.commands.moving import locked, move
from cases.commands.remedy.moving import DELIVERY, ask_first, locked_step, move_step, next_try, note
from cases.commands.remedy.plan import run_delivery
from cases.events import Event
from cases.models import Case, Claim, Determination, Evidence, RemedyStep, Verification
from cases.policies import check_may
from cases.queries import step_record
from cases.rules.remedy import remedy_rule
from grievance.keys import data_key_for_office, seal_text


def _seal(step: RemedyStep, words: str, context: str) -> bytes:
    return seal_text(data_key_for_office(step.plan.case.key_id), words, context)


@transaction.atomic
def claim(
    *, step: RemedyStep, words: str, evidence: Evidence | None, delivered_on: date, by: User, at: datetime
) -> None:
    """The owner says that the step was delivered; a claim is a claim, and counted apart from what people confirm."""
    step = locked_step(step)
    check_may(by, Act.CLAIM, step.plan.case)
    if delivered_on > at.date():
        raise Refused("delivered_later", _("The day of the delivery lies ahead."))
    # "agreed" again after a dispute is a new round: what people said of the one before stays with it.
    held = step_record(step, at=at, by=by, evidence=bool(words.strip()))
    move_step(step, "deliver", held, by=by, at=at)
    Claim.objects.create(
        step=step,
        round=step.round,
        evidence=evidence,
        sealed_words=_seal(step, words, "claim"),
        delivered_on=delivered_on,
        by=by,
        at=at,
    )
    clocks.stop(step.plan.case, *DELIVERY, at=at, step=step)


@transaction.atomic
def verify(*, step: RemedyStep, method: Method, holds: bool, words: str, by: User, at: datetime) -> None:
    """Somebody who neither handles the case nor belongs to a party looked. If it holds, the people who filed are asked;
    if not, the step goes back to its owner."""
    step = locked_step(step)
    check_may(by, Act.VERIFY, step.plan.case)
    number = step.round
    held = step_record(step, at=at, by=by)
    if holds:
        ask_first(step, at)
    else:
        step.round += 1
    move_step(step, "verify" if holds else "send_back", held, by=by, at=at)
    if not holds:
        run_delivery(step, at)
    Verification.objects.create(
        step=step,
        round=number,
        method=method,
        holds=holds,
        sealed_words=_seal(step, words, "verification"),
        by=by,
        at=at,
    )


@transaction.atomic
def redo(*, step: RemedyStep, due_on: date, by: User, at: datetime) -> None:
    """After a first dispute the owner delivers again, by a new day; a second dispute is for the panel."""
    step = locked_step(step)
    check_may(by, Act.REDO, step.plan.case)
    if due_on <= at.date():
        raise Refused("due_before_plan", _("The new day has to lie ahead."))
    step.round, step.due_on = step.round + 1, due_on
    step.tries, step.first_try_at, step.next_try_at = 0, None, None
    move_step(step, "redo", step_record(step, at=at), by=by, at=at)
    run_delivery(step, at)


@transaction.atomic
def determine(*, step: RemedyStep, done: bool, reasons: str, by: User, at: datetime) -> None:
    """The panel ends a step that was disputed twice; it is never counted as confirmed."""
    step = locked_step(step)
    check_may(by, Act.DETERMINE, step.plan.case)
    held = step_record(step, at=at, by=by, reasons=bool(reasons.strip()))
    move_step(step, "determine", held, by=by, at=at)
    Determination.objects.create(
        step=step, done=done, sealed_reasons=_seal(step, reasons, "determination"), by=by, at=at
    )


@transaction.atomic
def record_try(*, step: RemedyStep, by: User, at: datetime) -> None:
    """Somebody tried to reach the people who have not answered, by the way that they chose."""
    step = locked_step(step)
    check_may(by, Act.RECORD_TRY, step.plan.case)
    if step.state != "verified":
        raise Refused("not_now", _("Nobody's answer is waited for at this step."))
    _try(step, by, at)


def _try(step: RemedyStep, by: User | None, at: datetime) -> None:
    step.tries += 1
    step.first_try_at = step.first_try_at or at
    step.next_try_at = next_try(step)
    RemedyStep.objects.filter(pk=step.pk).update(
        tries=step.tries, first_try_at=step.first_try_at, next_try_at=step.next_try_at
    )
    note(step, Event.STEP_TRY_MADE, by=by, at=at)


@transaction.atomic
def monitor(*, case: Case, by: User, at: datetime) -> None:
    """Every step is confirmed, determined or lapsed: from now on we watch that it stays so."""
    case = locked(case)
    check_may(by, Act.MONITOR, case)
    move(case, "monitor", by=by, at=at)


def sweep(*, at: datetime, limit: int = 200) -> int:
    """Try again to reach those who have not answered, on its days, and let lapse what was tried often and long enough;
    found by state, each step in a transaction of its own. Returns how many steps moved on."""
    due = RemedyStep.objects.due_for_a_try(at).values_list("pk", flat=True)[:limit]
    return sum(_sweep_one(pk, at) for pk in list(due))


@transaction.atomic
def _sweep_one(pk: int, at: datetime) -> int:
    step = locked_step(RemedyStep(pk=pk))
    if step.state != "verified" or step.next_try_at is None or step.next_try_at > at:  # another worker was quicker
        return 0
    if step.tries < remedy_rule(at.date()).tries:
        _try(step, None, at)
        return 1
    step.next_try_at = None
    move_step(step, "lapse", step_record(step, at=at), by=None, at=at)
    return 1
