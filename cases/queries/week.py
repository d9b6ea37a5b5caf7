"""What the coming week will bring, per person, and what the sweep of the clocks did in the last day: capped counts
among the cases that exist for whoever looks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localtime

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Field, Role
from cases.labels import CLOCKS
from cases.models import Breach, Case, CaseEvent, Clock
from cases.models.case import CaseQuerySet
from cases.queries.attention import where_shown
from cases.rules import LADDERS, TARGET

# So many cases that are late, and as many that are due, are looked at; beyond that a page says that there are more.
MOST_CASES = 1000
# A case of thousands has a deadline for each message that nobody answered.
MOST_CLOCKS = 10_000
MOST_PEOPLE = 60
MOST_LINES = 8  # for each of them
MOST_STEPS = 5000
MOST_PUT_OFF = 20
DAYS = 7
LAST_DAY = timedelta(days=1)
# A sweep comes by each second; a step that waits longer was forgotten by everybody.
PATIENCE = timedelta(minutes=1)
# Every rung that there is, as a ladder is climbed.
RUNGS = tuple(
    dict.fromkeys([TARGET, *(name for steps in LADDERS.values() for step in steps for name in (step.name, step.short))])
)
ALL = frozenset({Role.SUPERVISOR, Role.LEAD, Role.OVERSIGHT})


@dataclass
class Part:
    """What one person has before them; ``person`` None: cases without a handler. ``days``: today, and the six after."""

    person: User | None
    overdue: int = 0
    days: list[int] = field(default_factory=lambda: [0] * DAYS)
    lines: list[Clock] = field(default_factory=list)

    @property
    def whole(self) -> int:
        return self.overdue + sum(self.days)

    @property
    def more(self) -> int:
        return self.whole - len(self.lines)


@dataclass(frozen=True)
class Week:
    """``capped``: there is more than what was counted. ``everybody``: more than this person's own part."""

    days: list[date]
    parts: list[Part]
    capped: bool
    more_people: int
    everybody: bool


@dataclass(frozen=True)
class Taken:
    """The steps of one kind of clock: how many at each rung of its ladder, before its day, on it and after."""

    clock: str
    before: list[tuple[str, int]]
    missed: int
    after: list[tuple[str, int]]


@dataclass(frozen=True)
class Swept:
    """``capped``: more steps were taken than were counted. ``behind``: since when a step waits that nobody took."""

    taken: list[Taken]
    capped: bool
    missed: int
    mended: int
    put_off: list[Clock]
    behind: datetime | None


def cases_of_week(user: User) -> CaseQuerySet:
    """Cases whose deadlines are this person's concern: all that exist for those who lead, for others what they carry,
    and for intake what nobody carries yet."""
    roles = roles_of(user)
    cases = Case.objects.visible_to(user).filter(where_shown(user, Field.DEADLINES))
    if roles & ALL:
        return cases
    return cases.filter(Q(handler=user) | (Q(handler=None) if Role.INTAKE in roles else Q(pk=None)))


def week_of(user: User, at: datetime) -> Week:
    """A constant number of questions, each bounded whatever there is in the database."""
    today = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today + timedelta(days=DAYS)
    queue = cases_of_week(user).order_by("due_order", "pk").values_list("pk", "handler")
    late = list(queue.filter(due_order__lt=at)[: MOST_CASES + 1])
    soon = list(queue.filter(due_order__gte=at, due_order__lt=end)[: MOST_CASES + 1])
    handlers: dict[int, int | None] = dict(late[:MOST_CASES] + soon[:MOST_CASES])
    rows = list(_due(handlers, end)[: MOST_CLOCKS + 1])
    parts, lines = _shared_out(rows[:MOST_CLOCKS], handlers, at, today.date())
    wanted = sorted(parts, key=lambda who: (who != user.pk, who is not None, -parts[who].overdue, -parts[who].whole))
    shown = wanted[:MOST_PEOPLE]
    _fill(parts, {who: lines[who] for who in shown})
    return Week(
        days=[today.date() + timedelta(days=number) for number in range(DAYS)],
        parts=[parts[who] for who in shown],
        capped=len(late) > MOST_CASES or len(soon) > MOST_CASES or len(rows) > MOST_CLOCKS,
        more_people=len(wanted) - len(shown),
        everybody=bool(roles_of(user) & ALL),
    )


def _due(cases: Iterable[int], end: datetime) -> Any:
    """(clock, case, due) of what these cases owe by then, what is due first on top."""
    owed = Clock.objects.owed().filter(case__in=list(cases), due_at__lt=end)
    return owed.order_by("due_at", "pk").values_list("pk", "case", "due_at")


def _shared_out(
    rows: Iterable[tuple[int, int, datetime]], handlers: dict[int, int | None], at: datetime, today: date
) -> tuple[dict[int | None, Part], dict[int | None, list[int]]]:
    """The counts of each person, and the clocks of their first lines."""
    parts: dict[int | None, Part] = {}
    lines: dict[int | None, list[int]] = {}
    for clock, case, due in rows:
        who = handlers[case]
        part = parts.setdefault(who, Part(None))
        if due < at:
            part.overdue += 1
        else:
            part.days[(localtime(due).date() - today).days] += 1
        if len(first := lines.setdefault(who, [])) < MOST_LINES:
            first.append(clock)
    return parts, lines


def _fill(parts: dict[int | None, Part], lines: dict[int | None, list[int]]) -> None:
    """The people, and what their lines say: one question each."""
    people = User.objects.in_bulk([who for who in lines if who is not None])
    wanted = Clock.objects.filter(pk__in=[pk for some in lines.values() for pk in some])
    clocks = wanted.select_related("case", "respondent__organisation", "step").in_bulk()
    for who, some in lines.items():
        parts[who].person = people[who] if who is not None else None
        parts[who].lines = [clocks[pk] for pk in some if pk in clocks]


def _taken(clock: str, counted: "Counter[tuple[str, str, str]]") -> Taken:
    """In the order of the ladder, whether its clock was long or short."""

    def at(event: str) -> list[tuple[str, int]]:
        return [(rung, counted[clock, event, rung]) for rung in RUNGS if counted[clock, event, rung]]

    passed = sum(count for _rung, count in at("deadline_passed"))
    return Taken(clock, at("deadline_neared"), passed, at("deadline_escalated"))


def swept(user: User, at: datetime) -> Swept:
    """Of the last day."""
    since = at - LAST_DAY
    here = Exists(cases_of_week(user).filter(pk=OuterRef("case")))
    steps = CaseEvent.objects.filter(level__isnull=False, at__gt=since, at__lte=at).filter(here)
    rows = list(steps.order_by("-at", "-pk").values_list("kind", "data")[: MOST_STEPS + 1])
    counted = Counter((data["clock"], kind, data["rung"]) for kind, data in rows[:MOST_STEPS])
    put_off = Clock.objects.put_off().filter(here).select_related("case").order_by("put_off_at", "pk")
    behind = Clock.objects.behind(at - PATIENCE).filter(here).order_by("next_step_at")
    return Swept(
        taken=[_taken(clock, counted) for clock in CLOCKS if any(clock == kind for kind, _event, _rung in counted)],
        capped=len(rows) > MOST_STEPS,
        missed=sum(kind == "deadline_passed" for kind, _data in rows[:MOST_STEPS]),
        mended=Breach.objects.filter(mended_at__gt=since, mended_at__lte=at).filter(here)[:MOST_STEPS].count(),
        put_off=list(put_off[:MOST_PUT_OFF]),
        behind=behind.values_list("next_step_at", flat=True).first(),
    )
