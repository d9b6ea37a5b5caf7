"""From an arrival to an open, routed case with its clocks."""

from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from accounts.models import User
from cases.commands import casework, clocks, intake
from cases.models import Case, CaseEvent, Clock, Routing, Untold
from cases.queries import newest_message
from cases.states import AsideReason
from grievance import receipts
from grievance.commands import conversation, following
from grievance.commands.filing import Filed, file_grievance
from grievance.models import Arrival, Grievance
from supplychain.models import Organisation, SupplyLink
from tests.cases.conftest import AT, draft


def test_a_grievance_becomes_a_case_routed_along_the_chain(case: Case, chain: dict[str, Any]) -> None:
    assert case.stage == "received"
    assert not Arrival.objects.exists()
    answering = {row.organisation.name: row.tier for row in case.respondents.select_related("organisation")}
    assert answering == {
        "operator (fictional)": 0,
        "refiner (fictional)": 1,
        "cells (fictional)": 2,
        "one (fictional)": 3,
        "two (fictional)": 3,
    }
    snapshot = Routing.objects.get(case=case).answer
    path = next(answer for answer in snapshot["answers"] if answer["organisation"] == chain["two"].pk)["hops"]
    assert [hop["buyer_name"] for hop in path] == ["refiner (fictional)", "cells (fictional)", "two (fictional)"]
    assert all(hop["from_on"] == "2024-01-01" for hop in path)


def test_who_bought_when_it_happened_answers_and_not_who_buys_now(chain: dict[str, Any]) -> None:
    chain["mine"].sales.update(until_on=date(2024, 12, 31))
    now = Organisation.objects.create(name="newcomer (fictional)", kind="refiner", country="FI")
    SupplyLink.objects.create(
        site=chain["mine"], buyer=now, material="cobalt", from_on=date(2026, 1, 1), claim="declared"
    )
    then = draft(site_id=chain["mine"].pk, happened_on=date(2024, 6, 1), ongoing=False)
    file_grievance(draft=then, nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    answering = set(Case.objects.get().respondents.values_list("organisation__name", flat=True))
    assert "refiner (fictional)" in answering
    assert "newcomer (fictional)" not in answering


def test_the_snapshot_keeps_what_was_true_then(case: Case, chain: dict[str, Any]) -> None:
    before = Routing.objects.get(case=case).answer
    chain["refiner"].name = "renamed"
    chain["refiner"].save()
    chain["mine"].sales.all().delete()
    assert Routing.objects.get(case=case).answer == before


def test_clocks_run_from_the_receipt_and_not_from_when_we_got_round_to_it(filed: Filed) -> None:
    intake.take_up(at=AT + timedelta(days=3))
    due = {clock.kind: clock.due_at for clock in Case.objects.get().clocks.all()}
    assert due["acknowledge"] == AT + timedelta(days=7)
    assert due["update"] == AT + timedelta(days=30)
    assert due["feedback"].date().isoformat() == "2026-06-09"  # the acknowledgement's last day and three months


def test_an_urgent_one_is_triaged_within_four_hours(chain: dict[str, Any]) -> None:
    file_grievance(draft=draft(site_id=chain["mine"].pk, urgent=True), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    case = Case.objects.get()
    assert case.urgent_since == AT
    assert case.next_due_at == AT + timedelta(hours=4)


def test_an_unknown_place_opens_a_case_that_guesses_no_company(chain: dict[str, Any]) -> None:
    file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    case = Case.objects.get()
    assert case.site is None
    assert not case.respondents.exists()


def test_naming_the_site_later_routes_the_case(chain: dict[str, Any], officer: User) -> None:
    file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    casework.name_site(case=Case.objects.get(), site=chain["mine"], by=officer, at=AT)
    assert Case.objects.get().respondents.count() == 5


def test_a_message_reopens_the_conversation_for_the_handler(case: Case, filed: Filed) -> None:
    session = following.open_session(receipt=filed.receipt, at=AT)
    conversation.write(following=following.resume(session_key=session, at=AT), body="bado", language="sw", at=AT)
    assert intake.take_up(at=AT) == 1
    case.refresh_from_db()
    assert case.unread_since == AT
    assert CaseEvent.objects.filter(case=case, kind="message_arrived").count() == 1
    answer = case.clocks.get(kind="answer_message")
    assert answer.due_at.date().isoformat() == "2026-03-07"  # five business days, of which Saturday is one there


def test_one_that_fails_delays_nobody_and_stays(chain: dict[str, Any]) -> None:
    for _ in range(2):
        file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)
    poison = Grievance.objects.order_by("pk")[0]
    real = intake.open_case

    def broken(grievance: Grievance, at: Any) -> Case:
        if grievance.pk == poison.pk:
            raise RuntimeError
        return real(grievance, at)

    with mock.patch.object(intake, "open_case", broken), pytest.raises(ExceptionGroup):
        intake.take_up(at=AT)
    assert Case.objects.count() == 1
    assert Arrival.objects.get().tries == 1
    assert intake.take_up(at=AT) == 0  # its time has not come
    assert intake.take_up(at=AT + timedelta(seconds=1)) == 1
    assert Case.objects.count() == 2


def test_every_event_waits_to_be_told(case: Case) -> None:
    assert set(Untold.objects.values_list("event_id", flat=True)) == set(
        CaseEvent.objects.filter(case=case).values_list("pk", flat=True)
    )


def test_the_sweep_takes_each_rung_once(case: Case) -> None:
    passed = AT + timedelta(days=7, seconds=1)
    assert clocks.sweep(at=passed) == 1
    rungs = list(
        CaseEvent.objects.filter(clock__kind="acknowledge").order_by("level").values_list("kind", "data__rung")
    )
    assert rungs == [
        ("deadline_neared", "target"),
        ("deadline_neared", "50%"),
        ("deadline_neared", "80%"),
        ("deadline_passed", "T"),
    ]
    assert clocks.sweep(at=passed) == 0
    assert clocks.sweep(at=AT + timedelta(days=30)) > 0
    levels = list(CaseEvent.objects.filter(clock__kind="acknowledge").values_list("level", flat=True))
    assert sorted(level for level in levels if level is not None) == list(range(6))


def test_an_acknowledged_case_escalates_no_acknowledgement(case: Case, handler: User) -> None:
    casework.acknowledge(case=case, by=handler, at=AT + timedelta(days=1))
    clocks.sweep(at=AT + timedelta(days=20))
    assert not CaseEvent.objects.filter(clock__kind="acknowledge").exists()
    feedback = case.clocks.get(kind="feedback", stopped_at=None)
    assert feedback.due_at.date().isoformat() == "2026-06-03"


def test_setting_aside_stops_the_clocks_and_moves_no_deadline(case: Case, handler: User) -> None:
    due = sorted(case.clocks.values_list("kind", "due_at"))
    casework.set_aside(case=case, reason=AsideReason.TEST, by=handler, at=AT + timedelta(days=1))
    assert clocks.sweep(at=AT + timedelta(days=90)) == 0
    case.refresh_from_db()
    assert case.next_due_at is None
    casework.bring_back(case=case, by=handler, at=AT + timedelta(days=91))
    assert sorted(case.clocks.filter(stopped_at=None).values_list("kind", "due_at")) == due
    assert clocks.sweep(at=AT + timedelta(days=91)) == 2  # the two that are past their dates by now


def test_taking_up_twice_opens_one_case(filed: Filed) -> None:
    assert intake.take_up(at=AT) + intake.take_up(at=AT) == 1
    assert Case.objects.count() == 1


def write_on_the_follow_page(filed: Filed, body: str, at: datetime) -> None:
    session = following.open_session(receipt=filed.receipt, at=at)
    page = following.resume(session_key=session, at=at)
    conversation.write(following=page, body=body, language="sw", at=at)
    intake.take_up(at=at)


def test_what_came_in_while_the_officer_wrote_stays_unread_with_its_deadline(
    case: Case, filed: Filed, handler: User
) -> None:
    write_on_the_follow_page(filed, "first", AT)
    filing = case.filings.get()
    seen = newest_message(filing)
    later = AT + timedelta(hours=1)
    write_on_the_follow_page(filed, "they beat me today", later)
    casework.reply(case=case, filing=filing, by=handler, body="karibu", language="sw", read_up_to=seen, at=later)
    case.refresh_from_db()
    assert case.unread_since == later
    assert case.clocks.filter(kind="answer_message", stopped_at=None).count() == 1
    casework.reply(
        case=case, filing=filing, by=handler, body="pole", language="sw", read_up_to=newest_message(filing), at=later
    )
    case.refresh_from_db()
    assert not Case.objects.unread().exists()
    assert not case.clocks.filter(kind="answer_message", stopped_at=None).exists()


def test_a_reply_to_a_case_set_aside_owes_no_update(case: Case, handler: User) -> None:
    casework.set_aside(case=case, reason=AsideReason.TEST, by=handler, at=AT)
    casework.reply(case=case, filing=case.filings.get(), by=handler, body="karibu", language="sw", read_up_to=0, at=AT)
    assert not case.clocks.filter(stopped_at=None).exists()
    casework.bring_back(case=case, by=handler, at=AT + timedelta(days=1))
    assert case.clocks.filter(kind="update", stopped_at=None).count() == 1


def test_a_late_acknowledgement_buys_no_time_for_feedback(case: Case, handler: User) -> None:
    casework.acknowledge(case=case, by=handler, at=AT + timedelta(days=40))
    feedback = case.clocks.get(kind="feedback", stopped_at=None)
    assert feedback.due_at.date().isoformat() == "2026-06-09"


def test_a_clock_that_cannot_be_moved_holds_up_no_other(chain: dict[str, Any]) -> None:
    for _ in range(2):
        file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    bad = Clock.objects.filter(kind="acknowledge").order_by("pk")[0]
    Clock.objects.filter(pk=bad.pk).update(kind="no_such_clock")
    at = AT + timedelta(days=8)
    with pytest.raises(ExceptionGroup):
        clocks.sweep(at=at)
    assert CaseEvent.objects.filter(clock__kind="acknowledge", kind="deadline_passed").count() == 1
    assert clocks.sweep(at=at) == 0
    Clock.objects.filter(pk=bad.pk).update(kind="acknowledge")
    clocks.sweep(at=at + timedelta(hours=2))
    assert CaseEvent.objects.filter(clock__kind="acknowledge", kind="deadline_passed").count() == 2


def test_a_form_that_came_again_and_says_danger_opens_the_overlay(chain: dict[str, Any]) -> None:
    nonce = receipts.new_nonce()
    for urgent in (False, True):
        file_grievance(draft=draft(site_id=chain["mine"].pk, urgent=urgent), nonce=nonce, at=AT)
    while intake.take_up(at=AT):
        pass
    assert Case.objects.get().urgent_since is not None
    assert Clock.objects.running().filter(kind="urgent_triage").count() == 1
    assert not Arrival.objects.exists()
