"""Reads of cases that span models."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import SPECIALISTS, Act, Field, Role
from cases.codes import SeatKind
from cases.models import Case, CaseEvent, Filing, Respondent, Routing, Seat, Untold
from cases.models.case import CaseQuerySet
from cases.policies import can, shown
from cases.queries.deadlines import NOT_SHOWN, Deadlines, deadlines_of
from cases.queries.independence import Undeclared, partial_to, parties_by_name, still_to_declare
from cases.queries.many import filings_page
from cases.states import CASE, LINE, Stage
from grievance.models import Arrival, Message, Opening
from supplychain.models import Organisation, Site

# What fits a list of choices in a page without scripts.
MOST_CHOICES = 1000


@dataclass(frozen=True)
class Step:
    """One stage on the line that people see: ``state`` is "done", "now" or "ahead"."""

    stage: Stage
    label: str | Promise
    state: str


@dataclass(frozen=True)
class CasePage:
    """What an officer may read of a case, words aside: those open through `cases.commands.reading`."""

    case: Case
    at: datetime
    line: list[Step]
    people: "Page[Filing]"  # of those who filed, the twenty that are before the officer
    deadlines: Deadlines
    respondents: list[Respondent]
    routing: Routing | None
    events: list[CaseEvent]
    acts: list[Act]
    parties: list[Organisation]
    undeclared: list[Undeclared]  # who at work has not declared themselves towards whom; of guests, they themselves
    # What its forms choose from, each asked once: `cases.forms.fields`.
    read: dict[Any, Any] = field(default_factory=dict)

    @property
    def filings(self) -> list[Filing]:
        return list(self.people.object_list)

    @property
    def named_filings(self) -> list[tuple[Filing, str]]:
        """Each with a label that says no name: "Person 2"."""
        first = self.people.start_index()
        return [
            (one, _("Person %(number)d who filed") % {"number": place}) for place, one in enumerate(self.filings, first)
        ]


# Stages beside the line, by the one of the line at which they are shown.
BESIDE = {Stage.DIALOGUE: Stage.INVESTIGATION, Stage.APPEAL: Stage.INVESTIGATION, Stage.SET_ASIDE: Stage.SCREENING}


def line_of(case: Case | None) -> list[Step]:
    """The public line of stages with where this case stands; None: a grievance that nobody took up yet.

    What it never came to is not said to be done: a case that is closed without a remedy shows none.
    """
    stage = Stage(case.stage) if case is not None else Stage.RECEIVED
    now = LINE.index(BESIDE.get(stage, stage))
    passed = _stages_of(case) if case is not None and now > LINE.index(Stage.INVESTIGATION) else frozenset(LINE)
    return [
        Step(name, CASE.states[name].label, "done" if place < now else "now" if place == now else "ahead")
        for place, name in enumerate(LINE)
        if place >= now or name in passed
    ]


def _stages_of(case: Case) -> frozenset[Stage]:
    """Where on the line this case ever stood; every case was received."""
    stood = {Stage(stage) for stage in case.history.order_by().values_list("stage", flat=True).distinct()}
    return frozenset({Stage.RECEIVED, *(BESIDE.get(stage, stage) for stage in stood)})


def case_page(*, case: Case, user: User, at: datetime, people: str = "", filing: str = "") -> CasePage:
    """Everything of a case that this person's role shows at this stage, a constant number of queries.

    ``people``: which page of those who filed; ``filing``: the id of the one who is before the officer.
    """
    respondents = case.respondents.select_related("organisation").order_by("tier", "organisation__name")
    events = case.events.select_related("by", "clock", "respondent__organisation").order_by("-pk")
    parties = parties_by_name(case)
    return CasePage(
        case=case,
        at=at,
        line=line_of(case),
        people=filings_page(case, people, filing),
        deadlines=deadlines_of(case, user, at) if shown(user, Field.DEADLINES, case) else NOT_SHOWN,
        respondents=list(respondents) if shown(user, Field.RESPONDENTS, case) else [],
        routing=case.routings.order_by("-at").first() if shown(user, Field.RESPONDENTS, case) else None,
        events=list(events[:200]) if shown(user, Field.HISTORY, case) else [],
        acts=[act for act in Act if can(user, act, case)],
        parties=parties,
        undeclared=still_to_declare(case, parties, user, of_all=shown(user, Field.RECORD, case)),
    )


def oldest_unread(case: Case) -> datetime | None:
    """When the oldest message came that nobody of the office has answered or read."""
    unread = Message.objects.filter(grievance__filing__case=case, author=None, read_at=None)
    oldest: datetime | None = unread.aggregate(oldest=Min("sent_at"))["oldest"]
    return oldest


def newest_message(filing: Filing) -> int:
    """The id of the newest message of the person who filed; 0 for none."""
    own = Message.objects.filter(grievance=filing.grievance_id, author=None)
    return own.aggregate(newest=Max("pk"))["newest"] or 0


def oldest_untold(at: datetime) -> timedelta | None:
    """How long the oldest thing waits that a worker should have worked off: an arrival or an untold event."""
    moments = [
        moment
        for moment in (
            Untold.objects.order_by("pk").values_list("at", flat=True).first(),
            Arrival.objects.order_by("pk").values_list("at", flat=True).first(),
        )
        if moment is not None
    ]
    return at - min(moments) if moments else None


def queue_of(user: User) -> CaseQuerySet:
    """Every case that exists for this person, each with the kind of its running clock that is due first."""
    return Case.objects.listed_for(user).with_next_clock().due_first()


def sites_of(user: User) -> QuerySet[Site]:
    """Sites of the cases that exist for this person: a filter that tells of no other case."""
    visible = Case.objects.visible_to(user).filter(site=OuterRef("pk"))
    return Site.objects.filter(Exists(visible)).only("name").order_by("name", "pk")[:MOST_CHOICES]


def sites_to_name(user: User) -> list[Site]:
    """Sites that an officer may say a grievance is about."""
    return list(Site.objects.visible_to(user).order_by("country", "name", "pk")[:MOST_CHOICES])


def handlers_free(case: Case, respondents: list[Respondent]) -> list[User]:
    """Who may be given the case: holds the role, or sits on its panel, and is free of conflict with every party. Where
    that is nobody, oversight."""
    parties = {one.organisation_id for one in respondents} | ({case.site.operator_id} if case.site else set())
    partial = partial_to(case, parties=parties)
    people = User.objects.holding(Role.OVERSIGHT if case.about_mechanism or case.for_panel else Role.HANDLER)
    if special := [one for one, track in SPECIALISTS.items() if track == case.track]:
        people = people.filter(pk__in=User.objects.holding(*special).values("pk"))
    if case.for_panel:
        seated = Seat.objects.running().filter(case=case, kind=SeatKind.PANELLIST).values("user")
        people = people | User.objects.filter(is_active=True, pk__in=seated)
    free = people.exclude(pk__in=partial)
    found = free if free.exists() else User.objects.holding(Role.OVERSIGHT).exclude(pk__in=partial)
    return list(found.order_by("first_name", "last_name", "username")[:MOST_CHOICES])


def respondent_versions(case: Case) -> list[list[Any]]:
    """The history rows of every respondent of a case, one list each, newest first: one query."""
    rows = Respondent.history.filter(case=case).select_related("history_user", "organisation")
    ordered = rows.order_by("id", "-history_date", "-history_id")
    return [list(group) for _pk, group in groupby(ordered, key=lambda row: row.id)]


def people_named(events: list[CaseEvent]) -> dict[int, User]:
    """The people whom events name in their data."""
    named = (event.data.get(key) for event in events for key in ("handler", "user"))
    return User.objects.in_bulk({pk for pk in named if pk is not None})


def openings_seen_by(user: User) -> QuerySet[Opening]:
    """The access log, for oversight alone, and only of cases that exist for this person."""
    if Role.OVERSIGHT not in roles_of(user):
        return Opening.objects.none()
    return Opening.objects.filter(grievance__filing__case__in=Case.objects.visible_to(user))
