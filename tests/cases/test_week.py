"""The page of deadlines: what the coming week brings to whom, and what the sweep did, among the cases one may see."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cases.commands import clocks, escalating
from cases.models import Breach, Case, Clock
from cases.queries import week
from cases.queries.week import Part, swept, week_of
from cases.states import Stage
from tests.cases.test_admin import at_desk, more_cases, rows, text

PAGE = "/office/admin/deadlines/"
QUEUE = "/office/admin/cases/case/"
DAY = timedelta(days=1)
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


def due_on(case: Case, *days: float, kind: str = "assessment") -> None:
    """These and no other deadlines."""
    Clock.objects.filter(case=case).update(stopped_at=NOON)
    for days_ahead in days:
        clocks.start(case, kind, at=NOON - 20 * DAY, due=NOON + days_ahead * DAY)


@pytest.fixture
def given(case: Case, handler: User, chain: dict[str, Any]) -> Case:
    """One case with a handler, and another without."""
    Case.objects.filter(pk=case.pk).update(handler=handler)
    due_on(case, -2, 0.2, 3)
    (free,) = more_cases(chain["mine"].pk, 1)
    due_on(free, 6)
    return Case.objects.get(pk=case.pk)


def parts_of(user: User) -> dict[str, Part]:
    return {part.person.username if part.person else "": part for part in week_of(user, NOON).parts}


def plain(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(response))))


# -- The week


def test_a_supervisor_sees_what_is_due_of_each_person_and_of_nobody(given: Case, supervisor: User) -> None:
    parts = parts_of(supervisor)
    assert set(parts) == {"", "tomas"}
    assert (parts["tomas"].overdue, parts["tomas"].days) == (1, [1, 0, 0, 1, 0, 0, 0])
    assert (parts[""].overdue, parts[""].days) == (0, [0, 0, 0, 0, 0, 0, 1])
    assert [clock.due_at for clock in parts["tomas"].lines] == [NOON - 2 * DAY, NOON + 0.2 * DAY, NOON + 3 * DAY]


def test_a_handler_sees_their_own_part_and_intake_what_nobody_has(given: Case, handler: User, officer: User) -> None:
    assert set(parts_of(handler)) == {"tomas"}
    assert set(parts_of(officer)) == {""}


def test_what_lies_beyond_the_week_and_what_the_people_may_still_do_is_not_due(
    given: Case, supervisor: User, handler: User
) -> None:
    due_on(given, 7.5)
    clocks.start(given, "appeal_filed", at=NOON - 62 * DAY)
    assert set(parts_of(supervisor)) == {""}


def test_a_case_that_does_not_exist_for_somebody_is_not_in_their_counts(
    given: Case, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    conflicted = person("claire", Role.SUPERVISOR, works_for=chain["refiner"])
    clocks.sweep(at=NOON)
    assert parts_of(conflicted) == {}
    found = swept(conflicted, NOON)
    assert (found.taken, found.missed, found.put_off, found.behind) == ([], 0, [], None)


def test_counts_stop_somewhere_and_say_so(
    given: Case, supervisor: User, chain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not week_of(supervisor, NOON).capped
    monkeypatch.setattr(week, "MOST_CASES", 1)
    for one in more_cases(chain["mine"].pk, 2):
        due_on(one, -1)
    found = week_of(supervisor, NOON)
    assert found.capped
    assert sum(part.overdue for part in found.parts) == 1


def test_the_page_leads_to_the_cases_and_to_the_queue_of_the_person(
    client: Client, given: Case, supervisor: User
) -> None:
    due_on(given, *(number / 10 for number in range(-20, 0)))
    desk = at_desk(client, supervisor)
    shown = text(desk.get(PAGE))
    assert f'href="{QUEUE}{given.reference}/"' in shown
    assert "and 12 more" in shown
    link = f"{QUEUE}?handler={given.handler_id}"
    assert link in shown
    assert rows(desk.get(link)) == [given.reference]
    assert PAGE in text(desk.get("/office/admin/"))


def test_a_queue_by_handler_names_nobody_whose_cases_one_does_not_see(
    client: Client, given: Case, person: Callable[..., User], chain: dict[str, Any], handler: User
) -> None:
    User.objects.filter(pk=handler.pk).update(first_name="Tomaso")
    conflicted = at_desk(client, person("claire", Role.SUPERVISOR, works_for=chain["refiner"]))
    assert "Tomaso" not in text(conflicted.get(f"{QUEUE}?handler={given.handler_id}"))


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.HANDLER, 200), (Role.INTAKE, 200), (Role.LEAD, 200), (Role.OVERSIGHT, 200), (Role.CUSTODIAN, 403),
     (Role.INVESTIGATOR, 403)],
)  # fmt: skip
def test_who_reads_it(client: Client, person: Callable[..., User], role: Role, status: int) -> None:
    desk = at_desk(client, person("reader", role))
    assert desk.get(PAGE).status_code == status
    assert (PAGE in text(desk.get("/office/admin/"))) == (status == 200)


def test_it_asks_as_often_for_many_people_and_cases_as_for_few(
    client: Client, given: Case, supervisor: User, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    desk = at_desk(client, supervisor)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(PAGE).status_code == 200
        return len(asked)

    clocks.sweep(at=timezone.now())
    before = cost()
    for number, one in enumerate(more_cases(chain["mine"].pk, 6)):
        Case.objects.filter(pk=one.pk).update(handler=person(f"more{number}", Role.HANDLER))
        due_on(one, -1, 1, 2)
    clocks.sweep(at=timezone.now())
    assert cost() == before


# -- What the sweep did


def test_it_says_which_steps_were_taken_what_was_missed_and_what_is_done_since(
    client: Client, given: Case, supervisor: User
) -> None:
    due_on(given, -2, 3)
    now = timezone.now()
    desk = at_desk(client, supervisor)
    assert "A reminder should have gone out" in plain(desk.get(PAGE))
    clocks.sweep(at=now)
    shown = plain(desk.get(PAGE))
    assert "No reminder waits." in shown
    assert "1 deadline was missed." in shown
    assert "Assessment 7 days before: 3 2 days before: 1 1 –" in shown
    clocks.stop(given, "assessment", at=timezone.now())
    assert "1 that was missed is done now." in plain(desk.get(PAGE))
    assert swept(supervisor, now + 2 * DAY).taken == []


def test_it_says_when_the_clock_last_ran(client: Client, supervisor: User, tmp_path: Any, settings: Any) -> None:
    settings.VAR_DIR, settings.REDIS_URL = tmp_path, ""  # the mark is a file, whichever way these tests run
    desk = at_desk(client, supervisor)
    assert "The clock has not run yet." in plain(desk.get(PAGE))
    (tmp_path / "heartbeat").write_text((timezone.now() - timedelta(hours=3)).isoformat())
    assert "The clock last ran 3 hours ago." in plain(desk.get(PAGE))


def test_a_deadline_that_cannot_be_worked_on_is_shown_until_it_can(
    client: Client, given: Case, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at_desk(client, supervisor)

    def broken(*_given: Any) -> Any:
        raise ArithmeticError

    with monkeypatch.context() as fault:
        fault.setattr(escalating, "next_rung", broken)
        with pytest.raises(ExceptionGroup):
            clocks.sweep(at=timezone.now())
    assert "Some deadlines could not be worked on." in plain(desk.get(PAGE))
    clocks.sweep(at=timezone.now() + timedelta(hours=2))
    assert not Clock.objects.put_off().exists()
    assert "could not be worked on" not in plain(desk.get(PAGE))


# -- On the desk


def test_a_missed_deadline_has_a_tile_and_a_queue_of_its_own(client: Client, given: Case, handler: User) -> None:
    due_on(given, -2, 3)
    clocks.sweep(at=timezone.now())
    assert Breach.objects.open().count() == 1
    desk = at_desk(client, handler)
    assert re.search(r"<b>1</b> <span>Missed deadlines", text(desk.get("/office/admin/")))
    assert rows(desk.get(f"{QUEUE}?show=missed")) == [given.reference]
    clocks.stop(given, "assessment", at=timezone.now())
    assert rows(desk.get(f"{QUEUE}?show=missed")) == []


def test_whoever_is_shown_no_deadline_of_a_case_finds_none_missed(
    client: Client, given: Case, person: Callable[..., User]
) -> None:
    clocks.sweep(at=timezone.now())
    Case.objects.filter(pk=given.pk).update(stage=Stage.ASSESSMENT)
    investigator = at_desk(client, person("ivo", Role.INVESTIGATOR))
    assert rows(investigator.get(QUEUE)) == [given.reference]
    assert rows(investigator.get(f"{QUEUE}?show=missed")) == []
