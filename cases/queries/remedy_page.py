"""The remedy of a case as its page shows it: the plan, and each step with what was claimed, seen, said and paid."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from cases.codes import RemedyType
from cases.models import (
    Case,
    CaseEvent,
    Claim,
    Consultation,
    Determination,
    Exit,
    Filing,
    Involvement,
    Payment,
    Plan,
    RemedyStep,
    Verification,
)
from cases.queries.plans import Say, says_of, texts_missing
from cases.states import REMEDY_STEP
from grievance.keys import data_keys_for_office, open_json, open_text

# Claimed by the company, and confirmed by the people: never one number (design, standards "Figures").
CLAIMED = frozenset({"delivered", "verified", "confirmed", "disputed", "determined", "lapsed"})


@dataclass(frozen=True)
class StepShown:
    step: RemedyStep
    type: str | Promise
    state: str | Promise
    what: str
    indicator: str
    say: Say
    missing: frozenset[str]  # languages without plain words
    claims: list[tuple[Claim, str]]
    verifications: list[tuple[Verification, str]]
    determination: tuple[Determination, str] | None
    payments: list[Payment]

    @property
    def rounds(self) -> list[tuple[Claim, str, list[tuple[Verification, str]]]]:
        """Each claim with what was seen of it: a step that is done again has several, and reads from top to bottom."""
        return [
            (claim, words, [seen for seen in self.verifications if seen[0].round == claim.round])
            for claim, words in self.claims
        ]

    @property
    def is_asked(self) -> bool:
        """Are the people asked about it? Before that nobody can be said to be silent."""
        return self.step.first_try_at is not None and self.say.asked > 0

    @property
    def paid(self) -> tuple[Decimal, str] | None:
        """The sum of its payments, in the one currency of the step."""
        if not self.payments:
            return None
        return sum((one.amount for one in self.payments), Decimal(0)), self.payments[0].currency


@dataclass(frozen=True)
class RemedyShown:
    plan: Plan | None
    steps: list[StepShown]
    involvements: list[Involvement]
    exits: list[tuple[Exit, str]]
    asked: int
    agree: int
    disagree: int
    claimed: int
    confirmed: int

    @property
    def gap(self) -> int:
        return self.claimed - self.confirmed


def remedy_of(case: Case, _user: User, _at: datetime) -> RemedyShown | None:
    """None where nothing was planned; a constant number of questions, however many steps and people."""
    plan = Plan.objects.filter(case=case).first()
    involvements = list(Involvement.objects.newest(case).select_related("respondent__organisation"))
    exits = list(Exit.objects.filter(respondent__case=case).select_related("respondent__organisation").order_by("pk"))
    if plan is None and not involvements and not exits:
        return None
    key = data_keys_for_office([case.key_id]).get(case.key_id)  # None once it was erased: the record stays
    people = list(Filing.objects.live().filter(case=case).select_related("grievance"))
    steps = _steps(plan, people, key) if plan else []
    newest = {one.filing_id: one for one in Consultation.objects.filter(plan=plan).order_by("asked_at")}
    answered = [one for one in newest.values() if one.answered_at is not None]
    return RemedyShown(
        plan=plan,
        steps=steps,
        involvements=involvements,
        exits=[(one, _open(key, one.sealed_words, "exit")) for one in exits],
        asked=len(newest),
        agree=sum(one.agrees is True for one in answered),
        disagree=sum(one.agrees is False for one in answered),
        claimed=sum(one.step.state in CLAIMED for one in steps),
        confirmed=sum(one.step.state == "confirmed" for one in steps),
    )


def _open(key: bytes | None, sealed: bytes | memoryview | None, context: str) -> str:
    return open_text(key, sealed, context) if key is not None and sealed is not None else ""


def _steps(plan: Plan, people: list[Filing], key: bytes | None) -> list[StepShown]:
    rows = list(plan.steps.filter(dropped_at=None).select_related("owner__organisation").order_by("number"))
    says, missing = says_of(rows, people), texts_missing(rows, people)
    claims: dict[int, list[tuple[Claim, str]]] = defaultdict(list)
    for claim in Claim.objects.filter(step__in=rows).order_by("round"):
        claims[claim.step_id].append((claim, _open(key, claim.sealed_words, "claim")))
    seen: dict[int, list[tuple[Verification, str]]] = defaultdict(list)
    for one in Verification.objects.filter(step__in=rows).select_related("by").order_by("pk"):
        seen[one.step_id].append((one, _open(key, one.sealed_words, "verification")))
    ended = {
        one.step_id: (one, _open(key, one.sealed_reasons, "determination"))
        for one in Determination.objects.filter(step__in=rows).select_related("by")
    }
    money: dict[int, list[Payment]] = defaultdict(list)
    for payment in Payment.objects.filter(step__in=rows).order_by("due_on", "pk"):
        money[payment.step_id].append(payment)
    shown = []
    for step in rows:
        words = open_json(key, step.sealed_words, "step") if key else {"what": "", "indicator": ""}
        shown.append(
            StepShown(
                step,
                RemedyType(step.type).label,
                REMEDY_STEP.states[step.state].label,
                words["what"],
                words["indicator"],
                says[step.pk],
                missing.get(step.pk, frozenset()),
                claims[step.pk],
                seen[step.pk],
                ended.get(step.pk),
                money[step.pk],
            )
        )
    return shown


def steps_named(case: Case) -> list[tuple[RemedyStep, str]]:
    """The steps of a plan with what a form calls them."""
    steps = RemedyStep.objects.filter(plan__case=case, dropped_at=None).select_related("owner__organisation")
    return [
        (
            step,
            _("%(number)d. %(type)s, %(company)s")
            % {"number": step.number, "type": RemedyType(step.type).label, "company": step.owner.organisation},
        )
        for step in steps.order_by("number")
    ]


def payments_named(case: Case) -> list[tuple[Payment, str]]:
    rows = Payment.objects.filter(step__plan__case=case).select_related("step").order_by("due_on", "pk")
    return [
        (one, f"{one.step.number}. {one.amount} {one.currency}, {one.due_on.isoformat()} · {one.filing_id}")
        for one in rows
    ]


def steps_named_in(events: list[CaseEvent]) -> dict[int, int]:
    """The numbers of the steps that events name in their data, by id."""
    named = {event.data["step"] for event in events if "step" in event.data}
    return dict(RemedyStep.objects.filter(pk__in=named).values_list("pk", "number")) if named else {}


def step_versions(case: Case) -> list[list[Any]]:
    """The history rows of every step of a case, one list each, newest first: one query."""
    rows = RemedyStep.history.filter(plan__case=case).select_related("history_user")
    ordered = rows.order_by("id", "-history_date", "-history_id")
    return [list(group) for _pk, group in groupby(ordered, key=lambda row: row.id)]
