"""The same thing done to many cases: each on its own, with its own checks, and those that refuse are told apart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.commands import casework
from cases.commands.bulk import take_from_bulk
from cases.models import Case, Filing
from cases.policies import check_may, check_supervises
from cases.states import AsideReason, Stage

MOST_AT_ONCE = 200  # cases of one hand-over; pressed again, it goes on with the rest; our default
GONE = "not_found"


@dataclass
class Refusal:
    """Why, and which; without those that do not exist for the person any more."""

    message: str | Promise
    cases: list[Case] = field(default_factory=list)
    count: int = 0


@dataclass
class Together:
    """``done``: cases; ``refused``: by the code of the refusal."""

    done: int = 0
    refused: dict[str, Refusal] = field(default_factory=dict)


def _each(cases: Iterable[Case], act: Callable[[Case], object]) -> Together:
    """Each in the transaction of its own command: one that is refused changes nothing and holds up no other."""
    outcome = Together()
    for case in cases:
        try:
            act(case)
        except Refused as refusal:
            refused = outcome.refused.setdefault(refusal.code, Refusal(refusal.message))
            refused.count += 1
            if refusal.code != GONE:
                refused.cases.append(case)
        else:
            outcome.done += 1
    return outcome


def assign_all(*, cases: Iterable[Case], handler: User, by: User, at: datetime) -> Together:
    """Give each of these cases to a handler, as far as each allows it."""
    return _each(cases, lambda case: casework.assign(case=case, handler=handler, by=by, at=at))


def reply_all(*, cases: Iterable[Case], body: str, language: str, by: User, at: datetime) -> Together:
    """Write the same to everybody who filed in the cases that ``by`` handles. Nobody's message counts as answered by
    it; whoever reads another language gets it once it is translated for them."""
    return _each(cases, lambda case: _reply_in(case, body=body, language=language, by=by, at=at))


@transaction.atomic
def _reply_in(case: Case, *, body: str, language: str, by: User, at: datetime) -> None:
    check_may(by, Act.REPLY, case)
    if case.handler_id != by.pk:
        raise Refused("not_handler", _("Only the handler of a case writes to many people at once."))
    for filing in Filing.objects.live().filter(case=case).select_related("grievance").order_by("pk"):
        casework.reply(case=case, filing=filing, by=by, body=body, language=language, read_up_to=0, at=at)


def take_all_from_bulk(*, cases: Iterable[Case], by: User, at: datetime) -> Together:
    """Somebody has looked at these: each is a case like any other, with its notices."""
    return _each(cases, lambda case: take_from_bulk(case=case, by=by, at=at))


def set_all_aside(*, cases: Iterable[Case], reason: AsideReason, by: User, at: datetime) -> Together:
    """None of these is a complaint; each is kept, and a supervisor looks again at a sample."""
    return _each(cases, lambda case: casework.set_aside(case=case, reason=reason, by=by, at=at))


def hand_over(*, giver: User, taker: User, by: User, at: datetime) -> tuple[Together, int]:
    """All open cases of one handler, as far as they exist for ``by``, to another; and how many wait for the next time.

    Those in which the new handler is in conflict stay where they are. Refuses with ``not_yours`` or ``same_person``.
    """
    check_supervises(by)
    if giver.pk == taker.pk:
        raise Refused("same_person", _("Choose two different people."))
    held = Case.objects.visible_to(by).handled_by(giver).exclude(stage=Stage.CLOSED).due_first()
    outcome = assign_all(cases=held[:MOST_AT_ONCE], handler=taker, by=by, at=at)
    refused = sum(one.count for one in outcome.refused.values())
    return outcome, max(held.count() - refused, 0)
