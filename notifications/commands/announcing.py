"""Telling people who filed by text that something waits for them, without saying what: only where texts are safe."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from cases.events import Event
from cases.models import CaseEvent, Confirmation, Filing, RemedyStep
from grievance.commands.answering import say
from grievance.keywords import Keyword, word_for
from grievance.models import Complainant, TextReceipt

# By the event, what is announced; what is asked on the follow page alone is not.
ANNOUNCED: dict[str, str] = {
    Event.REPLY_SENT: "answer_waits",
    Event.MESSAGE_RELEASED: "answer_waits",
    Event.SAFETY_ASKED: "are_you_safe",
    "step_verified": "question_waits",
    Event.STEP_TRY_MADE: "question_waits",
}


def announce(events: Iterable[CaseEvent], *, at: datetime) -> int:
    """Each person once for each thing, however many events say it. Returns how many texts wait to go out."""
    wanted = {(name, pk) for event in events if (name := ANNOUNCED.get(event.kind)) for pk in _whom(event)}
    if not wanted:
        return 0
    receipts = TextReceipt.objects.filter(
        grievance__in=[pk for _name, pk in wanted],
        grievance__complainant__safe_way=Complainant.Safe.SMS,
        grievance__key__erased_at=None,
        writer__stopped_at=None,
        pin__isnull=False,
    ).select_related("grievance", "writer__gateway")
    by_grievance = {receipt.grievance_id: receipt for receipt in receipts}
    return sum(_say(name, by_grievance[pk], at) for name, pk in sorted(wanted) if pk in by_grievance)


def _say(name: str, receipt: TextReceipt, at: datetime) -> bool:
    language = receipt.grievance.language
    read, yes, no = (word_for(one, language).upper() for one in (Keyword.READ, Keyword.SAFE, Keyword.UNSAFE))
    if name == "are_you_safe":
        return say(receipt.writer, name, language=language, at=at, urgent=True, yes=yes, no=no)
    return say(receipt.writer, name, language=language, at=at, word=read)


def _whom(event: CaseEvent) -> list[int]:
    """The grievances of those whom it is about: of a step, who has not answered in its present round."""
    if event.filing_id is not None:
        people = Filing.objects.filter(pk=event.filing_id)
    else:
        people = Filing.objects.live().filter(case=event.case_id)
    if "step" in event.data:
        step = RemedyStep.objects.get(pk=event.data["step"])
        said = Confirmation.objects.filter(step=step, round=step.round).values("filing")
        people = people.exclude(pk__in=said).filter(Q() if step.filing_id is None else Q(pk=step.filing_id))
    return list(people.values_list("grievance_id", flat=True))
