"""The officer's desk: what waits in numbers, the ways into the queue, and the searches."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.translation import gettext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, clocks, intake, words
from cases.models import CannedText, Case, CaseCode, CaseEvent, Clock, RemedyStep, Respondent, Sample
from cases.models import Plan as RemedyPlan
from cases.states import AsideReason
from grievance import receipts
from grievance.commands import conversation
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import open_session, resume
from grievance.models import FieldPartner, Opening, Relay, TextReceipt, Writer
from notifications.models import Notice
from tests.cases.conftest import AT, draft
from tests.cases.test_admin import QUEUE, at_desk, more_cases, rows, text
from tests.factories import EmploymentFactory
from tests.grievance.phones import a_gateway

DESK = "/office/admin/"
TILE = re.compile(r'<a class="tile[^"]*" href="([^"]+)"><b>(\d+\+?)</b> <span>([^<]+)</span>')


def tiles(client: Client) -> dict[str, tuple[str, str]]:
    """Label -> (number, address)."""
    return {label: (number, address) for address, number, label in TILE.findall(text(client.get(DESK)))}


def numbers(client: Client) -> dict[str, str]:
    return {label: number for label, (number, _address) in tiles(client).items()}


@pytest.fixture
def busy(case: Case, chain: dict[str, Any], handler: User, supervisor: User) -> dict[str, Case]:
    """A case for each tile, and the first for many of them."""
    fresh, week, contested, disputed, stalled, aside = more_cases(chain["mine"].pk, 6)
    now = timezone.now()
    for one in (fresh, week, contested, disputed, stalled, aside):
        Clock.objects.filter(case=one).update(due_at=now + timedelta(days=40))
        clocks.refresh_due(one)
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    Case.objects.filter(pk=case.pk).update(urgent_since=AT, unread_since=AT)
    week.clocks.filter(kind="update").update(due_at=now + timedelta(days=3))
    clocks.refresh_due(week)
    contested.respondents.filter(tier=0).update(state="contested")
    plan = RemedyPlan.objects.create(case=disputed, made_at=AT, changed_at=AT)
    RemedyStep.objects.create(
        plan=plan, number=1, type="restitution", owner=disputed.respondents.get(tier=0), due_on=AT.date(),
        state="disputed", sealed_words=b"x",
    )  # fmt: skip
    clocks.start(stalled, "respondent_answers", at=AT, country="CD", respondent=stalled.respondents.get(tier=0), due=AT)
    casework.set_aside(case=aside, reason=AsideReason.TEST, by=handler, at=AT)
    Sample.objects.create(case=aside, drawn_at=AT)
    return {
        "first": case, "week": week, "contested": contested, "disputed": disputed, "stalled": stalled, "aside": aside
    }  # fmt: skip


def test_each_tile_counts_what_waits_and_leads_to_it(
    client: Client, busy: dict[str, Case], handler: User, supervisor: User
) -> None:
    desk = at_desk(client, handler)
    found = tiles(desk)
    expected = {
        "My cases": {"first"}, "Overdue": {"first", "stalled"}, "Due within seven days": {"week"},
        "Unread answer": {"first"}, "Disputes": {"contested", "disputed"}, "Urgent": {"first"},
        "Companies past their day": {"stalled"},
    }  # fmt: skip
    for label, names in expected.items():
        number, address = found[label]
        assert int(number) == len(names), label
        assert set(rows(desk.get(address))) == {busy[name].reference for name in names}, label
    assert "Set aside, to look at again" not in found  # a supervisor's
    number, address = tiles(at_desk(client, supervisor))["Set aside, to look at again"]
    assert number == "1"
    assert rows(client.get(address)) == [busy["aside"].reference]


def test_waiting_words_are_counted_by_the_languages_that_one_reads(
    client: Client, case: Case, handler: User, person: Callable[..., User]
) -> None:
    speaker = person("sara", Role.HANDLER)
    User.objects.filter(pk=speaker.pk).update(language="sw")
    with translation.override("sw"):  # the desk speaks the language of each officer
        in_swahili = gettext("Waits for a translation")
    assert numbers(at_desk(client, handler))["Waits for a translation"] == "1"
    assert numbers(at_desk(client, speaker))[in_swahili] == "0"
    filing = case.filings.get()
    given: dict[str, Any] = {"case": case, "filing": filing, "maker": "human", "by": handler, "at": AT}
    words.translate(**given, message=None, language="en", body="We were not paid")
    assert numbers(at_desk(client, handler))["Waits for a translation"] == "0"
    reply = casework.reply(case=case, filing=filing, by=handler, body="Hello", language="en", read_up_to=0, at=AT)
    for officer, label in ((handler, "Waits for a translation"), (speaker, in_swahili)):
        number, address = tiles(at_desk(client, officer))[label]
        assert number == "1"
        assert rows(client.get(address)) == [case.reference]
    words.translate(**given, message=reply, language="sw", body="Habari")
    assert numbers(at_desk(client, handler))["Waits for a translation"] == "0"


def test_dead_letters_are_counted_and_lead_to_the_notices(client: Client, case: Case, handler: User) -> None:
    assert numbers(at_desk(client, handler))["Dead letters"] == "0"
    event = CaseEvent.objects.filter(case=case)[0]
    Notice.objects.create(
        event=event, recipient=handler, step="x", channel="email", message_id="x@y", made_at=AT, state="dead"
    )
    number, address = tiles(client)["Dead letters"]
    assert (number, address) == ("1", "/office/admin/notifications/notice/?trouble=yes")


def test_the_desk_counts_nothing_that_does_not_exist_for_somebody(
    client: Client, busy: dict[str, Case], chain: dict[str, Any], person: Callable[..., User], superuser: User
) -> None:
    conflicted = person("conflicted", Role.HANDLER, Role.SUPERVISOR, works_for=chain["two"])
    assert set(numbers(at_desk(client, conflicted)).values()) == {"0"}
    assert tiles(at_desk(client, superuser)) == {}
    custodian = person("kofi", Role.CUSTODIAN)
    assert tiles(at_desk(client, custodian)) == {}


def test_a_filter_tells_of_companies_only_where_the_role_shows_them(
    client: Client, busy: dict[str, Case], person: Callable[..., User]
) -> None:
    Case.objects.filter(pk=busy["contested"].pk).update(stage="assessment")
    investigator = person("ivo", Role.INVESTIGATOR)
    assert numbers(at_desk(client, investigator))["Disputes"] == "0"
    Case.objects.filter(pk=busy["contested"].pk).update(stage="investigation")
    assert numbers(at_desk(client, investigator))["Disputes"] == "1"


def test_counting_stops_and_says_so(
    client: Client, case: Case, chain: dict[str, Any], handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_cases(chain["mine"].pk, 3)
    for module in ("cases.queries.desk", "notifications.queries.trouble"):
        monkeypatch.setattr(f"{module}.MOST_COUNTED", 2)
    assert numbers(at_desk(client, handler))["Overdue"] == "2+"


@pytest.mark.parametrize("count", [2, 20])
def test_the_desk_asks_as_often_for_twenty_cases_as_for_two(
    client: Client, case: Case, handler: User, chain: dict[str, Any], count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    more_cases(chain["mine"].pk, count - 1)
    desk = at_desk(client, handler)
    desk.get(DESK)
    with django_assert_num_queries(17):
        assert numbers(desk)["Overdue"] == str(count)


# -- Search in the queue


def test_the_queue_finds_by_company_and_by_legal_code(
    client: Client, case: Case, handler: User, chain: dict[str, Any]
) -> None:
    (other,) = more_cases(chain["refiner site"].pk, 1)
    CaseCode.objects.create(case=other, code="WG02")
    desk = at_desk(client, handler)
    for typed, found in (
        ("operator (fictional)", {case}), ("REFINER", {case, other}), ("wg02", {other}), ("WG", {case, other}),
        ("OS", set()), ("nobody (fictional)", set()),
    ):  # fmt: skip
        assert set(rows(desk.get(QUEUE, {"q": typed}))) == {one.reference for one in found}, typed


def test_a_company_finds_no_case_where_the_role_does_not_show_companies(
    client: Client, case: Case, person: Callable[..., User]
) -> None:
    Case.objects.filter(pk=case.pk).update(stage="assessment")
    desk = at_desk(client, person("ivo", Role.INVESTIGATOR))
    assert rows(desk.get(QUEUE, {"q": "cells (fictional)"})) == []
    assert rows(desk.get(QUEUE, {"q": "operator (fictional)"})) == [case.reference]
    assert Respondent.objects.filter(case=case).exists()


# -- Search in the words of one's own cases

WORDS = f"{QUEUE}words/"


@pytest.fixture
def told(chain: dict[str, Any], handler: User, supervisor: User) -> dict[str, Filed]:
    """Three people's words, the first two in cases of the handler."""
    filed = {}
    for name, statement in (
        ("wages", "Mshahara haujalipwa"), ("dust", "Vumbi kila siku"), ("strange", "Mshahara wa wengine"),
    ):  # fmt: skip
        words_of = draft(site_id=chain["mine"].pk, statement=statement, place="")
        filed[name] = file_grievance(draft=words_of, nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    for case in Case.objects.order_by("pk")[:2]:
        casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    return filed


def test_words_are_found_in_own_cases_alone_and_every_opening_is_on_record(
    client: Client, told: dict[str, Filed], handler: User
) -> None:
    wages, dust, strange = Case.objects.order_by("pk")
    desk = at_desk(client, handler)
    shown = text(desk.post(WORDS, {"typed": "MSHAHARA"}))
    assert wages.reference in shown
    assert "First words" in shown
    for absent in (dust.reference, strange.reference, "haujalipwa"):
        assert absent not in shown
    assert "The words of 2 people were looked through." in shown
    openings = Opening.objects.filter(by=handler)
    assert {one.grievance.filing.case for one in openings} == {wages, dust}
    assert {one.what for one in openings} == {"search"}


def test_messages_are_searched_too_and_a_short_or_empty_search_opens_nothing(
    client: Client, told: dict[str, Filed], handler: User
) -> None:
    following = resume(session_key=open_session(receipt=told["dust"].receipt, at=AT), at=AT)
    conversation.write(following=following, body="Daktari alikuja", language="sw", at=AT)
    desk = at_desk(client, handler)
    assert "Type at least two letters" in text(desk.post(WORDS, {"typed": "–a"}))
    assert "This field is required" in text(desk.post(WORDS, {"typed": " "}))
    assert not Opening.objects.exists()
    shown = text(desk.post(WORDS, {"typed": "daktari"}))
    assert "The person wrote, 2 Mar 2026" in shown


def test_what_is_looked_for_stands_in_no_address(client: Client, told: dict[str, Filed], handler: User) -> None:
    shown = text(at_desk(client, handler).get(f"{WORDS}?typed=Mshahara&q=Mshahara"))
    assert "What was found" not in shown
    assert not Opening.objects.exists()
    form = shown[shown.index('<form class="act open"') :].partition(">")[0]
    assert 'method="post"' in form


def test_a_search_ends_where_the_days_budget_ends_and_says_so(
    client: Client, told: dict[str, Filed], handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grievance.commands.reading.READING_BUDGET", 1)
    shown = text(at_desk(client, handler).post(WORDS, {"typed": "mshahara"}))
    assert "The words of 1 person were looked through. Those of 1 more in your cases were not." in shown
    assert "Oversight has been told." in shown
    assert Opening.objects.count() == 1
    assert CaseEvent.objects.filter(kind="reading_budget_spent").count() == 1
    again = text(client.post(WORDS, {"typed": "mshahara"}))  # what is open today may be looked through again
    assert "The words of 1 person were looked through." in again


def test_a_search_looks_through_a_number_of_people_and_says_how_many_it_left(
    client: Client, told: dict[str, Filed], handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.commands.reading.MOST_SEARCHED", 1)
    shown = text(at_desk(client, handler).post(WORDS, {"typed": "mshahara"}))
    assert "Those of 1 more in your cases were not." in shown
    assert Opening.objects.count() == 1


# -- Canned texts

CANNED = "/office/admin/cases/cannedtext/"


def test_supervisors_write_canned_texts_and_others_read_them(
    client: Client, handler: User, supervisor: User, outsider: User
) -> None:
    given = {"name": "Thanks", "language": "sw", "body": "Asante kwa kuandika."}
    assert at_desk(client, handler).post(f"{CANNED}add/", given).status_code == 403
    assert at_desk(client, supervisor).post(f"{CANNED}add/", given).status_code == 302
    kept = CannedText.objects.get()
    assert at_desk(client, supervisor).post(f"{CANNED}add/", given).status_code == 200  # the name is taken
    assert "Kiswahili" in text(at_desk(client, handler).get(CANNED))
    assert client.get(f"{CANNED}{kept.pk}/change/").status_code == 200
    client.post(f"{CANNED}{kept.pk}/change/", {**given, "body": "x"})
    assert CannedText.objects.get().body == "Asante kwa kuandika."
    at_desk(client, supervisor).post(f"{CANNED}{kept.pk}/change/", {**given, "body": "Asante sana."})
    assert CannedText.objects.get().body == "Asante sana."
    chosen = {"action": "take_away_chosen", "_selected_action": kept.pk}
    at_desk(client, handler).post(CANNED, chosen)
    assert CannedText.objects.exists()
    at_desk(client, supervisor).post(CANNED, chosen)
    assert not CannedText.objects.exists()
    assert at_desk(client, outsider).get(CANNED).status_code in {302, 403}


@pytest.mark.parametrize("show", [{}, {"show": "unread"}, {"show": "urgent"}, {"stage__exact": "received"}])
def test_the_queue_is_counted_along_the_queue(client: Client, handler: User, case: Case, show: dict[str, str]) -> None:
    """In any order a database may read the whole table to count a thousand."""
    at_desk(client, handler)
    with CaptureQueriesContext(connection) as asked:
        client.get(QUEUE, show)
    counts = [one["sql"] for one in asked.captured_queries if one["sql"].startswith("SELECT COUNT(*)")]
    assert counts
    assert all('ORDER BY "cases_case"."due_order" ASC' in sql for sql in counts)


# -- By a number that somebody says on the telephone

NUMBER = f"{QUEUE}number/"


@pytest.fixture
def under_numbers(case: Case, union: FieldPartner, neema: User, lead: User) -> dict[str, str]:
    """A case that goes by three numbers."""
    grievance = case.filings.get().grievance
    relay = Relay.objects.create(
        grievance=grievance, reference=receipts.new_reference(), partner=union, by=neema, authority="asked",
        consent_how="spoken", at=AT,
    )  # fmt: skip
    writer = Writer.objects.create(mark=b"m" * 32, sealed_number=b"n", gateway=a_gateway(lead), first_at=AT)
    text_receipt = TextReceipt.objects.create(grievance=grievance, writer=writer, reference=receipts.new_reference())
    return {"case": case.reference, "relay": relay.reference, "text": text_receipt.reference}


@pytest.mark.parametrize("kind", ["case", "relay", "text"])
@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda one: one.replace("-", " "), lambda one: one[2:].replace("-", "")]
)
def test_a_case_is_found_by_each_of_its_numbers_as_typed(
    client: Client, under_numbers: dict[str, str], handler: User, kind: str, typed: Callable[[str], str]
) -> None:
    at_desk(client, handler)
    found = client.post(NUMBER, {"typed": typed(under_numbers[kind])})
    assert found["Location"].startswith(f"/office/admin/cases/case/{under_numbers['case']}/?filing=")
    assert client.get(found["Location"]).status_code == 200


def test_a_number_finds_nothing_that_one_may_not_see_and_stands_in_no_address(
    client: Client, under_numbers: dict[str, str], case: Case, handler: User, caplog: pytest.LogCaptureFixture
) -> None:
    other = receipts.new_reference()
    assert case.site is not None
    EmploymentFactory.create(user=handler, organisation=case.site.operator)  # in conflict
    at_desk(client, handler)
    answers = [text(client.post(NUMBER, {"typed": one})) for one in (*under_numbers.values(), other, "R-0000-000", "x")]
    shown = [re.sub(r'value="[^"]*"', "", one) for one in answers]
    assert len(set(shown)) == 1
    assert "No case that you may see goes by this number." in shown[0]
    assert under_numbers["text"] not in caplog.text
    assert rows(client.get(QUEUE, {"q": under_numbers["text"]})) == []
