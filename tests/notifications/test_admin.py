"""What officers see of the notices, and that what they may not know of is nowhere."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from notifications.admin import notices as admin
from notifications.commands import bundle, deliver, relay, tell_again
from notifications.models import Notice, Unheard
from tests.factories import AT, EmploymentFactory, UserFactory
from tests.notifications.conftest import Chain, Happen, climb, new_case

LIST = "/office/admin/notifications/notice/"
OUTBOX = f"{LIST}outbox/"
UNHEARD = "/office/admin/notifications/unheard/"


@pytest.fixture(autouse=True)
def _outbox(settings: Any, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(settings.OUTBOX_DIR)


@pytest.fixture
def notice(happen: Happen, officer: User) -> Notice:
    happen("case_opened", data={})
    relay(at=AT)
    return Notice.objects.get()


@pytest.fixture
def page(supervisor: User) -> Client:
    client = Client()
    client.force_login(supervisor)
    return client


def test_the_list_says_who_was_told_of_what(notice: Notice, page: Client) -> None:
    deliver(at=AT)
    shown = page.get(LIST).content.decode()
    for words in ("Case opened", notice.event.case.reference, "amina", "Email", "sent"):
        assert words in shown


def test_the_list_asks_no_more_for_more(
    happen: Happen, notice: Notice, page: Client, django_assert_max_num_queries: Any
) -> None:
    for _number in range(30):
        happen("case_opened", data={})
    relay(at=AT)
    with django_assert_max_num_queries(14):
        page.get(LIST)


def test_one_page_shows_the_attempts_and_in_the_demo_what_it_says(notice: Notice, page: Client) -> None:
    deliver(at=AT)
    shown = page.get(f"{LIST}{notice.pk}/change/").content.decode()
    assert "accepted" in shown
    assert "A new case has come in" in shown
    assert notice.event.case.reference in shown


def test_in_earnest_it_is_not_shown(notice: Notice, page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "settings", SimpleNamespace(DEMO=False))
    assert "A new case has come in" not in page.get(f"{LIST}{notice.pk}/change/").content.decode()
    assert page.get(OUTBOX).status_code == HTTPStatus.NOT_FOUND
    assert OUTBOX not in page.get(LIST).content.decode()


def test_the_dead_letters_are_one_filter_away_and_can_be_tried_again(
    notice: Notice, page: Client, officer: User
) -> None:
    User.objects.filter(pk=officer.pk).update(email="")
    assert "0 notices" in page.get(LIST, {"trouble": "yes"}).content.decode()
    deliver(at=AT)
    shown = page.get(LIST, {"trouble": "yes"}).content.decode()
    assert "1 notice" in shown
    assert "given up" in shown
    User.objects.filter(pk=officer.pk).update(email="amina@recourse.invalid")
    said = page.post(LIST, {"action": "start_again", "_selected_action": [notice.pk]}, follow=True)
    assert "1 notice will be tried again." in said.content.decode()
    notice.refresh_from_db()
    assert notice.state == "waiting"


def test_what_cannot_be_tried_again_is_said(notice: Notice, page: Client) -> None:
    said = page.post(LIST, {"action": "start_again", "_selected_action": [notice.pk]}, follow=True)
    assert "Only what was given up can be tried again." in said.content.decode()


@pytest.mark.parametrize(("state", "words"), [("sent", "it may have arrived twice"), ("dead", "nobody knows whether")])
def test_a_doubt_is_said_in_words(notice: Notice, page: Client, state: str, words: str) -> None:
    Notice.objects.update(state=state, doubtful=True, done_at=AT, next_try_at=None)
    assert words in page.get(LIST, {"trouble": "yes"}).content.decode()


def test_the_outbox_of_the_demo(notice: Notice, page: Client) -> None:
    assert OUTBOX in page.get(LIST).content.decode()
    assert "Nothing was written yet." in page.get(OUTBOX).content.decode()
    deliver(at=AT)
    shown = page.get(OUTBOX).content.decode()
    assert "Recourse: something waits for you" in shown
    assert notice.event.case.reference in shown


def test_a_conflicted_officer_finds_none_of_it(notice: Notice, page: Client, supervisor: User, chain: Chain) -> None:
    deliver(at=AT)
    EmploymentFactory.create(user=supervisor, organisation=chain.organisations["one"])
    for address in (LIST, OUTBOX, f"{LIST}?trouble=yes"):
        assert notice.event.case.reference not in page.get(address).content.decode()
    assert page.get(f"{LIST}{notice.pk}/change/").status_code == HTTPStatus.NOT_FOUND
    Notice.objects.update(state="dead", next_try_at=None)
    page.post(LIST, {"action": "start_again", "_selected_action": [notice.pk]})
    assert Notice.objects.get().state == "dead"


def test_somebody_without_a_role_finds_no_door(notice: Notice, outsider: User, superuser: User) -> None:
    for user in (outsider, superuser):
        client = Client()
        client.force_login(user)
        for address in (LIST, OUTBOX, f"{LIST}{notice.pk}/change/"):
            assert client.get(address).status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND}


class TestUnheard:
    @pytest.fixture
    def unheard(self, happen: Happen) -> Unheard:
        """A new case while nobody holds a role."""
        happen("case_opened", data={})
        relay(at=AT)
        return Unheard.objects.get()

    @pytest.mark.parametrize("who", ["supervisor", "lead", "oversight"])
    def test_those_who_can_find_a_recipient_see_it(
        self, unheard: Unheard, client: Client, request: pytest.FixtureRequest, who: str
    ) -> None:
        client.force_login(request.getfixturevalue(who))
        shown = client.get(UNHEARD).content.decode()
        assert "Case opened" in shown
        assert unheard.event.case.reference in shown
        assert "no supervisor, programme lead or member of oversight may see" not in shown
        assert client.get(f"{UNHEARD}{unheard.pk}/change/").status_code == HTTPStatus.OK

    @pytest.mark.parametrize("who", ["officer", "handler", "outsider", "superuser", "supplier"])
    def test_nobody_else_does(self, unheard: Unheard, client: Client, request: pytest.FixtureRequest, who: str) -> None:
        client.force_login(request.getfixturevalue(who))
        assert client.get(UNHEARD).status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.FOUND}

    def test_whom_it_may_not_exist_for_sees_nothing_of_it(
        self, unheard: Unheard, page: Client, supervisor: User, lead: User, chain: Chain
    ) -> None:
        EmploymentFactory.create(user=supervisor, organisation=chain.organisations["one"])
        shown = page.get(UNHEARD).content.decode()
        assert unheard.event.case.reference not in shown
        assert "more event" not in shown
        assert page.get(f"{UNHEARD}{unheard.pk}/change/").status_code == HTTPStatus.NOT_FOUND
        page.post(UNHEARD, {"action": "listen_again", "_selected_action": [unheard.pk]})
        with pytest.raises(Refused):
            tell_again(unheard=[unheard], by=supervisor, at=AT)
        assert Unheard.objects.filter(pk=unheard.pk).exists()

    def test_where_none_of_them_may_see_the_case_they_see_that_there_is_one(
        self, unheard: Unheard, page: Client, supervisor: User, chain: Chain
    ) -> None:
        EmploymentFactory.create(user=supervisor, organisation=chain.organisations["one"])
        shown = page.get(UNHEARD).content.decode()
        assert "1 more event is of a case that no supervisor" in shown
        assert unheard.event.case.reference not in shown

    def test_it_can_be_tried_again_at_once(self, unheard: Unheard, page: Client) -> None:
        UserFactory.create(username="amina", roles=[Role.INTAKE])
        said = page.post(UNHEARD, {"action": "listen_again", "_selected_action": [unheard.pk]}, follow=True)
        assert "1 event goes to whoever can be told now." in said.content.decode()
        relay(at=AT)
        assert Notice.objects.get().recipient.username == "amina"
        assert not Unheard.objects.exists()

    def test_the_list_asks_no_more_for_more(
        self, happen: Happen, unheard: Unheard, page: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _number in range(30):
            happen("reading_budget_spent", data={})
        User.objects.update(is_active=False)
        relay(at=AT)
        User.objects.update(is_active=True)
        assert Unheard.objects.count() == 31
        with django_assert_max_num_queries(20):
            page.get(UNHEARD)


class TestLetterOfTheDay:
    def test_the_list_says_in_words_what_became_of_each(
        self, chain: Chain, handler: User, supervisor: User, client: Client
    ) -> None:
        for _number in range(3):
            climb(new_case(site=chain.sites["operator"], handler=handler), ("deadline_neared", "T-7", ("handler",)))
        relay(at=AT)
        client.force_login(supervisor)
        assert client.get(LIST).content.decode().count("waits for the letter of its day") > 3
        bundle(at=AT + timedelta(days=1))
        deliver(at=AT + timedelta(days=1))
        shown = client.get(LIST).content.decode()
        assert shown.count("stands in another notice&#x27;s letter: sent") == 2
        carrier = Notice.objects.get(state="sent")
        page = client.get(f"{LIST}{carrier.pk}/change/").content.decode()
        assert "3 March 2026" in page
