"""What the people harmed say of a step: it was done, or it was not. Nobody else says it for them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from cases.commands.record import record
from cases.commands.remedy.moving import ask_first, locked_step, move_step, note
from cases.events import Event
from cases.gates import StepRecord
from cases.models import Case, Confirmation, Filing, Payment, RemedyStep
from cases.queries import step_record
from cases.states import Stage
from grievance.commands.following import Following
from grievance.keys import seal_text

# A say counts from the moment somebody independent looked, through monitoring; a late answer always does.
ASKED = frozenset({"verified", "confirmed", "disputed", "lapsed"})
# Once a case is closed a late yes of everybody still counts; a late no is kept and told to its handler, who decides
# what follows from it. It holds the step again from the moment the case is opened again.
ENDED = frozenset({Stage.CLOSED, Stage.SET_ASIDE})


@transaction.atomic
def say(
    *, following: Following, step: RemedyStep, confirmed: bool, version: int, words: str = "", at: datetime
) -> Confirmation:
    """``version``: of the answer that the page showed, 0 for none. Of two phones at the same moment the first one's
    answer stands, and the second is told so; each may take its word back from a page that shows the present one.

    Refuses with ``not_found``, ``not_now`` or ``answered_meanwhile``.
    """
    filing = _filing(following)
    step = locked_step(step)
    if step.plan.case_id != filing.case_id or step.filing_id not in {None, filing.pk}:
        raise Refused("not_found", _("This step is not one of yours."))
    if step.state not in ASKED:
        raise Refused("not_now", _("Nobody has looked yet whether this was done. We ask you as soon as somebody has."))
    said = Confirmation.objects.filter(step=step, filing=filing, round=step.round).first()
    if (said.version if said else 0) != version:
        raise Refused(
            "answered_meanwhile",
            _("You have answered this meanwhile, perhaps on another phone. Look at your answer here, and change it if "
              "it is wrong."),
        )  # fmt: skip
    if said is not None and said.confirmed == confirmed and not words.strip():
        return said
    said = said or Confirmation(step=step, filing=filing, round=step.round, version=0)
    said.confirmed, said.at, said.version = confirmed, at, said.version + 1
    said.sealed_words = seal_text(following.data_key, words, "confirmation") if words.strip() else said.sealed_words
    keep(said, by=None, at=at, why=Event.STEP_SAID)
    _follow(step, filing, confirmed, at)
    return said


def _filing(following: Following) -> Filing:
    filing = Filing.objects.live().filter(grievance=following.grievance).first()
    if filing is None:
        raise Refused("not_found", _("Your grievance is not part of a case any more."))
    return filing


def _follow(step: RemedyStep, filing: Filing, confirmed: bool, at: datetime) -> None:
    """What the step does now that one more person has spoken: one event, whichever."""
    held = step_record(step, at=at)
    verb = _verb(step.state, held)
    if verb is None or (verb != "confirm" and step.plan.case.stage in ENDED):
        note(step, Event.STEP_SAID, by=None, at=at, filing=filing, data={"confirmed": confirmed})
    else:
        move_step(step, verb, held, by=None, at=at, filing=filing)


def _verb(state: str, held: StepRecord) -> str | None:
    if held.disputing:
        return None if state == "disputed" else "dispute"
    if held.asked and held.confirmed == held.asked:
        return None if state == "confirmed" else "confirm"
    return "take_back" if state == "disputed" else None


def hear_again(case: Case, at: datetime) -> None:
    """What was said while a case was at rest counts from now on; ``case`` is `locked`."""
    for step in _asked(case):
        held = step_record(step, at=at)
        verb = _verb(step.state, held)
        if verb is not None:
            move_step(step, verb, held, by=None, at=at)


def hear_without(leaver: Filing, case: Case, at: datetime) -> None:
    """Somebody withdrew who was the last to be waited for: what all the others say holds. A step that this person
    disputed stays disputed: who is pressed to leave must not confirm by leaving."""
    for step in _asked(case):
        held = step_record(step, at=at)
        disputed = Confirmation.objects.filter(step=step, filing=leaver, round=step.round, confirmed=False).exists()
        if not disputed and case.stage not in ENDED and _verb(step.state, held) == "confirm":
            move_step(step, "confirm", held, by=None, at=at)


def hear_newcomer(newcomer: Filing, case: Case, at: datetime) -> None:
    """Somebody who joined was vetted: what they said already counts from now on, and where they said nothing the step
    waits for them, with tries of their own."""
    for step in _asked(case):
        if step.filing_id not in {None, newcomer.pk}:
            continue
        held = step_record(step, at=at)
        if Confirmation.objects.filter(step=step, filing=newcomer, round=step.round).exists():
            if _verb(step.state, held) == "confirm":
                move_step(step, "confirm", held, by=None, at=at)
        elif step.state != "disputed":
            ask_first(step, at)
            if step.state == "verified":
                step.save(update_fields=["tries", "first_try_at", "next_try_at"])
            else:
                move_step(step, "ask_again", held, by=None, at=at)


def _asked(case: Case) -> list[RemedyStep]:
    steps = RemedyStep.objects.filter(plan__case=case, state__in=ASKED).order_by("pk")
    return [locked_step(step) for step in steps]


@transaction.atomic
def say_of_payment(*, following: Following, payment: Payment, received: bool, at: datetime) -> None:
    """The money came, or it did not: only the person whom it was for says so."""
    filing = _filing(following)
    locked = Payment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=payment.pk, filing=filing).first()
    if locked is None:
        raise Refused("not_found", _("This payment is not one of yours."))
    locked.received, locked.answered_at = received, at
    keep(locked, by=None, at=at, why=Event.PAYMENT_ANSWERED)
    record(filing.case, Event.PAYMENT_ANSWERED, by=None, at=at, filing=filing, data={"step": locked.step_id})
