"""What a person does on their page beside writing: telling how they are, deciding who is told, taking it back."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cases.commands import casework, consent, respondents, safety
from cases.models import Case, Filing
from cases.states import Track
from grievance.commands.filing import Filed, file_grievance
from grievance.models import CallGrant, Complainant, Message
from grievance.receipts import new_nonce
from tests.cases.conftest import AT, draft, screen

pytestmark = pytest.mark.django_db
PATH = "/en/follow/"


def hidden(page: str, name: str) -> str:
    return str(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])


@pytest.fixture
def filed(chain: dict[str, Any]) -> Filed:
    """Somebody who wants to be asked before anybody is told."""
    return file_grievance(draft=draft(site_id=chain["mine"].pk, may_tell=None), nonce=new_nonce(), at=AT)


@pytest.fixture
def inside(client: Client, filed: Filed, case: Case) -> Client:
    with time_machine.travel(AT, tick=False):
        assert client.post(PATH, {"receipt": filed.receipt}).status_code == 303
    return client


def show(inside: Client) -> str:
    with time_machine.travel(AT, tick=False):
        return str(inside.get(PATH).text)


def press(inside: Client, act: str, *, at: Any = AT, **fields: str) -> Any:
    with time_machine.travel(AT, tick=False):
        csrf = hidden(inside.get(PATH).text, "csrf")
    with time_machine.travel(at, tick=False):
        return inside.post(PATH, {"csrf": csrf, "act": act, **fields})


@pytest.fixture
def asked(case: Case, handler: User) -> Case:
    """The handler asks about the operator, and says that few people fit."""
    screen(case, handler)
    consent.ask(case=case, respondents=list(case.respondents.filter(tier=0)), few=True, by=handler, at=AT)
    return case


# -- Who may be told


def test_behaviour_12_the_question_names_the_company_and_says_that_few_people_fit(asked: Case, inside: Client) -> None:
    page = show(inside)
    assert "May we tell <bdi>operator (fictional)</bdi> what happened, never your name?" in page
    assert "Few people fit what happened, so they may guess that it was you." in page


def test_behaviour_12_a_yes_is_informed_and_asked_no_more(asked: Case, inside: Client) -> None:
    company = asked.respondents.get(tier=0).organisation
    done = press(inside, "consent", organisation=str(company.pk), informed="on", given="yes")
    assert (done.status_code, done.headers["Location"]) == (303, "/en/follow/#telling")
    said = Complainant.objects.get().consents.get()
    assert (said.organisation, said.given, said.informed) == (company, True, True)
    page = show(inside)
    assert "May we tell" not in page
    assert "You said yes on 2 March 2026." in page


def test_behaviour_12_what_is_taken_back_on_the_page_stops_disclosure_at_once(
    asked: Case, inside: Client, handler: User
) -> None:
    operator = asked.respondents.get(tier=0)
    press(inside, "consent", given="yes")
    respondents.approve(respondent=operator, by=handler, people_who_fit=40, safety_checked=True, at=AT)
    respondents.notify(respondent=operator, by=handler, facts="Wages were not paid.", at=AT)
    press(inside, "consent", given="no")
    operator.refresh_from_db()
    assert operator.state == "identified"
    page = show(inside)
    assert "On 2 March 2026 you said no for every company." in page
    assert "Tell nobody any more" not in page


def test_nobody_answers_about_a_company_that_is_not_in_their_case(inside: Client, chain: dict[str, Any]) -> None:
    sent = press(inside, "consent", organisation="99999", given="yes")
    assert sent.status_code == 200
    assert "Please look at this again" in sent.text
    assert not Complainant.objects.get().consents.filter(given=True).exists()


def test_the_page_says_who_was_told_once_they_know(inside: Client, filed: Filed, asked: Case, handler: User) -> None:
    operator = asked.respondents.get(tier=0)
    press(inside, "consent", given="yes")
    respondents.approve(respondent=operator, by=handler, people_who_fit=40, safety_checked=True, at=AT)
    respondents.notify(respondent=operator, by=handler, facts="Wages were not paid.", at=AT)
    operator.refresh_from_db()
    assert "It was told on" not in show(inside)
    assert operator.notified_at
    with time_machine.travel(operator.notified_at, tick=False):
        inside.post(PATH, {"receipt": filed.receipt})
        assert "It was told on" in inside.get(PATH).text


# -- Are you safe


@pytest.fixture
def checked(case: Case, handler: User) -> Filing:
    screen(case, handler)
    filing = case.filings.get()
    safety.ask(case=case, filing=filing, by=handler, at=AT)
    return filing


def test_behaviour_15_the_question_waits_on_the_page_and_its_answer_alarms(checked: Filing, inside: Client) -> None:
    assert "Are you safe?" in show(inside)
    done = press(inside, "safety", answer="harmed", body="Walinipiga")
    assert done.headers["Location"] == "/en/follow/#heard"
    checked.case.refresh_from_db()
    assert checked.case.urgent_since == AT
    assert checked.safety_checks.get().answer == "harmed"
    assert "Are you safe?" not in show(inside)


def test_nobody_is_asked_without_a_reason(inside: Client) -> None:
    assert "Are you safe?" not in show(inside)
    refused = press(inside, "safety", answer="worried", body="Wananifuata")
    assert "We are not asking this just now." in refused.text


def test_an_answer_without_a_choice_keeps_its_words(checked: Filing, inside: Client) -> None:
    kept = press(inside, "safety", body="Wananifuata").text
    assert "Please choose one of the three answers." in kept
    assert "\nWananifuata</textarea>" in kept
    assert checked.safety_checks.get().answered_at is None


def test_an_answer_survives_a_closed_session_with_choice_and_words(
    checked: Filing, inside: Client, filed: Filed
) -> None:
    late = AT + timedelta(minutes=30)
    closed = press(inside, "safety", at=late, answer="worried", body="Wananifuata")
    assert "Your page was closed to protect you." in closed.text
    assert "\nWananifuata</textarea>" in closed.text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', closed.text))
    assert len(carried.pop("fresh")) == 43  # what a new number would be made from: it opens nothing
    assert carried == {"act": "safety", "answer": "worried"}
    with time_machine.travel(late, tick=False):
        back = inside.post(PATH, {"receipt": filed.receipt, "body": "Wananifuata", **carried}).text
        assert "press its button once more" in back
        assert 'value="worried" checked' in back
        assert back.count("\nWananifuata</textarea>") == 1
        assert checked.safety_checks.get().answered_at is None
        sent = inside.post(PATH, {"csrf": hidden(back, "csrf"), "body": "Wananifuata", **carried})
    assert sent.status_code == 303
    assert checked.safety_checks.get().answer == "worried"
    assert not Message.objects.exists()


# -- Talking with the company, and a survivor's own decision


def test_behaviour_8_dialogue_is_the_persons_choice_and_can_be_changed(case: Case, inside: Client) -> None:
    assert "Do you want to talk with the company?" not in show(inside)
    assert "We are not asking this" in press(inside, "dialogue", wanted="yes").text
    case.filings.update(dialogue_asked_at=AT)
    assert "Do you want to talk with the company?" in show(inside)
    assert press(inside, "dialogue", wanted="yes").headers["Location"] == "/en/follow/#kept"
    assert case.filings.get().dialogue_wanted is True
    page = show(inside)
    assert "You said yes on 2 March 2026." in page
    assert "Yes, I want to talk" not in page
    press(inside, "dialogue", wanted="no")
    assert case.filings.get().dialogue_wanted is False
    assert [event.data for event in case.events.filter(kind="dialogue_answered")] == [
        {"wanted": True},
        {"wanted": False},
    ]


def test_behaviour_17_a_survivor_alone_lets_it_be_looked_into_and_stops_it(case: Case, inside: Client) -> None:
    assert "May we look into what happened?" not in show(inside)
    Case.objects.filter(pk=case.pk).update(track=Track.SURVIVOR)
    assert "May we look into what happened?" in show(inside)
    press(inside, "inquiry", agreed="yes")
    assert case.filings.get().investigation_agreed_at == AT
    assert "Stop it" in show(inside)
    press(inside, "inquiry", agreed="no")
    assert case.filings.get().investigation_agreed_at is None


def test_behaviour_17_a_survivor_who_stops_it_stops_what_a_company_hears(
    asked: Case, inside: Client, handler: User
) -> None:
    """The company was approved while they agreed; from their no on it is told nothing more."""
    operator = asked.respondents.get(tier=0)
    press(inside, "consent", given="yes")
    respondents.approve(respondent=operator, by=handler, people_who_fit=40, safety_checked=True, at=AT)
    Case.objects.filter(pk=asked.pk).update(track=Track.SURVIVOR)
    asked.filings.update(investigation_agreed_at=AT)
    press(inside, "inquiry", agreed="no")
    operator.refresh_from_db()
    assert operator.state == "identified"


# -- A call


def test_a_call_is_allowed_for_seven_days_and_taken_back(case: Case, inside: Client) -> None:
    assert "call you?" not in show(inside)
    person = Complainant.objects.get()
    person.grievance.openness = "confidential"
    person.grievance.save()
    Complainant.objects.update(sealed_contact=b"sealed", safe_way="call")
    assert "May the person who works on your case call you?" in show(inside)
    press(inside, "call", allowed="yes")
    press(inside, "call", allowed="yes")
    grant = CallGrant.objects.get()
    assert grant.until_at == AT + timedelta(days=7)
    assert case.events.filter(kind="call_allowed").count() == 1
    assert "Yes, until 9 March 2026." in show(inside)
    press(inside, "call", allowed="no")
    grant.refresh_from_db()
    assert grant.revoked_at == AT


def test_who_locked_nothing_away_allows_no_call(inside: Client) -> None:
    assert "no number or address" in press(inside, "call", allowed="yes").text
    assert not CallGrant.objects.exists()


# -- The page itself


def test_a_button_of_another_visit_changes_nothing(case: Case, inside: Client) -> None:
    with time_machine.travel(AT, tick=False):
        sent = inside.post(PATH, {"csrf": "of another visit", "act": "consent", "given": "yes"})
    assert "This page is from another visit." in sent.text
    assert not Complainant.objects.get().consents.filter(given=True).exists()


def test_the_page_says_what_comes_next_and_what_is_late(case: Case, inside: Client, handler: User) -> None:
    screen(case, handler)
    assert "We tell you whether we can take up your case." in show(inside)
    assert "By 16 March 2026." in show(inside)
    case.clocks.filter(kind="eligibility").update(started_at=AT - timedelta(days=9), due_at=AT - timedelta(days=2))
    assert "It was due on 28 February 2026. We are late." in show(inside)


def questions(inside: Client) -> int:
    """Asked at the second visit: the first notes down what was read."""
    show(inside)
    with CaptureQueriesContext(connection) as asked:
        show(inside)
    return len(asked)


def test_the_page_asks_the_same_number_of_questions_however_much_is_on_it(
    inside: Client, case: Case, handler: User
) -> None:
    screen(case, handler)
    filing = case.filings.get()

    def reply() -> None:
        casework.reply(case=case, filing=filing, by=handler, body="Tumesoma.", language="sw", read_up_to=0, at=AT)

    reply()
    few = questions(inside)
    for day in range(1, 8):
        reply()
        filing.safety_checks.create(reason="monthly", ask_at=AT - timedelta(days=day), answer_by=AT)
    consent.ask(case=case, respondents=list(case.respondents.all()), few=False, by=handler, at=AT)
    assert show(inside).count("May we tell") == case.respondents.count() > 3
    assert questions(inside) == few
