"""What an officer reads of the urgent overlay: since when, what showed it, and the plan that keeps people safe."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from accounts.models import User
from cases.codes import NoteKind, UrgentBecause
from cases.events import Event
from cases.models import Case, Note
from grievance.keys import data_key_for_office, open_text


@dataclass(frozen=True)
class Plan:
    """The newest safety plan, in the words of the officer who wrote it."""

    body: str
    by: User
    at: datetime


@dataclass(frozen=True)
class Urgency:
    """``because`` is "" where the person said so when they filed."""

    since: datetime
    because: str | Promise
    plan: Plan | None


def safety_plan(case: Case) -> Note | None:
    """The newest plan since the case became urgent; None where it has none, or is not urgent."""
    if case.urgent_since is None:
        return None
    plans = case.notes.filter(kind=NoteKind.SAFETY_PLAN, at__gte=case.urgent_since)
    return plans.select_related("by").order_by("-pk").first()


def urgency_of(case: Case) -> Urgency | None:
    """None for a case that is not urgent."""
    if case.urgent_since is None:
        return None
    opened = case.events.filter(kind=Event.URGENT_OPENED, at=case.urgent_since).order_by("-pk").first()
    because = UrgentBecause(opened.data["because"]).label if opened else ""
    note = safety_plan(case)
    return Urgency(case.urgent_since, because, _read(case, note) if note and case.erased_at is None else None)


def _read(case: Case, note: Note) -> Plan:
    return Plan(open_text(data_key_for_office(case.key_id), note.sealed_body, "note"), note.by, note.at)
