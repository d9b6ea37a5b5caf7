"""Many grievances in one case: linked and merged with their history, vetted one by one, answered all at once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.codes import LinkKind
from cases.commands import clocks, deadlines
from cases.commands.casework import told_news
from cases.commands.consent import react
from cases.commands.moving import locked, move
from cases.commands.record import record, record_all
from cases.commands.remedy.saying import hear_newcomer
from cases.commands.sharing import give, shared_key
from cases.events import Event
from cases.models import Broadcast, Case, CaseEvent, CaseLink, Clock, Filing, FilingMove
from cases.policies import check_may, not_found
from cases.queries import languages_missing, oldest_unread
from cases.states import Stage
from grievance.keys import seal_json

# Into a case that stands here others can be taken: it is still being looked into, or put right.
ACKNOWLEDGE = ("acknowledge", "acknowledge_urgent")
TAKES_IN = frozenset(Stage) - {Stage.SET_ASIDE, Stage.CLOSED, Stage.APPEAL}


@transaction.atomic
def link(*, case: Case, other: Case, kind: LinkKind, by: User, at: datetime) -> CaseLink:
    """Say that two cases have to do with each other; nothing moves by it."""
    case = locked(case)
    check_may(by, Act.LINK, case)
    _check_other(case, other, by)
    if CaseLink.objects.filter(case__in=[case, other], other__in=[case, other], ended_at=None).exists():
        raise Refused("linked_already", _("These two cases are linked already."))
    made = CaseLink.objects.create(case=case, other=other, kind=kind, by=by, at=at)
    for one, its_other in ((case, other), (other, case)):
        record(one, Event.CASE_LINKED, by=by, at=at, data={"other": its_other.pk})
    return made


def _check_other(case: Case, other: Case, by: User) -> None:
    if case.pk == other.pk:
        raise Refused("itself", _("A case cannot be taken together with itself."))
    if not other.exists_for(by):
        raise not_found()


@transaction.atomic
def merge(*, case: Case, other: Case, by: User, at: datetime) -> None:
    """Take every grievance of ``case`` into ``other``: each keeps its conversation, its consent and its own say.

    What is left of ``case`` is set aside, with its history. Who comes in is vetted one by one before their say of a
    remedy confirms anything. Only somebody for whom both cases exist can do it.
    """
    first, second = sorted((case.pk, other.pk))  # always in the same order: two who merge at once never wait in a ring
    held = {pk: locked(Case(pk=pk)) for pk in (first, second)}
    case, other = held[case.pk], held[other.pk]
    check_may(by, Act.MERGE, case)
    _check_other(case, other, by)
    check_may(by, Act.MERGE, other)
    if other.stage not in TAKES_IN:
        raise Refused("takes_nobody_in", _("Nothing can be taken into that case where it stands now."))
    if case.site_id != other.site_id or case.track != other.track:
        raise Refused("not_alike", _("Only cases of one site and one track can be taken together: link them instead."))
    moving = list(Filing.objects.filter(case=case).select_related("grievance"))
    move(case, "merge", by=by, at=at, data={"other": other.pk})
    _move_filings(moving, case, other, by, at)
    _move_clocks(moving, case, other, at)
    for one in (case, other):
        Case.objects.filter(pk=one.pk).update(unread_since=oldest_unread(one))
    CaseLink.objects.create(case=case, other=other, kind=LinkKind.MERGED, by=by, at=at)
    record(other, Event.CASE_MERGED, by=by, at=at, data={"other": case.pk})
    react(case=other, at=at)  # who came in has not agreed to every company that was told there


def _move_filings(moving: list[Filing], case: Case, other: Case, by: User, at: datetime) -> None:
    FilingMove.objects.bulk_create(
        FilingMove(filing=filing, source=case, target=other, by=by, at=at) for filing in moving
    )
    Filing.objects.filter(case=case).update(case=other, vetted_at=None, vetted_by=None)
    give(other, moving)
    record_all(CaseEvent(case=other, kind=Event.FILING_MOVED, by=by, at=at, filing=filing) for filing in moving)


def _move_clocks(moving: list[Filing], case: Case, other: Case, at: datetime) -> None:
    """What is owed to one of these people is owed in the other case now; what was owed in this case ends with it."""
    theirs = Clock.objects.running().filter(case=case, message__grievance__filing__in=moving)
    Clock.objects.filter(pk__in=list(theirs.values_list("pk", flat=True))).update(case=other)
    promised = {kinds: _earliest(case, kinds) for kinds in (ACKNOWLEDGE, ("feedback",), ("update",))}
    clocks.stop_all(case, at=at)
    Clock.objects.running().filter(filing__in=moving).update(case=other)
    Clock.objects.running().filter(safety_check__filing__in=moving).update(case=other)
    for kinds, due in promised.items():
        if due is None or (kinds == ACKNOWLEDGE and other.acknowledged_at is not None):
            continue  # whoever took them in has read their words
        if Clock.objects.running().filter(case=other, kind__in=kinds).exists():
            clocks.bring_forward(other, *kinds, due=due, at=at)
        else:
            clocks.start(other, kinds[0], at=min(at, due), due=due)
    clocks.refresh_due(other)


def _earliest(case: Case, kinds: tuple[str, ...]) -> datetime | None:
    running = Clock.objects.running().filter(case=case, kind__in=kinds)
    earliest: datetime | None = running.aggregate(due=Min("due_at"))["due"]
    return earliest


@transaction.atomic
def vet(*, filing: Filing, by: User, at: datetime) -> None:
    """Somebody looked: this person is one of those harmed, and their say confirms a remedy from now on."""
    case = locked(filing.case)
    check_may(by, Act.VET, case)
    row = Filing.objects.select_for_update(no_key=True, of=("self",)).get(pk=filing.pk)
    if row.case_id != case.pk:
        raise not_found()
    if row.is_vetted:
        raise Refused("vetted_already", _("This person is vetted already."))
    row.vetted_at, row.vetted_by = at, by
    row.save(update_fields=["vetted_at", "vetted_by"])
    record(case, Event.FILING_VETTED, by=by, at=at, filing=row)
    hear_newcomer(row, case, at)


@transaction.atomic
def reply_all(*, case: Case, texts: Mapping[str, str], by: User, at: datetime, feedback: bool = False) -> Broadcast:
    """Write to everybody who filed at once, each in their own language: one row, however many they are.

    ``texts``: {language: text}. Nobody learns who the others are, or how many. It answers nobody's own message.
    ``feedback``: this is the feedback that is owed. Refuses with ``languages_missing`` while somebody could not read
    it.
    """
    case = locked(case)
    check_may(by, Act.REPLY_ALL, case)
    given = {language: text for language, text in texts.items() if text.strip()}
    if missing := languages_missing(case, given):
        raise Refused(
            "languages_missing",
            _("The text is missing in: %(languages)s.") % {"languages": ", ".join(sorted(missing))},
        )
    sealed = seal_json(shared_key(case), given, "broadcast")
    made = Broadcast.objects.create(case=case, sealed_texts=sealed, by=by, at=at)
    keep(case, by=by, at=at, why=Event.REPLY_SENT)
    record(case, Event.REPLY_SENT, by=by, at=at, data={"broadcast": made.pk})
    told_news(case, at=at)
    if feedback:
        deadlines.give_feedback(case=case, by=by, at=at)
    return made
