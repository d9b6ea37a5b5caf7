"""What may have happened to a case up to now, drawn by chance around one moment; for `manage.py make_cases`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from dateutil.relativedelta import relativedelta

from cases.codes import FAMILIES
from cases.events import Event
from cases.rules import Rung, due_at, rungs
from cases.rules.packs import rule_for
from cases.rules.safety import Watched, schedule
from cases.states import Severity, Stage, Track

AHEAD = timedelta(hours=6)  # no step of a clock comes sooner than this after the making

# Share of each among open cases, per cent.
STAGES = {
    Stage.RECEIVED: 10, Stage.SCREENING: 10, Stage.ASSESSMENT: 20, Stage.DIALOGUE: 5, Stage.INVESTIGATION: 25,
    Stage.REMEDY_DESIGN: 10, Stage.REMEDY_DELIVERY: 12, Stage.MONITORING: 8,
}  # fmt: skip
SEVERITIES = {Severity.CRITICAL: 5, Severity.HIGH: 20, Severity.MEDIUM: 45, Severity.LOW: 30}
TRACKS = {Track.STANDARD: 88, Track.SURVIVOR: 4, Track.CHILD: 4, Track.RETAL: 4}
LANGUAGES = {"sw": 26, "fr": 20, "en": 12, "hi": 8, "zh-hans": 8, "id": 8, "es": 6, "pt-br": 5, "ar": 5, "ur": 2}
OPENNESS = {"anonymous": 55, "confidential": 30, "open": 15}
STAGE_CLOCK = {
    Stage.SCREENING: "eligibility", Stage.ASSESSMENT: "assessment", Stage.INVESTIGATION: "investigation",
    Stage.REMEDY_DESIGN: "remedy_plan", Stage.MONITORING: "verification",
}  # fmt: skip
# The way to monitoring; a case in dialogue went as far as assessment.
PATH = (
    (Stage.SCREENING, "case_taken_up"), (Stage.ASSESSMENT, "case_admitted"),
    (Stage.INVESTIGATION, "investigation_opened"), (Stage.REMEDY_DESIGN, "remedy_design_opened"),
    (Stage.REMEDY_DELIVERY, "remedy_agreed"), (Stage.MONITORING, "monitoring_opened"),
)  # fmt: skip


@dataclass(frozen=True)
class Running:
    """A clock and the steps of its ladder that were taken. ``promised``: a date of its own, in place of its rule's."""

    kind: str
    regime: str
    started: datetime
    due: datetime
    promised: datetime | None
    passed: tuple[Rung, ...]
    next_step: datetime | None

    @property
    def missed(self) -> bool:
        return any(rung.event == "deadline_passed" for rung in self.passed)


@dataclass(frozen=True)
class Life:
    """One case up to now. ``told``: companies were found and its history is written out."""

    stage: Stage
    severity: str
    track: Track
    opened: datetime
    acknowledged: datetime | None
    clocks: tuple[Running, ...]
    urgent: bool
    language: str
    family: str
    openness: str
    told: bool
    talks: bool
    unread_since: datetime | None

    @property
    def due(self) -> datetime:
        return min(clock.due for clock in self.clocks)

    def milestones(self, at: datetime) -> Iterator[tuple[str, datetime]]:
        """Kind and moment of the events that led to where the case stands, evenly over its time."""
        path = [event for _stage, event in PATH[: self._steps()]]
        if self.acknowledged:
            path.insert(1, Event.ACKNOWLEDGED)
        for place, kind in enumerate(path, 1):
            yield kind, self.opened + (at - self.opened) * place / (len(path) + 1)

    def next_safety(self, at: datetime) -> datetime:
        """When the sweep looks next whether somebody has to be asked; not while things are measured."""
        ahead = schedule(Watched(joined_at=self.opened), at).next_at
        return max(ahead or at, at + AHEAD)

    def _steps(self) -> int:
        stages = [stage for stage, _event in PATH]
        near = {Stage.DIALOGUE: Stage.ASSESSMENT}.get(self.stage, self.stage)
        return stages.index(near) + 1 if near in stages else 0


class Fate:
    """Draws lives by the shares above."""

    def __init__(self, at: datetime, chance: Random) -> None:
        self.at, self.chance = at, chance

    def pick(self, shares: dict[Any, int]) -> Any:
        return self.chance.choices(list(shares), list(shares.values()))[0]

    def days_ago(self, least: float, most: float) -> datetime:
        return self.at - timedelta(days=self.chance.uniform(least, most))

    def lucky(self, percent: int) -> bool:
        return self.chance.random() * 100 < percent

    def life(self) -> Life:
        """Drawn again until no step of any of its clocks is due or about to be."""
        while True:
            life = self._life()
            if all(clock.next_step is None or clock.next_step > self.at + AHEAD for clock in life.clocks):
                return life

    def _life(self) -> Life:
        stage, urgent = self.pick(STAGES), self.lucky(4)
        opened, acknowledged = self._beginning(stage, urgent)
        worked_on = acknowledged is not None
        return Life(
            stage=stage,
            severity=self.pick(SEVERITIES) if worked_on else "",
            track=self.pick(TRACKS),
            opened=opened,
            acknowledged=acknowledged,
            clocks=tuple(self._clock(*clock) for clock in self._clocks(stage, urgent, opened, acknowledged)),
            urgent=urgent,
            language=self.pick(LANGUAGES),
            family=self.chance.choice(list(FAMILIES)),
            openness=self.pick(OPENNESS),
            told=worked_on and self.lucky(25),
            talks=worked_on and self.lucky(25),
            unread_since=self.days_ago(0, 6) if worked_on and self.lucky(5) else None,
        )

    def _beginning(self, stage: Stage, urgent: bool) -> tuple[datetime, datetime | None]:
        """When it was opened and when acknowledged."""
        if stage is Stage.RECEIVED:
            return self.days_ago(0, 0.2 if urgent else 7.5), None
        acknowledged = self.days_ago(1, 40 if stage in {Stage.SCREENING, Stage.ASSESSMENT} else 400)
        return acknowledged - timedelta(days=self.chance.uniform(0, 6)), acknowledged

    def _clocks(
        self, stage: Stage, urgent: bool, opened: datetime, acknowledged: datetime | None
    ) -> Iterator[tuple[str, datetime, datetime | None]]:
        """Kind, start and, where the rule's own length does not hold, the due moment."""
        if acknowledged is None:
            yield "acknowledge_urgent" if urgent else "acknowledge", opened, None
            yield "update", opened, None
            yield "feedback", opened, opened + timedelta(days=7) + relativedelta(months=3)
            return
        yield "update", max(acknowledged, self.days_ago(0, 31)), None
        if acknowledged > self.at - timedelta(days=95):
            yield "feedback", acknowledged, None
        if kind := STAGE_CLOCK.get(stage):
            length = rule_for(kind, self.at.date()).amount
            yield kind, max(acknowledged, self.days_ago(0, length * 1.1)), None

    def _clock(self, kind: str, started: datetime, promised: datetime | None) -> Running:
        rule = rule_for(kind, started.date())
        due = promised or due_at(rule, started)
        ladder = rungs(rule, started, due)
        passed = tuple(rung for rung in ladder if rung.at <= self.at)
        ahead = ladder[len(passed)].at if len(passed) < len(ladder) else None
        return Running(kind, rule.regime, started, due, promised, passed, ahead)
