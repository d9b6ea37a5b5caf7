"""A story of the demo whose harm was found true: planned, delivered, looked at, and said of by the person harmed."""

from datetime import timedelta

from cases.codes import ELIGIBILITY, Basis, LetterKind, Method, Result, Risk, SeatKind
from cases.commands import (
    assessing,
    closing,
    findings,
    independence,
    leaving,
    responses,
    screening,
    seats,
)
from cases.commands.findings import Verdict
from cases.commands.remedy import delivery, plan, saying
from cases.commands.remedy.plan import Promised
from cases.demo.told import Told
from cases.models import RemedyStep
from cases.queries import parties_of
from cases.states import Outcome

LATER = timedelta(days=60)


class Remedied(Told):
    """The steps from admitting a case to closing it; what has a number is about that step of the plan."""

    def wait(self) -> None:
        self.now = min(self.now + timedelta(days=9), self.end)

    def admit(self) -> None:
        answers = dict.fromkeys(ELIGIBILITY, True)
        screening.judge(case=self.case, answers=answers, by=self.handler, at=self.now)
        free: dict[int, list[str]] = {party: [] for party in parties_of(self.case)}
        independence.declare(case=self.case, towards=free, by=self.handler, at=self.now)
        screening.admit(case=self.case, by=self.handler, at=self.now)
        assessing.assess(
            case=self.case,
            scale=3,
            scope=3,
            irremediability=2,
            imminent=False,
            retaliation=Risk.MEDIUM,
            by=self.handler,
            at=self.now,
        )

    def company_answers(self) -> None:
        for said in ("acknowledge", "accept"):
            responses.record_response(respondent=self.operator(), response=said, by=self.handler, at=self.now)

    def find(self) -> None:
        """The company admits it."""
        verdict = Verdict(
            Basis.ADMISSION,
            Result.SUBSTANTIATED,
            {"en": "The company says that it is as you wrote. Now it has to be put right."},
            "The company admits it in its answer. (fictional)",
            "You have admitted what is described in the notice. (fictional)",
            respondent=self.operator(),
        )
        findings.find(case=self.case, verdict=verdict, by=self.handler, at=self.now)
        assessing.design_remedy(case=self.case, by=self.handler, at=self.now)

    def seat_verifier(self) -> None:
        self._seat("vera", SeatKind.VERIFIER)

    def seat_panel(self) -> None:
        self._seat("pia", SeatKind.PANELLIST)

    def _seat(self, guest: str, kind: SeatKind) -> None:
        seats.seat(case=self.case, guest=self.people[guest], kind=kind, by=self.supervisor, at=self.now)

    # -- the plan

    def propose(self) -> None:
        for planned in self.story.plan:
            promised = Promised(
                planned.type,
                self.operator(),
                (self.now + LATER).date(),
                planned.what,
                planned.indicator,
                planned.texts,
            )
            plan.plan_step(case=self.case, promised=promised, by=self.handler, at=self.now)

    def agree(self) -> None:
        plan.consult(case=self.case, by=self.handler, at=self.now)
        plan.answer_consultation(following=self.page(), agrees=True, words="", at=self.now)
        plan.check_waivers(case=self.case, by=self.handler, at=self.now)
        plan.agree(case=self.case, by=self.handler, at=self.now)

    # -- its delivery

    def _step(self, number: int) -> RemedyStep:
        return RemedyStep.objects.get(plan__case=self.case, number=number)

    def claim(self, number: int) -> None:
        delivery.claim(
            step=self._step(number),
            words=self.story.plan[number - 1].claim,
            evidence=None,
            delivered_on=self.now.date(),
            by=self.handler,
            at=self.now,
        )

    def verify(self, number: int) -> None:
        delivery.verify(
            step=self._step(number),
            method=Method.VISIT,
            holds=True,
            words=self.story.plan[number - 1].seen,
            by=self.people["vera"],
            at=self.now,
        )

    def redo(self, number: int) -> None:
        due_on = (self.now + LATER).date()
        delivery.redo(step=self._step(number), due_on=due_on, by=self.handler, at=self.now)

    def yes(self, number: int) -> None:
        self._say(number, confirmed=True)

    def no(self, number: int) -> None:
        self._say(number, confirmed=False)

    def _say(self, number: int, *, confirmed: bool) -> None:
        step = self._step(number)
        saying.say(following=self.page(), step=step, confirmed=confirmed, version=0, at=self.now)

    # -- the end

    def monitor(self) -> None:
        delivery.monitor(case=self.case, by=self.handler, at=self.now)

    def close(self) -> None:
        closing.write_letter(
            case=self.case,
            kind=LetterKind.CLOSING,
            language=self.story.language,
            body=self.story.letter,
            by=self.handler,
            at=self.now,
        )
        closing.close(case=self.case, outcome=Outcome.REMEDIED, by=self.handler, at=self.now)

    def rate(self) -> None:
        leaving.rate(following=self.page(), score=4, at=self.now)
