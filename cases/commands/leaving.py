"""Leaving a case, which is the complainant's alone; and saying how the handling was, once it is over."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from cases.codes import SafetyReason
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record
from cases.commands.remedy.saying import hear_without
from cases.events import Event
from cases.models import Filing, Rating, SafetyCheck, Withdrawal
from cases.rules.safety import answer_by
from cases.states import Stage
from grievance.commands.following import Following
from grievance.keys import seal_text


@transaction.atomic
def withdraw(*, following: Following, pressed: bool | None, words: str = "", at: datetime) -> None:
    """Somebody who filed wants no part in the case any more, from any stage; it ends their own filing and no other.

    Asked in private whether somebody pressed them (None: they do not say), and asked at once whether they are safe. The
    mechanism may go on without their words. Refuses with ``withdrawn_already``.
    """
    filing = Filing.objects.filter(grievance=following.grievance).select_related("case").first()
    if filing is None:
        raise Refused("not_yet", _("Nobody has opened your case yet. Please come back in a minute."))
    case = locked(filing.case)
    filing = Filing.objects.select_for_update(no_key=True, of=("self",)).get(pk=filing.pk)
    if filing.withdrawn_at is not None:
        raise Refused("withdrawn_already", _("You have withdrawn already."))
    filing.withdrawn_at = at
    filing.next_safety_at = at  # the check-ins that follow are reckoned anew
    filing.save(update_fields=["withdrawn_at", "next_safety_at"])
    sealed = seal_text(following.data_key, words, "withdrawal") if words.strip() else None
    Withdrawal.objects.create(filing=filing, pressed=pressed, sealed_words=sealed, at=at)
    check = SafetyCheck.objects.create(
        filing=filing,
        reason=SafetyReason.WITHDRAWAL,
        ask_at=at,
        answer_by=answer_by(SafetyReason.WITHDRAWAL, at),
    )
    clocks.start_checks([check], alerting=[SafetyReason.WITHDRAWAL])
    clocks.stop(case, "appeal_filed", at=at, filing=filing)
    record(case, Event.FILING_WITHDRAWN, by=None, at=at, filing=filing, data={"urgent": pressed is True})
    hear_without(filing, case, at)


@transaction.atomic
def rate(*, following: Following, score: int, at: datetime) -> None:
    """One to five, once the case is closed; the newest answer of a person holds. Refuses with ``not_closed``."""
    filing = Filing.objects.filter(grievance=following.grievance).select_related("case").first()
    if filing is None or filing.case.stage != Stage.CLOSED:
        raise Refused("not_closed", _("We ask you this once your case is closed."))
    if score not in range(1, 6):
        raise Refused("no_score", _("Please choose one of the five."))
    Rating.objects.update_or_create(filing=filing, defaults={"score": score, "at": at})
    record(filing.case, Event.RATED, by=None, at=at, filing=filing)
