"""What the people who filed decide on their own page; nobody of the office decides it for them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from cases.commands import hearings
from cases.commands.consent import react
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Filing, Hearing
from cases.states import Track
from grievance.commands import calls, conversation
from grievance.commands.following import Following


def _own(following: Following) -> tuple[Case, Filing]:
    """The case, held, and what this person filed in it. Refuses while nobody has taken it up."""
    held = Filing.objects.filter(grievance=following.grievance).select_related("case").first()
    if held is None:
        raise _not_asked()
    case = locked(held.case)
    return case, Filing.objects.get(pk=held.pk)


def _not_asked() -> Refused:
    return Refused("not_asked", _("We are not asking this just now. Please write to us below."))


@transaction.atomic
def answer_dialogue(*, following: Following, wanted: bool, at: datetime) -> None:
    """Do they want to talk with the company? The newest answer counts (LkSG §8(1)). Refuses with ``not_asked``."""
    case, filing = _own(following)
    if filing.dialogue_asked_at is None:
        raise _not_asked()
    if filing.dialogue_wanted is wanted:
        return
    filing.dialogue_wanted, filing.dialogue_answered_at = wanted, at
    filing.save(update_fields=["dialogue_wanted", "dialogue_answered_at"])
    record(case, Event.DIALOGUE_ANSWERED, by=None, at=at, filing=filing, data={"wanted": wanted})


@transaction.atomic
def answer_inquiry(*, following: Following, agreed: bool, at: datetime) -> None:
    """A survivor says whether what happened is looked into, and takes it back when they want (behaviour 17: ESS10).

    A no holds from this moment: a company that was told, or was about to be, is told nothing more.
    """
    case, filing = _own(following)
    if case.track != Track.SURVIVOR:
        raise _not_asked()
    if (filing.investigation_agreed_at is not None) is agreed:
        return
    filing.investigation_agreed_at = at if agreed else None
    filing.save(update_fields=["investigation_agreed_at"])
    record(case, Event.INQUIRY_ANSWERED, by=None, at=at, filing=filing, data={"agreed": agreed})
    react(case=case, at=at)


@transaction.atomic
def allow_call(*, following: Following, allowed: bool, at: datetime) -> None:
    """Their handler may open the contact and call, for a few days; or not any more."""
    case, filing = _own(following)
    if not allowed:
        calls.end_call(following=following, at=at)
    elif calls.allow_call(following=following, at=at):
        record(case, Event.CALL_ALLOWED, by=None, at=at, filing=filing)


@transaction.atomic
def check_minutes(
    *, following: Following, hearing: Hearing, right: bool, words: str, language: str, at: datetime
) -> None:
    """The speaker says whether the minutes are right (HinSchG §11); what is wrong comes as a message, and is answered.

    Pressed twice, the first answer holds, and the words are one message.
    """
    hearings.check_minutes(hearing=hearing, following=following, objection=not right, at=at)
    if words.strip():
        conversation.write(following=following, body=words, language=language, at=at)
