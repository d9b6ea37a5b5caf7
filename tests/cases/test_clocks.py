"""Every clock of the standards by its name: how long it runs, what starts it and what stops it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from accounts.errors import Refused
from accounts.models import User
from cases.codes import PauseBecause, Result, SafetyAnswer, SafetyReason
from cases.commands import (
    appeals,
    casework,
    clocks,
    closing,
    deadlines,
    intake,
    many,
    respondents,
    responses,
    safety,
    urgency,
)
from cases.commands.moving import STAGE_CLOCKS
from cases.commands.remedy import delivery, saying
from cases.models import Breach, Case, Clock, Filing, RemedyStep, Respondent, SafetyCheck
from cases.queries.appeals import may_appeal_until
from cases.rules import Unit, packs
from cases.rules.calendars import end_of_day
from cases.rules.packs import PACKS, rule_for
from cases.states import Outcome, Stage
from grievance.commands import conversation
from grievance.commands.filing import Filed
from tests.cases.conftest import AT, opened, screen
from tests.cases.inquiry import coming_back, found, standing_in, written
from tests.cases.test_remedy import designing, verified, verifier

__all__ = ["designing", "verifier"]  # fixtures

DAY = timedelta(days=1)
ON = AT.date()


def running(case: Case, kind: str) -> Clock:
    return Clock.objects.running().get(case=case, kind=kind)


def rungs_of(clock: Clock) -> list[str]:
    return [event.data["rung"] for event in clock.events.order_by("level")]


# -- The table of the standards, row by row


@pytest.mark.parametrize(
    ("kind", "amount", "unit", "pausable"),
    [
        ("acknowledge", 7, Unit.DAYS, False),
        ("acknowledge_urgent", 24, Unit.HOURS, False),
        ("urgent_triage", 4, Unit.HOURS, False),
        ("safety_plan", 24, Unit.HOURS, False),
        ("eligibility", 14, Unit.DAYS, True),
        ("assessment", 30, Unit.DAYS, True),
        ("update", 30, Unit.DAYS, False),
        ("feedback", 3, Unit.MONTHS, False),
        ("answer_message", 5, Unit.BUSINESS_DAYS, False),
        ("respondent_acknowledges", 5, Unit.BUSINESS_DAYS, True),
        ("respondent_answers", 14, Unit.DAYS, True),
        ("investigation", 60, Unit.DAYS, True),
        ("remedy_plan", 30, Unit.DAYS, True),
        ("remedy_step", 90, Unit.DAYS, True),
        ("remedy_step_interim", 14, Unit.DAYS, True),
        ("verification", 30, Unit.DAYS, True),
        ("review_step", 90, Unit.DAYS, False),
        ("appeal_filed", 60, Unit.DAYS, True),
        ("appeal_decided", 45, Unit.DAYS, True),
        ("safety_check", 7, Unit.DAYS, False),
    ],
)
def test_each_clock_has_the_length_of_the_standards(kind: str, amount: int, unit: Unit, pausable: bool) -> None:
    rule = rule_for(kind, ON)
    assert (rule.amount, rule.unit, rule.pausable) == (amount, unit, pausable)
    assert rule_for("acknowledge", ON).target == 2
    assert rule_for("investigation", ON).extension == 30


def test_behaviour_1_clock_acknowledge_reminds_before_escalates_at_and_records_the_breach(
    case: Case, handler: User, supervisor: User
) -> None:
    clock = running(case, "acknowledge")
    assert clock.due_at == AT + 7 * DAY
    clocks.sweep(at=AT + 2 * DAY)
    assert rungs_of(clock) == ["target"]
    clocks.sweep(at=AT + 6 * DAY)
    assert rungs_of(clock) == ["target", "50%", "80%"]
    assert not Breach.objects.exists()
    clocks.sweep(at=AT + 7 * DAY)
    assert rungs_of(clock)[-1] == "T"
    passed = clock.events.get(data__rung="T")
    assert (passed.kind, passed.data["to"]) == ("deadline_passed", ["handler", "supervisor"])
    breach = Breach.objects.get()
    assert (breach.clock, breach.case, breach.due_at, breach.mended_at) == (clock, case, AT + 7 * DAY, None)
    with pytest.raises(Refused, match="never_paused"):
        deadlines.pause(clock=clock, reason=PauseBecause.PERSON, until=AT + 20 * DAY, by=supervisor, at=AT + 6 * DAY)
    casework.acknowledge(case=case, by=handler, at=AT + 8 * DAY)
    breach.refresh_from_db()
    assert breach.mended_at == AT + 8 * DAY  # it stays, and says how late it was done
    clocks.sweep(at=AT + 30 * DAY)
    assert rungs_of(clock)[-1] == "T"


def test_behaviour_2_clock_feedback_runs_three_months_from_the_acknowledgement_or_its_last_day(
    case: Case, handler: User, supervisor: User
) -> None:
    assert running(case, "feedback").due_at == datetime(2026, 6, 9, 9, tzinfo=UTC)  # receipt + 7 days + 3 months
    casework.acknowledge(case=case, by=handler, at=AT + 1 * DAY)
    clock = running(case, "feedback")
    assert clock.due_at == datetime(2026, 6, 3, 9, tzinfo=UTC)
    with pytest.raises(Refused, match="never_paused"):
        deadlines.pause(clock=clock, reason=PauseBecause.AGREED, until=AT + 9 * DAY, by=supervisor, at=AT + 2 * DAY)
    casework.reply(
        case=case, filing=case.filings.get(), by=handler, body="Tumepokea", language="sw", read_up_to=0, at=AT + 3 * DAY
    )
    assert running(case, "feedback") == clock  # that somebody wrote says nothing of what is done about it
    deadlines.give_feedback(case=case, by=handler, at=AT + 4 * DAY)
    assert not Clock.objects.running().filter(case=case, kind="feedback").exists()
    assert case.events.filter(kind="feedback_given").exists()
    with pytest.raises(Refused, match="no_feedback_owed"):
        deadlines.give_feedback(case=case, by=handler, at=AT + 5 * DAY)


@pytest.mark.parametrize(("received", "due"), [("2025-11-23", "2026-02-28"), ("2027-11-22", "2028-02-29")])
@pytest.mark.django_db
def test_behaviour_2_clock_feedback_clamps_the_end_of_a_month(received: str, due: str, chain: dict[str, Any]) -> None:
    case = opened(datetime.fromisoformat(f"{received}T08:00:00+00:00"))
    assert running(case, "feedback").due_at.date().isoformat() == due


def test_clock_urgent_triage_and_safety_plan_and_acknowledge_urgent(chain: dict[str, Any], handler: User) -> None:
    case = opened(urgent=True, site_id=chain["mine"].pk)
    due = {clock.kind: clock.due_at - AT for clock in case.clocks.running()}
    assert due["urgent_triage"] == timedelta(hours=4)
    assert due["safety_plan"] == due["acknowledge_urgent"] == DAY
    clocks.sweep(at=AT + timedelta(hours=5))
    assert rungs_of(running(case, "urgent_triage")) == ["50%", "80%", "T", "+25%"]
    screen(case, handler, AT + timedelta(hours=5))
    urgency.plan_safety(case=case, plan="A safe house", by=handler, at=AT + timedelta(hours=6))
    assert not case.clocks.running().filter(kind__in=["urgent_triage", "safety_plan"]).exists()


def test_clock_eligibility_assessment_investigation_remedy_plan_and_appeal_decided_run_with_their_stages() -> None:
    assert STAGE_CLOCKS == {
        "screening": "eligibility",
        "assessment": "assessment",
        "investigation": "investigation",
        "remedy_design": "remedy_plan",
        "appeal": "appeal_decided",
    }


def test_clock_eligibility_starts_when_a_human_looked(case: Case, handler: User) -> None:
    screen(case, handler)
    clock = running(case, "eligibility")
    assert (clock.due_at, clock.next_step_at) == (AT + 14 * DAY, AT + 7 * DAY)


def test_clock_update_recurs_and_is_owed_to_whoever_waited_longest(
    case: Case, chain: dict[str, Any], handler: User
) -> None:
    other = opened(AT + DAY, site_id=chain["mine"].pk)
    for one in (case, other):
        screen(one, handler, AT + 2 * DAY)
    many.merge(case=other, other=case, by=handler, at=AT + 3 * DAY)
    first, second = case.filings.order_by("pk")
    assert running(case, "update").due_at == AT + 30 * DAY
    write_to(case, first, handler, AT + 10 * DAY)
    # The second person heard nothing: theirs is the deadline, a month after they joined.
    assert running(case, "update").due_at == second.joined_at + 30 * DAY
    write_to(case, second, handler, AT + 20 * DAY)
    assert running(case, "update").due_at == AT + 40 * DAY
    many.reply_all(case=case, texts={"sw": "Habari"}, by=handler, at=AT + 25 * DAY)
    assert running(case, "update").due_at == AT + 55 * DAY
    clocks.sweep(at=AT + 55 * DAY)
    assert Breach.objects.filter(clock__kind="update").count() == 1


def write_to(case: Case, filing: Filing, by: User, at: datetime) -> None:
    casework.reply(case=case, filing=filing, by=by, body="Habari", language="sw", read_up_to=0, at=at)


def test_clock_answer_message_counts_working_days_of_the_operators_country(case: Case, filed: Filed) -> None:
    sent = datetime(2026, 4, 28, 9, tzinfo=UTC)  # a Tuesday; in the Congo 1 May is a holiday, Saturday is none
    conversation.write(following=coming_back(filed, sent), body="Mna habari?", language="sw", at=sent)
    assert intake.take_up(at=sent) == 1
    clock = running(case, "answer_message")
    assert (clock.country, clock.due_at) == ("CD", datetime(2026, 5, 5, 9, tzinfo=UTC))


def test_clock_answer_message_counts_anew_once_the_country_is_known(chain: dict[str, Any], officer: User) -> None:
    case = opened(datetime(2026, 4, 19, 9, tzinfo=UTC), site_id=None)
    sent = datetime(2026, 4, 20, 9, tzinfo=UTC)  # a Monday
    grievance = case.filings.get().grievance
    message = grievance.messages.create(language="sw", sealed_body=b"x", sent_at=sent)
    clock = clocks.start(case, "answer_message", at=sent, message=message)
    assert clock.due_at.date().isoformat() == "2026-04-27"
    casework.name_site(case=case, site=chain["mine"], by=officer, at=sent)
    clock.refresh_from_db()
    assert (clock.country, clock.due_at.date().isoformat()) == ("CD", "2026-04-25")  # Saturday is a working day there
    assert case.events.filter(kind="clock_moved", data__of="answer_message").exists()


def test_clock_respondent_acknowledges_and_respondent_answers_are_kept_in_the_companys_own_days(
    case: Case, handler: User
) -> None:
    screen(case, handler)
    company = case.respondents.get(tier=1)  # in Finland: Easter, and summer time since 29 March
    respondents.approve(respondent=company, by=handler, people_who_fit=40, safety_checked=True, at=AT)
    respondents.notify(respondent=company, by=handler, facts="Wages were not paid.", at=AT)
    Respondent.objects.filter(pk=company.pk).update(notified_at=AT)
    Clock.objects.filter(respondent=company).delete()
    began = datetime(2026, 3, 30, 21, 30, tzinfo=UTC)  # half past midnight on the 31st there
    clock = clocks.start(case, "respondent_acknowledges", at=began, country="FI", respondent=company)
    # 1 and 2 April, not Good Friday, not the weekend, not Easter Monday, then 7, 8 and 9 April.
    assert clock.due_at == datetime(2026, 4, 9, 20, 59, 59, tzinfo=UTC)
    at = AT + 20 * DAY
    responses.record_response(respondent=company, response="acknowledge", by=handler, at=at)
    answers = company.clocks.get(stopped_at=None)
    assert (answers.kind, answers.due_at) == ("respondent_answers", end_of_day(at + 14 * DAY, "FI"))
    clocks.sweep(at=answers.due_at + 15 * DAY)
    assert [event.data["to"] for event in answers.events.order_by("level")] == [
        ["respondent"], ["respondent"], ["handler", "supervisor", "respondent"], ["buyers"], ["automakers"],
        ["oversight"],
    ]  # fmt: skip
    responses.record_response(respondent=company, response="accept", by=handler, at=answers.due_at + 15 * DAY)
    responses.record_response(
        respondent=company, response="answer", words="Paid.", by=handler, at=answers.due_at + 16 * DAY
    )
    assert Breach.objects.get(clock=answers).mended_at == answers.due_at + 16 * DAY


def test_clock_referral_survivor_runs_a_day(case: Case, handler: User) -> None:
    clock = clocks.start(case, "referral_survivor", at=AT)
    assert clock.due_at == AT + DAY
    clocks.sweep(at=AT + DAY)
    assert rungs_of(clock) == ["50%", "80%", "T"]


def test_clock_remedy_step_is_told_to_the_company_that_owes_it_and_verification_to_us(
    designing: Case, filed: Filed, handler: User, verifier: User
) -> None:
    step = verified(designing, filed, handler, verifier)
    delivery_clock = step.clocks.get(kind="remedy_step")
    assert delivery_clock.promised_at == delivery_clock.due_at
    assert delivery_clock.due_at.date() == step.due_on
    assert step.clocks.get(kind="verification").due_at == AT + 30 * DAY
    again = clocks.start(designing, "remedy_step", at=AT, due=AT + 60 * DAY, step=step)
    clocks.sweep(at=AT + 61 * DAY)
    events = list(again.events.order_by("level"))
    assert [event.data["rung"] for event in events] == ["T-7", "T-2", "T"]
    assert {event.respondent_id for event in events} == {step.owner_id}
    looked_at = clocks.start(designing, "verification", at=AT, step=step)
    clocks.sweep(at=AT + 61 * DAY)
    assert {event.respondent_id for event in looked_at.events.all()} == {None}


def test_clock_review_step_reminds_for_ninety_days_and_makes_nobody_late(
    designing: Case, filed: Filed, handler: User, verifier: User
) -> None:
    step = verified(designing, filed, handler, verifier)
    clock = step.clocks.get(kind="review_step")
    assert clock.due_at == AT + 90 * DAY
    clocks.sweep(at=AT + 91 * DAY)
    assert rungs_of(clock) == ["T-7", "T-2"]
    assert not Breach.objects.filter(clock=clock).exists()
    for days in (30, 60, 90):
        delivery.sweep(at=AT + days * DAY)
    assert RemedyStep.objects.get(pk=step.pk).state == "lapsed"
    assert step.clocks.get(kind="review_step").stopped_at == AT + 90 * DAY
    saying.say(following=coming_back(filed, AT + 95 * DAY), step=step, confirmed=True, version=0, at=AT + 95 * DAY)
    assert RemedyStep.objects.get(pk=step.pk).state == "confirmed"  # a late answer always counts


def test_clock_appeal_filed_runs_sixty_days_for_each_person_and_longer_where_it_stood_still(
    case: Case, filed: Filed, handler: User, supervisor: User
) -> None:
    case = standing_in(case, Stage.INVESTIGATION)
    found(case, handler, at=AT)
    clock = running(case, "appeal_filed")
    assert (clock.filing, clock.due_at) == (case.filings.get(), AT + 60 * DAY)
    assert clock.next_step_at is None
    case.refresh_from_db()
    assert case.next_due_at != clock.due_at  # it is theirs, and nothing that we owe
    deadlines.pause(clock=clock, reason=PauseBecause.DISASTER, until=AT + 40 * DAY, by=supervisor, at=AT + 10 * DAY)
    assert may_appeal_until(coming_back(filed, AT + 70 * DAY), AT + 70 * DAY) == AT + 90 * DAY
    appeals.file_appeal(following=coming_back(filed, AT + 70 * DAY), grounds="Si kweli", at=AT + 70 * DAY)
    assert not Clock.objects.running().filter(kind="appeal_filed").exists()
    assert running(case, "appeal_decided").due_at == AT + 115 * DAY


def test_clock_appeal_filed_begins_anew_with_a_closing_and_outlives_it(case: Case, filed: Filed, handler: User) -> None:
    case = standing_in(case, Stage.INVESTIGATION)
    found(case, handler, at=AT, result=Result.UNSUBSTANTIATED)
    written(case, handler)
    closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT + 5 * DAY)
    assert not Clock.objects.owed().filter(case=case).exists()
    assert running(case, "appeal_filed").due_at == AT + 65 * DAY


def test_behaviour_15_clock_safety_check_waits_for_an_answer_and_reminds_before_the_silence(
    case: Case, filed: Filed, handler: User
) -> None:
    filing = case.filings.get()
    check = safety.ask(case=case, filing=filing, by=handler, at=AT)
    clock = running(case, "safety_check")
    assert (clock.safety_check, clock.due_at) == (check, AT + 7 * DAY)
    clocks.sweep(at=AT + 6 * DAY)
    assert rungs_of(clock) == ["50%", "80%"]
    safety.sweep(at=AT + 7 * DAY)
    assert not Clock.objects.running().filter(kind="safety_check").exists()
    assert running(case, "safety_plan").due_at == AT + 8 * DAY  # silence alerts, and what is owed then has its clock
    monthly = SafetyCheck.objects.filter(reason=SafetyReason.MONTHLY)
    assert not monthly.exists()


def test_behaviour_15_clock_safety_check_in_comes_monthly_and_its_silence_is_nobodys_breach(
    case: Case, filed: Filed
) -> None:
    safety.sweep(at=AT + 31 * DAY)
    check = SafetyCheck.objects.get(reason=SafetyReason.MONTHLY)
    assert check.ask_at.date().isoformat() == "2026-04-02"
    clock = Clock.objects.get(safety_check=check)
    assert (clock.next_step_at, clock.due_at) == (None, check.answer_by)
    at = AT + 32 * DAY
    safety.answer(following=coming_back(filed, at), answer=SafetyAnswer.SAFE, at=at)
    clock.refresh_from_db()
    assert clock.stopped_at == at


def test_clock_investigation_is_extended_once_and_paused_and_the_pauses_outlive_a_new_rule(
    case: Case, handler: User, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = clocks.start(case, "investigation", at=AT)
    deadlines.pause(clock=clock, reason=PauseBecause.AUTHORITY, until=AT + 20 * DAY, by=supervisor, at=AT + 10 * DAY)
    clock.refresh_from_db()
    assert clock.due_at == AT + 70 * DAY
    shorter = replace(rule_for("investigation", ON), amount=30, source="a new law")
    monkeypatch.setattr(packs, "PACKS", (*PACKS, shorter))
    call_command("reckon_clocks")
    clock.refresh_from_db()
    assert clock.due_at == AT + 40 * DAY  # the new length, and the ten days in which it stood still
    assert case.events.filter(kind="clock_moved").count() == 1
    call_command("reckon_clocks")
    assert case.events.filter(kind="clock_moved").count() == 1
