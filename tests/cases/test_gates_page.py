"""The gates ahead as an officer meets them: what they ask, what is on record, and where to put the rest."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, clocks, responses
from cases.models import Case, CaseCode, Filing, Respondent
from cases.states import Stage
from grievance import receipts
from grievance.keys import data_key_for_office, seal_text
from grievance.models import Consent
from supplychain.models import Organisation
from tests.cases.conftest import AT
from tests.cases.test_admin import at_desk, do, more_cases, page_of, text

PARTS = {"scale": "3", "scope": "4", "irremediability": "1", "retaliation": "high"}


@pytest.fixture
def desk(client: Client, case: Case, handler: User) -> Client:
    """A handler before a case that was admitted."""
    Case.objects.filter(pk=case.pk).update(stage=Stage.ASSESSMENT, handler=handler)
    case.refresh_from_db()
    return at_desk(client, handler)


def panel(shown: str) -> str:
    """The panel of the gates, without the rest of the page."""
    return shown[shown.index('id="gates"') : shown.index('id="who-what"')]


def test_the_panel_says_what_is_missing_and_leads_to_its_form(desk: Client, case: Case) -> None:
    shown = panel(text(desk.get(page_of(case))))
    for words in (
        "Open a dialogue", "Investigate", "Plan the remedy", "Severity and the risk of retaliation are not graded yet.",
        '<a href="#act-assess">Grade severity and risk</a>', '<a href="#act-ask-dialogue">', 'class="holds"',
    ):  # fmt: skip
        assert words in shown, words
    do(desk, case, "assess", **PARTS)
    shown = panel(text(desk.get(page_of(case))))
    assert "not graded yet" not in shown
    assert "#act-assess" not in shown


def test_the_panel_asks_nothing_that_is_for_other_cases(desk: Client, case: Case) -> None:
    shown = panel(text(desk.get(page_of(case))))
    assert "survivor" not in shown
    assert "Indigenous" not in shown
    CaseCode.objects.create(case=case, code="IP01")
    assert "Representatives chosen by the Indigenous People concerned" in panel(text(desk.get(page_of(case))))


def test_a_refused_press_says_what_is_missing_and_where_it_belongs(desk: Client, case: Case) -> None:
    do(desk, case, "assess", **PARTS)
    refused = text(do(desk, case, "dialogue"))
    assert "1 person who filed has not chosen to talk with the company." in refused
    assert "Put it on record here:" in refused
    assert '<a href="#act-ask-dialogue">Ask whether they want to talk</a>' in refused


def test_the_panel_is_for_those_who_may_read_what_is_on_record(
    desk: Client, case: Case, person: Callable[..., User]
) -> None:
    lead = at_desk(Client(), person("marta", Role.LEAD))
    shown = text(lead.get(page_of(case)))
    assert "What the gates ahead ask" not in shown
    assert "What the next step asks" not in shown
    assert "operator (fictional)" in shown


def test_each_company_shows_who_agreed_and_what_its_next_step_asks(desk: Client, case: Case) -> None:
    shown = text(desk.get(page_of(case)))
    answers = shown[shown.index('id="answers"') : shown.index('id="happened"')]
    for words in ("1 of 1", "Approve", '<a href="#act-approve">Telling this company is safe</a>'):
        assert words in answers, words
    Consent.objects.all().delete()
    shown = text(desk.get(page_of(case)))
    assert "0 of 1" in shown
    assert '<a href="#act-ask-consent">Everybody who filed agreed</a>' in shown


def test_from_the_question_to_the_answer_of_a_company_on_one_page(desk: Client, case: Case) -> None:
    mine = case.respondents.get(tier=0)
    do(desk, case, "approve", respondent=mine.pk, people_who_fit=40, safety_checked="on")
    shown = text(desk.get(page_of(case)))
    assert "It is said that …" in shown
    told = {"respondent": mine.pk, "facts": "It is said that …"}
    assert "Write what the dots (…) stand for" in text(do(desk, case, "notify", **told))
    do(desk, case, "notify", respondent=mine.pk, facts="It is said that wages of January were not paid.")
    Respondent.objects.filter(pk=mine.pk).update(notified_at=AT)  # its day has come
    do(desk, case, "response", respondent=mine.pk, response="acknowledge")
    do(desk, case, "response", respondent=mine.pk, response="contest", words="Another company dug there.")
    shown = text(desk.get(page_of(case)))
    for words in (
        "wages of January were not paid", "Another company dug there.", "It contests that it has to answer", "Release",
    ):  # fmt: skip
        assert words in shown, words
    do(desk, case, "withdraw", respondent=mine.pk)
    mine.refresh_from_db()
    assert mine.state == "identified"


def test_asking_for_consent_is_a_form_about_one_company_or_all(desk: Client, case: Case) -> None:
    Consent.objects.all().delete()
    done = do(desk, case, "ask-consent", respondent="")
    assert done.url == page_of(case)
    assert case.events.filter(kind="consent_asked").count() == 5
    again = text(do(desk, case, "ask-consent", respondent=case.respondents.get(tier=0).pk))
    assert "Everybody who filed has been asked about this" in again


def test_the_log_of_a_peoples_consent_stands_on_the_pages_of_its_cases_alone(desk: Client, case: Case) -> None:
    assert "act-fpic" not in text(desk.get(page_of(case)))
    CaseCode.objects.create(case=case, code="IP01")
    assert "Nobody is on record yet who speaks for it" in text(desk.get(page_of(case)))
    words = "Chosen by the assembly of the village"
    do(desk, case, "fpic", kind="representatives", on="2026-02-01", words=words)
    shown = text(desk.get(page_of(case)))
    assert words in shown
    assert "Representatives chosen by the People" in shown


def test_the_page_asks_as_often_for_forty_people_and_companies_as_for_two(
    desk: Client, case: Case, handler: User, chain: dict[str, Any]
) -> None:
    asked = []
    for more in (2, 38):
        _more_of_everything(case, handler, chain, more)
        desk.get(page_of(case))
        with CaptureQueriesContext(connection) as questions:
            shown = text(desk.get(page_of(case)))
        asked.append(len(questions))
        assert shown.count("It is said, and so is") == case.filings.count() - 1
    assert asked[0] == asked[1]


def _more_of_everything(case: Case, handler: User, chain: dict[str, Any], count: int) -> None:
    """So many more people who filed, messages to the first of them, and companies, each with words and a deadline."""
    first, routing = case.filings.order_by("pk")[0], case.routings.get()
    key = data_key_for_office(case.key_id)
    for joined in more_cases(chain["mine"].pk, count):
        Filing.objects.filter(case=joined).update(case=case)
    for number in range(count):
        casework.reply(case=case, filing=first, by=handler, body=f"reply {number}", language="sw", read_up_to=0, at=AT)
        company = Organisation.objects.create(
            name=f"more {case.respondents.count()} (fictional)", kind="trader", country="CD"
        )
        told = Respondent.objects.create(
            case=case, organisation=company, routing=routing, tier=1, reference=receipts.new_reference(),
            state="acknowledged", sealed_facts=seal_text(key, "It is said, and so is more.", "facts"),
            approved_at=AT, approved_by=handler, notified_at=AT,
        )  # fmt: skip
        clocks.start(case, "respondent_answers", at=AT, respondent=told)
        responses.record_response(respondent=told, response="contest", words="Not ours.", by=handler, at=AT)
