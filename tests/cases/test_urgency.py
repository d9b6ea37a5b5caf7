"""Somebody may be in danger: the overlay with its clocks, at any stage and past any gate."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from cases.codes import UrgentBecause
from cases.commands import casework, intake, urgency
from cases.commands.moving import locked
from cases.models import Case, Note
from grievance import receipts
from grievance.commands.filing import file_grievance
from tests.cases.conftest import AT, draft, screen

LATER = AT + timedelta(hours=2)
PLAN = "Zwjplan: she stays with her sister until Friday"


def due(case: Case) -> dict[str, Any]:
    """What runs, and when it is due."""
    return dict(case.clocks.filter(stopped_at=None).values_list("kind", "due_at"))


def test_marking_a_case_as_urgent_starts_its_clocks_and_hastens_the_acknowledgement(case: Case, officer: User) -> None:
    urgency.mark_urgent(case=case, by=officer, at=LATER)
    case.refresh_from_db()
    assert case.urgent_since == LATER
    running = due(case)
    assert running["urgent_triage"] == LATER + timedelta(hours=4)
    assert running["safety_plan"] == running["acknowledge_urgent"] == LATER + timedelta(hours=24)
    assert "acknowledge" not in running
    assert case.next_due_at == LATER + timedelta(hours=4)
    opened = case.events.get(kind="urgent_opened")
    assert (opened.by, opened.data) == (officer, {"urgent": True, "because": "officer"})


def test_urgency_never_gives_more_time_to_acknowledge(case: Case, handler: User) -> None:
    urgency.mark_urgent(case=case, by=handler, at=AT + timedelta(days=6, hours=12))
    assert due(case)["acknowledge_urgent"] == AT + timedelta(days=7)


def test_what_was_acknowledged_is_not_owed_again_and_what_was_missed_stays_missed(case: Case, handler: User) -> None:
    urgency.mark_urgent(case=case, by=handler, at=AT + timedelta(days=8))
    assert due(case)["acknowledge"] == AT + timedelta(days=7)
    casework.acknowledge(case=case, by=handler, at=AT + timedelta(days=8))
    urgency.end_urgent(case=case, plan=PLAN, by=handler, at=AT + timedelta(days=8))
    urgency.mark_urgent(case=case, by=handler, at=AT + timedelta(days=9))
    assert not {"acknowledge", "acknowledge_urgent"} & set(due(case))


def test_urgent_triage_is_blocked_by_no_gate(case: Case, officer: User) -> None:
    """Nobody has opened the words, and no site, handler or declaration is on record: it is taken up all the same."""
    with pytest.raises(Refused, match="human_looked"):
        casework.screen(case=case, by=officer, at=AT)
    urgency.mark_urgent(case=case, by=officer, at=AT)
    casework.screen(case=case, by=officer, at=AT)
    case.refresh_from_db()
    assert case.stage == "screening"
    assert "urgent_triage" not in due(case)


@pytest.mark.parametrize("stage", ["received", "screening", "assessment", "investigation", "remedy_delivery", "appeal"])
def test_a_case_becomes_urgent_at_any_stage_that_runs(case: Case, handler: User, stage: str) -> None:
    Case.objects.update(stage=stage)
    urgency.mark_urgent(case=case, by=handler, at=LATER)
    assert ("urgent_triage" in due(case)) == (stage == "received")
    assert "safety_plan" in due(case)


def test_a_filing_that_says_danger_is_owed_a_safety_plan_from_its_receipt(chain: dict[str, Any]) -> None:
    file_grievance(draft=draft(site_id=chain["mine"].pk, urgent=True), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=LATER)
    assert due(Case.objects.get())["safety_plan"] == AT + timedelta(hours=24)


def test_ending_asks_for_a_safety_plan_which_is_sealed(case: Case, handler: User, officer: User) -> None:
    urgency.mark_urgent(case=case, by=officer, at=AT)
    with pytest.raises(Refused, match="no_safety_plan"):
        urgency.end_urgent(case=case, by=handler, at=LATER)
    with pytest.raises(Refused, match="not_yours"):
        urgency.end_urgent(case=case, plan=PLAN, by=officer, at=LATER)
    urgency.plan_safety(case=case, plan=PLAN, by=officer, at=LATER)
    assert "safety_plan" not in due(case)
    urgency.end_urgent(case=case, by=handler, at=LATER)
    case.refresh_from_db()
    assert case.urgent_since is None
    assert PLAN.encode() not in bytes(Note.objects.get().sealed_body)
    assert list(case.events.exclude(kind="deadline_neared").values_list("kind", flat=True))[-2:] == [
        "note_written",
        "urgent_ended",
    ]


def test_a_plan_of_an_earlier_danger_does_not_end_a_later_one(case: Case, handler: User) -> None:
    urgency.mark_urgent(case=case, by=handler, at=AT)
    urgency.end_urgent(case=case, plan=PLAN, by=handler, at=LATER)
    urgency.mark_urgent(case=case, by=handler, at=LATER + timedelta(days=1))
    with pytest.raises(Refused, match="no_safety_plan"):
        urgency.end_urgent(case=case, by=handler, at=LATER + timedelta(days=2))


def test_another_alarm_asks_for_another_plan_and_opens_nothing_twice(case: Case, handler: User) -> None:
    urgency.mark_urgent(case=case, by=handler, at=AT)
    urgency.plan_safety(case=case, plan=PLAN, by=handler, at=LATER)
    later = LATER + timedelta(days=1)
    with transaction.atomic():
        urgency.open_urgent(locked(case), by=None, at=later, because=UrgentBecause.ALARM)
    assert due(case)["safety_plan"] == later + timedelta(hours=24)
    assert case.events.filter(kind="urgent_opened").count() == 1
    with pytest.raises(Refused, match="already_urgent"):
        urgency.mark_urgent(case=case, by=handler, at=later)


def test_an_alarm_after_closing_opens_the_overlay_and_the_office_ends_it(case: Case, handler: User) -> None:
    Case.objects.update(stage="closed", closed_at=AT)
    with transaction.atomic():
        urgency.open_urgent(locked(case), by=None, at=LATER, because=UrgentBecause.SILENCE)
    urgency.end_urgent(case=case, plan=PLAN, by=handler, at=LATER)
    assert not case.clocks.filter(kind="safety_plan", stopped_at=None).exists()


def test_the_page_says_why_it_is_urgent_and_shows_the_plan(client: Client, case: Case, handler: User) -> None:
    client.force_login(handler)
    page = f"/office/admin/cases/case/{case.reference}/"
    assert 'id="urgency"' not in client.get(page).content.decode()
    assert client.post(f"{page}do/urgent/").status_code == 302
    shown = client.get(page).content.decode()
    assert "An officer saw it" in shown
    assert "There is no safety plan yet." in shown
    assert "Not done yet." in client.post(f"{page}do/end-urgent/", {"plan": "  "}).content.decode()
    client.post(f"{page}do/safety-plan/", {"plan": PLAN})
    assert PLAN in client.get(page).content.decode()
    client.post(f"{page}do/end-urgent/", {"plan": ""})
    case.refresh_from_db()
    assert case.urgent_since is None


def test_screening_ends_urgent_triage_and_leaves_the_plan_owed(case: Case, handler: User) -> None:
    urgency.mark_urgent(case=case, by=handler, at=AT)
    screen(case, handler)
    assert {"safety_plan", "acknowledge_urgent"} <= set(due(case))
