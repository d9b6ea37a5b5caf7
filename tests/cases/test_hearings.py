"""Hearings: planned where people feel safe, held with minutes, and the minutes checked by who spoke."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.errors import Refused
from accounts.models import User
from cases.codes import HearingKind, ServedKind
from cases.commands import hearings
from cases.models import Case, CaseEvent, Hearing
from cases.states import Stage
from grievance import receipts
from grievance.commands import following
from grievance.commands.filing import Filed, file_grievance
from grievance.models import Complainant, Consent
from tests.cases.conftest import AT, draft
from tests.cases.inquiry import coming_back, facts_talked_over, meeting, reads, standing_in


@pytest.fixture
def case(case: Case) -> Case:
    return standing_in(case, Stage.INVESTIGATION)


def test_who_filed_reads_where_the_talk_is_and_nobody_else_can(case: Case, filed: Filed, handler: User) -> None:
    hearings.plan_hearing(case=case, meeting=meeting(case), by=handler, at=AT)
    (place,) = reads(filed)
    assert (place.kind, place.body) == (ServedKind.PLACE, "at the union's office")
    assert b"union" not in bytes(Hearing.objects.get().sealed_place)
    stranger = file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=AT)
    assert reads(stranger) == []


def test_a_button_pressed_twice_on_a_slow_line_plans_one_talk(case: Case, filed: Filed, handler: User) -> None:
    agreed = meeting(case)
    first = hearings.plan_hearing(case=case, meeting=agreed, by=handler, at=AT)
    again = hearings.plan_hearing(case=case, meeting=agreed, by=handler, at=AT + timedelta(minutes=1))
    assert again == first
    assert len(reads(filed)) == 1
    assert CaseEvent.objects.filter(kind="hearing_planned").count() == 1
    elsewhere = meeting(case, place="at the clinic")
    assert hearings.plan_hearing(case=case, meeting=elsewhere, by=handler, at=AT + timedelta(minutes=2)) != first
    later = hearings.plan_hearing(case=case, meeting=agreed, by=handler, at=AT + timedelta(hours=1))
    assert later != first  # not pressed twice: meant


def test_a_person_is_heard_only_where_they_agreed_that_they_are_safe(case: Case, handler: User) -> None:
    with pytest.raises(Refused, match="place_agreed"):
        hearings.plan_hearing(case=case, meeting=meeting(case, place_agreed=False), by=handler, at=AT)
    assert not Hearing.objects.exists()
    assert not CaseEvent.objects.filter(kind="hearing_planned").exists()


@pytest.mark.parametrize("kind", [HearingKind.INTERVIEW, HearingKind.HEARING, HearingKind.FACTS])
def test_somebody_speaks_in_everything_but_a_visit(case: Case, handler: User, kind: HearingKind) -> None:
    with pytest.raises(Refused, match="speaker"):
        hearings.plan_hearing(case=case, meeting=meeting(case, kind=kind, speaker=None), by=handler, at=AT)
    visit = meeting(case, kind=HearingKind.SITE_VISIT, speaker=None, place_agreed=False)
    hearings.plan_hearing(case=case, meeting=visit, by=handler, at=AT)


def test_minutes_are_checked_by_their_speaker_behaviour_4(case: Case, filed: Filed, handler: User) -> None:
    hearing = facts_talked_over(case, handler)
    (minutes,) = reads(filed)  # the place is over with the talk
    assert (minutes.kind, minutes.language, minutes.body) == (ServedKind.MINUTES, "sw", "January was not paid")
    assert minutes.to_check
    with pytest.raises(Refused, match="theirs_to_check"):
        hearings.record_check(hearing=hearing, objection=False, by=handler, at=AT)
    later = AT + timedelta(days=1)
    for objection in (True, False):  # pressed twice, the first answer holds
        hearings.check_minutes(hearing=hearing, following=coming_back(filed, later), objection=objection, at=later)
    hearing.refresh_from_db()
    assert (hearing.checked_at, hearing.objection) == (later, True)
    assert CaseEvent.objects.get(kind="minutes_checked").by is None
    assert not reads(filed, later)[0].to_check


def test_nobody_checks_the_minutes_of_somebody_else(case: Case, handler: User) -> None:
    hearing = facts_talked_over(case, handler)
    stranger = file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=AT)
    page = following.resume(session_key=following.open_session(receipt=stranger.receipt, at=AT), at=AT)
    with pytest.raises(Refused, match="not_found"):
        hearings.check_minutes(hearing=hearing, following=page, objection=False, at=AT)


def test_how_a_hearing_went_is_recorded_once(case: Case, handler: User) -> None:
    hearing = hearings.plan_hearing(case=case, meeting=meeting(case), by=handler, at=AT)
    hearings.decline_hearing(hearing=hearing, by=handler, at=AT)
    with pytest.raises(Refused, match="already_recorded"):
        hearings.hold_hearing(hearing=hearing, minutes="x", language="en", by=handler, at=AT)
    hearing.refresh_from_db()
    assert hearing.held_at is None


def test_a_company_is_heard_only_once_it_was_told(case: Case, handler: User, chain: dict[str, Any]) -> None:
    company = case.respondents.order_by("tier")[0]
    heard = meeting(case, kind=HearingKind.HEARING, speaker=company)
    with pytest.raises(Refused, match="company_not_told"):
        hearings.plan_hearing(case=case, meeting=heard, by=handler, at=AT)


def test_no_visit_tells_the_site_of_a_case_without_consent_behaviour_17(case: Case, handler: User) -> None:
    visit = meeting(case, kind=HearingKind.SITE_VISIT, speaker=None)
    Consent.objects.create(complainant=Complainant.objects.get(), given=False, at=AT)
    with pytest.raises(Refused, match="consent"):
        hearings.plan_hearing(case=case, meeting=visit, by=handler, at=AT)
    assert not Hearing.objects.exists()


def test_an_intake_officer_plans_no_hearing(case: Case, officer: User) -> None:
    with pytest.raises(Refused, match="not_found"):  # it moved beyond what they see
        hearings.plan_hearing(case=case, meeting=meeting(case), by=officer, at=AT)
