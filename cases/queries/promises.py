"""The remedy as one of the people harmed reads it: what was promised, what they are asked, and their money."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Confirmation, Consultation, Filing, Payment, Plan, Rating, RemedyStep, StepText
from cases.queries.shared import shared_key_of
from cases.states import Stage
from grievance.keys import open_text

# A step is shown once it is in a plan that people are asked about; what they say counts from the verification on.
ASKED = frozenset({"verified", "confirmed", "disputed", "lapsed"})


@dataclass(frozen=True)
class Promise:
    """One step, in plain words; ``said`` is this person's answer in its present round, ``asks``: it waits for one."""

    step: RemedyStep
    language: str
    words: str
    said: Confirmation | None

    @property
    def number(self) -> int:
        return self.step.number

    @property
    def counts(self) -> bool:
        """May they say now whether it was done?"""
        return self.step.state in ASKED

    @property
    def asks(self) -> bool:
        return self.counts and self.said is None

    @property
    def version(self) -> int:
        return self.said.version if self.said else 0


@dataclass(frozen=True)
class Promises:
    """``consultation``: the newest question about the plan; ``rating``: their answer; None where nobody asked."""

    steps: tuple[Promise, ...] = ()
    consultation: Consultation | None = None
    payments: tuple[Payment, ...] = ()
    may_rate: bool = False
    rating: Rating | None = None
    may_withdraw: bool = False

    @property
    def asks_about_plan(self) -> bool:
        return self.consultation is not None and self.consultation.answered_at is None


def promises_to(filing: Filing | None, data_key: bytes, at: datetime) -> Promises:
    """In a number of questions that does not grow with steps, people or payments."""
    if filing is None or filing.withdrawn_at is not None:
        return Promises()
    closed = filing.case.stage == Stage.CLOSED
    plan = Plan.objects.filter(case=filing.case_id).first()
    key = shared_key_of(filing, data_key)
    return Promises(
        steps=_steps(plan, filing, key) if plan is not None and key is not None else (),
        consultation=Consultation.objects.filter(filing=filing).order_by("-asked_at", "-pk").first() if plan else None,
        payments=tuple(Payment.objects.filter(filing=filing).order_by("due_on", "pk")) if plan else (),
        may_rate=closed,
        rating=Rating.objects.filter(filing=filing).first() if closed else None,
        may_withdraw=True,
    )


def _steps(plan: Plan, filing: Filing, key: bytes) -> tuple[Promise, ...]:
    rows = [
        step
        for step in plan.steps.filter(dropped_at=None).select_related("owner__organisation").order_by("number")
        if step.filing_id in {None, filing.pk}
    ]
    texts: dict[int, dict[str, bytes]] = {}
    for text in StepText.objects.filter(step__in=rows):
        texts.setdefault(text.step_id, {})[text.language] = bytes(text.sealed_body)
    rounds = {step.pk: step.round for step in rows}
    said = {
        one.step_id: one
        for one in Confirmation.objects.filter(step__in=rows, filing=filing)
        if one.round == rounds[one.step_id]
    }
    found = []
    for step in rows:
        language = next((one for one in (filing.grievance.language, "en") if one in texts.get(step.pk, {})), "")
        if language:
            words = open_text(key, texts[step.pk][language], "step")
            found.append(Promise(step, language, words, said.get(step.pk)))
    return tuple(found)
