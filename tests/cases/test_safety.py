"""Safety checks: who is asked when, what an answer does, and that silence after a disclosure is heard."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Refused
from accounts.models import User
from cases.codes import SafetyAnswer, SafetyReason
from cases.commands import casework, safety
from cases.commands.record import record
from cases.models import NEVER_DUE, Case, CaseEvent, Filing, Respondent, SafetyCheck, Untold
from cases.rules.safety import Watched, schedule
from cases.states import AsideReason, Stage
from grievance.commands.filing import Filed
from grievance.commands.following import Following, open_session, resume
from grievance.models import Opening
from tests.cases.conftest import AT, screen

DAY, MONTH = timedelta(days=1), relativedelta(months=1)


def sweep(at: datetime) -> None:
    while safety.sweep(at=at):
        pass


def asked(filing: Filing) -> list[tuple[str, datetime]]:
    return list(filing.safety_checks.order_by("ask_at").values_list("reason", "ask_at"))


@pytest.fixture
def filing(case: Case) -> Filing:
    return case.filings.get()


@pytest.fixture
def following(filed: Filed) -> Following:
    return resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT)


def disclose(case: Case, told_at: datetime) -> Respondent:
    """A company is told at that moment."""
    respondent = case.respondents.order_by("pk")[0]
    data = {"not_before": told_at.isoformat()}
    record(case, "respondent_notified", by=None, at=AT, respondent=respondent, data=data)
    Filing.objects.filter(case=case).update(next_safety_at=AT)
    return respondent


def close(case: Case, at: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(stage=Stage.CLOSED, closed_at=at)
    Filing.objects.filter(case=case).update(next_safety_at=at)


# -- When


def test_behaviour_15_while_the_case_is_open_everybody_is_asked_monthly(filing: Filing) -> None:
    for day in range(100):
        sweep(AT + day * DAY)
    assert asked(filing) == [(SafetyReason.MONTHLY, AT + months * MONTH) for months in (1, 2, 3)]
    assert CaseEvent.objects.filter(kind="safety_asked", filing=filing).count() == 3


def test_behaviour_15_after_closing_everybody_is_asked_at_1_3_6_and_12_months_and_never_again(
    case: Case, filing: Filing
) -> None:
    close(case, AT)
    for week in range(80):
        sweep(AT + week * 7 * DAY)
    assert asked(filing) == [(SafetyReason.AFTER, AT + relativedelta(months=months)) for months in (1, 3, 6, 12)]
    filing.refresh_from_db()
    assert filing.next_safety_at == NEVER_DUE


def test_behaviour_15_a_week_after_each_company_was_told_everybody_is_asked(case: Case, filing: Filing) -> None:
    disclose(case, AT + 3 * DAY)
    sweep(AT + 9 * DAY)
    assert asked(filing) == []
    sweep(AT + 10 * DAY)
    assert asked(filing) == [(SafetyReason.DISCLOSURE, AT + 10 * DAY)]


def test_behaviour_15_a_consent_taken_back_untells_nobody_and_stops_what_was_not_told(
    case: Case, filing: Filing
) -> None:
    respondent = disclose(case, AT + 3 * DAY)
    record(case, "respondent_approval_withdrawn", by=None, at=AT + 2 * DAY, respondent=respondent)
    sweep(AT + 12 * DAY)
    assert asked(filing) == []
    disclose(case, AT + 5 * DAY)
    record(case, "respondent_approval_withdrawn", by=None, at=AT + 6 * DAY, respondent=respondent)
    sweep(AT + 12 * DAY)
    assert asked(filing) == [(SafetyReason.DISCLOSURE, AT + 12 * DAY)]


def test_after_an_outage_everybody_is_asked_once_and_has_their_full_time(filing: Filing) -> None:
    late = AT + relativedelta(months=5, days=3)
    sweep(late)
    check = filing.safety_checks.get()
    assert check.ask_at == AT + relativedelta(months=5)
    assert check.answer_by == late + timedelta(days=14)
    sweep(late + DAY)
    assert filing.safety_checks.count() == 1


def test_a_case_that_was_set_aside_asks_nobody_until_it_is_brought_back(
    case: Case, filing: Filing, handler: User
) -> None:
    casework.set_aside(case=case, reason=AsideReason.TEST, by=handler, at=AT)
    sweep(AT + 40 * DAY)
    assert asked(filing) == []
    casework.bring_back(case=case, by=handler, at=AT + 41 * DAY)
    sweep(AT + 70 * DAY)
    assert asked(filing) == [(SafetyReason.MONTHLY, AT + 2 * MONTH)]


def test_one_person_whose_schedule_breaks_holds_up_nobody(
    case: Case, filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]

    def reckon(watched: Watched, at: datetime) -> Any:
        if broken[0]:
            raise ValueError("broken")
        return schedule(watched, at)

    monkeypatch.setattr(safety, "schedule", reckon)
    with pytest.raises(ExceptionGroup):
        safety.sweep(at=AT + 40 * DAY)
    broken[0] = False
    assert safety.sweep(at=AT + 40 * DAY) == 0
    sweep(AT + 40 * DAY + safety.PUT_OFF)
    assert filing.safety_checks.count() == 1


@given(days=st.integers(0, 2000), closed=st.one_of(st.none(), st.integers(0, 2000)), told=st.integers(0, 2000))
def test_the_schedule_never_looks_back_and_never_skips(days: int, closed: int | None, told: int) -> None:
    at = AT + days * DAY
    watched = Watched(AT, (AT + told * DAY,), closed_at=None if closed is None else AT + closed * DAY)
    plan = schedule(watched, at)
    assert all(moment <= at for _reason, moment in plan.due)
    assert plan.next_at is None or plan.next_at > at
    assert plan.next_at is not None or closed is not None
    if plan.next_at is not None:
        assert plan.next_at in {moment for _reason, moment in schedule(watched, plan.next_at).due}


def test_looking_for_whom_to_ask_and_who_is_silent_reads_one_index_each(filing: Filing) -> None:
    """An idle sweep costs the same at ten cases and at a million."""
    if connection.vendor == "postgresql":  # which reads a table of one page as it is, unless asked not to
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "filing_to_watch" in Filing.objects.to_watch(AT)[:500].explain()
    assert "safety_check_open" in SafetyCheck.objects.silent(AT)[:500].explain()


# -- Answers


def test_behaviour_15_a_worried_answer_opens_the_urgent_overlay_and_alerts(
    case: Case, filing: Filing, following: Following
) -> None:
    at = AT + MONTH
    sweep(at)
    safety.answer(following=following, answer=SafetyAnswer.WORRIED, words="Wananifuata", at=at)
    case.refresh_from_db()
    assert case.urgent_since == at
    alarm = case.events.get(kind="safety_alarm")
    assert alarm.data == {"answer": "worried", "urgent": True}
    assert Untold.objects.filter(event=alarm).exists()
    check = filing.safety_checks.get()
    assert check.sealed_words
    assert b"Wananifuata" not in bytes(check.sealed_words)


def test_a_safe_answer_closes_the_question_and_alarms_nobody(case: Case, filing: Filing, following: Following) -> None:
    sweep(AT + MONTH)
    safety.answer(following=following, answer=SafetyAnswer.SAFE, at=AT + MONTH)
    safety.answer(following=following, answer=SafetyAnswer.SAFE, at=AT + MONTH + timedelta(minutes=1))  # pressed twice
    sweep(AT + MONTH + 20 * DAY)
    case.refresh_from_db()
    assert case.urgent_since is None
    assert case.events.filter(kind="safety_answered").count() == 1
    assert filing.safety_checks.get().missed_at is None


def test_nobody_answers_what_was_not_asked(case: Case, following: Following) -> None:
    with pytest.raises(Refused, match="not_asked"):
        safety.answer(following=following, answer=SafetyAnswer.HARMED, at=AT)
    assert not case.events.filter(kind="safety_alarm").exists()


# -- Silence


def test_behaviour_15_silence_after_a_disclosure_opens_the_overlay_once_and_alerts(case: Case, filing: Filing) -> None:
    disclose(case, AT)
    sweep(AT + 7 * DAY)
    sweep(AT + 13 * DAY)
    case.refresh_from_db()
    assert case.urgent_since is None
    sweep(AT + 14 * DAY)
    sweep(AT + 15 * DAY)
    case.refresh_from_db()
    assert case.urgent_since == AT + 14 * DAY
    assert case.events.filter(kind="safety_silent").count() == 1
    assert filing.safety_checks.get(reason="disclosure").missed_at == AT + 14 * DAY


def test_silence_in_an_ordinary_month_is_noted_and_alarms_nobody(case: Case, filing: Filing) -> None:
    sweep(AT + MONTH)
    sweep(AT + MONTH + 14 * DAY)
    case.refresh_from_db()
    assert filing.safety_checks.get().missed_at == AT + MONTH + 14 * DAY
    assert case.urgent_since is None
    assert not case.events.filter(kind="safety_silent").exists()


def test_a_late_answer_counts(case: Case, filing: Filing, following: Following) -> None:
    sweep(AT + MONTH)
    sweep(AT + MONTH + 20 * DAY)
    safety.answer(following=following, answer=SafetyAnswer.HARMED, at=AT + MONTH + 21 * DAY)
    assert filing.safety_checks.get().answer == SafetyAnswer.HARMED
    case.refresh_from_db()
    assert case.urgent_since


# -- The office


def test_an_officer_asks_now_and_not_twice(case: Case, filing: Filing, handler: User) -> None:
    safety.ask(case=case, filing=filing, by=handler, at=AT)
    with pytest.raises(Refused, match="asked_already"):
        safety.ask(case=case, filing=filing, by=handler, at=AT + DAY)
    sweep(AT + 7 * DAY)
    case.refresh_from_db()
    assert case.urgent_since == AT + 7 * DAY


def test_who_may_not_ask_changes_nothing(case: Case, filing: Filing, person: Any) -> None:
    with pytest.raises(Refused):
        safety.ask(case=case, filing=filing, by=person("otto"), at=AT)
    assert not SafetyCheck.objects.exists()


def test_the_case_page_shows_the_answers_and_opens_their_words_on_record(
    client: Client, case: Case, filing: Filing, following: Following, handler: User
) -> None:
    screen(case, handler)
    safety.ask(case=case, filing=filing, by=handler, at=AT)
    safety.answer(following=following, answer=SafetyAnswer.WORRIED, words="Wananifuata <b>", at=AT)
    client.force_login(handler)
    before = Opening.objects.count()
    page = client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()
    assert "I am worried" in page
    assert "Wananifuata &lt;b&gt;" in page
    assert Opening.objects.count() == before + 2
