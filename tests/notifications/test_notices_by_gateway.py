"""Texts to people at work: by the gateways of the office as every other text, within the money of the day."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from accounts.roles import Role
from grievance.commands import stopping
from grievance.commands.spending import next_day
from grievance.models import GatewayDay
from notifications import transports
from notifications.commands import deliver
from notifications.models import Notice
from tests.factories import AT, UserFactory
from tests.notifications.conftest import Happen
from tests.notifications.servers import says, web_server
from tests.notifications.test_outgoing import ELSEWHERE, NUMBER, Set, gateway, sid, writes

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db


def text_to(happen: Happen, number: str) -> Notice:
    """A supervisor is told by text, at this number, that somebody is in danger."""
    user = UserFactory.create(username=number, phone=number, roles=[Role.SUPERVISOR])
    return Notice.objects.create(
        event=happen("urgent_opened"), recipient=user, step="handler-sms", channel="sms", urgent=True,
        message_id=f"<{user.pk}@recourse.invalid>", made_at=AT, next_try_at=AT,
    )  # fmt: skip


def test_people_at_work_are_told_by_the_gateways_of_the_office_within_their_money(
    gateway: Set, settings: Any, happen: Happen
) -> None:
    """As every other text: by the one of their country, else by another, else by that of the settings."""
    with web_server(says(200, "OK")) as web, web_server(sid()) as kenya, web_server(sid()) as congo:
        settings.SMS_GATEWAY = {"url": web.url, "body": "to={{to}}&text={{text}}"}
        assert transports.available("sms")
        told = {number: text_to(happen, number) for number in (ELSEWHERE, NUMBER, "+14155550123")}
        gateway("kenya", kenya, countries=["KE"])
        gateway("congo", congo, countries=["CD"], daily=1)
        assert deliver(at=AT) == 3
        assert [parse_qs(one.body)["To"] for one in kenya.asked] == [[ELSEWHERE]]
        assert [parse_qs(one.body)["To"] for one in congo.asked] == [[NUMBER]]
        assert [parse_qs(one.body)["to"] for one in web.asked] == [["+14155550123"]]
        assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
        assert GatewayDay.objects.get(gateway__slug="congo", country="").segments == 1
    assert len({notice.message_id for notice in told.values()}) == 3


def test_a_notice_over_the_budget_waits_for_the_next_day_and_is_no_try(gateway: Set, happen: Happen) -> None:
    with web_server(sid()) as web:
        made = gateway("congo", web, daily=1)
        GatewayDay.objects.create(gateway=made, day=AT.date(), segments=1)
        notice = text_to(happen, NUMBER)
        assert deliver(at=AT) == 0
        notice.refresh_from_db()
        assert (notice.state, notice.tries, notice.next_try_at) == ("waiting", 0, next_day(AT))
        assert notice.deliveries.get().code == "over_budget"
        assert web.asked == []
        assert deliver(at=next_day(AT)) == 1


def test_what_a_gateway_refuses_is_paid_back_and_tried_again(gateway: Set, happen: Happen) -> None:
    with web_server(says(503)) as web:
        gateway("congo", web)
        notice = text_to(happen, NUMBER)
        assert deliver(at=AT) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.tries) == ("waiting", 1)
    assert set(GatewayDay.objects.values_list("segments", flat=True)) == {0}


def test_a_phone_that_wrote_stop_gets_no_notice_and_it_is_shown(gateway: Set, happen: Happen) -> None:
    with web_server(sid()) as web:
        stopping.stop(writes(gateway("congo", web)), at=AT)
        notice = text_to(happen, NUMBER)
        assert deliver(at=AT) == 0
        assert web.asked == []
    notice.refresh_from_db()
    assert (notice.state, notice.deliveries.get().code) == ("dead", "stopped")


def test_in_earnest_a_gateway_of_the_office_is_a_way(gateway: Set, settings: Any) -> None:
    settings.PRODUCTION, settings.SMS_GATEWAY = True, {}
    assert not transports.available("sms")
    gateway("congo", "http://127.0.0.1:9")
    assert transports.available("sms")
