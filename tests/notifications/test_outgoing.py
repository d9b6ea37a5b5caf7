"""Texts to people: by the gateway of their conversation, within the budget of the day, and none after STOP."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from accounts.models import User
from cases.commands import intake
from cases.models import Case, CaseEvent
from grievance import vault
from grievance.commands import gateways, reports, stopping
from grievance.commands.answering import send
from grievance.commands.spending import next_day
from grievance.gateways.wire import Report
from grievance.keys import RING, digest, seal_contact
from grievance.models import Arrival, EarlyReport, Gateway, GatewayDay, Reply, StoppedNumber, Writer
from grievance.rules import ALIKE_MOST, REPLIES_AN_HOUR, SEGMENTS_A_COUNTRY, SEGMENTS_FOR_URGENT
from notifications.commands import deliver_replies, due_ways, relay, route_replies
from notifications.models import Notice
from tests.factories import AT, SiteFactory
from tests.notifications.servers import Web, free_port, says, web_server
from tests.notifications.texting import filed_by_text

pytestmark = pytest.mark.django_db
NUMBER, ELSEWHERE = "+243810000001", "+254700000001"
MINUTE = timedelta(minutes=1)
Set = Callable[..., Gateway]
Texter = Callable[..., Writer]


@pytest.fixture
def gateway(lead: User) -> Set:
    def add(slug: str, web: Web | str, **options: Any) -> Gateway:
        address = web if isinstance(web, str) else web.url.removesuffix("/send")
        return gateways.add_gateway(
            slug=slug, name=slug, kind="twilio", secret="t" * 32, by=lead, at=AT,
            options={"base_url": address, "sender": "+15550100", **options},
            credentials={"account": "AC1", "token": "token-of-twilio"},
        )  # fmt: skip

    return add


def writes(gateway: Gateway, number: str = NUMBER) -> Writer:
    return Writer.objects.create(
        mark=digest("number", number), sealed_number=vault.seal_contact(RING, number.encode()),
        gateway=gateway, first_at=AT,
    )  # fmt: skip


def announcement(number: str = NUMBER, **more: Any) -> Reply:
    """To a phone that an officer knows as safe; who has it never wrote to us."""
    made = {"message_id": f"{Reply.objects.count():032x}", "made_at": AT, "next_try_at": AT} | more
    parcel = seal_contact({"to": number, "subject": "", "body": "There is news. Look at your page."})
    return Reply.objects.create(channel="sms", sealed_parcel=parcel, **made)


def sid(name: str = "SM1") -> Callable[..., None]:
    return says(201, json.dumps({"sid": name}))


def state_of(reply: Reply) -> tuple[str, str]:
    reply.refresh_from_db()
    return reply.state, reply.code


# -- Which gateway


def test_a_reply_goes_out_by_the_gateway_of_its_conversation(gateway: Set, settings: Any) -> None:
    settings.PUBLIC_URL = "https://recourse.example"
    with web_server(sid()) as one, web_server(sid("SM2")) as other:
        gateway("first", one)
        writer = writes(gateway("second", other))
        send(writer, "Habari", at=AT)
        assert deliver_replies(at=AT) == 1
    assert one.asked == []
    (asked,) = other.asked
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert parse_qs(asked.body) == {
        "To": [NUMBER], "Body": ["Habari"], "From": ["+15550100"],
        "StatusCallback": ["https://recourse.example/sms/second/status"],
    }  # fmt: skip
    reply = Reply.objects.get()
    assert (reply.state, reply.gateway, reply.sealed_parcel) == ("sent", writer.gateway, None)
    assert b"SM2" not in bytes(reply.provider_mark or b"")


def test_an_announcement_goes_by_the_gateway_of_its_country_else_by_any(gateway: Set) -> None:
    with web_server(sid()) as kenya, web_server(sid()) as anywhere:
        gateway("anywhere", anywhere)
        gateway("kenya", kenya, countries=["KE"])
        announcement(ELSEWHERE)
        announcement(NUMBER)
        assert deliver_replies(at=AT) == 2
    assert [parse_qs(one.body)["To"] for one in kenya.asked] == [[ELSEWHERE]]
    assert [parse_qs(one.body)["To"] for one in anywhere.asked] == [[NUMBER]]


def test_without_a_gateway_of_the_office_that_of_the_settings_sends(settings: Any, gateway: Set, lead: User) -> None:
    with web_server(says(200, "OK")) as web, web_server(sid()) as office:
        settings.SMS_GATEWAY = {"url": web.url, "body": "to={{to}}&text={{text}}"}
        announcement()
        ended = gateway("ended", office)
        writer = writes(ended, ELSEWHERE)
        gateways.end_gateway(gateway=ended, by=lead, at=AT)
        send(writer, "Habari", at=AT)
        assert deliver_replies(at=AT) == 2
    assert office.asked == []
    assert {parse_qs(one.body)["to"][0] for one in web.asked} == {NUMBER, ELSEWHERE}


def test_no_text_goes_where_none_may_go_and_the_handler_is_asked(gateway: Set, texter: Texter) -> None:
    with web_server(sid()) as web:
        writer = texter(gateway("kenya", web, countries=["KE"]))
        send(writer, "Habari", at=AT)
        assert deliver_replies(at=AT) == 0
    assert web.asked == []
    assert state_of(Reply.objects.get()) == ("dead", "country")
    assert Reply.objects.get().sealed_parcel is None
    assert Arrival.objects.filter(kind="unreached").count() == 1


def test_a_gateway_that_is_down_delays_its_own_replies_only(gateway: Set) -> None:
    with web_server(sid()) as web:
        send(writes(gateway("down", f"http://127.0.0.1:{free_port()}")), "Habari", at=AT)
        send(writes(gateway("up", web), ELSEWHERE), "Habari", at=AT)
        assert deliver_replies(at=AT) == 1
    down, up = Reply.objects.order_by("pk")
    assert (down.state, down.code, down.next_try_at) == ("waiting", "connection", AT + MINUTE)
    assert up.state == "sent"


def test_what_is_urgent_goes_first(gateway: Set) -> None:
    with web_server(sid()) as web:
        used = gateway("g", web)
        send(writes(used), "Habari", at=AT)
        send(writes(used, ELSEWHERE), "Hatari", at=AT, urgent=True)
        deliver_replies(at=AT)
    assert [parse_qs(one.body)["Body"] for one in web.asked] == [["Hatari"], ["Habari"]]


def test_each_way_is_a_lane_of_its_own(gateway: Set) -> None:
    first, second = gateway("a", "http://127.0.0.1:1"), gateway("b", "http://127.0.0.1:1")
    send(writes(first), "Habari", at=AT)
    send(writes(second, ELSEWHERE), "Habari", at=AT, urgent=True)
    assert due_ways(at=AT) == []  # nobody has read the numbers yet
    route_replies(at=AT)
    assert [str(way) for way in due_ways(at=AT)] == [f"sms:{second.pk}", f"sms:{first.pk}"]


# -- STOP


@pytest.fixture
def texter(handler: User) -> Texter:
    """Somebody who filed by text, and whose case has a handler."""

    def make(gateway: Gateway, number: str = NUMBER) -> Writer:
        writer = writes(gateway, number)
        filed_by_text(writer)
        intake.take_up(at=AT)
        Case.objects.update(handler=handler, stage="assessment", site=SiteFactory.create())
        return writer

    return make


def test_after_stop_no_text_goes_by_any_way_and_the_handler_tries_another(
    gateway: Set, texter: Texter, handler: User, settings: Any
) -> None:
    with web_server(sid()) as web:
        settings.SMS_GATEWAY = {"url": web.url, "body": "to={{to}}&text={{text}}"}
        writer = texter(gateway("g", web))
        send(writer, "One more question", at=AT)
        stopping.stop(writer, at=AT)
        announced = announcement(NUMBER)
        assert not send(writer, "Yet another", at=AT)
        assert deliver_replies(at=AT) == 0
    assert web.asked == []  # not even one that says so
    assert state_of(announced) == ("dead", "stopped")
    assert intake.take_up(at=AT) == 1
    assert CaseEvent.objects.filter(kind="person_not_reached").count() == 1
    relay(at=AT)
    assert Notice.objects.filter(event__kind="person_not_reached", recipient=handler).count() == 1
    assert not Arrival.objects.exists()
    stopping.start(writer, at=AT)
    assert send(writer, "Back again", at=AT)


def test_a_phone_that_is_not_safe_gets_what_a_pin_asked_for_and_no_more(gateway: Set) -> None:
    with web_server(sid()) as web:
        writer = writes(gateway("g", web))
        Writer.objects.update(unsafe_at=AT)
        writer.refresh_from_db()
        assert not send(writer, "Habari", at=AT)
        assert send(writer, "Your case is in assessment", at=AT, asked=True)
        announced = announcement(NUMBER)
        assert deliver_replies(at=AT) == 1
    assert state_of(announced) == ("dead", "unsafe")


def test_who_is_known_by_an_announcement_only_can_stop_too(gateway: Set) -> None:
    with web_server(says(400, json.dumps({"code": 21610, "message": f"{NUMBER} is unsubscribed"}))) as web:
        gateway("g", web)
        first = announcement()
        assert deliver_replies(at=AT) == 0
        assert state_of(first) == ("dead", "21610")
        assert StoppedNumber.objects.count() == 1
        second = announcement()
        deliver_replies(at=AT + MINUTE)
        assert state_of(second) == ("dead", "stopped")
    assert len(web.asked) == 1


# -- Reports


def sent_text(gateway: Set, name: str = "SM1") -> Reply:
    with web_server(sid(name)) as web:
        writer = writes(gateway("g", web))
        send(writer, "Habari", at=AT)
        deliver_replies(at=AT)
    return Reply.objects.get()


def test_a_report_that_comes_before_our_send_returned_is_found_later(gateway: Set) -> None:
    writer = writes(gateway("g", "http://127.0.0.1:1"))
    send(writer, "Habari", at=AT)

    def answers(request: Any) -> None:
        sid("SM9")(request)

    with web_server(answers) as web:
        Gateway.objects.update(options={"base_url": web.url.removesuffix("/send"), "sender": "x"})
        reports.hear_report(writer.gateway, Report("SM9", "delivered"), at=AT)
        assert EarlyReport.objects.count() == 1
        assert deliver_replies(at=AT) == 1
    assert reports.match_early(at=AT + MINUTE) == 1
    reply = Reply.objects.get()
    assert (reply.report, reply.reported_at) == ("delivered", AT)
    assert not EarlyReport.objects.exists()


def test_a_report_of_nothing_that_we_know_goes_after_some_days(gateway: Set) -> None:
    reports.hear_report(gateway("g", "http://127.0.0.1:1"), Report("nobody's", "sent"), at=AT)
    reports.match_early(at=AT + timedelta(days=2))
    assert EarlyReport.objects.count() == 1
    reports.match_early(at=AT + timedelta(days=4))
    assert not EarlyReport.objects.exists()


def test_a_network_that_says_stop_is_heeded(gateway: Set) -> None:
    reply = sent_text(gateway)
    reports.hear_report(Gateway.objects.get(), Report("SM1", "failed", stopped=True), at=AT + MINUTE)
    assert Writer.objects.get().stopped_at == AT + MINUTE
    reply.refresh_from_db()
    assert reply.report == "failed"


OUTCOMES = st.lists(st.sampled_from(["sent", "delivered", "failed"]), min_size=1, max_size=8)


@tried(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outcomes=OUTCOMES, early=st.integers(0, 8))
def test_reports_in_any_order_and_number_end_in_the_word_that_counts_most(
    gateway: Set, outcomes: list[str], early: int
) -> None:
    for model in (Reply, EarlyReport, Writer, GatewayDay, Gateway):
        model.objects.all().delete()
    reply = sent_text(gateway)
    mark, used = bytes(reply.provider_mark or b""), Gateway.objects.get()
    Reply.objects.update(provider_mark=None)
    for place, outcome in enumerate(outcomes):
        if place == early:
            Reply.objects.update(provider_mark=mark)
        reports.hear_report(used, Report("SM1", outcome), at=AT + place * MINUTE)
        reports.match_early(at=AT + place * MINUTE)
    Reply.objects.update(provider_mark=mark)
    reports.match_early(at=AT + timedelta(hours=1))
    wanted = next(one for one in ("delivered", "failed", "sent") if one in outcomes)
    reply.refresh_from_db()
    assert (reply.report, reply.reported_at) == (wanted, AT + outcomes.index(wanted) * MINUTE)
    assert not EarlyReport.objects.exists()


# -- Budgets and silence


def test_what_is_over_the_budget_waits_for_the_next_day_and_urgent_has_a_reserve(gateway: Set) -> None:
    with web_server(sid()) as web:
        used = gateway("g", web, daily=10)
        GatewayDay.objects.create(gateway=used, day=AT.date(), segments=8)
        send(writes(used), "Habari", at=AT)
        send(writes(used, ELSEWHERE), "Hatari", at=AT, urgent=True)
        assert deliver_replies(at=AT) == 1
        waits = Reply.objects.get(urgent=False)
        assert (waits.state, waits.over_budget, waits.next_try_at) == ("waiting", True, next_day(AT))
        assert Reply.objects.over_budget(AT).count() == 1
        assert GatewayDay.objects.get(country="", day=AT.date()).segments == 9
        assert deliver_replies(at=next_day(AT) - timedelta(seconds=1)) == 0
        assert deliver_replies(at=next_day(AT)) == 1
        waits.refresh_from_db()
    assert (waits.state, waits.over_budget) == ("sent", False)


def test_each_country_has_a_budget_of_its_own(gateway: Set) -> None:
    with web_server(sid()) as web:
        used = gateway("g", web)
        full = int(SEGMENTS_A_COUNTRY * (1 - SEGMENTS_FOR_URGENT))
        GatewayDay.objects.create(gateway=used, day=AT.date(), country="CD", segments=full)
        send(writes(used), "Habari", at=AT)
        send(writes(used, ELSEWHERE), "Habari", at=AT)
        assert deliver_replies(at=AT) == 1
    assert parse_qs(web.asked[0].body)["To"] == [ELSEWHERE]
    assert GatewayDay.objects.get(country="KE").segments == 1


def test_what_was_not_sent_for_sure_is_not_paid(gateway: Set) -> None:
    with web_server(says(500)) as web:
        send(writes(gateway("g", web)), "Habari", at=AT)
        deliver_replies(at=AT)
    assert set(GatewayDay.objects.values_list("segments", flat=True)) == {0}


def test_two_machines_do_not_repeat_themselves_to_each_other(gateway: Set) -> None:
    writer = writes(gateway("g", "http://127.0.0.1:1"))
    said = [send(writer, "Habari", at=AT) for _time in range(5)]
    assert len([one for one in said if one]) == ALIKE_MOST
    assert send(writer, "Kwaheri", at=AT)
    assert not send(writer, "Habari", at=AT + 59 * MINUTE)  # whatever was said between
    assert send(writer, "Habari", at=AT + timedelta(hours=1))


def test_so_many_replies_an_hour_and_none_to_what_is_no_phone(gateway: Set) -> None:
    writer = writes(gateway("g", "http://127.0.0.1:1"))
    said = [send(writer, f"Habari {place}", at=AT + place * MINUTE) for place in range(30)]
    assert len([one for one in said if one]) == REPLIES_AN_HOUR
    assert send(writer, "Habari", at=AT + timedelta(hours=2))
    Writer.objects.update(answerable=False)
    assert send(Writer.objects.get(), "Habari", at=AT + timedelta(hours=4)) is False


def test_a_moment_is_a_day_of_utc() -> None:
    assert next_day(datetime.fromisoformat("2026-03-02T23:59:59+00:00")).isoformat() == "2026-03-03T00:00:00+00:00"
