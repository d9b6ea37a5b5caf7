"""A case of four people, lived through in any order: nothing closes it without a remedy, and no silence is a yes.

Every rule is a command of the product against the database. A refusal is an answer like any other, and changes no row.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.errors import Refused
from accounts.models import User
from cases.codes import AppealResult, LetterKind, Method, NoteKind, RemedyType, Risk, SeatKind
from cases.commands import appeals, assessing, closing, independence, intake, leaving, many, notes
from cases.commands.appeals import Decision
from cases.commands.remedy import delivery, plan, saying
from cases.commands.remedy.plan import Promised
from cases.models import Case, Confirmation, Filing, Plan, RemedyStep, Respondent, Seat
from cases.policies import forget_seats
from cases.queries import parties_of
from cases.states import CASE, REMEDY_STEP, Outcome, Stage
from grievance import receipts
from grievance.commands import following
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import Following
from tests.cases.conftest import AT, draft
from tests.cases.inquiry import found, standing_in

pytestmark = pytest.mark.long  # lives at random

DAY = timedelta(days=1)
WORDS = {"sw": "Kampuni italipa mishahara.", "fr": "L'entreprise paie les salaires."}
# Which say a step has to have had; what is kept of a closed case waits until somebody opens it again.
AT_REST = {Stage.CLOSED, Stage.SET_ASIDE}
MOVES = {move.event: move.target for move in REMEDY_STEP.transitions}
MODELS = [
    model
    for app in ("cases", "grievance")
    for model in apps.get_app_config(app).get_models()
    if model._meta.managed and not model._meta.proxy
]

# How far a life has come when an example begins.
WAY = ("agreed", "claimed", "verified", "confirmed", "closed")
# Every way to close a case, the one that most is asked of first.
ENDS = sorted(Outcome, key=lambda one: one != Outcome.REMEDIED)
# Ends of a step that are, or are taken for, a remedy.
REMEDIED = {"confirmed", "determined", "lapsed"}

people = st.integers(0, 3)
steps = st.integers(0, 2)


def fingerprint() -> list[Any]:
    """How many rows there are of everything, and where each thing stands."""
    return [
        *(model._default_manager.count() for model in MODELS),
        *Case.objects.order_by("pk").values_list("pk", "stage", "outcome", "closed_at", "next_due_at", "shared"),
        *RemedyStep.objects.order_by("pk").values_list("pk", "state", "round", "disputes", "tries", "due_on"),
        *Confirmation.objects.order_by("pk").values_list("pk", "confirmed", "version"),
        *Filing.objects.order_by("pk").values_list("pk", "case", "vetted_at", "withdrawn_at"),
        *Plan.objects.order_by("pk").values_list("pk", "changed_at", "agreed_at", "waivers_checked_at"),
    ]


class World:
    """Four people of two languages in one case, the last not vetted yet; two companies; a verifier and a panel."""

    def __init__(self, case: Case, filed: Filed, chain: dict[str, Any], cast: dict[str, User]) -> None:
        self.case, self.cast, self.start = case, cast, AT + 10 * DAY
        found(standing_in(case, Stage.INVESTIGATION), cast["handler"])
        Case.objects.filter(pk=case.pk).update(stage=Stage.REMEDY_DESIGN, handler=cast["handler"])
        case.filings.update(vetted_at=AT, vetted_by=cast["handler"])
        self.everybody = [filed, *(self._joins(chain, language) for language in ("sw", "fr", "sw"))]
        for filing in case.filings.order_by("pk")[1:3]:
            many.vet(filing=filing, by=cast["handler"], at=AT)
        self.phones = [self._phone(one) for one in self.everybody]
        case.respondents.filter(tier__lte=1).update(
            state="accepted", approved_at=AT, approved_by=cast["handler"], notified_at=AT, people_who_fit=40
        )
        for who, kind in (("verifier", SeatKind.VERIFIER), ("panel", SeatKind.PANELLIST)):
            Seat.objects.create(case=case, user=cast[who], kind=kind, given_by=cast["supervisor"], given_at=AT)
            forget_seats(cast[who])
        free: dict[int, list[str]] = {party: [] for party in parties_of(case)}
        for who in ("handler", "verifier", "panel"):
            independence.declare(case=case, towards=free, by=cast[who], at=AT)

    def _joins(self, chain: dict[str, Any], language: str) -> Filed:
        filed = file_grievance(
            draft=draft(site_id=chain["mine"].pk, language=language), nonce=receipts.new_nonce(), at=AT
        )
        intake.take_up(at=AT)
        theirs = Case.objects.order_by("-pk")[0]
        many.merge(case=theirs, other=self.case, by=self.cast["handler"], at=AT)
        return filed

    def _phone(self, filed: Filed) -> Following:
        return following.resume(session_key=following.open_session(receipt=filed.receipt, at=AT), at=AT)


class Life(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.kept = transaction.atomic()
        self.kept.__enter__()
        self.case, self.cast, self.at = self.world.case, self.world.cast, self.world.start

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.kept.__exit__(None, None, None)

    def do(self, command: Callable[..., Any], **given: Any) -> None:
        """Do it, or be refused and have changed nothing."""
        before = fingerprint()
        self.at += timedelta(hours=1)
        try:
            command(**given, at=self.at)
        except Refused:
            assert fingerprint() == before

    def step(self, number: int) -> RemedyStep:
        """The step of that number, or one that does not exist."""
        rows = list(RemedyStep.objects.filter(plan__case=self.case).order_by("pk"))
        return rows[number % len(rows)] if rows else RemedyStep(pk=0)

    def with_step(self, command: Callable[..., Any], number: int, **given: Any) -> None:
        if (step := self.step(number)).pk:
            self.do(command, step=step, **given)

    def promised(self, type_: RemedyType, tier: int, one: int | None, due: int, *, whole: bool = True) -> Promised:
        owner: Respondent = self.case.respondents.filter(tier=tier)[0]
        filing = None if one is None else Filing.objects.filter(case=self.case).order_by("pk")[one]
        due_on = (self.at + timedelta(days=due)).date()
        texts = WORDS if whole else {"sw": WORDS["sw"]}
        return Promised(type_, owner, due_on, "Wages", "Proof of payment", texts, filing, intermediary=one == 0)

    # -- where a life begins: anywhere between a first plan and the people's say

    @initialize(way=st.sampled_from([WAY[:length] for length in (3, 5, 4, 1, 2, 0)]))
    def begin(self, way: tuple[str, ...]) -> None:
        for number in range(2):
            type_ = (RemedyType.COMPENSATION, RemedyType.APOLOGY)[number]
            promised = self.promised(type_, 0, None, 30)
            plan.plan_step(case=self.case, promised=promised, by=self.cast["handler"], at=self.at)
        for part in way:
            getattr(self, f"_{part}")()

    def _agreed(self) -> None:
        plan.consult(case=self.case, by=self.cast["handler"], at=self.at)
        for phone in self.world.phones:
            plan.answer_consultation(following=phone, agrees=True, words="", at=self.at)
        plan.check_waivers(case=self.case, by=self.cast["handler"], at=self.at)
        plan.agree(case=self.case, by=self.cast["handler"], at=self.at)

    def _claimed(self) -> None:
        for number in range(2):
            self.claim(number=number, evidence="Paid on Monday")

    def _verified(self) -> None:
        for number in range(2):
            self.verify(number=number, holds=True, who="verifier")

    def _confirmed(self) -> None:
        self.everybody_confirms(most=3)

    def _closed(self) -> None:
        self.monitor()
        self.close(languages=("sw", "fr"), outcome=Outcome.REMEDIED)
        assert Case.objects.get(pk=self.case.pk).stage == Stage.CLOSED

    # -- the plan

    @rule(
        type_=st.sampled_from([RemedyType.COMPENSATION, RemedyType.INTERIM]),
        tier=st.integers(0, 2),
        one=st.none() | people,
        due=st.sampled_from([-3, 14, 60]),
        whole=st.booleans(),
    )
    def plan_step(self, type_: RemedyType, tier: int, one: int | None, due: int, whole: bool) -> None:
        if RemedyStep.objects.count() < 5:
            promised = self.promised(type_, tier, one, due, whole=whole)
            self.do(plan.plan_step, case=self.case, promised=promised, by=self.cast["handler"])

    @rule(number=steps, tier=st.integers(0, 1))
    def change_step(self, number: int, tier: int) -> None:
        promised = self.promised(RemedyType.RESTITUTION, tier, None, 45)
        self.with_step(plan.change_step, number, promised=promised, by=self.cast["handler"])

    @rule(number=steps)
    def drop_step(self, number: int) -> None:
        self.with_step(plan.drop_step, number, by=self.cast["handler"])

    @rule()
    def consult(self) -> None:
        self.do(plan.consult, case=self.case, by=self.cast["handler"])

    @rule(who=people, agrees=st.booleans())
    def answer(self, who: int, agrees: bool) -> None:
        self.do(plan.answer_consultation, following=self.world.phones[who], agrees=agrees, words="")

    @rule()
    def check_waivers(self) -> None:
        self.do(plan.check_waivers, case=self.case, by=self.cast["handler"])

    @rule(number=st.none() | steps)
    def agree(self, number: int | None) -> None:
        if number is None:
            self.do(plan.agree, case=self.case, by=self.cast["handler"])
        else:
            self.with_step(plan.agree_step, number, by=self.cast["handler"])

    # -- the delivery

    @rule(number=steps, evidence=st.sampled_from(["Paid on Monday", "  "]))
    def claim(self, number: int, evidence: str) -> None:
        given: dict[str, Any] = {"words": evidence, "evidence": None, "delivered_on": self.at.date()}
        self.with_step(delivery.claim, number, by=self.cast["handler"], **given)

    @rule(number=steps, holds=st.booleans(), who=st.sampled_from(["verifier", "verifier", "handler", "panel"]))
    def verify(self, number: int, holds: bool, who: str) -> None:
        given = {"method": Method.VISIT, "holds": holds, "words": "Seen"}
        self.with_step(delivery.verify, number, by=self.cast[who], **given)

    @rule()
    def everything_is_delivered(self) -> None:
        for number in range(3):
            self.claim(number=number, evidence="Paid on Monday")
            self.verify(number=number, holds=True, who="verifier")

    @rule(number=steps, due=st.sampled_from([0, 20]))
    def redo(self, number: int, due: int) -> None:
        due_on = (self.at + timedelta(days=due)).date()
        self.with_step(delivery.redo, number, due_on=due_on, by=self.cast["handler"])

    @rule(number=steps, done=st.booleans(), who=st.sampled_from(["panel", "panel", "handler"]))
    def determine(self, number: int, done: bool, who: str) -> None:
        self.with_step(delivery.determine, number, done=done, reasons="We looked", by=self.cast[who])

    @rule(number=steps)
    def record_try(self, number: int) -> None:
        self.with_step(delivery.record_try, number, by=self.cast["handler"])

    # -- the people

    @rule(who=people, number=steps, confirmed=st.booleans(), stale=st.sampled_from([False, False, True]))
    def say(self, who: int, number: int, confirmed: bool, stale: bool) -> None:
        step, phone = self.step(number), self.world.phones[who]
        said = Confirmation.objects.filter(step=step, filing__grievance=phone.grievance, round=step.round).first()
        version = (said.version if said else 0) + stale
        self.with_step(saying.say, number, following=phone, confirmed=confirmed, version=version)

    @rule(most=st.integers(3, 4))
    def everybody_confirms(self, most: int) -> None:
        for number in range(3):
            for who in range(most):
                self.say(who=who, number=number, confirmed=True, stale=False)

    @rule(who=people)
    def vet(self, who: int) -> None:
        filing = Filing.objects.get(grievance=self.world.phones[who].grievance)
        self.do(many.vet, filing=filing, by=self.cast["handler"])

    @rule(who=people, pressed=st.none() | st.booleans())
    def withdraw(self, who: int, pressed: bool | None) -> None:
        self.do(leaving.withdraw, following=self.world.phones[who], pressed=pressed)

    @rule(who=people)
    def appeal(self, who: int) -> None:
        self.do(appeals.file_appeal, following=self.world.phones[who], grounds="Hamkusikiliza")

    @rule(who=st.sampled_from(["panel", "handler"]), result=st.sampled_from(AppealResult), to=st.sampled_from(Stage))
    def decide_appeal(self, who: str, result: AppealResult, to: Stage) -> None:
        decision = Decision(result, to, {"sw": "Tumeangalia tena", "fr": "Nous avons revu"})
        self.do(appeals.decide_appeal, case=self.case, decision=decision, by=self.cast[who])

    # -- time, and the end

    @rule(days=st.sampled_from([1, 15, 31, 95]))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)
        delivery.sweep(at=self.at)

    @rule(verb=st.sampled_from([assessing.investigate, assessing.design_remedy]))
    def look_again(self, verb: Callable[..., Any]) -> None:
        """What was opened again is graded again, and goes on."""
        graded = {"scale": 3, "scope": 3, "irremediability": 2, "imminent": False, "retaliation": Risk.LOW}
        self.do(assessing.assess, case=self.case, by=self.cast["handler"], **graded)
        self.do(verb, case=self.case, by=self.cast["handler"])

    @rule()
    def monitor(self) -> None:
        self.do(delivery.monitor, case=self.case, by=self.cast["handler"])

    @rule(kind=st.sampled_from([NoteKind.REFUSAL, NoteKind.NEW_FACTS]))
    def note(self, kind: NoteKind) -> None:
        self.do(notes.write_note, case=self.case, kind=kind, body="On record", by=self.cast["handler"])

    @rule(languages=st.sampled_from([("sw", "fr"), ("sw",)]), outcome=st.sampled_from(ENDS))
    def close(self, languages: tuple[str, ...], outcome: Outcome) -> None:
        for language in languages:
            given = {"kind": LetterKind.CLOSING, "language": language, "body": "Kwa sababu hizi"}
            self.do(closing.write_letter, case=self.case, by=self.cast["handler"], **given)
        self.do(closing.close, case=self.case, outcome=outcome, by=self.cast["handler"])

    @rule()
    def reopen(self) -> None:
        self.note(kind=NoteKind.NEW_FACTS)
        self.do(closing.reopen, case=self.case, by=self.cast["supervisor"])

    # -- what holds at every moment

    def live(self) -> list[Filing]:
        return list(Filing.objects.live().filter(case=self.case))

    @invariant()
    def a_case_found_true_is_not_closed_without_remedy_or_recorded_refusal(self) -> None:
        case = Case.objects.get(pk=self.case.pk)
        if case.stage != Stage.CLOSED:
            return
        rows = RemedyStep.objects.filter(plan__case=case, dropped_at=None).select_related("determination")
        remedied = [
            step
            for step in rows
            if step.type != RemedyType.INTERIM
            and (step.determination.done if step.state == "determined" else step.state in REMEDIED | {"disputed"})
        ]
        refused = case.notes.filter(kind=NoteKind.REFUSAL).exists()
        everybody_left = not self.live()
        assert {
            Outcome.REMEDIED: bool(remedied),
            Outcome.REMEDY_REFUSED: refused,
            Outcome.WITHDRAWN: everybody_left,
        }.get(Outcome(case.outcome), False), case.outcome

    @invariant()
    def silence_is_no_confirmation(self) -> None:
        case = Case.objects.get(pk=self.case.pk)
        for step in RemedyStep.objects.filter(plan__case=case, state="confirmed"):
            asked = [one for one in self.live() if step.filing_id in {None, one.pk}]
            said = dict(Confirmation.objects.filter(step=step, round=step.round).values_list("filing", "confirmed"))
            assert any(said.values())
            if case.stage not in AT_REST:
                assert all(said.get(one.pk) is True for one in asked if one.is_vetted)
                assert False not in [said.get(one.pk) for one in asked]

    @invariant()
    def a_determined_step_is_determined_by_the_panel(self) -> None:
        for step in RemedyStep.objects.filter(plan__case=self.case):
            assert (step.state == "determined") == hasattr(step, "determination")
            assert step.state != "determined" or step.disputes >= 2

    @invariant()
    def the_events_of_a_step_tell_exactly_its_states(self) -> None:
        told: dict[int, list[str]] = {}
        for step, kind in self.case.events.order_by("pk").values_list("data__step", "kind"):
            if kind in MOVES:
                told.setdefault(step, []).append(MOVES[kind])
        for step in RemedyStep.objects.filter(plan__case=self.case):
            versions = step.history.order_by("history_date", "history_id")
            lived = [(row.state, row.history_change_reason) for row in versions]
            moved = [state for state, why in lived if why in MOVES]
            assert told.get(step.pk, []) == moved
            assert step.state == (moved[-1] if moved else "proposed")

    @invariant()
    def the_case_stands_in_a_stage_that_its_last_move_led_to(self) -> None:
        led = {move.event: set() for move in CASE.transitions}  # type: ignore[var-annotated]
        for move in CASE.transitions:
            led[move.event].add(move.target)
        last = self.case.events.filter(kind__in=led, at__gte=self.world.start).order_by("-pk").first()
        if last is not None:
            assert Case.objects.get(pk=self.case.pk).stage in led[last.kind]


@pytest.fixture
def cast(handler: User, supervisor: User, person: Callable[..., User]) -> dict[str, User]:
    return {"handler": handler, "supervisor": supervisor, "verifier": person("vera"), "panel": person("pia")}


def test_no_sequence_of_acts_closes_without_a_remedy_or_counts_silence_as_confirmation(
    case: Case, filed: Filed, chain: dict[str, Any], cast: dict[str, User]
) -> None:
    Life.world = World(case, filed, chain, cast)
    run_state_machine_as_test(Life, settings=settings(max_examples=10, stateful_step_count=25, deadline=None))
