"""The officers' desk, as an officer meets it: the queue, the page of a case, and what may be done there."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, clocks, intake
from cases.models import Case, Respondent
from cases.queries import newest_message
from cases.states import Severity
from grievance import receipts
from grievance.commands import conversation
from grievance.commands.custody import enrol
from grievance.commands.filing import file_grievance
from grievance.commands.following import open_session, resume
from grievance.commands.pictures import strip_waiting
from grievance.models import Attachment, Consent, Opening
from grievance.rules import READING_BUDGET
from supplychain.models import Organisation
from tests.cases.conftest import AT, STATEMENT, draft, screen
from tests.cases.pictures import upload

QUEUE = "/office/admin/cases/case/"


def at_desk(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def page_of(case: Case) -> str:
    return f"{QUEUE}{case.reference}/"


def text(response: Any) -> str:
    return str(response.content.decode())


def do(client: Client, case: Case, act: str, **given: Any) -> Any:
    return client.post(f"{page_of(case)}do/{act}/", given)


def more_cases(site_id: int, count: int) -> list[Case]:
    known = set(Case.objects.values_list("pk", flat=True))
    for _number in range(count):
        file_grievance(draft=draft(site_id=site_id), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    return list(Case.objects.exclude(pk__in=known))


def rows(response: Any) -> list[str]:
    """The references in the queue, from top to bottom."""
    return [part.partition("<")[0] for part in text(response).split('<b class="ref">')[1:]]


# -- The queue


def test_the_queue_begins_with_what_is_due_first_and_says_so_in_words(
    client: Client, case: Case, handler: User, chain: dict[str, Any]
) -> None:
    (later,) = more_cases(chain["mine"].pk, 1)
    casework.assign(case=later, handler=handler, by=_supervisor(handler), at=AT)
    now = timezone.now()
    for one, days in ((case, 3), (later, -2)):
        one.clocks.filter(stopped_at=None).update(due_at=now + timedelta(days=days, minutes=1))
        clocks.refresh_due(one)
    shown = at_desk(client, handler).get(QUEUE)
    assert rows(shown) == [later.reference, case.reference]
    for words in ("2 days late", "in 3 days", "Acknowledge", "Received", "Kiswahili", "operator site", "tomas"):
        assert words in text(shown)


def _supervisor(handler: User) -> User:
    user, new = User.objects.get_or_create(username="a supervisor")
    if new:
        user.grants.create(role=Role.SUPERVISOR, granted_at=AT)
    return user


def test_the_queue_narrows_by_every_filter_and_finds_by_reference_and_site(
    client: Client, case: Case, handler: User, chain: dict[str, Any]
) -> None:
    (other,) = more_cases(chain["refiner site"].pk, 1)
    later = timezone.now() + timedelta(days=900)
    Case.objects.filter(pk=other.pk).update(
        severity=Severity.HIGH, handler=handler, language="fr", stage="screening", unread_since=AT, urgent_since=AT,
        next_due_at=later, due_order=later,
    )  # fmt: skip
    desk = at_desk(client, handler)
    for query in (
        "stage__exact=screening", "severity__exact=high", f"site={other.site_id}", "language=fr", "show=mine",
        "show=unread", "show=urgent", f"q={other.reference}", f"q={other.reference[2:7].lower()}", "q=Refiner site",
    ):  # fmt: skip
        assert rows(desk.get(f"{QUEUE}?{query}")) == [other.reference], query
    assert rows(desk.get(f"{QUEUE}?show=overdue")) == [case.reference]
    assert rows(desk.get(f"{QUEUE}?show=unassigned")) == [case.reference]
    assert rows(desk.get(f"{QUEUE}?q=nothing like it")) == []


@pytest.mark.parametrize("count", [3, 25])
def test_the_queue_asks_as_often_for_a_full_page_as_for_three_cases(
    client: Client, case: Case, handler: User, chain: dict[str, Any], count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    more_cases(chain["mine"].pk, count - 1)
    desk = at_desk(client, handler)
    desk.get(QUEUE)
    with django_assert_num_queries(9):
        assert len(rows(desk.get(QUEUE))) == count


# -- The page


def test_the_page_reads_like_a_file_and_opening_it_is_on_record(client: Client, case: Case, handler: User) -> None:
    shown = text(at_desk(client, handler).get(page_of(case)))
    parts = ("Who and what", "What is due", "What was said", "What you can do now", "Who answers", "What happened")
    places = [shown.index(f">{part}</h2>") for part in parts]
    assert places == sorted(places)
    for part in parts[1:]:  # and a keyboard comes to each from the top
        (link,) = re.findall(rf'<li><a href="#([a-z-]+)">{part}</a></li>', shown)
        assert f'<h2 id="{link}">{part}</h2>' in shown
    for words in (
        STATEMENT, "lango la pili", "nobody knows who it is", "operator site", "Pay, working hours", "Acknowledge",
        "one (fictional)", "Declared by the buyer", "Case opened", "20 Feb 2026", 'lang="sw"', 'dir="auto"', "<svg",
    ):  # fmt: skip
        assert words in shown
    assert Opening.objects.get().by == handler


@pytest.mark.parametrize(
    ("openness", "said"),
    [("confidential", "held by two custodians"), ("open", "shown to the handler alone"), ("anonymous", "nobody knows")],
)
def test_nobody_but_the_handler_of_an_open_case_reads_a_name(
    client: Client, chain: dict[str, Any], person: Callable[..., User], handler: User, openness: str, said: str
) -> None:
    _custodians(person, chain)
    name = "Zawadi wa Siri"
    file_grievance(
        draft=draft(site_id=chain["mine"].pk, openness=openness, name=name), nonce=receipts.new_nonce(), at=AT
    )
    intake.take_up(at=AT)
    case = Case.objects.get()
    shown = text(at_desk(client, handler).get(page_of(case)))
    assert said in shown
    assert name not in shown
    casework.assign(case=case, handler=handler, by=person("s", Role.SUPERVISOR), at=AT)
    assert (name in text(client.get(page_of(case)))) == (openness == "open")


def _custodians(person: Callable[..., User], chain: dict[str, Any]) -> None:
    for number in (1, 2):
        body = Organisation.objects.create(name=f"body {number} (fictional)", kind="civil_society", country="CD")
        keeper = person(f"keeper{number}", Role.CUSTODIAN, works_for=body)
        enrol(custodian=keeper, organisation=body, passphrase="eight words that nobody else would say", at=AT)


def test_a_spent_reading_budget_closes_the_words_and_nothing_else(
    client: Client, case: Case, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert READING_BUDGET > 0
    monkeypatch.setattr("grievance.commands.reading.READING_BUDGET", 0)
    shown = text(at_desk(client, handler).get(page_of(case)))
    assert "as many grievances today as one person may" in shown
    assert STATEMENT not in shown
    assert "Who answers" in shown
    assert do(client, case, "acknowledge").status_code == 302
    assert "Open and read the words first." in text(do(client, case, "screen"))


def test_a_lead_sees_where_cases_stand_and_no_words(client: Client, case: Case, person: Callable[..., User]) -> None:
    shown = text(at_desk(client, person("marta", Role.LEAD)).get(page_of(case)))
    assert "Your role does not open the words" in shown
    assert STATEMENT not in shown
    assert Opening.objects.count() == 0


def test_the_page_asks_as_often_for_forty_of_everything_as_for_two(client: Client, case: Case, handler: User) -> None:
    filing, routing = case.filings.get(), case.routings.get()
    desk = at_desk(client, handler)
    asked = []
    for first, count in ((0, 2), (2, 40)):
        for number in range(first, count):
            words = f"reply {number}"
            casework.reply(case=case, filing=filing, by=handler, body=words, language="sw", read_up_to=0, at=AT)
            company = Organisation.objects.create(name=f"more {number} (fictional)", kind="trader", country="CD")
            Respondent.objects.create(
                case=case, organisation=company, routing=routing, tier=1, reference=receipts.new_reference()
            )
        desk.get(page_of(case))
        with CaptureQueriesContext(connection) as questions:
            shown = text(desk.get(page_of(case)))
        assert f"reply {count - 1}" in shown
        assert f"more {count - 1} (fictional)" in shown
        asked.append(len(questions))
    assert asked[0] == asked[1]


def test_the_versions_say_who_changed_what_and_why(client: Client, case: Case, handler: User, supervisor: User) -> None:
    screen(case, handler)
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    shown = text(at_desk(client, handler).get(page_of(case)))
    versions = shown[shown.index('id="versions"') :]
    for words in ("Screening begun", "Handler assigned", "irene", "Received", "Screening", "Named by the routing"):
        assert words in versions


def test_a_missed_deadline_is_told_with_its_clock_its_rung_and_who_was_told(
    client: Client, case: Case, handler: User
) -> None:
    clocks.sweep(at=AT + timedelta(days=9))
    shown = text(at_desk(client, handler).get(page_of(case)))
    for words in ("Deadline missed", "on its day", "told: handler, supervisor", "Missed deadline passed on"):
        assert words in shown, words


# -- What may be done


def test_a_case_is_taken_from_receipt_to_a_reply(client: Client, case: Case, handler: User, filed: Any) -> None:
    desk = at_desk(client, handler)
    desk.get(page_of(case))
    for act, message in (("screen", "Screening has begun."), ("acknowledge", "their words were read")):
        answer = do(desk, case, act)
        assert answer.url == page_of(case)
        assert message in text(desk.get(answer.url))
    filing = case.filings.get()
    do(desk, case, "reply", filing=filing.pk, read_up_to=newest_message(filing), body="Asante, tunasoma", language="sw")
    case.refresh_from_db()
    assert (case.stage, case.acknowledged_at is not None) == ("screening", True)
    now = timezone.now()
    following = resume(session_key=open_session(receipt=filed.receipt, at=now), at=now)
    conversation.write(following=following, body="Nipo hapa", language="sw", at=now)
    intake.take_up(at=now)
    shown = text(desk.get(page_of(case)))
    for words in ("Asante, tunasoma", "Nipo hapa", "Unread answer", "The person wrote", "Reply sent"):
        assert words in shown
    assert "Unread answer" in text(desk.get(QUEUE))
    assert 'do/screen/"' not in shown  # it is done, and its button is gone


def test_only_handlers_free_of_conflict_can_be_chosen(
    client: Client, case: Case, handler: User, supervisor: User, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    former = person("former", Role.HANDLER, works_for=chain["one"], until=date(2022, 1, 1))
    desk = at_desk(client, supervisor)
    shown = text(desk.get(page_of(case)))
    assert ">tomas</option>" in shown
    assert ">former</option>" not in shown
    refused = do(desk, case, "assign", handler=former.pk)
    assert refused.status_code == 200
    assert "Select a valid choice" in text(refused)
    do(desk, case, "assign", handler=handler.pk)
    case.refresh_from_db()
    assert case.handler == handler


def test_an_intake_officer_names_the_site_and_the_case_is_routed(
    client: Client, chain: dict[str, Any], officer: User
) -> None:
    file_grievance(draft=draft(site_id=None), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    case = Case.objects.get()
    desk = at_desk(client, officer)
    assert "Nobody can be asked before the site is known." in text(desk.get(page_of(case)))
    do(desk, case, "site", site=chain["mine"].pk)
    assert case.respondents.count() == 5
    assert "two (fictional)" in text(desk.get(page_of(case)))


def test_a_company_is_approved_with_a_second_signature_and_told(
    client: Client, case: Case, handler: User, supervisor: User
) -> None:
    desk = at_desk(client, handler)
    desk.get(page_of(case))
    do(desk, case, "screen")
    company = case.respondents.get(tier=0)
    asked = {"respondent": company.pk, "people_who_fit": 4, "safety_checked": "on"}
    assert "has to know that, and to agree all the same" in text(do(desk, case, "approve", **asked))
    Consent.objects.update(informed=True)
    assert "a supervisor has to sign for that number too" in text(do(desk, case, "approve", **asked))
    assert 'do/countersign/"' not in text(desk.get(page_of(case)))
    do(at_desk(client, supervisor), case, "countersign", respondent=company.pk, people_who_fit=4)
    desk = at_desk(client, handler)
    do(desk, case, "approve", **asked)
    do(desk, case, "notify", respondent=company.pk, facts="Wages for January are said to be unpaid.")
    company.refresh_from_db()
    assert company.state == "notified"
    shown = text(desk.get(page_of(case)))
    for words in ("signed twice", "Company told", "Company confirms that it was told"):
        assert words in shown


def test_a_case_that_is_no_complaint_is_set_aside_and_brought_back(client: Client, case: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    do(desk, case, "aside", reason="test")
    shown = text(desk.get(page_of(case)))
    assert "Set aside" in shown
    assert "Bring back" in shown
    do(desk, case, "bring-back")
    case.refresh_from_db()
    assert case.stage == "screening"


LONG = "Tunafanya kazi juu ya jambo hili. " * 400


def test_a_reply_that_is_too_long_comes_back_whole(client: Client, case: Case, handler: User) -> None:
    refused = do(
        at_desk(client, handler), case, "reply", filing=case.filings.get().pk, read_up_to=0, body=LONG, language="sw"
    )
    assert LONG.strip() in text(refused)
    assert "letters too long" in text(refused)
    assert '<details class="act" id="act-reply" open>' in text(refused)
    assert 'aria-invalid="true"' in text(refused)


def test_a_reply_that_the_rules_refuse_comes_back_whole(
    client: Client, case: Case, handler: User, person: Callable[..., User]
) -> None:
    """The role ends while somebody writes; another role still shows the page."""
    handler.grants.update(role=Role.LEAD)
    body = "Nimeandika kwa saa nzima."
    refused = do(
        at_desk(client, handler), case, "reply", filing=case.filings.get().pk, read_up_to=0, body=body, language="sw"
    )
    assert body in text(refused)
    assert "Your role does not allow this." in text(refused)


def test_a_stale_page_meets_the_truth(client: Client, case: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    do(desk, case, "acknowledge")
    assert "was acknowledged already" in text(do(desk, case, "acknowledge"))


def test_acts_are_posts_with_a_token(case: Case, handler: User) -> None:
    strict = at_desk(Client(enforce_csrf_checks=True), handler)
    assert do(strict, case, "screen").status_code == 403
    assert strict.get(f"{page_of(case)}do/screen/").url == page_of(case)  # type: ignore[attr-defined]
    case.refresh_from_db()
    assert case.stage == "received"


# -- What is not there


@pytest.mark.parametrize(
    "address", ["add/", "{pk}/change/", "{ref}/change/", "{pk}/delete/", "{ref}/history/", "{pk}/"]
)
def test_the_stock_pages_of_a_case_are_not_there(client: Client, case: Case, handler: User, address: str) -> None:
    path = QUEUE + address.format(pk=case.pk, ref=case.reference)
    assert at_desk(client, handler).get(path).status_code == 404


def test_the_admins_log_says_nothing_of_cases(client: Client, case: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    do(desk, case, "screen")
    do(desk, case, "reply", filing=case.filings.get().pk, read_up_to=0, body="x", language="sw")
    assert LogEntry.objects.count() == 0


def test_pictures_are_shown_stripped_to_whom_the_case_is_visible(
    client: Client, handler: User, outsider: User, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    sealed = upload()
    file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), uploads=[sealed], at=AT)
    sealed.close()
    intake.take_up(at=AT)
    case, picture, desk = Case.objects.get(), Attachment.objects.get(), at_desk(client, handler)
    address = f"{page_of(case)}picture/{picture.pk}/"
    assert "being prepared" in text(desk.get(page_of(case)))
    assert desk.get(address).status_code == 404
    strip_waiting(at=AT)
    assert f'src="{address}"' in text(desk.get(page_of(case)))
    shown = desk.get(address)
    assert shown["Content-Type"] == "image/jpeg"
    assert "no-store" in shown["Cache-Control"]
    assert not Image.open(io.BytesIO(shown.content)).getexif()
    (other,) = more_cases(chain["refiner site"].pk, 1)
    assert desk.get(f"{page_of(other)}picture/{picture.pk}/").status_code == 404
    assert at_desk(client, person("conflicted", Role.HANDLER, works_for=chain["two"])).get(address).status_code == 404
    assert at_desk(client, outsider).get(address).status_code in {302, 403}


def test_oversight_alone_reads_the_access_log(
    client: Client, case: Case, handler: User, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    log = "/office/admin/grievance/opening/"
    at_desk(client, handler).get(page_of(case))
    assert client.get(log).status_code == 403
    shown = text(at_desk(client, person("omar", Role.OVERSIGHT)).get(log))
    assert "tomas" in shown
    assert case.reference in shown
    conflicted = person("conflicted", Role.OVERSIGHT, works_for=chain["cells"])
    assert case.reference not in text(at_desk(client, conflicted).get(log))
