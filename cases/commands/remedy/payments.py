"""Money of a step, person by person: what is due to whom, what shows that it was paid."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.codes import Paid
from cases.commands.remedy.moving import locked_step, note
from cases.events import Event
from cases.models import Evidence, Filing, Payment, RemedyStep
from cases.policies import check_may, not_found


@transaction.atomic
def schedule(
    *,
    step: RemedyStep,
    filing: Filing,
    basis: Paid,
    amount: Decimal,
    currency: str,
    due_on: date,
    by: User,
    at: datetime,
) -> Payment:
    """One payment of a step to one person on one day. All of a step are in one currency, so that they add up."""
    step = locked_step(step)
    check_may(by, Act.SCHEDULE_PAYMENT, step.plan.case)
    if filing.case_id != step.plan.case_id or step.filing_id not in {None, filing.pk}:
        raise not_found()
    if due_on <= at.date():
        raise Refused("due_before_plan", _("The day has to lie after today, when the payment is planned."))
    others = Payment.objects.filter(step=step)
    if others.exclude(currency=currency).exists():
        raise Refused("two_currencies", _("The other payments of this step are in another currency."))
    if others.filter(filing=filing, due_on=due_on).exists():
        raise Refused("paid_twice", _("This person has a payment of this step on that day already."))
    payment = Payment(step=step, filing=filing, basis=basis, amount=amount, currency=currency, due_on=due_on)
    keep(payment, by=by, at=at, why=Event.PAYMENT_SCHEDULED)
    note(step, Event.PAYMENT_SCHEDULED, by=by, at=at, filing=filing)
    return payment


@transaction.atomic
def prove(*, payment: Payment, evidence: Evidence, by: User, at: datetime) -> None:
    """Somebody saw what shows that it was paid; whether it came, only the person says."""
    step = locked_step(payment.step)
    check_may(by, Act.SCHEDULE_PAYMENT, step.plan.case)
    if evidence.case_id != step.plan.case_id:
        raise not_found()
    held = Payment.objects.select_for_update(no_key=True, of=("self",)).get(pk=payment.pk)
    if held.proved_at is not None:
        raise Refused("proved_already", _("A proof of this payment is on record already."))
    held.proved_at, held.proof = at, evidence
    keep(held, by=by, at=at, why=Event.PAYMENT_PROVED)
    note(step, Event.PAYMENT_PROVED, by=by, at=at, filing=held.filing)
