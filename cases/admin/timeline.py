"""What happened to a case, told line by line from its events and from the versions of its records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.admin.versions import Version, versions_in
from accounts.models import User
from cases import labels
from cases.codes import PauseBecause, SeatKind, Standing, UrgentBecause, WaivedBecause
from cases.events import Event
from cases.models import Case, CaseEvent
from cases.queries import people_named, respondent_versions
from cases.queries.remedy_page import step_versions, steps_named_in
from cases.states import LABELS, AsideReason, Severity

# What nobody of the office does: the person who filed does it on their follow page.
BY_THE_PERSON = frozenset(
    {
        Event.MESSAGE_ARRIVED, Event.MINUTES_CHECKED, "appeal_opened", Event.CONSENT_GIVEN, Event.CONSENT_REVOKED,
        Event.DIALOGUE_ANSWERED, Event.SAFETY_ANSWERED, Event.SAFETY_ALARM, Event.CALL_ALLOWED,
        Event.CONSULTATION_ANSWERED, Event.PAYMENT_ANSWERED, Event.STEP_SAID, "step_confirmed", "step_disputed",
        "step_dispute_taken_back", Event.FILING_WITHDRAWN, Event.RATED,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """``kind`` names the event for the page's marks; ``detail`` is "" where the label says all."""

    at: datetime
    kind: str
    label: str
    detail: str
    by: str


@dataclass(frozen=True)
class Named:
    """Whom and what the events name by id: people, and the numbers of remedy steps."""

    people: dict[int, User]
    steps: dict[int, int]


@dataclass(frozen=True)
class Kept:
    """One version of one record of the case."""

    record: str
    version: Version
    why: str


def name_of(person: User | None) -> str:
    return (person.get_full_name() or person.username) if person else ""


def timeline(events: list[CaseEvent]) -> list[Line]:
    named = Named(people_named(events), steps_named_in(events))
    return [
        Line(event.at, event.kind, str(labels.EVENTS.get(event.kind, event.kind)), _detail(event, named), _by(event))
        for event in events
    ]


def _by(event: CaseEvent) -> str:
    if event.by is not None:
        return name_of(event.by)
    return _("the person") if event.kind in BY_THE_PERSON else _("the system")


def _detail(event: CaseEvent, named: Named) -> str:
    parts = []
    people = named.people
    if event.data.get("step") in named.steps:
        parts.append(_("Step %(number)d") % {"number": named.steps[event.data["step"]]})
    if event.clock is not None:
        parts += [str(labels.CLOCKS.get(event.clock.kind, event.clock.kind)), labels.rung_in_words(event.data["rung"])]
    if event.respondent is not None:
        parts.append(str(event.respondent.organisation))
    if "handler" in event.data:
        parts.append(name_of(people.get(event.data["handler"])))
    if "seat" in event.data:
        parts += [name_of(people.get(event.data["user"])), str(SeatKind(event.data["seat"]).label)]
    if "of" in event.data:  # which deadline it was that changed
        parts.append(str(labels.CLOCKS.get(event.data["of"], event.data["of"])))
    parts += _coded(event)
    if told := event.data.get("to"):
        audiences = ", ".join(str(labels.AUDIENCES.get(one, one)) for one in told)
        parts.append(_("told: %(audiences)s") % {"audiences": audiences})
    return " · ".join(parts)


def _coded(event: CaseEvent) -> list[str]:
    """What the codes in its data are called."""
    parts = [", ".join(event.data["codes"])] if "codes" in event.data else []
    for key, word in ((Event.URGENT_OPENED, UrgentBecause), (Event.ACKNOWLEDGEMENT_WAIVED, WaivedBecause)):
        if event.kind == key:
            parts.append(str(word(event.data["because"]).label))
    if event.kind == "case_set_aside":
        parts.append(str(LABELS[AsideReason(event.data["reason"])]))
    if event.kind == Event.CLOCK_PAUSED:
        parts.append(str(PauseBecause(event.data["reason"]).label))
        parts += [_("until %(day)s") % {"day": _day(event.data["until"])}] if "until" in event.data else []
    if event.kind == Event.STANDING_RECORDED:
        parts.append(str(Standing(event.data["standing"]).label))
    if event.kind == Event.SEVERITY_GRADED:
        parts.append(str(LABELS[Severity(event.data["level"])]))
    return parts


def _day(stored: str) -> str:
    return date_format(localtime(datetime.fromisoformat(stored)), "j M Y")


def kept_versions(case: Case) -> list[Kept]:
    """Every version of the case, its respondents and its remedy steps, newest first; a constant number of queries.

    Whoever sees the case may read the names that stand in it, so that nothing is narrowed here.
    """
    of_case = versions_in([list(case.history.select_related("history_user"))], sealed=(), show=_all)[0]
    rows = respondent_versions(case)
    names = [str(record[0].organisation) for record in rows]
    found = [_kept(case.reference, version) for version in of_case]
    for name, versions in zip(names, versions_in(rows, sealed=(), show=_all), strict=True):
        found += [_kept(name, version) for version in versions]
    steps = step_versions(case)
    for record, versions in zip(steps, versions_in(steps, sealed=(), show=_all), strict=True):
        name = _("Step %(number)d") % {"number": record[0].number}
        found += [_kept(name, version) for version in versions]
    return sorted(found, key=lambda kept: kept.version.at, reverse=True)


def _kept(record: str, version: Version) -> Kept:
    return Kept(record, version, str(labels.WHYS.get(version.why, version.why)))


def _all(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    return rows
