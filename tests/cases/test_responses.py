"""What a company is told, when, and what it may say to that."""

from datetime import datetime, timedelta

import pytest

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import Deferral
from cases.commands import clocks, respondents, responses
from cases.models import Case, Respondent
from cases.queries.companies import company_words
from cases.rules.calendars import end_of_day
from tests.cases.conftest import AT, screen

FACTS = "It is said that wages of January were not paid."
TOLD = AT + timedelta(days=6)  # after every delay


def company(case: Case) -> Respondent:
    return case.respondents.get(tier=0)


@pytest.fixture
def told(case: Case, handler: User) -> Respondent:
    screen(case, handler)
    respondents.approve(respondent=company(case), by=handler, people_who_fit=40, safety_checked=True, at=AT)
    respondents.notify(respondent=company(case), by=handler, facts=FACTS, at=AT)
    return company(case)


def say(told: Respondent, response: str, by: User, words: str = "", at: datetime = TOLD) -> None:
    responses.record_response(respondent=told, response=response, words=words, by=by, at=at)


def running(told: Respondent) -> list[str]:
    return list(told.clocks.filter(stopped_at=None).values_list("kind", flat=True))


def test_behaviour_16_a_company_has_a_right_of_reply_and_its_words_are_kept_sealed(
    case: Case, told: Respondent, handler: User
) -> None:
    assert running(told) == ["respondent_acknowledges"]
    say(told, "acknowledge", handler)
    assert running(told) == ["respondent_answers"]
    due = told.clocks.get(stopped_at=None).due_at
    assert due == end_of_day(TOLD + timedelta(days=14), "CD")
    say(told, "accept", handler)
    assert running(told) == ["respondent_answers"]
    with pytest.raises(Refused, match="words_missing"):
        say(told, "answer", handler, "  ")
    say(told, "answer", handler, "We paid in February.")
    assert running(told) == []
    row = company(case)
    assert row.state == "answered"
    assert b"February" not in bytes(row.sealed_answer or b"")
    (read,) = company_words(case)
    assert read.facts == FACTS
    assert [(said.verb, said.words) for said in read.answers] == [("answer", "We paid in February.")]


def test_behaviour_16_the_notice_can_wait_for_a_reason_until_a_later_day(case: Case, handler: User) -> None:
    screen(case, handler)
    mine = company(case)
    respondents.approve(respondent=mine, by=handler, people_who_fit=40, safety_checked=True, at=AT)
    day = (AT + timedelta(days=30)).date()

    def tell(**more: object) -> None:
        respondents.notify(respondent=mine, by=handler, facts=FACTS, at=AT, **more)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="deferral_unreasoned"):
        tell(not_before=day)
    for wrong in (None, AT.date()):
        with pytest.raises(Refused, match="deferral_without_day"):
            tell(deferred_because=Deferral.EVIDENCE, not_before=wrong)
    tell(deferred_because=Deferral.EVIDENCE, not_before=day)
    mine.refresh_from_db()
    assert mine.deferred_because == "evidence"
    assert mine.notified_at is not None
    assert timedelta(days=31) <= mine.notified_at - AT <= timedelta(days=35)
    assert mine.clocks.get().started_at == mine.notified_at
    with pytest.raises(Refused, match="company_not_told"):
        say(mine, "acknowledge", handler, at=AT + timedelta(days=30))


def test_behaviour_16_a_company_that_contests_owes_nothing_until_it_is_decided(
    case: Case, told: Respondent, handler: User, supervisor: User
) -> None:
    say(told, "acknowledge", handler)
    with pytest.raises(Refused, match="words_missing"):
        say(told, "contest", handler)
    say(told, "contest", handler, "The shaft belongs to another company.")
    assert running(told) == []
    with pytest.raises(Refused, match="not_yours"):
        responses.uphold(respondent=told, by=handler, at=TOLD)
    later = TOLD + timedelta(days=3)
    responses.uphold(respondent=told, by=supervisor, at=later)
    assert company(case).state == "acknowledged"
    assert told.clocks.get(stopped_at=None).due_at == end_of_day(later + timedelta(days=14), "CD")
    say(told, "accept", handler, at=later)
    say(told, "answer", handler, "We paid.", at=later)
    (read,) = company_words(case)
    assert [said.verb for said in read.answers] == ["contest", "answer"]


def test_a_company_is_released_by_two_different_people(
    case: Case, told: Respondent, handler: User, supervisor: User, person: object
) -> None:
    other = person("ines", Role.SUPERVISOR)  # type: ignore[operator]
    say(told, "acknowledge", handler)
    say(told, "contest", handler, "Not ours.")
    responses.release(respondent=told, by=supervisor, at=TOLD)
    assert company(case).state == "contested"
    with pytest.raises(Refused, match="same_signature"):
        responses.release(respondent=told, by=supervisor, at=TOLD)
    responses.release(respondent=told, by=other, at=TOLD)
    assert company(case).state == "released"
    kinds = list(case.events.filter(kind__in=["respondent_release_signed", "respondent_released"]).values_list("kind"))
    assert kinds == [("respondent_release_signed",), ("respondent_released",)]
    with pytest.raises(Refused, match="not_now"):
        responses.release(respondent=told, by=other, at=TOLD)


def test_a_first_signature_ends_when_the_company_has_to_answer_after_all(
    case: Case, told: Respondent, handler: User, supervisor: User, person: object
) -> None:
    other = person("ines", Role.SUPERVISOR)  # type: ignore[operator]
    say(told, "acknowledge", handler)
    say(told, "contest", handler, "Not ours.")
    responses.release(respondent=told, by=supervisor, at=TOLD)
    responses.uphold(respondent=told, by=other, at=TOLD)
    say(told, "contest", handler, "Not ours, again.")
    responses.release(respondent=told, by=other, at=TOLD)
    assert company(case).state == "contested"


@pytest.mark.parametrize("response", ["accept", "contest", "answer"])
def test_a_company_says_nothing_out_of_its_turn(told: Respondent, handler: User, response: str) -> None:
    with pytest.raises(Refused, match="not_now"):
        say(told, response, handler, "x")


def test_a_silent_company_is_late_from_the_day_it_was_told(case: Case, told: Respondent) -> None:
    clocks.sweep(at=AT + timedelta(days=40))
    late = case.events.filter(kind="deadline_passed", respondent=told)
    assert [event.data["to"] for event in late] == [["handler", "supervisor", "respondent"]]
