"""The same for many cases: each is asked on its own, and what is refused is told without telling more."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from cases.commands import casework
from cases.models import CannedText, Case, Clock
from grievance.models import Message
from tests.cases.conftest import AT
from tests.cases.test_admin import QUEUE, at_desk, more_cases, rows, text

TOGETHER, HAND_OVER = f"{QUEUE}together/", f"{QUEUE}hand-over/"


def choose(client: Client, action: str, cases: list[Case]) -> Any:
    return client.post(QUEUE, {"action": action, "_selected_action": [case.pk for case in cases]})


def together(client: Client, what: str, cases: list[Case], **given: Any) -> str:
    answer = client.post(f"{TOGETHER}{what}/", {"case": [case.pk for case in cases], **given}, follow=True)
    return text(answer)


@pytest.fixture
def three(case: Case, chain: dict[str, Any]) -> list[Case]:
    """Two at the mine, one at the refiner's own site, with which the mine's operator has nothing to do."""
    return [case, *more_cases(chain["mine"].pk, 1), *more_cases(chain["refiner site"].pk, 1)]


@pytest.fixture
def partial(person: Callable[..., User], chain: dict[str, Any]) -> User:
    """A handler who once worked for the mine."""
    return person("former", Role.HANDLER, works_for=chain["operator"], until=date(2022, 1, 1))


# -- Assign


def test_chosen_cases_are_assigned_where_nobody_is_in_conflict(
    client: Client, three: list[Case], supervisor: User, partial: User
) -> None:
    desk = at_desk(client, supervisor)
    asked = text(choose(desk, "assign_many", three))
    assert "3 chosen cases" in asked
    assert ">former</option>" in asked
    told = together(desk, "assign", three, handler=partial.pk)
    assert "Done in 1 case." in told
    assert "Not done in 2 cases: This person cannot take the case." in told
    assert [Case.objects.get(pk=one.pk).handler for one in three] == [None, None, partial]
    assert Case.objects.get(pk=three[0].pk).events.filter(kind="handler_assigned").count() == 0


def test_only_whoever_may_assign_is_offered_it(client: Client, three: list[Case], handler: User) -> None:
    desk = at_desk(client, handler)
    shown = text(desk.get(QUEUE))
    assert 'value="reply_many"' in shown
    assert 'value="assign_many"' not in shown
    assert desk.post(f"{TOGETHER}assign/", {"case": three[0].pk, "handler": handler.pk}).status_code == 403
    assert desk.get(f"{TOGETHER}reply/").status_code == 302
    assert desk.get(f"{TOGETHER}nonsense/").status_code == 404


def test_a_case_that_does_not_exist_for_somebody_is_not_among_the_chosen(
    client: Client, three: list[Case], handler: User, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    hidden = person("boss", Role.SUPERVISOR, works_for=chain["operator"], until=date(2022, 1, 1))
    desk = at_desk(client, hidden)
    assert three[0].reference not in text(choose(desk, "assign_many", three))
    told = together(desk, "assign", three, handler=handler.pk)
    assert "Done in 1 case." in told
    assert "Not done" not in told
    assert [Case.objects.get(pk=one.pk).handler for one in three] == [None, None, handler]


# -- Reply


def test_a_reply_goes_to_everybody_in_own_cases_and_waits_where_the_language_differs(
    client: Client, three: list[Case], handler: User, supervisor: User
) -> None:
    for case in three[:2]:
        casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    three[1].filings.get().grievance.__class__.objects.filter(filing__case=three[1]).update(language="en")
    desk = at_desk(client, handler)
    assert "3 chosen cases" in text(choose(desk, "reply_many", three))
    told = together(desk, "reply", three, body="We are still at work.", language="en")
    assert "Done in 2 cases." in told
    assert f"Only the handler of a case writes to many people at once. {three[2].reference}" in told
    shown = {one.grievance.filing.case: one.released_at is not None for one in Message.objects.all()}
    assert shown == {three[0]: False, three[1]: True}


def test_a_reply_to_many_answers_no_message(
    client: Client, case: Case, handler: User, supervisor: User, filed: Any
) -> None:
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    grievance = case.filings.get().grievance
    asked = Message.objects.create(grievance=grievance, language="sw", sealed_body=b"x", sent_at=AT)
    Case.objects.filter(pk=case.pk).update(unread_since=AT)
    together(at_desk(client, handler), "reply", [case], body="Tunaendelea.", language="sw")
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (asked.read_at, case.unread_since) == (None, AT)
    assert Clock.objects.running().filter(case=case, kind="update").count() == 1


def test_a_canned_text_is_put_into_a_reply_to_many(client: Client, case: Case, handler: User) -> None:
    thanks = CannedText.objects.create(name="Thanks", language="sw", body="Asante kwa kuandika.")
    shown = together(
        at_desk(client, handler), "reply", [case], body="Habari,", language="en", canned=thanks.pk, insert="1"
    )
    assert "Habari,\n\nAsante kwa kuandika." in shown
    assert '<option value="sw" selected>' in shown
    assert f'name="case" value="{case.pk}"' in shown
    assert Message.objects.count() == 0


def test_an_empty_reply_comes_back_with_the_chosen_cases(client: Client, case: Case, handler: User) -> None:
    shown = together(at_desk(client, handler), "reply", [case], body="", language="sw")
    assert "This field is required" in shown
    assert case.reference in shown


# -- Hand-over


def test_a_colleagues_open_cases_go_to_another_and_conflicts_stay_and_are_listed(
    client: Client, three: list[Case], handler: User, supervisor: User, partial: User
) -> None:
    for case in three:
        casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    desk = at_desk(client, supervisor)
    assert "Hand over somebody" in text(desk.get(QUEUE))
    shown = text(desk.post(HAND_OVER, {"giver": handler.pk, "taker": partial.pk}))
    assert "1 case was handed over." in shown
    assert "2 cases stay where they are: This person cannot take the case." in shown
    for case in three[:2]:
        assert case.reference in shown
    assert [Case.objects.get(pk=one.pk).handler for one in three] == [handler, handler, partial]


def test_a_hand_over_touches_and_tells_nothing_that_does_not_exist_for_the_supervisor(
    client: Client, three: list[Case], handler: User, supervisor: User, person: Callable[..., User],
    chain: dict[str, Any],
) -> None:  # fmt: skip
    for case in three[:2]:
        casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    hidden = person("boss", Role.SUPERVISOR, works_for=chain["operator"], until=date(2022, 1, 1))
    other = person("tara", Role.HANDLER)
    shown = text(at_desk(client, hidden).get(HAND_OVER))
    giver = shown[shown.index('name="giver"') :].partition("</select>")[0]
    assert ">tomas</option>" not in giver
    refused = text(client.post(HAND_OVER, {"giver": handler.pk, "taker": other.pk}))
    assert "Select a valid choice" in refused
    assert [Case.objects.get(pk=one.pk).handler for one in three[:2]] == [handler, handler]


def test_a_hand_over_goes_on_where_it_stopped(
    client: Client, three: list[Case], handler: User, supervisor: User, person: Callable[..., User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    other = person("tara", Role.HANDLER)
    for case in three:
        casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    monkeypatch.setattr("cases.commands.together.MOST_AT_ONCE", 2)
    desk = at_desk(client, supervisor)
    assert "1 more waits" in text(desk.post(HAND_OVER, {"giver": handler.pk, "taker": other.pk}))
    desk.post(HAND_OVER, {"giver": handler.pk, "taker": other.pk})
    assert Case.objects.filter(handler=other).count() == 3
    assert rows(at_desk(client, other).get(f"{QUEUE}?show=mine"))


def test_nobody_hands_over_to_themselves_and_only_supervisors_hand_over(
    client: Client, case: Case, handler: User, supervisor: User
) -> None:
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    given = {"giver": handler.pk, "taker": handler.pk}
    assert "Choose two different people." in text(at_desk(client, supervisor).post(HAND_OVER, given))
    assert at_desk(client, handler).get(HAND_OVER).status_code == 403
