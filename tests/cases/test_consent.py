"""Consent that is taken back: whatever a company was told, from that moment it is told nothing more."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import clocks, consent, intake, many, respondents
from cases.models import Case, CaseEvent, Filing, Respondent
from grievance import receipts
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import Following, open_session, resume
from grievance.models import ConsentQuestion, Grievance
from notifications.commands import deliver, relay
from notifications.models import Delivery, Notice
from tests.cases.conftest import AT, draft, opened, screen

LATER = AT + timedelta(hours=1)


@pytest.fixture
def following(filed: Filed) -> Following:
    return resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT)


def company(case: Case, tier: int = 0) -> Respondent:
    return case.respondents.filter(tier=tier).order_by("pk")[0]


def approve(case: Case, by: User, tier: int = 0, at: Any = AT, people: int = 40) -> None:
    respondents.approve(respondent=company(case, tier), by=by, people_who_fit=people, safety_checked=True, at=at)


def tell(case: Case, by: User, tier: int = 0, at: Any = AT) -> None:
    approve(case, by, tier, at)
    respondents.notify(respondent=company(case, tier), by=by, facts="It is said that wages are late.", at=at)


def kinds(case: Case) -> list[str]:
    return list(case.events.values_list("kind", flat=True))


def join(case: Case, chain: dict[str, Any], *, may_tell: bool) -> None:
    """One more person in the same case."""
    file_grievance(draft=draft(site_id=chain["mine"].pk, may_tell=may_tell), nonce=receipts.new_nonce(), at=AT)
    newest = Grievance.objects.order_by("-pk")[0]
    Filing.objects.create(case=case, grievance=newest, joined_at=AT)


def test_behaviour_12_a_consent_taken_back_stops_disclosure_at_once(
    case: Case, handler: User, following: Following, chain: dict[str, Any]
) -> None:
    screen(case, handler)
    tell(case, handler, tier=0)
    tell(case, handler, tier=1)
    mine, refiner = company(case), company(case, 1)
    consent.answer(following=following, organisation=mine.organisation, given=False, at=LATER)
    mine.refresh_from_db()
    refiner.refresh_from_db()
    assert (mine.state, mine.approved_at, mine.notified_at, mine.people_who_fit) == ("identified", None, None, None)
    assert refiner.state == "notified"
    assert not case.clocks.filter(respondent=mine, stopped_at=None).exists()
    assert case.clocks.filter(respondent=refiner, stopped_at=None).exists()
    assert mine.sealed_facts is not None  # what it was told stays on record
    last = [(event.kind, event.by, event.respondent) for event in case.events.order_by("-pk")[:2]]
    assert last == [("respondent_approval_withdrawn", None, mine), ("consent_revoked", None, mine)]


def test_behaviour_12_a_no_to_every_company_reaches_each_that_was_told(
    case: Case, handler: User, following: Following
) -> None:
    screen(case, handler)
    for tier in (0, 1, 2):
        tell(case, handler, tier=tier)
    consent.answer(following=following, organisation=None, given=False, at=LATER)
    assert set(case.respondents.values_list("state", flat=True)) == {"identified"}
    assert kinds(case).count("consent_revoked") == 1
    assert kinds(case).count("respondent_approval_withdrawn") == 3


def test_behaviour_12_what_waited_for_the_company_is_never_sent(
    case: Case, handler: User, following: Following, chain: dict[str, Any], person: Any
) -> None:
    contact = person("sami", Role.RESPONDENT, works_for=chain["operator"])
    screen(case, handler)
    tell(case, handler)
    relay(at=AT)
    waiting = Notice.objects.get(recipient=contact)
    consent.answer(following=following, organisation=None, given=False, at=LATER)
    consent.answer(following=following, organisation=None, given=True, at=LATER)
    approve(case, handler, at=LATER)  # approved again, and not told yet: the old letter is not a new one
    deliver(at=AT + timedelta(days=9))
    waiting.refresh_from_db()
    assert waiting.state == "void"
    assert not Delivery.objects.filter(notice=waiting).exists()


def test_a_consent_taken_back_after_the_gate_was_passed_has_one_outcome_and_one_event(
    case: Case, handler: User, following: Following
) -> None:
    """The officer's page still offers to tell the company; the person has just said no."""
    screen(case, handler)
    approve(case, handler)
    stale = company(case)
    consent.answer(following=following, organisation=None, given=False, at=LATER)
    consent.answer(following=following, organisation=None, given=False, at=LATER)
    assert consent.react(case=case, at=LATER) == []
    with pytest.raises(Refused, match="not_now"):
        respondents.notify(respondent=stale, by=handler, facts="x", at=LATER)
    with pytest.raises(Refused, match="consent"):
        approve(case, handler, at=LATER)
    assert company(case).state == "identified"
    assert kinds(case).count("consent_revoked") == kinds(case).count("respondent_approval_withdrawn") == 1


def test_one_person_of_many_who_takes_it_back_is_enough(
    case: Case, handler: User, following: Following, chain: dict[str, Any]
) -> None:
    join(case, chain, may_tell=True)
    screen(case, handler)
    approve(case, handler)
    consent.answer(following=following, organisation=company(case).organisation, given=False, at=LATER)
    assert company(case).state == "identified"


def test_somebody_who_joins_later_has_to_agree_too(
    case: Case, handler: User, following: Following, chain: dict[str, Any]
) -> None:
    screen(case, handler)
    approve(case, handler)
    join(case, chain, may_tell=False)
    assert [one.tier for one in consent.react(case=case, at=LATER)] == [0]


def test_people_who_come_in_with_another_case_have_to_agree_too(
    case: Case, handler: User, following: Following, chain: dict[str, Any]
) -> None:
    screen(case, handler)
    tell(case, handler)
    file_grievance(draft=draft(site_id=chain["mine"].pk, may_tell=None), nonce=receipts.new_nonce(), at=LATER)
    intake.take_up(at=LATER)
    many.merge(case=Case.objects.order_by("-pk")[0], other=case, by=handler, at=LATER)
    assert company(case).state == "identified"


def test_where_few_people_fit_an_uninformed_yes_is_not_enough(
    case: Case, handler: User, supervisor: User, following: Following
) -> None:
    screen(case, handler)
    mine = company(case).organisation
    consent.answer(following=following, organisation=mine, given=True, informed=True, at=AT)
    respondents.countersign(respondent=company(case), by=supervisor, people_who_fit=4, at=AT)
    approve(case, handler, people=4)
    consent.answer(following=following, organisation=mine, given=True, informed=False, at=LATER)
    assert company(case).state == "identified"
    assert company(case).countersigned_by is None


def test_the_officer_withdraws_an_approval_too(case: Case, handler: User, officer: User) -> None:
    screen(case, handler)
    tell(case, handler)
    with pytest.raises(Refused, match="not_yours"):
        respondents.withdraw_approval(respondent=company(case), by=officer, at=LATER)
    respondents.withdraw_approval(respondent=company(case), by=handler, at=LATER)
    assert company(case).state == "identified"
    assert CaseEvent.objects.get(kind="respondent_approval_withdrawn").by == handler
    clocks.sweep(at=AT + timedelta(days=60))
    assert not case.events.filter(kind__startswith="deadline", respondent__isnull=False).exists()


def test_an_answer_counts_before_anybody_took_the_grievance_up(filed: Filed, following: Following) -> None:
    consent.answer(following=following, organisation=None, given=False, at=AT)
    intake.take_up(at=AT)
    assert Case.objects.get().events.filter(kind="consent_revoked").count() == 0


def test_everybody_who_filed_is_asked_once_about_each_company(
    case: Case, handler: User, following: Following, chain: dict[str, Any]
) -> None:
    screen(case, handler)
    join(case, chain, may_tell=False)
    both = [company(case), company(case, 1)]
    consent.ask(case=case, respondents=both, few=False, by=handler, at=AT)
    assert ConsentQuestion.objects.count() == 2  # who agreed at filing is not asked again
    with pytest.raises(Refused, match="everybody_asked"):
        consent.ask(case=case, respondents=both, few=False, by=handler, at=LATER)
    consent.ask(case=case, respondents=both[:1], few=True, by=handler, at=LATER)
    assert ConsentQuestion.objects.filter(few=True).count() == 2
    asked = list(case.events.filter(kind="consent_asked").values_list("respondent__tier", flat=True))
    assert asked == [0, 1, 0]


def test_who_said_yes_to_the_operator_and_no_to_buyers_opens_the_way_to_the_operator_alone(
    handler: User, chain: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"may_tell": None, "consents": {"operator": True, "buyers": False}}
    case = opened(site_id=chain["mine"].pk, **asked)
    screen(case, handler)
    approve(case, handler)
    assert company(case).state == "approved"
    with pytest.raises(Refused):
        approve(case, handler, tier=1)
