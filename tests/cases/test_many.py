"""Many grievances in one case: linked, merged, vetted, answered all at once, and left by whoever wants to leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import LinkKind
from cases.commands import intake, many
from cases.models import Case, CaseLink, Filing, FilingMove
from cases.queries import broadcasts_to, links_of, perhaps_the_same
from grievance import receipts
from grievance.commands import conversation, following
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import Following
from supplychain.models import Site
from tests.cases.conftest import AT, draft
from tests.cases.test_admin import at_desk, do, page_of, text

pytestmark = pytest.mark.long  # thirty people at a time

DAY = timedelta(days=1)


def another(chain: dict[str, Any], *, at: Any = AT, **changes: Any) -> tuple[Case, Filed]:
    given = {"site_id": chain["mine"].pk, **changes}
    filed = file_grievance(draft=draft(**given), nonce=receipts.new_nonce(), at=at)
    intake.take_up(at=at)
    return Case.objects.order_by("-pk")[0], filed


def follow(filed: Filed) -> Following:
    return following.resume(session_key=following.open_session(receipt=filed.receipt, at=AT), at=AT)


def test_a_merged_case_is_set_aside_and_its_people_keep_what_is_theirs(
    case: Case, chain: dict[str, Any], handler: User, filed: Filed
) -> None:
    second, theirs = another(chain, at=AT + DAY)
    conversation.write(following=follow(theirs), body="Na mimi pia", language="sw", at=AT + DAY)
    intake.take_up(at=AT + DAY)
    many.merge(case=second, other=case, by=handler, at=AT + 2 * DAY)
    second.refresh_from_db()
    assert second.stage == "set_aside"
    assert second.unread_since is None
    assert not second.clocks.running().exists()
    case.refresh_from_db()
    assert case.filings.count() == 2
    assert case.unread_since == AT + DAY
    assert case.clocks.running().filter(kind="answer_message").count() == 1
    assert FilingMove.objects.get().source == second
    moved = case.filings.order_by("pk")[1]
    assert not moved.is_vetted
    assert CaseLink.objects.get().kind == "merged"
    assert second.events.filter(kind="case_merged_away").count() == 1


def test_the_earlier_promise_of_an_acknowledgement_moves_with_the_person(
    case: Case, chain: dict[str, Any], handler: User
) -> None:
    second, _filed = another(chain, at=AT + 3 * DAY)
    many.merge(case=case, other=second, by=handler, at=AT + 4 * DAY)
    assert second.clocks.running().get(kind="acknowledge").due_at == AT + 7 * DAY


def test_a_case_is_not_merged_into_itself(case: Case, handler: User) -> None:
    events = case.events.count()
    with pytest.raises(Refused, match="itself"):
        many.merge(case=case, other=case, by=handler, at=AT)
    assert case.events.count() == events
    assert Case.objects.get().stage == "received"


def test_cases_of_two_sites_are_linked_and_never_merged(case: Case, chain: dict[str, Any], handler: User) -> None:
    elsewhere = Site.objects.create(name="pit two", kind="mine", operator=chain["operator"], country="CD")
    second, _filed = another(chain, site_id=elsewhere.pk)
    with pytest.raises(Refused, match="not_alike"):
        many.merge(case=second, other=case, by=handler, at=AT)
    many.link(case=second, other=case, kind=LinkKind.RELATED, by=handler, at=AT)
    assert [other.pk for _row, other in links_of(case, handler)] == [second.pk]
    with pytest.raises(Refused, match="linked_already"):
        many.link(case=case, other=second, kind=LinkKind.RELATED, by=handler, at=AT)


def test_a_hidden_case_is_neither_suggested_nor_linked_nor_shown(
    case: Case, chain: dict[str, Any], handler: User, person: Callable[..., User]
) -> None:
    hidden, _filed = another(chain, families=("WG", "XX03"))  # about the mechanism: oversight's alone
    assert perhaps_the_same(case, handler) == []
    with pytest.raises(Refused, match="not_found"):
        many.link(case=case, other=hidden, kind=LinkKind.RELATED, by=handler, at=AT)
    CaseLink.objects.create(case=case, other=hidden, kind="related", by=person("omar", Role.OVERSIGHT), at=AT)
    assert links_of(case, handler) == []


def test_what_is_near_in_place_kind_and_time_is_suggested_and_never_merged_by_itself(
    case: Case, chain: dict[str, Any], handler: User
) -> None:
    near, _filed = another(chain, at=AT + 80 * DAY)
    another(chain, at=AT + 200 * DAY)
    another(chain, families=("EN",))
    assert [one.pk for one in perhaps_the_same(case, handler)] == [near.pk]
    assert Filing.objects.filter(case=case).count() == 1


def test_a_reply_to_all_is_read_by_each_in_their_language_and_by_nobody_else(
    case: Case, chain: dict[str, Any], handler: User, filed: Filed
) -> None:
    second, theirs = another(chain, language="fr", statement="L'eau est sale")
    many.merge(case=second, other=case, by=handler, at=AT)
    with pytest.raises(Refused, match="languages_missing"):
        many.reply_all(case=case, texts={"sw": "Tutakuja"}, by=handler, at=AT)
    many.reply_all(case=case, texts={"sw": "Tutakuja Jumatatu", "fr": "Nous venons lundi"}, by=handler, at=AT + DAY)
    read = {}
    for one in (filed, theirs):
        page = follow(one)
        filing = Filing.objects.select_related("grievance", "case").get(grievance=page.grievance)
        read[filing.grievance.language] = [text for _at, _language, text in broadcasts_to(filing, page.data_key)]
    assert read == {"sw": ["Tutakuja Jumatatu"], "fr": ["Nous venons lundi"]}
    assert b"Jumatatu" not in bytes(case.broadcasts.get().sealed_texts)
    outsider, their_filed = another(chain, at=AT + 2 * DAY)
    page = follow(their_filed)
    filing = Filing.objects.select_related("grievance", "case").get(grievance=page.grievance)
    assert filing.case == outsider
    assert broadcasts_to(filing, page.data_key) == []


def test_a_reply_to_all_costs_the_same_for_two_and_for_thirty(case: Case, chain: dict[str, Any], handler: User) -> None:
    asked = []
    for people in (2, 30):
        while case.filings.count() < people:
            second, _filed = another(chain)
            many.merge(case=second, other=case, by=handler, at=AT)
        with CaptureQueriesContext(connection) as questions:
            many.reply_all(case=case, texts={"sw": "Habari"}, by=handler, at=AT)
        asked.append(len(questions))
    assert asked[0] == asked[1]


def test_vetted_once(case: Case, handler: User) -> None:
    filing = case.filings.get()
    many.vet(filing=filing, by=handler, at=AT)
    with pytest.raises(Refused, match="vetted_already"):
        many.vet(filing=filing, by=handler, at=AT)
    assert case.events.filter(kind="filing_vetted").count() == 1


def test_the_page_of_a_case_with_many_people_asks_the_same_and_shows_twenty(
    case: Case, chain: dict[str, Any], handler: User, client: Client
) -> None:
    desk = at_desk(client, handler)
    asked = []
    for people in (2, 30):
        while case.filings.count() < people:
            second, _filed = another(chain)
            many.merge(case=second, other=case, by=handler, at=AT)
        desk.get(page_of(case))
        with CaptureQueriesContext(connection) as questions:
            shown = text(desk.get(page_of(case)))
        asked.append(len(questions))
    assert asked[0] == asked[1]
    assert "30 people filed; 30 did not withdraw; 0 of them are vetted." in shown
    assert "Person 20" in shown
    assert "Person 21" not in shown
    last = case.filings.order_by("-pk")[0]
    assert "Person 30" in text(desk.get(f"{page_of(case)}?filing={last.pk}"))
    do(desk, case, "vet", filing=last.pk)
    last.refresh_from_db()
    assert last.is_vetted


def test_a_case_is_merged_by_its_reference_and_a_hidden_one_is_unknown(
    case: Case, chain: dict[str, Any], handler: User, client: Client
) -> None:
    hidden, _filed = another(chain, families=("WG", "XX03"))
    second, _filed = another(chain)
    desk = at_desk(client, handler)
    assert "There is no such case." in text(do(desk, second, "merge", other=hidden.reference))
    assert "cannot be taken together with itself" in text(do(desk, second, "merge", other=second.reference))
    do(desk, second, "merge", other=case.reference.lower())
    assert case.filings.count() == 2
