"""The urgent overlay: somebody may be in danger; its clocks run until there is a plan for their safety."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.codes import NoteKind, UrgentBecause
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, Clock, Note
from cases.policies import check_may
from cases.queries import safety_plan
from cases.rules import due_at
from cases.rules.packs import rule_for
from cases.states import Stage
from grievance.keys import data_key_for_office, seal_text


@transaction.atomic
def mark_urgent(*, case: Case, by: User, at: datetime) -> None:
    """An officer sees that somebody may be in danger."""
    case = locked(case)
    check_may(by, Act.MARK_URGENT, case)
    open_urgent(case, by=by, at=at, because=UrgentBecause.OFFICER)


def open_urgent(case: Case, *, by: User | None, at: datetime, because: UrgentBecause) -> None:
    """Open the overlay; ``case`` is `locked`. ``by`` None: the person's own answer, or their silence, shows it.

    At any stage, and past any gate. Where the case is urgent already nothing is opened twice, but another alarm asks
    for another plan.
    """
    if case.urgent_since is None:
        case.urgent_since = at
        keep(case, by=by, at=at, why=Event.URGENT_OPENED)
        record(case, Event.URGENT_OPENED, by=by, at=at, data={"urgent": True, "because": because})
        _hasten_acknowledgement(case, at)
        if case.stage == Stage.RECEIVED:
            clocks.start(case, "urgent_triage", at=at)
    if not Clock.objects.running().filter(case=case, kind="safety_plan").exists():
        clocks.start(case, "safety_plan", at=at)


def _hasten_acknowledgement(case: Case, at: datetime) -> None:
    """Who is in danger hears sooner, and never later than they would have anyway."""
    running = Clock.objects.running().filter(case=case, kind="acknowledge").first()
    if running is None or running.due_at <= at:
        return
    clocks.stop(case, "acknowledge", at=at)
    due = min(running.due_at, due_at(rule_for("acknowledge_urgent", at.date()), at))
    clocks.start(case, "acknowledge_urgent", at=at, due=due)


def _acknowledge_in_time(case: Case, at: datetime) -> None:
    """Without the danger the law's own time holds again for an acknowledgement that is still owed; one that was missed
    while there was danger stays on record."""
    if clocks.stop(case, "acknowledge_urgent", at=at):
        clocks.start(case, "acknowledge", at=case.opened_at)


@transaction.atomic
def plan_safety(*, case: Case, plan: str, by: User, at: datetime) -> Note:
    """What keeps these people safe, and who does what for it; sealed, for the office alone."""
    case = locked(case)
    check_may(by, Act.NOTE, case)
    return _write_plan(case, plan, by, at)


@transaction.atomic
def end_urgent(*, case: Case, plan: str = "", by: User, at: datetime) -> None:
    """The danger is over. Refuses without a safety plan, written now or since the case became urgent."""
    case = locked(case)
    check_may(by, Act.END_URGENT, case)
    if plan.strip():
        _write_plan(case, plan, by, at)
    elif safety_plan(case) is None:
        raise Refused("no_safety_plan", _("Write the safety plan first: what keeps these people safe from now on."))
    case.urgent_since = None
    keep(case, by=by, at=at, why=Event.URGENT_ENDED)
    record(case, Event.URGENT_ENDED, by=by, at=at)
    clocks.stop(case, "urgent_triage", "safety_plan", at=at)
    _acknowledge_in_time(case, at)


def _write_plan(case: Case, plan: str, by: User, at: datetime) -> Note:
    key = data_key_for_office(case.key_id)
    kind = NoteKind.SAFETY_PLAN
    note = Note.objects.create(case=case, kind=kind, sealed_body=seal_text(key, plan, "note"), by=by, at=at)
    record(case, Event.NOTE_WRITTEN, by=by, at=at, data={"note": kind})
    clocks.stop(case, "safety_plan", at=at)
    return note
