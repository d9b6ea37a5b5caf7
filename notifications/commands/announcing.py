"""Telling people who filed that something waits for them, without saying what: only where and how it is safe."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from cases.events import Event
from cases.models import CaseEvent, Confirmation, Filing, Payment, RemedyStep
from grievance.commands.answering import say
from grievance.commands.reaching import BY_WAY, reach
from grievance.keywords import Keyword, word_for
from grievance.models import Complainant, ConsentQuestion, TextReceipt

People = QuerySet[Filing]
Wanted = set[tuple[str, int]]  # name of the text, id of the grievance
# What is said by the safe way, where it is not just that something waits.
PAGES = {"are_you_safe": "page_safe"}


def announce(events: Iterable[CaseEvent], *, at: datetime) -> int:
    """Each person once for each thing, however many events say it: on the phone that they filed from, with a PIN, or by
    the safe way that they chose on the web. Returns how many texts wait to go out."""
    wanted = {(told[0], pk) for event in events if (told := ANNOUNCED.get(event.kind)) for pk in _whom(event, told[1])}
    if not wanted:
        return 0
    return _by_text(wanted, at) + _by_safe_way(wanted, at)


def _by_text(wanted: Wanted, at: datetime) -> int:
    """Nobody hears by the phone of a partner whose part they ended."""
    receipts = (
        TextReceipt.objects.filter(
            grievance__in=[pk for _name, pk in wanted],
            grievance__complainant__safe_way=Complainant.Safe.SMS,
            grievance__key__erased_at=None,
            writer__stopped_at=None,
            pin__isnull=False,
        )
        .exclude(grievance__relay__ended_at__isnull=False)
        .select_related("grievance", "writer__gateway")
    )
    by_grievance = {receipt.grievance_id: receipt for receipt in receipts}
    return sum(_say(name, by_grievance[pk], at) for name, pk in sorted(wanted) if pk in by_grievance)


def _by_safe_way(wanted: Wanted, at: datetime) -> int:
    people = Complainant.objects.filter(
        grievance__in=[pk for _name, pk in wanted],
        grievance__receipt__isnull=False,
        grievance__text_receipt=None,
        grievance__key__erased_at=None,
        safe_way__in=BY_WAY,
        sealed_contact__isnull=False,
    ).select_related("grievance__site")
    by_grievance = {person.grievance_id: person for person in people}
    texts = {(PAGES.get(name, "page_waits"), pk) for name, pk in wanted if pk in by_grievance}
    return sum(reach(by_grievance[pk], name, at=at, urgent=name == "page_safe") for name, pk in sorted(texts))


def _say(name: str, receipt: TextReceipt, at: datetime) -> bool:
    language = receipt.grievance.language
    read, yes, no = (word_for(one, language).upper() for one in (Keyword.READ, Keyword.SAFE, Keyword.UNSAFE))
    if name == "are_you_safe":
        return say(receipt.writer, name, language=language, at=at, urgent=True, yes=yes, no=no)
    return say(receipt.writer, name, language=language, at=at, word=read)


def _whom(event: CaseEvent, people: Callable[[CaseEvent], People]) -> set[int]:
    return set(people(event).values_list("grievance_id", flat=True))


# -- Whose grievances they are: found by what stands in the case, so that nobody hears of what is not there for them.


def _named(event: CaseEvent) -> People:
    """The one person whom it is about, else everybody who takes part."""
    if event.filing_id is not None:
        return Filing.objects.filter(pk=event.filing_id)
    return Filing.objects.live().filter(case=event.case_id)


def _served(event: CaseEvent) -> People:
    """For whom something was put on their page with this event: a finding, a letter, a decision, a place to meet."""
    return Filing.objects.live().filter(case=event.case_id, served__at=event.at)


def _of_step(event: CaseEvent) -> People:
    """Whom a step concerns."""
    step = RemedyStep.objects.get(pk=event.data["step"])
    return _named(event).filter(Q() if step.filing_id is None else Q(pk=step.filing_id))


def _asked_of_step(event: CaseEvent) -> People:
    """Of these, who has not answered in its present round."""
    step = RemedyStep.objects.get(pk=event.data["step"])
    return _of_step(event).exclude(pk__in=Confirmation.objects.filter(step=step, round=step.round).values("filing"))


def _asked_to_tell(event: CaseEvent) -> People:
    """Who was asked then whether this company may be told, and has said nothing since of it or of all."""
    if event.respondent is None:
        return Filing.objects.none()
    company = event.respondent.organisation_id
    asked = ConsentQuestion.objects.filter(organisation=company, at=event.at)
    since = Q(complainant__consents__organisation=None) | Q(complainant__consents__organisation=company)
    asked = asked.exclude(pk__in=asked.filter(since, complainant__consents__at__gte=event.at).values("pk"))
    return Filing.objects.live().filter(case=event.case_id, grievance__complainant__in=asked.values("complainant"))


def _asked_to_talk(event: CaseEvent) -> People:
    return Filing.objects.live().filter(case=event.case_id, dialogue_asked_at=event.at, dialogue_wanted=None)


def _asked_of_plan(event: CaseEvent) -> People:
    return Filing.objects.live().filter(
        case=event.case_id, consultations__asked_at=event.at, consultations__answered_at=None
    )


def _asked_of_money(event: CaseEvent) -> People:
    """Did it come? Somebody saw what shows that it was paid."""
    paid = Payment.objects.filter(step=event.data["step"], proved_at=event.at, answered_at=None)
    return Filing.objects.live().filter(pk__in=paid.values("filing"))


# By the event: what is announced, and to whom.
ANNOUNCED: dict[str, tuple[str, Callable[[CaseEvent], People]]] = {
    Event.REPLY_SENT: ("answer_waits", _named),
    Event.MESSAGE_RELEASED: ("answer_waits", _named),
    Event.SAFETY_ASKED: ("are_you_safe", _named),
    **dict.fromkeys(
        (
            Event.FINDING_MADE,
            Event.FINDING_WORDED,
            Event.HEARING_PLANNED,
            Event.REFERRED,
            "case_closed",
            "case_found_ineligible",
            "appeal_decided",
        ),
        ("to_read", _served),
    ),
    "step_determined": ("to_read", _of_step),
    Event.CONSENT_ASKED: ("question_waits", _asked_to_tell),
    Event.DIALOGUE_ASKED: ("question_waits", _asked_to_talk),
    Event.HEARING_HELD: ("question_waits", _served),
    Event.CONSULTATION_ASKED: ("question_waits", _asked_of_plan),
    Event.PAYMENT_PROVED: ("question_waits", _asked_of_money),
    "step_verified": ("question_waits", _asked_of_step),
    Event.STEP_TRY_MADE: ("question_waits", _asked_of_step),
}
