"""Sending: once where it goes well, again where it may help, and never to somebody who may not know any more."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.models import Case, Clock, Respondent
from notifications import transports
from notifications.commands import bundle, deliver, relay, sending, try_again
from notifications.commands.sending import BACKOFF, LEASE
from notifications.errors import TransportError
from notifications.models import Delivery, Notice
from notifications.transports.files import written
from supplychain.models import Employment
from tests.factories import AT, EmploymentFactory, UserFactory
from tests.notifications.conftest import Chain, Happen, climb, told
from tests.notifications.servers import says, web_server

Party = Callable[..., Respondent]
Contact = Callable[..., User]


class Fake:
    """A transport that fails as it is told; what it took is in ``taken``."""

    def __init__(self) -> None:
        self.fails: list[TransportError | None] = []
        self.shut: TransportError | None = None
        self.taken: list[transports.Parcel] = []

    def ready(self) -> None:
        if self.shut:
            raise self.shut

    def send(self, parcel: transports.Parcel) -> None:
        failure = self.fails.pop(0) if self.fails else None
        if failure:
            raise failure
        self.taken.append(parcel)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def fake() -> Iterator[Fake]:
    fake = Fake()
    with mock.patch.object(transports, "transport", return_value=fake):
        yield fake


@pytest.fixture
def notice(happen: Happen, officer: User) -> Notice:
    happen("case_opened", data={})
    relay(at=AT)
    return Notice.objects.get()


def outcomes() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_notice_is_sent_once(notice: Notice) -> None:
    assert deliver(at=AT) == 1
    assert deliver(at=AT + timedelta(days=9)) == 0
    (message,) = mail.outbox
    assert message.to == ["amina@recourse.invalid"]
    assert message.extra_headers["Message-ID"] == notice.message_id
    notice.refresh_from_db()
    assert (notice.state, notice.tries, notice.next_try_at) == ("sent", 1, None)
    assert outcomes() == ["accepted"]


def test_an_idle_sweep_asks_once_or_twice_and_writes_nothing(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        deliver(at=AT)
    with django_assert_num_queries(2):
        relay(at=AT)


def test_urgent_ones_are_not_behind_slow_ones(happen: Happen, officer: User, oversight: User, fake: Fake) -> None:
    for _number in range(3):
        happen("case_opened", data={})
    relay(at=AT - timedelta(hours=1))
    happen("reading_budget_spent", data={"by": officer.pk})
    relay(at=AT)
    deliver(at=AT, limit=2)
    assert [parcel.to for parcel in fake.taken] == ["ona@recourse.invalid", "amina@recourse.invalid"]


class TestTryingAgain:
    def test_what_may_pass_is_tried_by_the_table_and_then_given_up(self, notice: Notice, fake: Fake) -> None:
        at = AT
        for tries, wait in enumerate(BACKOFF, 1):
            fake.fails = [TransportError("451")]
            assert deliver(at=at) == 0
            notice.refresh_from_db()
            assert (notice.state, notice.tries) == ("waiting", tries)
            assert notice.next_try_at is not None
            assert timedelta() <= notice.next_try_at - at - wait < timedelta(seconds=5)
            assert deliver(at=at + wait - timedelta(seconds=5)) == 0
            at = notice.next_try_at
        fake.fails = [TransportError("451")]
        deliver(at=at)
        notice.refresh_from_db()
        assert (notice.state, notice.next_try_at) == ("dead", None)
        assert set(Delivery.objects.values_list("outcome", "code")) == {("failed", "451")}

    def test_it_goes_out_when_the_server_is_back(self, notice: Notice, fake: Fake) -> None:
        fake.shut = TransportError("connection")
        deliver(at=AT)
        fake.shut = None
        assert deliver(at=AT + timedelta(minutes=2)) == 1
        assert outcomes() == ["failed", "accepted"]
        notice.refresh_from_db()
        assert not notice.doubtful

    def test_what_is_refused_for_good_is_given_up_at_once(self, notice: Notice, fake: Fake) -> None:
        fake.fails = [TransportError("550", permanent=True)]
        deliver(at=AT)
        notice.refresh_from_db()
        assert notice.state == "dead"
        assert outcomes() == ["refused"]

    def test_without_an_address_it_is_given_up_and_seen(self, notice: Notice, officer: User) -> None:
        User.objects.filter(pk=officer.pk).update(email="")
        deliver(at=AT)
        assert list(Notice.objects.needing_a_look()) == [notice]
        assert Delivery.objects.get().code == "no_address"

    def test_one_that_breaks_delays_no_other(self, happen: Happen, officer: User, fake: Fake) -> None:
        for _number in range(3):
            happen("case_opened", data={})
        relay(at=AT)
        first = Notice.objects.order_by("pk").first()
        with (
            mock.patch.object(sending, "letter", side_effect=[ValueError("amina"), *[mock.Mock()] * 2]),
            pytest.raises(ExceptionGroup),
        ):
            deliver(at=AT)
        assert len(fake.taken) == 2
        assert first is not None
        first.refresh_from_db()
        assert (first.state, first.doubtful) == ("waiting", False)


class TestDoubt:
    def test_an_unknown_outcome_is_marked_and_sent_once_more_under_the_same_id(
        self, notice: Notice, fake: Fake
    ) -> None:
        fake.fails = [TransportError("no_answer", unknown=True)]
        deliver(at=AT)
        notice.refresh_from_db()
        assert (notice.state, notice.doubtful) == ("waiting", True)
        assert deliver(at=AT + timedelta(hours=1)) == 1
        assert fake.taken[0].message_id == notice.message_id
        assert list(Notice.objects.needing_a_look()) == [notice]

    def test_a_second_doubt_is_the_last(self, notice: Notice, fake: Fake) -> None:
        for hours in (0, 1, 2):
            fake.fails = [TransportError("no_answer", unknown=True)]
            deliver(at=AT + timedelta(hours=hours))
        notice.refresh_from_db()
        assert notice.state == "dead"
        assert outcomes() == ["unknown", "unknown"]

    def test_a_worker_that_dies_before_it_begins_leaves_no_doubt(self, notice: Notice, fake: Fake) -> None:
        with mock.patch.object(sending, "_begin", side_effect=SystemExit), pytest.raises(SystemExit):
            deliver(at=AT)
        assert deliver(at=AT + LEASE / 2) == 0
        assert deliver(at=AT + LEASE) == 1
        notice.refresh_from_db()
        assert (notice.doubtful, notice.tries) == (False, 1)

    def test_a_worker_that_dies_twice_in_the_middle_gives_up(self, notice: Notice, fake: Fake) -> None:
        for runs in (0, 1):
            with mock.patch.object(fake, "send", side_effect=SystemExit), pytest.raises(SystemExit):
                deliver(at=AT + runs * 2 * LEASE)
        assert deliver(at=AT + 4 * LEASE) == 0
        notice.refresh_from_db()
        assert (notice.state, notice.doubtful) == ("dead", True)
        assert outcomes() == ["unknown", "unknown"]

    def test_a_worker_that_comes_back_too_late_sends_nothing(self, notice: Notice, fake: Fake) -> None:
        """Its lease ran out and somebody else took over before it began."""
        begin = sending._begin

        def late(pk: int, **moments: Any) -> Any:
            with mock.patch.object(sending, "_begin", begin):
                assert deliver(at=AT + LEASE) == 1
            return begin(pk, **moments)

        with mock.patch.object(sending, "_begin", late):
            assert deliver(at=AT) == 0
        assert len(fake.taken) == 1
        assert outcomes() == ["accepted"]

    def test_while_one_is_under_way_nobody_else_begins(self, notice: Notice, fake: Fake) -> None:
        def meanwhile(_parcel: transports.Parcel) -> None:
            assert deliver(at=AT + LEASE / 2) == 0

        with mock.patch.object(fake, "send", meanwhile):
            assert deliver(at=AT) == 1


class TestAllowedStill:
    def test_access_that_ended_in_between(self, notice: Notice, officer: User, chain: Chain, supervisor: User) -> None:
        EmploymentFactory.create(user=officer, organisation=chain.organisations["cells"], until_on=date(2021, 1, 1))
        assert deliver(at=AT) == 0
        assert mail.outbox == []
        notice.refresh_from_db()
        assert (notice.state, notice.tries) == ("void", 0)
        # The event is not forgotten: it goes to whoever it now concerns.
        assert told() == {("amina", "intake"), ("irene", "intake")}
        assert deliver(at=AT + timedelta(minutes=1)) == 1
        assert mail.outbox[0].to == ["irene@recourse.invalid"]

    def test_an_account_that_was_closed(self, notice: Notice, officer: User) -> None:
        User.objects.filter(pk=officer.pk).update(is_active=False)
        deliver(at=AT)
        assert Notice.objects.get().state == "void"

    @pytest.mark.parametrize("end", ["approval", "employment", "role"])
    def test_a_company_whose_right_to_know_ended(
        self, happen: Happen, party: Party, contact: Contact, supervisor: User, end: str
    ) -> None:
        user = contact("operator")
        happen("respondent_notified", respondent=party("operator", "notified"))
        relay(at=AT)
        if end == "approval":
            party("operator", "identified")
        elif end == "employment":
            Employment.objects.filter(user=user).update(until_on=AT.date() - timedelta(days=1))
        else:
            user.grants.update(ended_at=AT)
        assert deliver(at=AT) == 0
        assert Notice.objects.get().state == "void"
        assert mail.outbox == []

    def test_a_reminder_of_what_was_done_meanwhile_is_not_sent(self, case: Case, handler: User) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        climb(case, ("deadline_neared", "T-2", ("handler",)))
        relay(at=AT)
        Clock.objects.update(stopped_at=AT)
        bundle(at=AT + timedelta(days=1))
        assert deliver(at=AT + timedelta(days=1)) == 0
        assert Notice.objects.get().state == "void"


class TestTexts:
    @pytest.fixture(autouse=True)
    def _overdue(self, case: Case, party: Party, contact: Contact, handler: User) -> None:
        Case.objects.filter(pk=case.pk).update(handler=handler)
        contact("operator", phone="+15550100001")
        climb(case, ("deadline_passed", "T", ("respondent",)), respondent=party("operator", "notified"))
        relay(at=AT)

    def test_the_contact_gets_an_email_and_a_text_through_the_gateway(self, settings: Any) -> None:
        with web_server(says(200)) as web:
            settings.SMS_GATEWAY = {"url": web.url, "body": "to={{to}}&text={{text}}&id={{uuid}}"}
            assert deliver(at=AT) == 2
            assert deliver(at=AT + timedelta(days=1)) == 0
        assert [message.to for message in mail.outbox] == [["contact-operator@recourse.invalid"]]
        (asked,) = web.asked
        assert "to=%2B15550100001" in asked.body
        assert Respondent.objects.get(state="notified").reference in asked.body

    def test_without_one_the_demo_writes_it_into_a_file(self, settings: Any, tmp_path: Any) -> None:
        settings.OUTBOX_DIR = tmp_path / "outbox"
        deliver(at=AT)
        (text,) = written()
        assert Respondent.objects.get(state="notified").reference in text.body


class TestDeadLetters:
    @pytest.fixture
    def dead(self, notice: Notice, fake: Fake) -> Notice:
        fake.fails = [TransportError("550", permanent=True)]
        deliver(at=AT)
        return notice

    def test_one_can_be_tried_again(self, dead: Notice, fake: Fake, supervisor: User) -> None:
        try_again(notice=dead, by=supervisor, at=AT)
        assert deliver(at=AT) == 1
        assert fake.taken[0].message_id == dead.message_id
        dead.refresh_from_db()
        assert (dead.state, dead.tries) == ("sent", 1)

    def test_not_by_somebody_for_whom_the_case_does_not_exist(
        self, dead: Notice, chain: Chain, supervisor: User, outsider: User
    ) -> None:
        EmploymentFactory.create(user=supervisor, organisation=chain.organisations["two"])
        for user in (supervisor, outsider):
            with pytest.raises(Refused) as caught:
                try_again(notice=dead, by=user, at=AT)
            assert caught.value.code == "not_found"

    def test_not_what_was_not_given_up(self, notice: Notice, supervisor: User) -> None:
        with pytest.raises(Refused, match="not_dead"):
            try_again(notice=notice, by=supervisor, at=AT)

    def test_not_to_somebody_who_may_not_know_any_more(
        self, dead: Notice, chain: Chain, officer: User, supervisor: User
    ) -> None:
        EmploymentFactory.create(user=officer, organisation=chain.organisations["two"])
        with pytest.raises(Refused, match="not_allowed"):
            try_again(notice=dead, by=supervisor, at=AT)


def test_two_readers_of_one_event_are_two_notices(happen: Happen, officer: User) -> None:
    UserFactory.create(username="zuri", roles=[Role.INTAKE])
    happen("case_opened", data={})
    relay(at=AT)
    assert deliver(at=AT) == 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2
