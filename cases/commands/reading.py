"""Opening the words of a case for an officer; a spent budget is told to oversight."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Field
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, CaseEvent, Filing
from cases.policies import not_found, not_yours, shown
from grievance.commands.reading import (
    MaskedReading,
    Opened,
    Said,
    Words,
    open_for_search,
    open_masked,
    open_original,
    open_picture,
    open_sealed,
    open_words,
)
from grievance.models import Attachment
from supplychain.names import fold

MOST_SEARCHED = 50  # people's words that one search opens; our default
SHORTEST_SEARCH = 2  # letters or digits: enough for a word in Chinese; what is shorter is found everywhere


def read_filing(*, case: Case, filing: Filing, by: User, at: datetime) -> Words:
    """The statement and the conversation of one filing. Refuses with ``not_yours`` or ``reading_budget_spent``."""
    if not shown(by, Field.STATEMENT, case):
        raise not_yours()
    with _watched(case, by, at):
        return open_words(grievance=filing.grievance, by=by, at=at, with_name=case.handler_id == by.pk)


@dataclass(frozen=True)
class SafetyWords:
    """What somebody wrote beside the answer whether they are safe."""

    at: datetime
    words: str


def read_safety(*, case: Case, filing: Filing, by: User, at: datetime) -> list[SafetyWords]:
    """The words beside one person's answers, newest first; opened as their other words are, by the same budget."""
    if not shown(by, Field.SAFETY, case):
        raise not_yours()
    said = filing.safety_checks.filter(sealed_words__isnull=False).order_by("-answered_at", "-pk")
    rows = [(check.answered_at, check.sealed_words) for check in said]
    sealed = [(moment, bytes(words)) for moment, words in rows if moment is not None and words is not None]
    if not sealed:
        return []
    with _watched(case, by, at):
        words = open_sealed(
            grievance=filing.grievance, sealed=[body for _at, body in sealed], context="safety", by=by, at=at
        )
    return [SafetyWords(moment, text) for (moment, _body), text in zip(sealed, words, strict=True)]


def read_masked(*, case: Case, filing: Filing, by: User, at: datetime) -> MaskedReading:
    """What those read from whom identifying words are kept. Refuses with ``not_yours`` or ``reading_budget_spent``."""
    if not shown(by, Field.MASKED, case):
        raise not_yours()
    with _watched(case, by, at):
        return open_masked(grievance=filing.grievance, by=by, at=at, with_waiting=shown(by, Field.CONVERSATION, case))


def read_picture(*, attachment: Attachment, by: User, at: datetime) -> Opened:
    """The stripped copy of a file that came with a case which this person may see."""
    case = _case_of(attachment, by)
    if not shown(by, Field.PICTURES, case):
        raise not_found()
    with _watched(case, by, at):
        return open_picture(attachment=attachment, by=by, at=at)


def read_original(*, attachment: Attachment, reason: str, by: User, at: datetime) -> Opened:
    """The file as it came, for a coded reason (`grievance.codes.OriginalReason`) that the access log keeps.

    Refuses with ``not_found``, ``not_yours``, ``reason_missing`` or ``reading_budget_spent``.
    """
    case = _case_of(attachment, by)
    if not shown(by, Field.ORIGINALS, case):
        raise not_yours()
    with _watched(case, by, at):
        return open_original(attachment=attachment, reason=reason, by=by, at=at)


@dataclass(frozen=True)
class Hit:
    """A filing in whose words the search found something, and where: never the words themselves."""

    case: Case
    filing: Filing
    places: list[Said]


@dataclass(frozen=True)
class Search:
    """``read``: how many people's words were looked through; ``left``: how many of the person's own cases were not,
    because there are too many or because the day's budget is spent (``spent``)."""

    hits: list[Hit]
    read: int
    left: int
    spent: bool


def search_own_words(*, typed: str, by: User, at: datetime) -> Search:
    """Look for something in the sealed words of the cases that this person handles, what is due first first.

    They open in this process alone, each with its row in the access log and its part of the daily budget. However it is
    spelt: as `supplychain.names.fold` folds. Refuses with ``search_too_short``.
    """
    wanted = fold(typed)
    if len(wanted) < SHORTEST_SEARCH:
        raise Refused("search_too_short", _("Type at least two letters or digits."))
    own = Filing.objects.live().filter(case__in=Case.objects.visible_to(by).handled_by(by))
    nearest = own.select_related("case", "grievance").order_by("case__due_order", "pk")[:MOST_SEARCHED]
    filings = [filing for filing in nearest if shown(by, Field.STATEMENT, filing.case)]
    said, spent = open_for_search(grievances=[filing.grievance for filing in filings], by=by, at=at)
    if spent:
        _tell_oversight(filings[0].case, by, at)
    hits = []
    for filing in filings:
        if places := [one for one in said.get(filing.grievance_id, ()) if wanted in fold(one.body)]:
            hits.append(Hit(filing.case, filing, places))
    return Search(hits, read=len(said), left=own.count() - len(said), spent=spent)


def _case_of(attachment: Attachment, by: User) -> Case:
    case = Case.objects.visible_to(by).filter(filings__grievance=attachment.grievance_id).first()
    if case is None:
        raise not_found()
    return case


@contextmanager
def _watched(case: Case, by: User, at: datetime) -> Iterator[None]:
    """Whatever is opened: the refusal says that oversight has been told, and so it is."""
    try:
        yield
    except Refused as refusal:
        if refusal.code == "reading_budget_spent":
            _tell_oversight(case, by, at)
        raise


def _tell_oversight(case: Case, by: User, at: datetime) -> None:
    """Once a day and person: the refusal repeats with every click, the notice does not."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    told = CaseEvent.objects.filter(kind=Event.READING_BUDGET_SPENT, at__gte=day, data__by=by.pk)
    if not told.exists():
        record(case, Event.READING_BUDGET_SPENT, by=by, at=at, data={"by": by.pk})
