"""Taking up what arrived below: a grievance becomes a case, a message becomes somebody's next thing to do."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from accounts.history import keep
from cases.codes import MECHANISM, TAXONOMY, UrgentBecause
from cases.commands import clocks
from cases.commands.coding import start_track
from cases.commands.moving import locked
from cases.commands.record import record
from cases.commands.routing import route
from cases.commands.sharing import give
from cases.commands.texted import DOING as BY_TEXT
from cases.commands.texted import heed
from cases.commands.urgency import open_urgent
from cases.commands.warnings import warn
from cases.events import Event
from cases.models import Case, CaseCode, Filing
from cases.rules.packs import feedback_starts
from cases.rules.procedure import version_on
from cases.states import CASE, floor_of, track_of
from grievance.commands.arrivals import failed, taken_up
from grievance.commands.datakeys import make_data_key
from grievance.models import Arrival, Grievance
from grievance.receipts import new_reference


def take_up(*, at: datetime, limit: int = 200) -> int:
    """Work off the oldest arrivals, each in a transaction of its own. Returns how many were taken up.

    An arrival that fails is counted and goes behind the others: it delays nobody, stays, and is seen by /readyz.
    """
    waiting = list(Arrival.objects.waiting(at).values_list("pk", flat=True)[:limit])
    done, errors = 0, []
    for pk in waiting:
        try:
            done += _take_up_one(pk, at)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next person's words must not wait for it
            failed(pk=pk, at=at)
            errors.append(error)
    if errors:
        raise ExceptionGroup("arrivals", errors)
    return done


@transaction.atomic
def _take_up_one(pk: int, at: datetime) -> bool:
    arrival = (
        Arrival.objects.filter(pk=pk)
        .select_for_update(no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked)
        .first()
    )
    if arrival is None:  # another worker has it
        return False
    if arrival.kind == Arrival.Kind.GRIEVANCE:
        open_case(arrival.grievance, at)
    elif not HEARD[arrival.kind](arrival, at):
        return False
    taken_up(arrival=arrival)
    return True


def open_case(grievance: Grievance, at: datetime) -> Case:
    """One new grievance, one new case; an officer may link it to others later."""
    key, _data_key = make_data_key(at=at)
    codes = [family for family in grievance.families if family in TAXONOMY]
    case = Case(
        reference=new_reference(),
        site=grievance.site,
        severity=floor_of(codes) or "",
        track=track_of(codes),
        about_mechanism=MECHANISM in grievance.families,
        procedure=version_on(grievance.received_at.date()).name,
        opened_at=grievance.received_at,
        urgent_since=grievance.received_at if grievance.urgent else None,
        key=key,
        language=grievance.language,
    )
    keep(case, by=None, at=at, why="opened")
    CaseCode.objects.bulk_create(CaseCode(case=case, code=code) for code in codes)
    filing = Filing.objects.create(case=case, grievance=grievance, joined_at=at)
    give(case, [filing])
    told = {"urgent": grievance.urgent} | ({"bulk": True} if grievance.bulk else {})
    record(case, Event.CASE_OPENED, by=None, at=at, filing=filing, data=told)
    route(case, by=None, at=at)
    _start_clocks(case)
    if not grievance.bulk:
        warn(case, at=at)
    return case


def _start_clocks(case: Case) -> None:
    """Every clock that runs from the receipt, not from when we got round to it."""
    at, urgent = case.opened_at, case.urgent_since is not None
    clocks.start(case, "acknowledge_urgent" if urgent else "acknowledge", at=at)
    if urgent:
        clocks.start(case, "urgent_triage", at=at)
        clocks.start(case, "safety_plan", at=at)
    clocks.start(case, "update", at=at)
    clocks.start(case, "feedback", at=feedback_starts(at))
    start_track(case, at)


def _hear(arrival: Arrival, at: datetime) -> bool:
    """A message came: the handler is told and the answer has its day. False while its grievance has no case yet."""
    filing = Filing.objects.filter(grievance=arrival.grievance_id).select_related("case__site").first()
    message = arrival.message
    if filing is None or message is None:
        return False
    case = filing.case
    country = case.site.country if case.site else ""
    clocks.start(case, "answer_message", at=message.sent_at, country=country, message=message)
    Case.objects.filter(pk=case.pk, unread_since=None).update(unread_since=message.sent_at)
    record(case, Event.MESSAGE_ARRIVED, by=None, at=at, filing=filing, data={"message": message.pk})
    return True


def _alarm(arrival: Arrival, at: datetime) -> bool:
    """What they send says now that somebody is in danger. False while its grievance has no case yet."""
    filing = Filing.objects.filter(grievance=arrival.grievance_id).first()
    if filing is None:
        return False
    open_urgent(locked(filing.case), by=None, at=at, because=UrgentBecause.ALARM)
    return True


def _not_reached(arrival: Arrival, at: datetime) -> bool:
    """No text reaches a person any more: the handler is asked to try another way, while there is something to say, and
    where their network blocks us to tell them the word that opens it again."""
    filing = Filing.objects.filter(grievance=arrival.grievance_id).select_related("case").first()
    if filing is None:
        return False
    if not CASE.states[filing.case.stage].ends:
        event = Event.BLOCKED if arrival.kind == Arrival.Kind.BLOCKED else Event.NOT_REACHED
        record(filing.case, event, by=None, at=at, filing=filing)
    return True


HEARD: dict[str, Callable[[Arrival, datetime], bool]] = {
    Arrival.Kind.MESSAGE: _hear,
    Arrival.Kind.DANGER: _alarm,
    Arrival.Kind.UNREACHED: _not_reached,
    Arrival.Kind.BLOCKED: _not_reached,
    **dict.fromkeys(BY_TEXT, heed),
}
