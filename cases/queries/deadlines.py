"""What is due in one case, what the people who filed may still do, and what was missed: for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet

from accounts.models import User
from accounts.roles import Field
from cases.models import Breach, Case, Clock, ClockPause, Filing
from cases.policies import shown
from cases.rules import Rule, Unit
from cases.rules.calendars import day_there
from cases.rules.packs import PACKS, THEIRS, rule_for

# Of each list so many are shown, and the rest is counted.
MOST = 40
# What else somebody has to be shown who reads of a deadline of this kind.
TELLS = {"safety_check": Field.SAFETY, "review_step": Field.REMEDY}
PAUSABLE = frozenset(rule.clock for rule in PACKS if rule.pausable)
OF_THE_PERSON = "appeal_filed"  # theirs, and may stand still: one for each person


@dataclass(frozen=True)
class Due:
    """A running deadline of ours or of a company's; ``count`` of them where each person's own message has one."""

    kind: str
    due_at: datetime
    rule: Rule
    company: str = ""
    step: int | None = None
    country: str = ""
    extended: bool = False
    pause: ClockPause | None = None
    count: int = 1

    @property
    def by_calendar(self) -> bool:
        """Does it matter whose working days and days count?"""
        return self.rule.unit == Unit.BUSINESS_DAYS or self.rule.ladder == "respondent"

    @property
    def day(self) -> date | None:
        """What is due when a day is over in its country is said with that day; None where the hour matters."""
        return day_there(self.due_at, self.country) if self.rule.ladder == "respondent" else None

    @property
    def law(self) -> str:
        """The article that it comes from; "" for a rule of our own."""
        return self.rule.source if self.rule.source != "D" else ""


@dataclass(frozen=True)
class Open:
    """What so many of the people who filed may still do or answer; ``until``: some of it stands still so long."""

    kind: str
    people: int
    first_at: datetime
    last_at: datetime
    until: datetime | None


@dataclass(frozen=True)
class Missed:
    """A missed deadline; it stays on record when what was owed is done at last."""

    kind: str
    due_at: datetime
    mended_at: datetime | None
    company: str
    step: int | None


@dataclass(frozen=True)
class Deadlines:
    """``more``, ``more_missed``: how many of each are not in the list."""

    owed: list[Due]
    more: int
    theirs: list[Open]
    missed: list[Missed]
    more_missed: int


NOT_SHOWN = Deadlines([], 0, [], [], 0)


def deadlines_of(case: Case, user: User, at: datetime) -> Deadlines:
    """Of a case whose deadlines this person is shown; a constant number of questions to the database."""
    owed = Clock.objects.owed().filter(case=case)
    alone = owed.filter(message=None)
    held = list(_with_pause(alone, at)[: MOST + 1])
    breaches = Breach.objects.filter(case=case)
    told = breaches.select_related("clock__respondent__organisation", "clock__step").order_by("-due_at", "-pk")
    missed = list(told[: MOST + 1])
    found = [_due(clock, case) for clock in held[:MOST]] + _messages(owed.exclude(message=None), case)
    return Deadlines(
        owed=sorted(found, key=lambda one: one.due_at),
        more=alone.count() - MOST if len(held) > MOST else 0,
        theirs=_theirs(case, user, at),
        missed=[_missed(one) for one in missed[:MOST]],
        more_missed=breaches.count() - MOST if len(missed) > MOST else 0,
    )


def clocks_to_hold(case: Case, filings: Sequence[Filing], at: datetime) -> list[Clock]:
    """Running deadlines that may stand still, each with ``held``: the pause in which it stands now, if any. Of what
    each person has for themselves, those of ``filings``."""
    wanted = Clock.objects.running().filter(case=case, kind__in=PAUSABLE, due_at__gt=at)
    wanted = wanted.filter(~Q(kind=OF_THE_PERSON) | Q(filing__in=[one.pk for one in filings]))
    found = list(_with_pause(wanted, at))
    return [clock for clock in found if rule_for(clock.kind, clock.started_at.date(), case.severity).pausable]


def feedback_owed(case: Case) -> bool:
    return Clock.objects.running().filter(case=case, kind="feedback").exists()


def _with_pause(clocks: QuerySet[Clock], at: datetime) -> QuerySet[Clock]:
    """With what its line on a page says, what is due first on top."""
    now = ClockPause.objects.filter(from_at__lte=at, until_at__gt=at).select_related("by")
    wanted = clocks.select_related("respondent__organisation", "step")
    return wanted.prefetch_related(Prefetch("pauses", now, to_attr="held")).order_by("due_at", "pk")


def _due(clock: Clock, case: Case) -> Due:
    held: list[ClockPause] = getattr(clock, "held", [])
    return Due(
        kind=clock.kind,
        due_at=clock.due_at,
        rule=rule_for(clock.kind, clock.started_at.date(), case.severity),
        company=_company(clock),
        step=clock.step.number if clock.step else None,
        country=clock.country,
        extended=clock.extended_at is not None,
        pause=held[0] if held else None,
    )


def _messages(clocks: QuerySet[Clock], case: Case) -> list[Due]:
    """One line for all that people wrote and nobody answered: there may be thousands."""
    rows: Any = clocks.values("kind", "country").annotate(n=Count("pk"), due=Min("due_at"), began=Min("started_at"))
    return [
        Due(
            kind=row["kind"],
            due_at=row["due"],
            rule=rule_for(row["kind"], row["began"].date(), case.severity),
            country=row["country"],
            count=row["n"],
        )
        for row in rows.order_by()
    ]


def _theirs(case: Case, user: User, at: datetime) -> list[Open]:
    """Not what is over: nobody was late with it."""
    kinds = [kind for kind in THEIRS if kind not in TELLS or shown(user, TELLS[kind], case)]
    running = Clock.objects.running().filter(case=case, kind__in=kinds, started_at__lte=at, due_at__gt=at)
    rows: Any = running.values("kind").annotate(
        n=Count("pk", distinct=True),
        first=Min("due_at"),
        last=Max("due_at"),
        until=Max("pauses__until_at", filter=Q(pauses__from_at__lte=at, pauses__until_at__gt=at)),
    )
    return [Open(row["kind"], row["n"], row["first"], row["last"], row["until"]) for row in rows.order_by("first")]


def _missed(breach: Breach) -> Missed:
    clock = breach.clock
    step = clock.step.number if clock.step else None
    return Missed(clock.kind, breach.due_at, breach.mended_at, _company(clock), step)


def _company(clock: Clock) -> str:
    return str(clock.respondent.organisation) if clock.respondent else ""
