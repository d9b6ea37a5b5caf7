"""Looking again: the one review of a company, and the appeal of who filed before a panel of others."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import AppealResult, LetterKind, Result, SeatKind, ServedKind
from cases.commands import appeals, casework, closing, reviews
from cases.commands.appeals import Decision
from cases.commands.moving import locked, move
from cases.models import Appeal, Case, Clock, Eligibility, Filing, Finding, Review, Seat
from cases.queries.appeals import may_appeal_until
from cases.queries.opened import inquiry_of
from cases.states import Outcome, Stage
from grievance import vault
from grievance.commands.filing import Filed
from tests.cases.conftest import AT, screen
from tests.cases.inquiry import coming_back, found, reads, standing_in, told, written

DAY = timedelta(days=1)


def seated(case: Case, user: User, at: datetime = AT) -> User:
    Seat.objects.create(case=case, user=user, kind=SeatKind.PANELLIST, given_by=user, given_at=at)
    return User.objects.get(pk=user.pk)


def appealed(filed: Filed, at: datetime) -> Appeal:
    return appeals.file_appeal(following=coming_back(filed, at), grounds="Hamkusikiliza", at=at)


def decide(case: Case, by: User, result: AppealResult, to: Stage, at: datetime, **more: Any) -> None:
    decision = Decision(result, to, {"sw": "Tumeangalia tena"}, **more)
    appeals.decide_appeal(case=case, decision=decision, by=by, at=at)


# -- The review of a company


@pytest.fixture
def finding(case: Case, handler: User) -> Finding:
    case = standing_in(case, Stage.INVESTIGATION)
    told(case)
    return found(case, handler, companies="Wages are owed.")


def reviewed(case: Case, finding: Finding, by: User) -> Review:
    company = case.respondents.order_by("tier")[0]
    return reviews.record_review(respondent=company, finding=finding, grounds="We paid", by=by, at=AT)


def test_a_company_has_one_review_of_a_finding_decided_by_somebody_else(
    case: Case, finding: Finding, handler: User, supervisor: User
) -> None:
    review = reviewed(case, finding, handler)
    assert b"paid" not in bytes(review.sealed_grounds)
    with pytest.raises(Refused, match="one_review"):
        reviewed(case, finding, handler)
    with pytest.raises(Refused, match="not_yours"):
        reviews.decide_review(review=review, upheld=True, by=handler, at=AT)
    reviews.decide_review(review=review, upheld=False, by=supervisor, at=AT)
    finding.refresh_from_db()
    assert finding.set_aside_at is None
    with pytest.raises(Refused, match="already_decided"):
        reviews.decide_review(review=review, upheld=True, by=supervisor, at=AT)


def test_nobody_decides_a_review_of_their_own_finding(case: Case, supervisor: User) -> None:
    case = standing_in(case, Stage.INVESTIGATION)
    told(case)
    own = found(case, supervisor, companies="x")
    with pytest.raises(Refused, match="own_finding"):
        reviews.decide_review(review=reviewed(case, own, supervisor), upheld=True, by=supervisor, at=AT)


def test_only_a_company_that_was_told_asks_for_a_review(case: Case, finding: Finding, handler: User) -> None:
    other = case.respondents.order_by("-tier")[0]
    with pytest.raises(Refused, match="company_not_told"):
        reviews.record_review(respondent=other, finding=finding, grounds="x", by=handler, at=AT)


def test_a_remedy_whose_finding_falls_goes_back_to_the_inquiry(
    case: Case, filed: Filed, finding: Finding, handler: User, supervisor: User
) -> None:
    case = standing_in(case, Stage.REMEDY_DESIGN)
    reviews.decide_review(review=reviewed(case, finding, handler), upheld=True, by=supervisor, at=AT + DAY)
    case.refresh_from_db()
    assert case.stage == Stage.INVESTIGATION
    assert case.events.filter(kind="finding_set_aside").count() == 1
    assert not any(text.kind == ServedKind.FINDING for text in reads(filed))
    assert Clock.objects.running().filter(case=case, kind="investigation").exists()


# -- Who may appeal, and until when


def test_an_appeal_is_filed_within_sixty_days_of_the_decision(case: Case, filed: Filed, finding: Finding) -> None:
    last = AT + timedelta(days=60)
    assert may_appeal_until(coming_back(filed), AT) == last
    with pytest.raises(Refused, match="too_late"):
        appealed(filed, last + timedelta(seconds=1))
    assert may_appeal_until(coming_back(filed, last + DAY), last + DAY) is None
    appeal = appealed(filed, last)
    case.refresh_from_db()
    assert (case.stage, appeal.interrupted) == (Stage.APPEAL, Stage.INVESTIGATION)
    assert case.events.get(kind="appeal_opened").by is None
    due = Clock.objects.running().get(case=case, kind="appeal_decided").due_at
    assert due == last + timedelta(days=45)
    assert not Clock.objects.running().filter(case=case, kind="investigation").exists()


def test_the_grounds_are_read_by_the_office_and_written_without_any_key_of_it(
    case: Case, filed: Filed, finding: Finding, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = coming_back(filed)

    def keyless(*_anything: object) -> bytes:
        raise vault.CannotOpen("no_key")

    with monkeypatch.context() as public:
        public.setattr(vault, "open_for_office", keyless)
        appeals.file_appeal(following=page, grounds="Hamkusikiliza", at=AT)
    assert inquiry_of(case, handler, AT).appeals[0].grounds == "Hamkusikiliza"
    assert b"Hamkusikiliza" not in bytes(Appeal.objects.get().sealed_grounds)


def test_pressing_twice_is_one_appeal(case: Case, filed: Filed, finding: Finding) -> None:
    assert appealed(filed, AT) == appealed(filed, AT)
    assert case.events.filter(kind="appeal_opened").count() == 1


def test_there_is_nothing_to_appeal_against_before_a_decision(case: Case, filed: Filed) -> None:
    standing_in(case, Stage.INVESTIGATION)
    with pytest.raises(Refused, match="nothing_decided"):
        appealed(filed, AT)
    assert not Appeal.objects.exists()


def test_who_withdrew_does_not_appeal(case: Case, filed: Filed, finding: Finding) -> None:
    Filing.objects.update(withdrawn_at=AT)
    with pytest.raises(Refused, match="withdrawn"):
        appealed(filed, AT)


# -- The panel


@pytest.fixture
def before_a_panel(case: Case, filed: Filed, finding: Finding) -> Case:
    appealed(filed, AT + DAY)
    return Case.objects.get(pk=case.pk)


def test_a_panel_that_handled_the_case_decides_nothing(before_a_panel: Case, handler: User) -> None:
    with pytest.raises(Refused, match="not_yours"):
        decide(before_a_panel, handler, AppealResult.REJECTED, Stage.INVESTIGATION, AT + 2 * DAY)
    panellist = seated(before_a_panel, handler, AT + DAY)
    with pytest.raises(Refused, match="panel_decided"):
        decide(before_a_panel, panellist, AppealResult.REJECTED, Stage.INVESTIGATION, AT + 2 * DAY)
    assert Appeal.objects.get().decided_at is None


def test_an_appeal_that_is_upheld_sets_findings_aside_and_begins_the_stage_anew(
    before_a_panel: Case, filed: Filed, finding: Finding, person: Callable[..., User]
) -> None:
    panellist, at = seated(before_a_panel, person("pia"), AT + DAY), AT + 2 * DAY
    decide(before_a_panel, panellist, AppealResult.UPHELD, Stage.INVESTIGATION, at, set_aside=(finding,))
    before_a_panel.refresh_from_db()
    finding.refresh_from_db()
    assert (before_a_panel.stage, finding.set_aside_at) == (Stage.INVESTIGATION, at)
    assert Clock.objects.running().get(case=before_a_panel, kind="investigation").started_at == at
    decision = reads(filed, at)[-1]
    assert (decision.kind, decision.body) == (ServedKind.DECISION, "Tumeangalia tena")


@pytest.mark.parametrize(
    ("result", "to", "code"),
    [
        (AppealResult.REJECTED, Stage.ASSESSMENT, "return_to"),
        (AppealResult.UPHELD, Stage.CLOSED, "return_to"),
        (AppealResult.UPHELD, Stage.REMEDY_DESIGN, "return_to"),
    ],
)
def test_a_panel_sends_no_case_where_it_makes_no_sense(
    before_a_panel: Case, finding: Finding, person: Callable[..., User], result: AppealResult, to: Stage, code: str
) -> None:
    panellist = seated(before_a_panel, person("pia"), AT + DAY)
    aside = (finding,) if result == AppealResult.UPHELD else ()
    with pytest.raises(Refused, match=code):
        decide(before_a_panel, panellist, result, to, AT + 2 * DAY, set_aside=aside)
    finding.refresh_from_db()
    assert (Case.objects.get().stage, finding.set_aside_at) == (Stage.APPEAL, None)


def test_an_appeal_against_one_decision_is_made_once(
    before_a_panel: Case, filed: Filed, person: Callable[..., User]
) -> None:
    panellist = seated(before_a_panel, person("pia"), AT + DAY)
    decide(before_a_panel, panellist, AppealResult.REJECTED, Stage.INVESTIGATION, AT + 2 * DAY)
    with pytest.raises(Refused, match="appealed"):
        appealed(filed, AT + 3 * DAY)


def test_an_independent_panel_does_not_judge_itself(
    case: Case, filed: Filed, person: Callable[..., User], handler: User
) -> None:
    pia = seated(case, person("pia"))
    Case.objects.update(for_panel=True)
    case = standing_in(case, Stage.INVESTIGATION)
    found(case, pia, AT + DAY)
    appealed(filed, AT + 2 * DAY)
    with pytest.raises(Refused, match="panel_decided"):
        decide(case, pia, AppealResult.REJECTED, Stage.INVESTIGATION, AT + 3 * DAY)
    Seat.objects.update(ended_at=AT + 3 * DAY)
    other = seated(case, person("pavel"), AT + 3 * DAY)
    decide(case, other, AppealResult.REJECTED, Stage.INVESTIGATION, AT + 4 * DAY)


# -- A whole way


def test_an_ineligible_complaint_wins_its_appeal(
    case: Case, filed: Filed, handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    screen(case, handler)
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    Eligibility.objects.create(
        case=case, eligible=False, reasons=["chain"], by=handler, at=AT, signed_by=supervisor, signed_at=AT
    )
    held = locked(case)
    with pytest.raises(Refused, match="reasons_given"):
        move(held, "find_ineligible", by=handler, at=AT + DAY, letter=LetterKind.INELIGIBLE)
    written(case, handler, LetterKind.INELIGIBLE)
    assert reads(filed) == []  # nobody reads reasons for what is not decided
    held = locked(case)
    held.outcome = Outcome.INELIGIBLE
    move(held, "find_ineligible", by=handler, at=AT + DAY, letter=LetterKind.INELIGIBLE)
    assert [(text.kind, text.body) for text in reads(filed, AT + DAY)] == [(ServedKind.LETTER, "Kwa sababu hizi")]
    closed = Case.objects.get()
    assert (closed.closed_at, closed.erase_at) == (AT + DAY, datetime.fromisoformat("2029-03-03T09:00:00+00:00"))
    assert not Clock.objects.owed().filter(case=case).exists()

    appealed(filed, AT + 30 * DAY)
    opened = Case.objects.get()
    assert (opened.stage, opened.closed_at, opened.erase_at) == (Stage.APPEAL, None, None)
    assert Clock.objects.running().filter(case=case, kind="update").exists()

    at = AT + 40 * DAY
    panellist = seated(case, person("pia"), AT + 31 * DAY)
    with pytest.raises(Refused, match="return_to"):
        decide(case, panellist, AppealResult.UPHELD, Stage.INVESTIGATION, at)
    decide(case, panellist, AppealResult.UPHELD, Stage.ASSESSMENT, at)
    ours = Case.objects.get()
    assert (ours.stage, ours.outcome, ours.closed_at) == (Stage.ASSESSMENT, "", None)
    assert ours.eligibilities.latest("pk").eligible
    assert Clock.objects.running().get(case=case, kind="assessment").started_at == at
    assert reads(filed, at)[-1].kind == ServedKind.DECISION


def test_a_closed_case_whose_appeal_is_rejected_is_closed_as_before(
    case: Case, filed: Filed, handler: User, person: Callable[..., User]
) -> None:
    case = standing_in(case, Stage.INVESTIGATION)
    found(case, handler, result=Result.UNSUBSTANTIATED)
    written(case, handler)
    closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT + DAY)
    appealed(filed, AT + 2 * DAY)
    panellist = seated(case, person("pia"), AT + 2 * DAY)
    decide(case, panellist, AppealResult.REJECTED, Stage.CLOSED, AT + 3 * DAY)
    case.refresh_from_db()
    assert (case.stage, case.outcome, case.closed_at) == (Stage.CLOSED, Outcome.UNSUBSTANTIATED, AT + 3 * DAY)
    assert not Clock.objects.owed().filter(case=case).exists()


def test_no_role_decides_an_appeal_without_a_seat(before_a_panel: Case, person: Callable[..., User]) -> None:
    for role in (Role.SUPERVISOR, Role.OVERSIGHT):
        somebody = person(f"some-{role}", role)
        with pytest.raises(Refused, match="not_yours"):
            decide(before_a_panel, somebody, AppealResult.REJECTED, Stage.INVESTIGATION, AT + 2 * DAY)
