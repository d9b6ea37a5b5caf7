"""What is merely coming reaches an officer in one letter a day, which says how things stand when it is sent."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from cases.models import Case, CaseEvent, Clock, Respondent
from notifications import transports
from notifications.commands import bundle, deliver, relay, try_again
from notifications.errors import TransportError
from notifications.models import Notice, Unheard
from notifications.reminders import letter_day, next_letter
from tests.factories import AT, EmploymentFactory, UserFactory
from tests.notifications.conftest import Chain, climb, new_case
from tests.notifications.test_sending import Fake

DAY = timedelta(days=1)
MORNING = datetime.fromisoformat("2026-03-03T05:00+00:00")
SOON = ("deadline_neared", "T-7", ("handler",))
SOONER = ("deadline_neared", "T-2", ("handler",))
OVER = ("deadline_passed", "T", ("handler",))


@pytest.fixture
def cases(chain: Chain, handler: User) -> list[Case]:
    """Three cases of one handler."""
    return [new_case(site=chain.sites["operator"], handler=handler) for _number in range(3)]


def send(at: datetime) -> int:
    relay(at=at)
    bundle(at=at)
    return deliver(at=at)


def lines(body: str = "") -> list[str]:
    """Of this letter, or of the last one: what stands in it by reference."""
    return [line for line in (body or str(mail.outbox[-1].body)).splitlines() if line.startswith("R-")]


def in_state(state: str) -> int:
    return Notice.objects.filter(state=state).count()


class TestItsHour:
    def test_what_comes_at_the_hour_or_later_waits_for_tomorrow(self) -> None:
        assert next_letter(MORNING - timedelta(seconds=1)) == MORNING
        assert next_letter(MORNING) == MORNING + DAY
        assert letter_day(MORNING) == letter_day(MORNING + timedelta(hours=23)) == date(2026, 3, 3)
        assert letter_day(MORNING - timedelta(seconds=1)) == date(2026, 3, 2)

    def test_three_reminders_are_one_letter_in_the_morning(self, cases: list[Case]) -> None:
        for case in cases:
            climb(case, SOON)
        assert send(AT) == 0
        assert send(MORNING - timedelta(seconds=1)) == 0
        assert send(MORNING) == 1
        assert send(MORNING) == 0
        (letter,) = mail.outbox
        assert letter.to == ["tomas@recourse.invalid"]
        assert letter.subject == "Recourse: what is due soon"
        what = "Tell the person what is done about their case, and why. Due: 9 March 2026"
        assert lines() == [f"{case.reference}: {what}" for case in cases]
        assert (in_state("sent"), in_state("enclosed")) == (1, 2)

    def test_the_first_day_stands_first(self, cases: list[Case]) -> None:
        climb(cases[0], SOON)
        climb(cases[1], SOONER, kind="assessment")
        send(AT)
        send(MORNING)
        assert [line.partition(":")[0] for line in lines()] == [cases[1].reference, cases[0].reference]

    def test_what_comes_after_the_letter_waits_for_the_next(self, cases: list[Case]) -> None:
        climb(cases[0], SOON)
        send(AT)
        send(MORNING)
        climb(cases[1], SOON)
        assert send(MORNING + timedelta(hours=3)) == 0
        assert send(MORNING + DAY) == 1
        assert len(mail.outbox) == 2

    def test_one_letter_a_day_even_where_the_time_of_the_machine_is_set_back(self, cases: list[Case]) -> None:
        climb(cases[0], SOON)
        send(AT)
        send(MORNING)
        climb(cases[1], SOON)
        relay(at=MORNING - timedelta(minutes=40))  # an hour back
        assert send(MORNING + timedelta(minutes=10)) == 0
        assert send(MORNING + DAY) == 1

    def test_each_officer_has_their_own(self, cases: list[Case], chain: Chain) -> None:
        other = UserFactory.create(username="zuri", roles=[Role.HANDLER])
        climb(cases[0], SOON)
        climb(new_case(site=chain.sites["operator"], handler=other), SOON)
        send(AT)
        assert send(MORNING) == 2
        assert {letter.to[0] for letter in mail.outbox} == {"tomas@recourse.invalid", "zuri@recourse.invalid"}
        assert all(len(lines(str(letter.body))) == 1 for letter in mail.outbox)

    def test_it_is_in_the_language_of_the_officer(self, cases: list[Case], handler: User) -> None:
        handler.language = "fr"
        handler.save()
        climb(cases[0], SOON)
        send(AT)
        send(MORNING)
        assert "9 mars 2026" in str(mail.outbox[0].body)


class TestAtOnce:
    def test_what_is_due(self, cases: list[Case]) -> None:
        climb(cases[0], OVER)
        assert send(AT) == 1

    def test_what_a_company_is_reminded_of(
        self, case: Case, party: Callable[..., Respondent], contact: Callable[..., User]
    ) -> None:
        contact("operator")
        climb(case, ("deadline_neared", "T-7", ("respondent",)), respondent=party("operator", "notified"))
        assert send(AT) == 1

    def test_what_would_be_over_before_the_letter(self, cases: list[Case]) -> None:
        """Of four hours the reminders lie within one morning."""
        climb(cases[0], SOONER, kind="urgent_triage", due=AT + timedelta(hours=2))
        assert send(AT) == 1
        assert "This is due soon" not in str(mail.outbox[0].body)


class TestAskedAgainWhenItIsSent:
    @pytest.fixture
    def clocks(self, cases: list[Case]) -> list[Clock]:
        """A reminder of each waits for its letter."""
        made = [climb(case, SOON) for case in cases]
        relay(at=AT)
        return made

    def stop(self, *clocks: Clock) -> None:
        Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(stopped_at=AT)

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_what_was_done_meanwhile_is_left_out_and_takes_nothing_with_it(
        self, clocks: list[Clock], cases: list[Case], place: int
    ) -> None:
        bundle(at=MORNING)
        self.stop(clocks[place])
        assert deliver(at=MORNING) == 1
        left = [case.reference for case in cases if case != cases[place]]
        assert [line.partition(":")[0] for line in lines()] == left
        assert Notice.objects.get(event__clock=clocks[place]).state == "void"
        assert (in_state("sent"), in_state("enclosed")) == (1, 1)

    def test_where_nothing_is_left_there_is_no_letter(self, clocks: list[Clock]) -> None:
        bundle(at=MORNING)
        self.stop(*clocks)
        assert deliver(at=MORNING) == 0
        assert mail.outbox == []
        assert in_state("void") == 3

    def test_what_is_overdue_by_then_has_its_own_notice(self, clocks: list[Clock], cases: list[Case]) -> None:
        bundle(at=MORNING)
        Clock.objects.filter(pk=clocks[0].pk).update(due_at=MORNING)
        deliver(at=MORNING)
        assert cases[0].reference not in str(mail.outbox[0].body)

    def test_after_an_outage_of_days_there_is_one_letter_with_a_line_for_each_deadline(
        self, clocks: list[Clock], cases: list[Case], handler: User
    ) -> None:
        Clock.objects.filter(pk=clocks[0].pk).update(due_at=AT + 2 * DAY)
        CaseEvent.objects.bulk_create([
            CaseEvent(case=cases[1], kind="deadline_neared", at=AT, clock=clocks[1], level=1, data={"to": ["handler"]})
        ])  # fmt: skip
        Clock.objects.filter(pk=clocks[1].pk).update(due_at=AT + 5 * DAY)
        second = CaseEvent.objects.get(level=1)
        Notice.objects.create(
            event=second, recipient=handler, step="handler", channel="email", message_id="<second@recourse.invalid>",
            made_at=AT + DAY, state="daily", daily_at=MORNING + DAY,
        )  # fmt: skip
        assert send(AT + 4 * DAY) == 1
        assert [line.partition(":")[0] for line in lines()] == [cases[1].reference, cases[2].reference]

    @pytest.mark.parametrize("place", [0, 1])
    def test_a_case_that_the_officer_may_not_know_any_more_is_left_out_and_told_to_somebody_else(
        self, chain: Chain, handler: User, supervisor: User, place: int
    ) -> None:
        """Only one of the two companies is a party of the first case."""
        theirs = [new_case(site=chain.sites[name], handler=handler) for name in ("operator", "one")]
        if place:
            theirs.reverse()
        for one in theirs:
            climb(one, SOON)
        relay(at=AT)
        EmploymentFactory.create(user=handler, organisation=chain.organisations["refiner"])
        bundle(at=MORNING)
        assert deliver(at=MORNING) == 1
        hidden, kept = (theirs[1], theirs[0]) if place else theirs
        assert [line.partition(":")[0] for line in lines()] == [kept.reference]
        assert mail.outbox[-1].to == ["tomas@recourse.invalid"]
        send(MORNING + DAY)
        assert mail.outbox[-1].to == ["irene@recourse.invalid"]
        assert [line.partition(":")[0] for line in lines()] == [hidden.reference]
        assert not Unheard.objects.exists()


class TestTransport:
    @pytest.fixture
    def fake(self, cases: list[Case]) -> Any:
        """Two reminders wait for their letter."""
        for case in cases[:2]:
            climb(case, SOON)
        relay(at=AT)
        fake = Fake()
        with mock.patch.object(transports, "transport", return_value=fake):
            yield fake

    def test_a_doubtful_letter_goes_once_more_under_the_same_id_whatever_is_left_of_it(self, fake: Fake) -> None:
        first = Notice.objects.earliest("pk")
        bundle(at=MORNING)
        fake.fails = [TransportError("no_answer", unknown=True)]
        deliver(at=MORNING)
        Clock.objects.filter(events=first.event_id).update(stopped_at=MORNING)
        assert deliver(at=MORNING + timedelta(hours=1)) == 1
        assert fake.taken[0].message_id == first.message_id
        second = Notice.objects.latest("pk")
        assert (second.state, second.doubtful, second.deliveries.count()) == ("sent", True, 2)
        assert Notice.objects.get(pk=first.pk).state == "void"

    def test_a_letter_that_could_not_be_sent_becomes_the_next_days(self, fake: Fake, cases: list[Case]) -> None:
        fake.shut = TransportError("connection")
        at = MORNING
        while at < MORNING + DAY:
            bundle(at=at)
            deliver(at=at)
            at += timedelta(minutes=30)
        climb(cases[2], SOON)
        relay(at=MORNING + timedelta(hours=1))
        fake.shut = None
        bundle(at=MORNING + DAY)
        assert deliver(at=MORNING + DAY) == 1
        assert len(lines(fake.taken[0].body)) == 3
        assert (in_state("sent"), in_state("enclosed")) == (1, 2)

    def test_one_that_was_given_up_can_be_tried_again_by_any_notice_in_it(self, fake: Fake, supervisor: User) -> None:
        bundle(at=MORNING)
        fake.fails = [TransportError("550", permanent=True)]
        deliver(at=MORNING)
        assert Notice.objects.needing_a_look().count() == 2
        Clock.objects.filter(events__notices__state="dead").update(stopped_at=AT)
        try_again(notice=Notice.objects.get(state="enclosed"), by=supervisor, at=MORNING)
        assert deliver(at=MORNING) == 1
        assert len(lines(fake.taken[0].body)) == 1
        assert not Notice.objects.needing_a_look().exists()


class TestCost:
    def test_an_idle_sweep_asks_once(self, cases: list[Case], django_assert_num_queries: Any) -> None:
        climb(cases[0], SOON)
        relay(at=AT)
        with django_assert_num_queries(1):
            assert bundle(at=AT) == 0

    def test_many_matters_cost_no_more_questions_than_few(
        self, cases: list[Case], chain: Chain, handler: User, django_assert_max_num_queries: Any
    ) -> None:
        counts = []
        for number, many in enumerate((2, 20)):
            for _number in range(many):
                climb(new_case(site=chain.sites["operator"], handler=handler), SOON)
            relay(at=AT)
            Notice.objects.filter(state="daily").update(daily_at=MORNING)
            with django_assert_max_num_queries(1000) as asked:
                bundle(at=MORNING + number * DAY)
                assert deliver(at=MORNING + number * DAY) == 1
            counts.append(len(asked))
        assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_workers_at_once_write_one_letter(chain: Chain, handler: User) -> None:
    for _number in range(20):
        climb(new_case(site=chain.sites["operator"], handler=handler), SOON)
    relay(at=AT)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        bundle(at=MORNING)
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (in_state("waiting"), in_state("enclosed"), in_state("daily")) == (1, 19, 0)
