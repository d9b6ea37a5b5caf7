"""What a person reads on their page: findings, letters, minutes to check, help, who opened what; and their appeal."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from cases import labels
from cases.codes import AppealResult, LetterKind, PauseBecause, Result, UnsealReason
from cases.commands import clocks, closing, deadlines, hearings
from cases.models import Appeal, Case, Clock, Unsealing
from cases.states import Outcome, Stage
from grievance.commands.filing import Filed
from grievance.models import Message
from tests.cases.conftest import AT
from tests.cases.inquiry import facts_talked_over, found, meeting, standing_in
from tests.cases.test_follow_acts import PATH, press, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(client: Client, filed: Filed, case: Case) -> Client:
    with time_machine.travel(AT, tick=False):
        assert client.post(PATH, {"receipt": filed.receipt}).status_code == 303
    return client


@pytest.fixture
def inquiry(case: Case, handler: User) -> Case:
    Case.objects.filter(pk=case.pk).update(handler=handler)
    return standing_in(case, Stage.INVESTIGATION)


def test_behaviour_7_the_finding_is_read_in_its_own_language(inquiry: Case, inside: Client, handler: User) -> None:
    found(inquiry, handler)
    page = show(inside)
    assert "We found that it is true" in page
    assert '<div dir="auto" lang="sw"><p>Ulisema kweli</p></div>' in page
    assert "Payslips show it." not in page


def test_where_they_meet_stands_on_the_page_until_they_have_met(inquiry: Case, inside: Client, handler: User) -> None:
    hearing = hearings.plan_hearing(case=inquiry, meeting=meeting(inquiry), by=handler, at=AT)
    page = show(inside)
    assert "We meet you on 5 March 2026." in page
    assert "at the union&#x27;s office" in page
    hearings.hold_hearing(hearing=hearing, minutes="Januari", language="sw", by=handler, at=AT)
    assert "We meet you" not in show(inside)


def test_behaviour_4_the_speaker_says_that_the_minutes_are_right(inquiry: Case, inside: Client, handler: User) -> None:
    hearing = facts_talked_over(inquiry, handler)
    assert "Is this what you said on 2 March 2026?" in show(inside)
    done = press(inside, "minutes", hearing=str(hearing.pk), right="yes", body="")
    assert done.headers["Location"] == "/en/follow/#kept"
    hearing.refresh_from_db()
    assert (hearing.checked_at, hearing.objection) == (AT, False)
    assert "Is this what you said" not in show(inside)
    assert not Message.objects.exists()


def test_behaviour_4_the_speaker_says_what_is_wrong_in_the_minutes(
    inquiry: Case, inside: Client, handler: User
) -> None:
    hearing = facts_talked_over(inquiry, handler)
    silent = press(inside, "minutes", hearing=str(hearing.pk), right="no")
    assert "Please write what is wrong." in silent.text
    hearing.refresh_from_db()
    assert hearing.checked_at is None
    press(inside, "minutes", hearing=str(hearing.pk), right="no", body="It was February too")
    hearing.refresh_from_db()
    assert hearing.objection is True
    assert "It was February too" in show(inside)


def test_every_result_and_every_reason_has_words_for_the_person() -> None:
    assert set(labels.FOUND) == {str(one) for one in Result}
    assert set(labels.LOOKED_AGAIN) == {str(one) for one in AppealResult}
    assert set(labels.OPENED_BECAUSE) == {str(one) for one in UnsealReason}
    assert set(labels.NEXT) <= set(labels.CLOCKS)


def test_nobody_checks_the_minutes_of_another(inside: Client) -> None:
    assert "Please look at this again" in press(inside, "minutes", hearing="77", right="yes").text


def test_an_appeal_is_filed_from_the_page_within_its_days(inquiry: Case, inside: Client, handler: User) -> None:
    assert "You do not agree?" not in show(inside)
    found(inquiry, handler)
    assert "You can ask for that until 1 May 2026." in show(inside)
    empty = press(inside, "appeal", body=" ")
    assert "Please write why you do not agree." in empty.text
    assert '<details class="screen" open>' in empty.text
    done = press(inside, "appeal", body="They did not ask my crew")
    assert done.status_code == 303
    appeal = Appeal.objects.get()
    assert b"my crew" not in bytes(appeal.sealed_grounds)
    inquiry.refresh_from_db()
    assert inquiry.stage == Stage.APPEAL
    page = show(inside)
    assert "People who did not work on your case are looking at it again." in page
    assert "You do not agree?" not in page


def test_an_appeal_that_is_not_possible_is_refused_and_keeps_its_words(inside: Client) -> None:
    refused = press(inside, "appeal", body="They did not ask my crew")
    assert "Nothing has been decided yet that you could appeal against." in refused.text
    assert not Appeal.objects.exists()


def test_behaviour_7_the_reasons_for_closing_are_read_in_the_persons_language(
    inquiry: Case, inside: Client, handler: User
) -> None:
    found(inquiry, handler, result=Result.UNSUBSTANTIATED)
    closing.write_letter(
        case=inquiry, kind=LetterKind.CLOSING, language="sw", body="Kwa sababu hizi", by=handler, at=AT
    )
    assert "Kwa sababu hizi" not in show(inside)
    inquiry = Case.objects.get(pk=inquiry.pk)
    closing.close(case=inquiry, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT + timedelta(minutes=1))
    page = show(inside)
    assert "Why the case is closed" in page
    for never in ("We plan with you how it is put right", "The companies put it right", "We watch that it stays right"):
        assert never not in page  # it never came to that, and nobody is told that it was done
    assert 'lang="sw"><p>Kwa sababu hizi</p>' in page


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("name", "Your name was opened on 2 March 2026, to protect somebody from danger."),
        ("contact", "Your phone number or address was opened on 2 March 2026, to protect somebody from danger."),
    ],
)
def test_behaviour_12_the_person_reads_when_their_identity_was_opened_and_for_what(
    case: Case, inside: Client, handler: User, what: str, said: str
) -> None:
    facts: dict[str, Any] = {
        "case": case,
        "filing": case.filings.get(),
        "what": what,
        "reason": "safety",
        "by": handler,
    }
    asked = Unsealing.objects.create(**facts, at=AT, opens_at=AT)
    assert "was opened on" not in show(inside)
    Unsealing.objects.filter(pk=asked.pk).update(opened_at=AT, until_at=AT + timedelta(days=1))
    assert said in show(inside)


def test_arabic_reads_from_the_right(inside: Client) -> None:
    with time_machine.travel(AT, tick=False):
        page = inside.get("/ar/follow/").text
    assert '<html lang="ar" dir="rtl">' in page


def test_what_stands_still_is_said_in_plain_words_with_a_day_and_no_time_of_day(
    inquiry: Case, inside: Client, supervisor: User
) -> None:
    clock = clocks.start(inquiry, "investigation", at=AT)
    assert "We have to wait" not in show(inside)
    until = AT + timedelta(days=30)
    deadlines.pause(clock=clock, reason=PauseBecause.AUTHORITY, until=until, by=supervisor, at=AT)
    page = show(inside)
    assert "By 31 May 2026." in page
    assert "We have to wait with this until 1 April 2026. Then we go on." in page
    assert "authority" not in page
    assert "09:00" not in page


def test_the_last_day_for_an_appeal_is_the_persons_own(
    inquiry: Case, inside: Client, handler: User, supervisor: User
) -> None:
    found(inquiry, handler, at=AT)
    assert "You can ask for that until 1 May 2026." in show(inside)
    clock = Clock.objects.get(kind="appeal_filed")
    until = AT + timedelta(days=10)
    deadlines.pause(clock=clock, reason=PauseBecause.DISASTER, until=until, by=supervisor, at=AT)
    assert "You can ask for that until 11 May 2026." in show(inside)
