"""A case without a database: the people, the companies and what is on record, as plain values for the three tables."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cases.gates import (
    FEW,
    CompanyRecord,
    OnRecord,
    Standing,
    StepRecord,
    company_standing,
    lacking,
    standing,
    step_standing,
)
from cases.states import CASE, REMEDY_STEP, RESPONDENT, Outcome, Stage, Transition

TOLD = frozenset({"notified", "acknowledged", "accepted", "contested", "answered"})
ENDED = frozenset({"confirmed", "determined", "lapsed"})
ASKING = frozenset({Stage.ASSESSMENT, Stage.DIALOGUE, Stage.INVESTIGATION})


@dataclass
class Person:
    """Somebody who filed: their own consent towards each company, and their own say on each step."""

    live: bool = True
    asked: bool = False
    says: dict[str, bool] = field(default_factory=dict)
    informed: bool = False
    wants_to_talk: bool = False
    lets_us_look: bool = False  # a survivor's agreement to an inquiry


@dataclass
class Worker:
    """Somebody at work on the case; ``free`` lists the parties towards which they declared themselves free."""

    free: set[str] = field(default_factory=set)
    partial: bool = False


@dataclass
class Company:
    state: str = "identified"
    people_who_fit: int = 0
    signed_for: int | None = None
    told_of: frozenset[int] = frozenset()  # whose words its version of the facts was written from
    release_signed: bool = False


@dataclass
class Step:
    state: str = "proposed"
    intermediary: bool = False
    evidence: bool = False
    verifier_independent: bool = False
    disputes: int = 0
    tries: int = 0
    say: dict[int, bool] = field(default_factory=dict)  # of each person who filed
    determined: bool = False


class World:
    """What is on record of one case; every gate of the tables is asked of it."""

    def __init__(self, people: int, *, guarded: bool, buyers: tuple[str, ...]) -> None:
        self.stage: Stage = Stage.RECEIVED
        self.people = {number: Person() for number in range(people)}
        self.companies = {name: Company() for name in buyers}
        self.steps: list[Step] = []
        self.team: dict[str, Worker] = {}
        self.kept = OnRecord(guarded=guarded)  # what is no count of somebody
        self.letter = False
        self.was_closed = False

    def live(self) -> dict[int, Person]:
        return {number: person for number, person in self.people.items() if person.live}

    def record(self, outcome: str = "") -> OnRecord:
        live = self.live().values()
        declared = [not one.partial and one.free >= set(self.companies) for one in self.team.values()]
        return replace(
            self.kept,
            live=len(live),
            filed=len(self.people),
            handled=bool(self.team),
            undeclared=declared.count(False),
            unasked=sum(not person.asked for person in live),
            opted_in=sum(person.wants_to_talk for person in live),
            survivor=self.kept.guarded and len(self.people) == 1,
            investigation_agreed=sum(person.lets_us_look for person in live),
            steps=len(self.steps),
            steps_open=sum(step.state not in ENDED for step in self.steps),
            letter_missing=frozenset() if self.letter or not live else frozenset({"sw"}),
            outcome=outcome,
        )

    def company_record(self, name: str, *, safety_checked: bool = True, facts: bool = True) -> CompanyRecord:
        company, live = self.companies[name], self.live().values()
        agreed = [person for person in live if person.says.get(name)]
        return CompanyRecord(
            live=len(live),
            filed=len(self.people),
            agreed=len(agreed),
            informed=sum(person.informed for person in agreed),
            safety_checked=safety_checked,
            survivor=self.record().survivor,
            investigation_agreed=self.record().investigation_agreed,
            people_who_fit=company.people_who_fit,
            signed_for=company.signed_for,
            facts=facts,
            release_signed=company.release_signed,
        )

    # -- the case

    def lacks(self, move: Transition, outcome: str = "") -> list[Standing]:
        return lacking(standing(move, self.record(outcome)))

    def take(self, move: Transition) -> None:
        """``move``, whose gates hold; what belongs to the stage that is left ends with it."""
        if move.verb == "appeal":
            self.kept = replace(self.kept, interrupted=self.stage)
        if move.verb == "decide_appeal":
            self.kept = replace(self.kept, appeal_open=False, appeal_answered=False)
        self.stage = Stage(move.target)
        if self.stage == Stage.CLOSED:
            # The next closing needs its own reasons, the next opening its own facts.
            self.letter, self.was_closed = False, True
            self.kept = replace(self.kept, new_facts=False)

    def put(self, **facts: bool | int | None) -> None:
        self.kept = replace(self.kept, **facts)  # type: ignore[arg-type]

    def declare_all(self) -> None:
        """A conflicted handler leaves, and somebody who is free takes the case."""
        self.team = {name: one for name, one in self.team.items() if not one.partial} or {"a colleague": Worker()}
        for one in self.team.values():
            one.free |= set(self.companies)

    def assess(self) -> None:
        self.put(graded=True)
        for person in self.live().values():
            person.asked = True

    def find(self, *, true: bool) -> None:
        self.put(found=True, substantiated=true)

    def plan(self) -> None:
        self.steps = self.steps or [Step()]
        self.put(plan_gaps=0)

    def write_letter(self) -> None:
        self.letter = True

    # -- companies and steps

    def company_move(self, name: str, verb: str) -> bool:
        """Take ``verb`` with this company if the table and its gates allow it."""
        company = self.companies[name]
        move = RESPONDENT.find(verb, company.state)
        if move is None or lacking(company_standing(move, self.company_record(name))):
            return False
        company.state = move.target
        if verb == "notify":
            company.told_of = frozenset(self.live())
        return True

    def step_record(self, step: Step) -> StepRecord:
        """A step for one person goes through an intermediary where they do not want to be known."""
        live = self.live()
        said = [step.say[number] for number in live if number in step.say]
        return StepRecord(
            complete=self.kept.plan_gaps == 0,
            consulted=self.kept.consulted,
            waivers_checked=self.kept.waivers_checked,
            one_person=len(self.people) == 1,
            intermediary=step.intermediary,
            evidence=step.evidence,
            independent=step.verifier_independent,
            asked=len(live),
            confirmed=said.count(True),
            disputing=said.count(False),
            disputes=step.disputes,
            tries=step.tries,
            days_since_first_try=step.tries * 45,
            panel=step.determined,
            panel_reasons=step.determined,
        )

    def step_move(self, step: Step, verb: str) -> bool:
        move = REMEDY_STEP.find(verb, step.state)
        if move is None or lacking(step_standing(move, self.step_record(step))):
            return False
        step.state = move.target
        return True


# The deeds to which `ASKS` points, in this world: each puts on record what its gate asks, where that is the office's.
PUTS: dict[str, Callable[[World], None]] = {
    "screen": lambda world: world.put(looked=True),
    "judge": lambda world: world.put(eligible=True, reasons=False, signed=False),
    "declare": World.declare_all,
    "sign-ineligible": lambda world: world.put(signed=world.kept.eligible is False),
    "letter": World.write_letter,
    "assess": World.assess,
    "find": lambda world: world.find(true=True),
    "fpic": lambda world: world.put(unrepresented=False),
    "plan": World.plan,
    "consult": lambda world: world.put(consulted=True),
    "check-waivers": lambda world: world.put(waivers_checked=True),
    "decide-appeal": lambda world: world.put(panel=3, panel_earlier=0, appeal_answered=True),
    "note": lambda world: world.put(refusal=True, new_facts=True),
}
# Who else has to act for these: the people who filed, or time.
NOT_OURS = frozenset({"ask-dialogue", "code", "step", "decide-review", ""})


def ways_out(world: World) -> set[Stage]:
    """The stages that the office alone can still take this case to: nobody who filed changes their word, no company
    does anything, and what is guarded stays so. Every fact that is the office's to put on record may be put there."""
    now = world.record()
    ours = replace(
        now, looked=True, reasons=True, signed=True, handled=True, undeclared=0, graded=True, unasked=0, refusal=True,
        letter_missing=frozenset(), panel=3, panel_earlier=0, appeal_answered=True, new_facts=True, consulted=True,
        waivers_checked=True, referred=True, unrepresented=False,
    )  # fmt: skip
    seen, waiting = {world.stage}, [world.stage]
    while waiting:
        stage = waiting.pop()
        found = (
            [ours, replace(ours, found=True, substantiated=True), replace(ours, found=True, substantiated=False)]
            if stage in ASKING
            else [ours]
        )
        hopes = [
            replace(record, eligible=eligible, outcome=outcome)
            for record in found
            for eligible in (True, False)
            for outcome in Outcome
        ]
        for move in CASE.leaving(stage):
            target = Stage(move.target)
            if target not in seen and any(not lacking(standing(move, hope)) for hope in hopes):
                seen.add(target)
                waiting.append(target)
    return seen


def few(company: Company) -> bool:
    return company.people_who_fit < FEW
