"""The three lifecycles as plain tables, lived through by the whole cast: nothing is stuck, nobody is told too much."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cases.gates import ASKS, COMPANY_ASKS, FEW, STEP_ASKS
from cases.states import CASE, REMEDY_STEP, RESPONDENT, Gate, Outcome, Stage, Table, Transition
from tests.cases.small_world import ASKING, ENDED, NOT_OURS, PUTS, TOLD, Company, Step, Worker, World, few, ways_out

pytestmark = pytest.mark.long  # lives at random

COMPANIES = ("the smelter", "the carmaker")
# What the people who filed do; no rule of the office takes one of these.
THEIRS = frozenset({"confirm", "dispute"})
# How far a case, and the first company in it, have come when an example begins.
WAY = ("take_up", "admit", "investigate", "design_remedy", "deliver_remedy", "monitor")
TELLING = ("approve", "notify", "acknowledge", "contest")
WORKED_ON = ASKING | {Stage.REMEDY_DESIGN, Stage.REMEDY_DELIVERY, Stage.MONITORING}
INQUIRING = frozenset({"admit", "open_dialogue", "investigate", "design_remedy"})


class Lives(RuleBasedStateMachine):
    """Whoever acts, and in whatever order: a survivor, a mass grievance of forty people, a case of our own motion."""

    @initialize(
        cast=st.sampled_from(["survivor", "forty people", "own motion"]),
        already=st.sampled_from([WAY[:length] for length in range(len(WAY) + 1)]),
        told=st.sampled_from([TELLING[:length] for length in range(len(TELLING) + 1)]),
        fit=st.sampled_from([4, 400]),
        informed=st.booleans(),
    )
    def begin(self, cast: str, already: tuple[str, ...], told: tuple[str, ...], fit: int, informed: bool) -> None:
        """A case that has come some way already, by the same moves."""
        people = {"survivor": 1, "forty people": 40, "own motion": 0}[cast]
        self.world = World(people, guarded=cast == "survivor", buyers=COMPANIES)
        self.world.put(unrepresented=cast == "forty people")  # of an Indigenous People
        self.world.team = {"the handler": Worker()}
        self.confirmed_by_person: set[int] = set()
        for verb in already:
            if verb == "monitor":
                self._carry_out(self.world.steps[0])
                self._say(0, list(self.world.live()), yes=True)
                if not people:
                    self.world.steps[0].state = "lapsed"
            self._go(_the(CASE, verb, self.world.stage))
        if told:
            self.everybody_lets_us_look()
            self.everybody_agrees(COMPANIES[0], informed=informed, talk=cast == "forty people")
        for verb in told:
            self.company(COMPANIES[0], verb, fit, sign=True)

    # -- moving the case

    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def a_button_is_pressed(self, data: st.DataObject, outcome: Outcome) -> None:
        """Whatever lacks, lacks: then nothing moves."""
        move = data.draw(st.sampled_from(self._offered()))
        if not self.world.lacks(move, outcome):
            self._take(move, outcome)

    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def what_lacks_is_mended_where_the_refusal_says(self, data: st.DataObject, outcome: Outcome) -> None:
        self._go(data.draw(st.sampled_from(self._offered())), outcome)

    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def what_is_asked_for_is_mended_but_for_one_thing(self, data: st.DataObject, outcome: Outcome) -> None:
        move = data.draw(st.sampled_from(self._offered()))
        if lacks := self.world.lacks(move, outcome):
            self._go(move, outcome, left_out=data.draw(st.sampled_from(lacks)).gate)

    @precondition(lambda self: self.world.stage in {Stage.ASSESSMENT, Stage.INVESTIGATION})
    @rule()
    def a_talk_is_tried(self) -> None:
        """Whatever can be mended is: everybody would even talk."""
        self._go(_the(CASE, "open_dialogue", self.world.stage))

    @precondition(lambda self: self.world.stage in WORKED_ON)
    @rule(outcome=st.sampled_from([Outcome.REMEDIED, Outcome.SETTLED, Outcome.REMEDY_REFUSED, Outcome.UNSUBSTANTIATED]))
    def a_closing_is_tried(self, outcome: Outcome) -> None:
        """With its letter, and with nothing noted beside it."""
        self.world.write_letter()
        move = _the(CASE, "close", self.world.stage)
        if not self.world.lacks(move, outcome):
            self._take(move, outcome)

    def _offered(self) -> list[Transition]:
        return [move for move in CASE.leaving(self.world.stage) if move.verb not in {"appeal", "set_aside", "merge"}]

    def _go(self, move: Transition, outcome: str = "", left_out: Gate | None = None) -> None:
        for lack in self.world.lacks(move, outcome):
            if lack.gate != left_out:
                self._put(lack.where, move)
        if not self.world.lacks(move, outcome):
            self._take(move, outcome)

    def _put(self, where: str, move: Transition) -> None:
        if where == "judge" and move.verb == "find_ineligible":
            self.world.put(eligible=False, reasons=True, signed=False)
        elif where == "find" and self.world.stage not in ASKING:
            return
        elif where == "ask-dialogue":
            self.everybody_agrees(COMPANIES[0], informed=True, talk=True)
        elif where == "" and move.verb == "investigate":
            self.everybody_lets_us_look()
        elif where not in NOT_OURS:
            PUTS[where](self.world)

    def _take(self, move: Transition, outcome: str) -> None:
        record = self.world.record(outcome)
        if move.verb in INQUIRING:
            assert record.handled
            assert record.undeclared == 0
        if move.target == Stage.DIALOGUE:
            assert record.live == record.opted_in > 0
        if move.target == Stage.CLOSED:
            self._closes_rightly(move, record.outcome)
        self.world.take(move)

    def _closes_rightly(self, move: Transition, outcome: str) -> None:
        record, steps = self.world.record(), self.world.steps
        if move.verb == "decide_appeal":
            assert self.world.was_closed
            return
        assert not record.letter_missing
        if record.substantiated:
            remedied = bool(steps) and all(step.state in ENDED for step in steps)
            withdrawn = outcome == Outcome.WITHDRAWN and record.filed > 0 and record.live == 0
            assert remedied or withdrawn or (record.refusal and outcome == Outcome.REMEDY_REFUSED)
        elif move.verb == "close":
            assert outcome not in {Outcome.REMEDIED, Outcome.SETTLED, Outcome.REMEDY_REFUSED}
        if move.verb == "find_ineligible":
            assert record.signed
        else:
            assert outcome != Outcome.INELIGIBLE

    @precondition(lambda self: self.world.stage == Stage.ASSESSMENT)
    @rule()
    def an_inquiry_is_tried_while_a_newcomer_is_at_work(self) -> None:
        self.everybody_lets_us_look()
        self.world.assess()
        self.world.team["a newcomer"] = Worker()
        move = _the(CASE, "investigate", Stage.ASSESSMENT)
        if not self.world.lacks(move):
            self._take(move, "")

    @precondition(lambda self: self.world.stage == Stage.APPEAL)
    @rule(data=st.data())
    def a_panel_decides(self, data: st.DataObject) -> None:
        PUTS["decide-appeal"](self.world)
        move = data.draw(st.sampled_from([one for one in CASE.leaving(Stage.APPEAL) if not self.world.lacks(one)]))
        self._take(move, "")

    @precondition(lambda self: CASE.find("appeal", self.world.stage) is not None)
    @rule()
    def somebody_appeals(self) -> None:
        move = CASE.find("appeal", self.world.stage)
        if move is None or not self.world.live():
            return
        self.world.put(appeal_open=True)
        if self.world.lacks(move):
            self.world.put(appeal_open=False)
        else:
            self._take(move, "")

    # -- what comes to be on record, and what is taken away again

    @precondition(lambda self: self.world.stage in ASKING)
    @rule(true=st.booleans())
    def find(self, true: bool) -> None:
        self.world.find(true=true)

    @rule()
    def a_finding_is_set_aside(self) -> None:
        self.world.put(found=False, substantiated=False)

    @rule()
    def a_party_appears(self) -> None:
        self.world.companies.setdefault("the trader", Company())

    @rule(name=st.sampled_from(["an interpreter", "the handler"]))
    def the_team_grows(self, name: str) -> None:
        self.world.team.setdefault(name, Worker())

    @rule()
    def the_handler_turns_out_partial(self) -> None:
        for one in self.world.team.values():
            one.partial = True

    @rule()
    def it_turns_out_guarded(self) -> None:
        """New codes; a talk that is going on ends with them."""
        self.world.put(guarded=True)
        if self.world.stage == Stage.DIALOGUE:
            for lack in self.world.lacks(step := _the(CASE, "investigate", Stage.DIALOGUE)):
                self._put(lack.where, step)
            assert not self.world.lacks(step)
            self.world.take(step)

    @rule()
    def the_panel_is_of_those_who_handled_it(self) -> None:
        self.world.put(panel=3, panel_earlier=1)

    # -- the people who filed

    @rule(data=st.data(), company=st.sampled_from(COMPANIES), yes=st.booleans(), informed=st.booleans())
    def somebody_answers(self, data: st.DataObject, company: str, yes: bool, informed: bool) -> None:
        if not self.world.people:
            return
        person = self.world.people[data.draw(st.sampled_from(sorted(self.world.people)))]
        person.asked, person.says[company], person.informed = True, yes, informed
        if not yes:  # revoking stops disclosure at once
            self.world.company_move(company, "withdraw_approval")

    @rule(company=st.sampled_from(COMPANIES), informed=st.booleans(), talk=st.booleans())
    def everybody_agrees(self, company: str, informed: bool, talk: bool) -> None:
        for person in self.world.live().values():
            person.asked, person.says[company], person.informed, person.wants_to_talk = True, True, informed, talk

    @rule()
    def everybody_lets_us_look(self) -> None:
        for person in self.world.live().values():
            person.lets_us_look = True

    @rule(data=st.data())
    def somebody_withdraws(self, data: st.DataObject) -> None:
        if live := self.world.live():
            live[data.draw(st.sampled_from(sorted(live)))].live = False

    # -- companies

    @rule(
        name=st.sampled_from(COMPANIES),
        verb=st.sampled_from([move.verb for move in RESPONDENT.transitions]),
        fit=st.sampled_from([1, 4, 400]),
        sign=st.booleans(),
    )
    def company(self, name: str, verb: str, fit: int, sign: bool) -> None:
        company = self.world.companies[name]
        if company.state == "identified":
            company.people_who_fit = fit
            company.signed_for = fit if sign else company.signed_for
        company.release_signed = sign
        if self.world.company_move(name, verb) and verb == "approve" and fit < FEW:
            assert sign
            assert all(person.informed for person in self.world.live().values())

    # -- steps of a remedy

    @precondition(lambda self: self.world.stage in {Stage.REMEDY_DESIGN, Stage.REMEDY_DELIVERY, Stage.MONITORING})
    @rule()
    def a_step_is_proposed(self) -> None:
        self.world.steps = [*self.world.steps, Step()][:3]

    @precondition(lambda self: self.world.steps)
    @rule(data=st.data())
    def a_step_is_carried_out(self, data: st.DataObject) -> None:
        self._carry_out(data.draw(st.sampled_from(self.world.steps)))

    def _carry_out(self, step: Step) -> None:
        step.intermediary = step.evidence = step.verifier_independent = True
        for verb in ("agree", "redo", "deliver", "verify"):
            self._move_step(step, verb)

    @precondition(lambda self: self.world.steps)
    @rule(data=st.data(), evidence=st.booleans(), independent=st.booleans())
    def a_step_moves(self, data: st.DataObject, evidence: bool, independent: bool) -> None:
        """By the office, the company, the verifier, the panel or time."""
        step = data.draw(st.sampled_from(self.world.steps))
        step.evidence, step.verifier_independent = evidence, independent
        step.tries += step.state == "verified"
        step.determined = step.state == "disputed" and independent
        if verbs := sorted({move.verb for move in REMEDY_STEP.leaving(step.state)} - THEIRS):
            self._move_step(step, data.draw(st.sampled_from(verbs)))

    def _move_step(self, step: Step, verb: str) -> None:
        if self.world.step_move(step, verb) and step.state == "agreed":
            step.tries, step.say = 0, {}

    @precondition(lambda self: self.world.steps and self.world.live())
    @rule(data=st.data(), yes=st.booleans(), all_of_them=st.booleans())
    def somebody_says_whether_it_was_put_right(self, data: st.DataObject, yes: bool, all_of_them: bool) -> None:
        live = sorted(self.world.live())
        place = data.draw(st.sampled_from(range(len(self.world.steps))))
        self._say(place, live if all_of_them else [data.draw(st.sampled_from(live))], yes=yes)

    def _say(self, place: int, people: list[int], *, yes: bool) -> None:
        """One confirmation per filing; any dispute holds the step."""
        step = self.world.steps[place]
        step.say |= dict.fromkeys(people, yes)
        if not yes and people and self.world.step_move(step, "dispute"):
            step.disputes += 1
            step.say |= dict.fromkeys(people, False)
            self.confirmed_by_person.discard(place)
        live = self.world.live()
        if live and all(step.say.get(number) for number in live) and self.world.step_move(step, "confirm"):
            self.confirmed_by_person.add(place)

    # -- what always holds

    @invariant()
    def no_stage_is_stuck(self) -> None:
        assert Stage.CLOSED in ways_out(self.world), self.world.stage

    @invariant()
    def no_company_knows_against_anybodys_word(self) -> None:
        live = self.world.live()
        for name, company in self.world.companies.items():
            if company.state not in TOLD:
                continue
            told_of = [live[number] for number in company.told_of if number in live]
            assert all(person.says.get(name) for person in told_of), name
            if few(company):
                assert company.signed_for is not None
                assert company.people_who_fit >= company.signed_for

    @invariant()
    def a_guarded_case_is_in_no_dialogue(self) -> None:
        assert not (self.world.kept.guarded and self.world.stage == Stage.DIALOGUE)

    @invariant()
    def a_step_is_confirmed_by_the_person_alone(self) -> None:
        confirmed = {place for place, step in enumerate(self.world.steps) if step.state == "confirmed"}
        assert confirmed == self.confirmed_by_person & confirmed


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def _the(table: Table, verb: str, state: str) -> Transition:
    move = table.find(verb, state)
    assert move is not None, (verb, state)
    return move


@pytest.mark.parametrize(("table", "asks"), [(CASE, ASKS), (RESPONDENT, COMPANY_ASKS), (REMEDY_STEP, STEP_ASKS)])
def test_every_gate_of_a_table_says_what_it_asks(table: Table, asks: Mapping[Gate, object]) -> None:
    assert {gate for move in table.transitions for gate in move.gates} == set(asks)


def test_every_place_to_which_a_gate_points_is_one_of_the_office_or_of_the_people_who_filed() -> None:
    assert {ask.where for ask in ASKS.values()} <= set(PUTS) | NOT_OURS


@pytest.mark.parametrize("state", sorted(TOLD | {"approved"}))
def test_a_revoked_consent_ends_disclosure_from_wherever_a_company_stands(state: str) -> None:
    move = _the(RESPONDENT, "withdraw_approval", state)
    assert move.target == "identified"
    assert not move.gates


@pytest.mark.parametrize("state", sorted(REMEDY_STEP.states))
def test_a_step_ends_although_the_person_stays_silent(state: str) -> None:
    seen, waiting = {state}, [state]
    while waiting:
        for move in REMEDY_STEP.leaving(waiting.pop()):
            if move.verb not in THEIRS and move.target not in seen:
                seen.add(move.target)
                waiting.append(move.target)
    assert seen & ENDED


def test_no_appeal_leads_into_a_dialogue_or_closes_what_was_open() -> None:
    decisions = {move.target: set(move.gates) for move in CASE.transitions if move.verb == "decide_appeal"}
    assert Stage.DIALOGUE not in decisions
    assert all(Gate.PANEL_DECIDED in gates for gates in decisions.values())
    world = World(1, guarded=False, buyers=COMPANIES)
    world.stage = Stage.APPEAL
    PUTS["decide-appeal"](world)
    for interrupted, closes in ((Stage.INVESTIGATION, False), (Stage.CLOSED, True)):
        world.kept = replace(world.kept, appeal_open=True, interrupted=interrupted)
        closing = CASE.find("decide_appeal", Stage.APPEAL, Stage.CLOSED)
        assert closing is not None
        assert (not world.lacks(closing)) is closes


@pytest.mark.parametrize("outcome", [Outcome.INELIGIBLE, Outcome.UNSUBSTANTIATED, Outcome.WITHDRAWN])
def test_a_case_nobody_looked_into_is_not_closed_past_the_second_signature(outcome: Outcome) -> None:
    world = World(1, guarded=False, buyers=COMPANIES)
    world.stage, world.letter = Stage.SCREENING, True
    assert [lack.gate for lack in world.lacks(_the(CASE, "close", Stage.SCREENING), outcome)] == [
        Gate.REMEDY_OR_REFUSAL
    ]
