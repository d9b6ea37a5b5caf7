"""What the journeys of a remedy share: people who file and come back, and an office that works as its pages do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.test import Client

from accounts.models import User
from cases.codes import ELIGIBILITY, Basis, HearingKind, LetterKind, Method, Result, Risk, SeatKind
from cases.commands import (
    assessing,
    casework,
    closing,
    findings,
    hearings,
    independence,
    intake,
    many,
    reading,
    respondents,
    responses,
    screening,
    seats,
)
from cases.commands.findings import Verdict
from cases.commands.hearings import Meeting
from cases.commands.remedy import delivery, plan, saying
from cases.commands.remedy.plan import Promised
from cases.models import Case, Filing, RemedyStep, Respondent
from cases.queries import parties_of
from cases.states import Outcome, Stage
from grievance import receipts
from grievance.commands import following
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import Following
from tests.cases.conftest import AT, draft

DAY = timedelta(days=1)


@dataclass
class Office:
    """The people at work on one case, and the day that it is. ``languages``: of the people who filed."""

    handler: User
    supervisor: User
    languages: tuple[str, ...] = ("sw",)
    at: datetime = AT
    case: Case = field(init=False)
    phones: dict[str, Following] = field(default_factory=dict)  # by receipt

    def wait(self, days: float) -> None:
        self.at += timedelta(days=days)

    @property
    def owner(self) -> Respondent:
        """The company that runs the site."""
        return self.case.respondents.select_related("organisation", "case").get(tier=0)

    @property
    def people(self) -> "QuerySet[Filing]":
        return self.case.filings.order_by("pk")

    def texts(self, words: str) -> dict[str, str]:
        return {language: f"{words} ({language})" for language in self.languages}

    # -- what somebody who filed does

    def files(self, **words: Any) -> Filed:
        filed = file_grievance(draft=draft(**words), nonce=receipts.new_nonce(), at=self.at)
        intake.take_up(at=self.at)
        return filed

    def page(self, filed: Filed) -> Following:
        if filed.receipt not in self.phones:
            session = following.open_session(receipt=filed.receipt, at=self.at)
            self.phones[filed.receipt] = following.resume(session_key=session, at=self.at)
        return self.phones[filed.receipt]

    def agrees(self, people: Iterable[Filed]) -> None:
        for filed in people:
            plan.answer_consultation(following=self.page(filed), agrees=True, words="", at=self.at)

    def says(self, filed: Filed, step: RemedyStep, *, done: bool) -> None:
        page = self.page(filed)
        said = step.confirmations.filter(filing__grievance=page.grievance, round=step.round).first()
        version = said.version if said else 0
        saying.say(following=page, step=step, confirmed=done, version=version, at=self.at)
        step.refresh_from_db()

    # -- what the office does

    def admits(self, case: Case) -> None:
        """Read, taken on by a handler who is free of conflict, acknowledged, admitted and graded."""
        self.case, at, by = case, self.at, self.handler
        casework.assign(case=case, handler=by, by=self.supervisor, at=at)
        reading.read_filing(case=case, filing=self.people[0], by=by, at=at)
        casework.screen(case=case, by=by, at=at)
        casework.acknowledge(case=case, by=by, at=at)
        screening.judge(case=case, answers=dict.fromkeys(ELIGIBILITY, True), by=by, at=at)
        free: dict[int, list[str]] = {party: [] for party in parties_of(case)}
        independence.declare(case=case, towards=free, by=by, at=at)
        screening.admit(case=case, by=by, at=at)
        assessing.assess(
            case=case, scale=3, scope=3, irremediability=2, imminent=False, retaliation=Risk.LOW, by=by, at=at
        )

    def takes_together(self, others: Iterable[Case]) -> None:
        for other in others:
            many.merge(case=other, other=self.case, by=self.handler, at=self.at)
        for filing in self.people.filter(vetted_at=None):
            many.vet(filing=filing, by=self.handler, at=self.at)

    def tells_the_owner(self) -> None:
        """It is approved and told, and says that it was."""
        by = self.handler
        respondents.approve(respondent=self.owner, by=by, people_who_fit=40, safety_checked=True, at=self.at)
        respondents.notify(respondent=self.owner, by=by, facts="The site is named in a grievance.", at=self.at)
        self.wait(6)  # the first notice waits a few days, so that its day tells nobody who was there
        for said in ("acknowledge", "accept"):
            responses.record_response(respondent=self.owner, response=said, by=by, at=self.at)

    def hears_that_it_is_admitted(self) -> None:
        self._finds(Basis.ADMISSION, self.owner)

    def finds_it_true(self) -> None:
        """The facts are talked over with everybody who filed, and looked into."""
        assessing.investigate(case=self.case, by=self.handler, at=self.at)
        for person in self.people:
            day = (self.at + 2 * DAY).date()
            meeting = Meeting(HearingKind.FACTS, person, planned_on=day, place="at the union", place_agreed=True)
            hearing = hearings.plan_hearing(case=self.case, meeting=meeting, by=self.handler, at=self.at)
            hearings.hold_hearing(
                hearing=hearing, minutes="January was not paid", language="sw", by=self.handler, at=self.at + 2 * DAY
            )
        self.wait(3)
        self._finds(Basis.INQUIRY, None)

    def _finds(self, basis: Basis, company: Respondent | None) -> None:
        verdict = Verdict(
            basis, Result.SUBSTANTIATED, self.texts("Ulisema kweli"), "The record shows it.", "It is so.", "en", company
        )
        findings.find(case=self.case, verdict=verdict, by=self.handler, at=self.at)
        assessing.design_remedy(case=self.case, by=self.handler, at=self.at)
        self.case.refresh_from_db()

    def plans(self, promised: Promised) -> RemedyStep:
        return plan.plan_step(case=self.case, promised=promised, by=self.handler, at=self.at)

    def agrees_the_plan(self, people: Iterable[Filed]) -> None:
        """Asked about, looked through for waivers, agreed."""
        plan.consult(case=self.case, by=self.handler, at=self.at)
        self.agrees(people)
        plan.check_waivers(case=self.case, by=self.handler, at=self.at)
        plan.agree(case=self.case, by=self.handler, at=self.at)

    def seats(self, guest: User, kind: SeatKind) -> User:
        seats.seat(case=self.case, guest=guest, kind=kind, by=self.supervisor, at=self.at)
        return guest

    def delivers(self, step: RemedyStep, words: str, verifier: User) -> None:
        """The company claims it, and somebody independent looks."""
        day = self.at.date()
        delivery.claim(step=step, words=words, evidence=None, delivered_on=day, by=self.handler, at=self.at)
        self.wait(3)
        delivery.verify(step=step, method=Method.VISIT, holds=True, words="Seen", by=verifier, at=self.at)
        step.refresh_from_db()

    def redoes(self, step: RemedyStep) -> None:
        delivery.redo(step=step, due_on=(self.at + 30 * DAY).date(), by=self.handler, at=self.at)

    def closes(self) -> None:
        """With a letter for everybody in their language."""
        for language in self.languages:
            closing.write_letter(
                case=self.case,
                kind=LetterKind.CLOSING,
                language=language,
                body="Imekwisha",
                by=self.handler,
                at=self.at,
            )
        closing.close(case=self.case, outcome=Outcome.REMEDIED, by=self.handler, at=self.at)

    def stage(self) -> Stage:
        return Stage(Case.objects.get(pk=self.case.pk).stage)


def on_the_phone(filed: Filed, language: str = "sw") -> str:
    """What the person sees who types their number."""
    phone = Client()
    phone.post(f"/{language}/follow/", {"receipt": filed.receipt})
    return str(phone.get(f"/{language}/follow/").content.decode())


def at_the_desk(user: User, case: Case) -> str:
    desk = Client()
    desk.force_login(user)
    return str(desk.get(f"/office/admin/cases/case/{case.reference}/").content.decode())
