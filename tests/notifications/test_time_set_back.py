"""The time of the machine is set back by an hour: nothing is lost or done twice, and late by the hour at most."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import User
from cases.commands import clocks
from cases.models import Breach, Case, CaseEvent, Clock
from notifications.commands import deliver, relay
from notifications.commands.sending import LEASE
from notifications.models import Delivery, Notice
from tests.factories import AT
from tests.notifications.conftest import Happen

HOUR = timedelta(hours=1)
BACK = AT - HOUR  # what the clock on the wall says after AT


@pytest.fixture
def notice(happen: Happen, officer: User) -> Notice:
    happen("case_opened", data={})
    relay(at=AT)
    return Notice.objects.get()


def test_a_notice_that_waits_is_late_by_the_hour_and_sent_once(notice: Notice) -> None:
    assert deliver(at=BACK) == 0
    assert deliver(at=AT) == 1
    assert deliver(at=BACK) == deliver(at=AT + HOUR) == 0
    assert len(mail.outbox) == 1


def test_what_happens_after_it_is_told_at_once(notice: Notice, happen: Happen) -> None:
    happen("case_opened", data={})
    relay(at=BACK)
    assert deliver(at=BACK) == 1
    assert deliver(at=AT) == 1


def test_what_a_dead_worker_had_begun_is_free_when_its_lease_is_over(notice: Notice) -> None:
    Notice.objects.update(state=Notice.State.LEASED, next_try_at=AT + LEASE, tries=1)
    Delivery.objects.create(notice=notice, started_at=AT)
    for passed in (timedelta(), LEASE, HOUR):
        assert deliver(at=BACK + passed) == 0
    assert deliver(at=AT + LEASE) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.doubtful) == (Notice.State.SENT, True)
    assert deliver(at=BACK) == deliver(at=AT + HOUR) == 0
    assert len(mail.outbox) == 1


def test_a_step_that_was_taken_stays_taken_and_the_next_one_comes_once(case: Case, officer: User) -> None:
    clock = clocks.start(case, "acknowledge", at=AT - timedelta(days=7))
    assert clock.due_at == AT
    assert clocks.sweep(at=AT) == 1
    taken = list(CaseEvent.objects.filter(clock=clock).values_list("level", "at"))
    for moment in (BACK, AT, BACK):
        assert clocks.sweep(at=moment) == 0
    assert list(CaseEvent.objects.filter(clock=clock).values_list("level", "at")) == taken
    assert Breach.objects.filter(clock=clock).count() == 1
    ahead = Clock.objects.get(pk=clock.pk).next_step_at
    assert ahead
    assert [clocks.sweep(at=ahead - HOUR), clocks.sweep(at=ahead), clocks.sweep(at=ahead)] == [0, 1, 0]


def test_what_was_missed_is_told_though_it_was_noted_in_the_hour_to_come(case: Case, officer: User) -> None:
    clocks.start(case, "acknowledge", at=AT - timedelta(days=7))
    clocks.sweep(at=AT)
    relay(at=BACK)
    deliver(at=BACK)
    assert mail.outbox
    sent = len(mail.outbox)
    relay(at=AT + HOUR)
    deliver(at=AT + HOUR)
    assert len(mail.outbox) == sent
