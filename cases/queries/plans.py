"""The plan of a remedy and what the people harmed say of its steps, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cases.codes import RemedyType
from cases.models import Case, Confirmation, Consultation, Filing, Plan, RemedyStep, StepText
from cases.rules.remedy import remedy_rule


@dataclass(frozen=True)
class Say:
    """What the people who filed say of one step in its present round; ``unvetted`` stand apart and confirm nothing."""

    confirmed: frozenset[int] = frozenset()  # filings
    disputing: frozenset[int] = frozenset()
    silent: frozenset[int] = frozenset()
    unvetted_confirmed: int = 0

    @property
    def asked(self) -> int:
        return len(self.confirmed) + len(self.disputing) + len(self.silent)


@dataclass(frozen=True)
class PlanRecord:
    """What the gates of a case ask of its plan."""

    steps: int = 0
    open: int = 0
    no_remedy: int = 0  # ended, and put nothing right: an interim one, or one that the panel found not done
    gaps: int = 0  # steps without plain words in the language of somebody who filed
    consulted: bool = False
    waivers_checked: bool = False
    missing: dict[int, frozenset[str]] = field(default_factory=dict)  # step: languages


def plan_of(case: Case) -> Plan | None:
    return Plan.objects.filter(case=case).first()


def plan_record(case: Case, live: Iterable[Filing], at: datetime) -> PlanRecord:
    """Of the newest plan of a case; ``live`` are the people who filed and did not withdraw, with their grievances."""
    plan = plan_of(case)
    if plan is None:
        return PlanRecord()
    people = list(live)
    steps = list(plan.steps.filter(dropped_at=None).select_related("determination"))
    missing = texts_missing(steps, people)
    return PlanRecord(
        steps=len(steps),
        open=len([step for step in steps if step.is_open]),
        no_remedy=len([step for step in steps if not step.is_open and not _puts_right(step)]),
        gaps=len(missing),
        consulted=consulted(plan, people, at),
        waivers_checked=plan.waivers_checked_at is not None,
        missing=missing,
    )


def _puts_right(step: RemedyStep) -> bool:
    """An interim step holds off harm until the remedy; and what the panel found not done is none."""
    determined = getattr(step, "determination", None)
    return step.type != RemedyType.INTERIM and (determined is None or determined.done)


def texts_missing(steps: list[RemedyStep], people: list[Filing]) -> dict[int, frozenset[str]]:
    """The languages of the people who filed in which a step is not put in plain words yet, by step."""
    wanted = frozenset(filing.grievance.language for filing in people)
    written: dict[int, set[str]] = defaultdict(set)
    for step, language in StepText.objects.filter(step__in=steps).values_list("step_id", "language"):
        written[step].add(language)
    lacking = {step.pk: wanted - written[step.pk] for step in steps}
    return {step: languages for step, languages in lacking.items() if languages}


def consulted(plan: Plan, people: list[Filing], at: datetime) -> bool:
    """Everybody was asked about the plan as it stands now, and answered, or had the time to (UNGP 31(h))."""
    wait = remedy_rule(at.date()).consultation
    asked = Consultation.objects.filter(plan=plan, asked_at__gte=plan.changed_at)
    heard = {one.filing_id for one in asked if one.answered_at is not None or one.asked_at + wait <= at}
    return bool(people) and all(filing.pk in heard for filing in people)


def says_of(steps: Iterable[RemedyStep], filings: Iterable[Filing]) -> dict[int, Say]:
    """What the people who filed say of each step, in one query; ``filings`` did not withdraw.

    A step for one person asks that person alone. The say of somebody whom nobody vetted holds a step up, and never
    confirms it (design: mass cases).
    """
    chosen, people = list(steps), list(filings)
    rounds = {step.pk: step.round for step in chosen}
    said: dict[int, dict[int, bool]] = defaultdict(dict)
    rows = Confirmation.objects.filter(step__in=rounds).values_list("step_id", "filing_id", "round", "confirmed")
    for step, filing, number, confirmed in rows:
        if number == rounds[step]:
            said[step][filing] = confirmed
    return {step.pk: _say(step, people, said[step.pk]) for step in chosen}


def _say(step: RemedyStep, people: list[Filing], said: dict[int, bool]) -> Say:
    asked = [filing for filing in people if step.filing_id in {None, filing.pk}]
    vetted = {filing.pk for filing in asked if filing.is_vetted}
    everybody = {filing.pk for filing in asked}
    return Say(
        confirmed=frozenset(pk for pk in vetted if said.get(pk) is True),
        disputing=frozenset(pk for pk in everybody if said.get(pk) is False),
        silent=frozenset(pk for pk in vetted if pk not in said),
        unvetted_confirmed=len([pk for pk in everybody - vetted if said.get(pk) is True]),
    )
