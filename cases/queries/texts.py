"""What somebody who comes back by text is told of their case, and what waits there to be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from django.db.models import Q, QuerySet
from django.utils.functional import Promise as Lazy

from cases.labels import NEXT
from cases.models import Broadcast, Consultation, Determination, Filing, Hearing, Payment, ServedText
from cases.queries.follow import OVER, OWED, Recipient, clocks_to, known_to, recipients_of
from cases.queries.promises import Promise, promises_to
from cases.queries.served import served_to
from cases.queries.shared import broadcasts_to
from cases.states import CASE
from grievance.commands.following import Following
from grievance.keys import open_text
from grievance.models import Complainant, ConsentQuestion, Message, TextReceipt

AGAIN = timedelta(days=1)  # what they read within this is read to them once more: texts are lost on the way


@dataclass(frozen=True)
class Standing:
    """``next``: what happens by ``due_at``, "" where only a word from us is owed; ``waits``: there is news to read."""

    sentence: str | Lazy
    next: str | Lazy
    due_at: datetime | None
    late: bool
    waits: bool


@dataclass(frozen=True)
class Telling:
    """One company of which they were asked whether it may be told; ``number``: by which a text names it, the same as
    long as there is this person. ``read``: the newest question was before them."""

    number: int
    recipient: Recipient
    read: bool

    @property
    def asks(self) -> bool:
        return self.recipient.asked


@dataclass(frozen=True)
class ToRead:
    """``tellings``: companies of which they are asked; ``messages``: of the office, not read yet, the oldest first;
    ``steps``: of the remedy, to be answered; ``ended``: by the panel since they read last; ``on_web``: more is asked,
    which is answered there."""

    tellings: list[Telling]
    messages: list[str]
    steps: list[Promise]
    ended: list[Promise]
    on_web: bool

    def __bool__(self) -> bool:
        return bool(self.tellings or self.messages or self.steps or self.ended or self.on_web)


def how_it_stands(filing: Filing, at: datetime) -> Standing:
    """Needs no key. A clock that stands still says nothing of its day."""
    running = [(kind, due) for kind, due, still in clocks_to(filing, at) if still is None]
    ahead = next(((NEXT[kind], due) for kind, due in running if kind in NEXT), None)
    owed = next((("", due) for kind, due in running if kind in OWED), None)
    what, due = ahead or owed or ("", None)
    return Standing(
        sentence=CASE.states[filing.case.stage].sentence,
        next=what,
        due_at=due,
        late=due is not None and due < at,
        waits=_waits(filing, at),
    )


def _waits(filing: Filing, at: datetime) -> bool:
    """Is there something that they have not read, or are asked?"""
    since = _read_at(filing)
    new = Q() if since is None else Q(at__gt=since)
    return (
        _of_office(filing).filter(read_at=None).exists()
        or ServedText.objects.filter(new, filing=filing, finding__set_aside_at=None).exists()
        or Broadcast.objects.filter(new, case=filing.case_id, at__gte=filing.joined_at).exists()
        or any(one.asks for one in tellings_to(filing, at))
        or asks_on_web(filing)
    )


def to_read(following: Following, filing: Filing, at: datetime) -> ToRead:
    """In the words of the office, opened with the person's key."""
    fresh = _of_office(filing).filter(Q(read_at=None) | Q(read_at__gt=at - AGAIN))
    written = [(one.sent_at, open_text(following.data_key, one.sealed_body, "message")) for one in fresh]
    since = _since(filing, at)
    to_all = [
        (sent, body)
        for sent, _language, body in broadcasts_to(filing, following.data_key)
        if since is None or sent > since
    ]
    served = [(one.at, one.body) for one in served_to(following) if since is None or one.at > since]
    messages = [body for _sent, body in sorted([*written, *to_all, *served], key=itemgetter(0))]
    steps = promises_to(filing, following.data_key, at).steps
    ends = Determination.objects.filter(step__in=[one.step for one in steps])
    ended = set((ends if since is None else ends.filter(at__gt=since)).values_list("step_id", flat=True))
    return ToRead(
        tellings=[one for one in tellings_to(filing, at) if one.asks],
        messages=messages,
        steps=[one for one in steps if one.asks],
        ended=[one for one in steps if one.step.pk in ended],
        on_web=asks_on_web(filing),
    )


def tellings_to(filing: Filing, at: datetime) -> list[Telling]:
    """Every company that answers and of which they were ever asked, in the order in which that was; needs no key."""
    if filing.withdrawn_at is not None:
        return []
    person = Complainant.objects.get(grievance=filing.grievance_id)
    _all, recipients = recipients_of(person, filing, at)
    answering = {one.organisation.pk: one for one in recipients if one.organisation is not None}
    rows = ConsentQuestion.objects.filter(complainant=person, identity=False).order_by("pk")
    newest, read_at = dict(rows.values_list("organisation_id", "at")), _read_at(filing)
    return [
        Telling(number, answering[company], read_at is not None and asked_at <= read_at)
        for number, (company, asked_at) in enumerate(newest.items(), start=1)
        if company in answering
    ]


def asks_on_web(filing: Filing) -> bool:
    """Does a question wait that needs more than a word: the plan, minutes, a talk, money, whether a company may know
    who they are? Needs no key."""
    if filing.withdrawn_at is not None:
        return False
    asked = Consultation.objects.filter(filing=filing).order_by("-asked_at", "-pk").first()
    return (
        (asked is not None and asked.answered_at is None)
        or (filing.dialogue_asked_at is not None and filing.dialogue_wanted is None and filing.case.stage not in OVER)
        or Hearing.objects.filter(filing=filing, checked_at=None).exclude(held_at=None).exists()
        or Payment.objects.filter(filing=filing, answered_at=None).exclude(proved_at=None).exists()
        or any(one.asked for one in known_to(Complainant.objects.get(grievance=filing.grievance_id)))
    )


def _read_at(filing: Filing) -> datetime | None:
    return TextReceipt.objects.filter(grievance=filing.grievance_id).values_list("read_at", flat=True).first()


def _since(filing: Filing, at: datetime) -> datetime | None:
    """From when on it is read to them: what they had not, and once more what they had within the last day."""
    read_at = _read_at(filing)
    return read_at - AGAIN if read_at is not None and read_at > at - AGAIN else read_at


def _of_office(filing: Filing) -> QuerySet[Message]:
    shown = Message.objects.shown_to_person().filter(grievance=filing.grievance_id, author__isnull=False)
    return shown.order_by("sent_at", "pk")
