"""What came in a flood is on the desk and wakes nobody, until an officer takes it out, many at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import bulk, escalating, intake
from cases.commands.urgency import mark_urgent
from cases.models import Case, EarlyWarning
from grievance import receipts
from grievance.commands.filing import file_grievance
from notifications.commands import relay
from notifications.models import Notice, Unheard
from tests.cases.conftest import AT, draft, screen
from tests.cases.test_admin import QUEUE, at_desk, rows
from tests.cases.test_bulk import choose, together
from tests.cases.test_desk import numbers


def flooded(number: int = 1, **changes: Any) -> list[Case]:
    """So many cases that came beyond the budget of their network."""
    before = set(Case.objects.values_list("pk", flat=True))
    for _ in range(number):
        file_grievance(draft=draft(**changes), nonce=receipts.new_nonce(), bulk=True, at=AT)
    intake.take_up(at=AT)
    return list(Case.objects.exclude(pk__in=before).order_by("pk"))


@pytest.mark.usefixtures("officer", "supervisor", "lead", "oversight")
def test_nobody_is_told_of_a_flood_even_when_its_deadlines_pass() -> None:
    flooded(3, urgent=True)
    relay(at=AT)
    for hours in (4, 24, 24 * 8, 24 * 30):
        escalating.sweep(at=AT + timedelta(hours=hours))
        relay(at=AT + timedelta(hours=hours))
    assert not Notice.objects.exists()
    assert not Unheard.objects.exists()


def test_its_clocks_run_all_the_same(officer: User) -> None:
    case = flooded()[0]
    assert set(case.clocks.values_list("kind", flat=True)) >= {"acknowledge", "update", "feedback"}


def test_taken_out_it_is_told_as_any_new_case(officer: User, person: Callable[..., User]) -> None:
    reader = person("zuri", Role.INTAKE)
    case = flooded(urgent=True)[0]
    relay(at=AT)
    bulk.take_from_bulk(case=case, by=officer, at=AT)
    relay(at=AT)
    assert case.events.filter(kind="taken_from_bulk").exists()
    told = Notice.objects.get()
    assert (told.recipient, told.urgent, told.step) == (reader, True, "intake")
    with pytest.raises(Refused):
        bulk.take_from_bulk(case=case, by=officer, at=AT)


def test_only_whoever_reads_what_comes_in_takes_it_out(lead: User, outsider: User) -> None:
    case = flooded()[0]
    for somebody in (lead, outsider):
        with pytest.raises(Refused):
            bulk.take_from_bulk(case=case, by=somebody, at=AT)
    assert Case.objects.in_bulk_review().get() == case


def test_screening_one_takes_it_out_too(officer: User) -> None:
    case = flooded()[0]
    screen(case, officer)
    assert not case.filings.get().grievance.bulk
    assert not Case.objects.in_bulk_review().exists()


def test_a_flood_raises_no_early_warning_before_somebody_has_looked(officer: User, chain: dict[str, Any]) -> None:
    cases = flooded(4, site_id=chain["mine"].pk)
    assert not EarlyWarning.objects.exists()
    for case in cases[:2]:
        bulk.take_from_bulk(case=case, by=officer, at=AT)
    assert not EarlyWarning.objects.exists()
    bulk.take_from_bulk(case=cases[2], by=officer, at=AT)
    assert EarlyWarning.objects.get().cases.count() == 3


def test_the_desk_counts_them_and_the_queue_shows_them_alone(client: Client, officer: User, case: Case) -> None:
    flooded(3)
    desk = at_desk(client, officer)
    assert numbers(desk)["For review in bulk"] == "3"
    assert len(rows(desk.get(QUEUE, {"show": "bulk"}))) == 3


def test_many_are_taken_out_or_set_aside_at_once(client: Client, officer: User) -> None:
    cases = flooded(4)
    desk = at_desk(client, officer)
    assert "2 chosen cases" in choose(desk, "bulk_many", cases[:2]).text
    assert "Done in 2 cases." in together(desk, "bulk", cases[:2])
    assert "Done in 2 cases." in together(desk, "aside", cases[2:], reason="spam")
    assert not Case.objects.in_bulk_review().exists()
    assert list(Case.objects.order_by("pk").values_list("stage", flat=True)) == ["received"] * 2 + ["set_aside"] * 2


def test_danger_that_an_officer_sees_in_one_is_told_all_the_same(
    officer: User, supervisor: User, chain: dict[str, Any]
) -> None:
    case = flooded(site_id=chain["mine"].pk)[0]
    relay(at=AT)
    mark_urgent(case=case, by=officer, at=AT)
    relay(at=AT)
    assert Notice.objects.filter(recipient=supervisor).exists()
