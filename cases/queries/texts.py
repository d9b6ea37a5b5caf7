"""What somebody who comes back by text is told of their case, and what waits there to be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from django.db.models import Q, QuerySet
from django.utils.functional import Promise as Lazy

from cases.labels import NEXT
from cases.models import Filing
from cases.queries.follow import OWED, clocks_to
from cases.queries.promises import Promise, promises_to
from cases.queries.shared import broadcasts_to
from cases.states import CASE
from grievance.commands.following import Following
from grievance.keys import open_text
from grievance.models import Message, TextReceipt

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
class ToRead:
    """``messages``: of the office, not read yet, the oldest first; ``steps``: of the remedy, to be answered."""

    messages: list[str]
    steps: list[Promise]


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
        waits=_of_office(filing).filter(read_at=None).exists(),
    )


def to_read(following: Following, filing: Filing, at: datetime) -> ToRead:
    """In the words of the office, opened with the person's key."""
    fresh = _of_office(filing).filter(Q(read_at=None) | Q(read_at__gt=at - AGAIN))
    written = [(one.sent_at, open_text(following.data_key, one.sealed_body, "message")) for one in fresh]
    read_at = TextReceipt.objects.filter(grievance=filing.grievance_id).values_list("read_at", flat=True).first()
    to_all = [
        (sent, body)
        for sent, _language, body in broadcasts_to(filing, following.data_key)
        if read_at is None or sent > read_at - AGAIN
    ]
    messages = [body for _sent, body in sorted([*written, *to_all], key=itemgetter(0))]
    steps = [one for one in promises_to(filing, following.data_key, at).steps if one.asks]
    return ToRead(messages, steps)


def _of_office(filing: Filing) -> QuerySet[Message]:
    shown = Message.objects.shown_to_person().filter(grievance=filing.grievance_id, author__isnull=False)
    return shown.order_by("sent_at", "pk")
