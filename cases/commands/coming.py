"""What a person does about their own way back, where the case hears of it."""

from datetime import datetime

from django.db import transaction

from cases.commands import unsealing
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Filing
from grievance.commands import contacts, lost
from grievance.commands.following import Following
from grievance.models import Grievance


@transaction.atomic
def replace_number(*, code: str, nonce: str, at: datetime) -> str:
    """A one-time code gives a new number of 20 digits; the handler is told. Refuses with ``unknown_receipt``."""
    redeemed = lost.redeem(code=code, nonce=nonce, at=at)
    if not redeemed.again:
        _tell(redeemed.grievance, Event.NUMBER_REPLACED, at)
    return redeemed.receipt


@transaction.atomic
def stop_number(*, following: Following, at: datetime) -> None:
    """It was not the person who asked for a new number; pressed twice, once."""
    if lost.stop(following=following):
        _tell(following.grievance, Event.NUMBER_STOPPED, at)


@transaction.atomic
def forget_contact(*, following: Following, at: datetime) -> None:
    """Delete how the person can be reached, here and where it was opened for a call; pressed twice, once."""
    filing = _filing(following.grievance)
    case = locked(filing.case) if filing is not None else None
    if not contacts.forget(following=following, at=at) or filing is None or case is None:
        return
    filing.case = case
    unsealing.forget_contact(filing=filing, at=at)
    record(case, Event.CONTACT_DELETED, by=None, at=at, filing=filing)


def _tell(grievance: Grievance, kind: Event, at: datetime) -> None:
    """Nobody is told of what nobody has taken up yet."""
    filing = _filing(grievance)
    if filing is not None:
        record(filing.case, kind, by=None, at=at, filing=filing)


def _filing(grievance: Grievance) -> Filing | None:
    return Filing.objects.filter(grievance=grievance).select_related("case").first()
