"""Guests on one case: who may be one, what a seat opens, and that nothing else is opened by it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.commands import change_user, end_role, grant_role
from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import SeatKind
from cases.commands import casework, independence, seats
from cases.models import Case, Seat
from cases.queries import handled_before, on_record, undeclared
from supplychain.models import Organisation
from tests.cases.conftest import AT, STATEMENT, screen
from tests.cases.test_admin import QUEUE, at_desk, do, more_cases, page_of, rows, text
from tests.cases.test_policies import visible

OFFICE = "/office/admin/"


@pytest.fixture
def guest(person: Callable[..., User]) -> User:
    """An account without any role."""
    return person("gilles")


def give(case: Case, guest: User, by: User, kind: SeatKind = SeatKind.INTERPRETER) -> Seat:
    return seats.seat(case=case, guest=guest, kind=kind, by=by, at=AT)


def test_a_seat_opens_one_case_and_the_office_door_and_ends_at_once(
    client: Client, case: Case, guest: User, supervisor: User, chain: dict[str, Any]
) -> None:
    (other,) = more_cases(chain["refiner site"].pk, 1)
    desk = at_desk(client, guest)
    assert desk.get(OFFICE, follow=True).status_code == 403
    given = give(case, guest, supervisor)
    assert rows(desk.get(QUEUE)) == [case.reference]
    assert desk.get(page_of(case)).status_code == 200
    assert desk.get(page_of(other)).status_code == 404
    assert QUEUE in text(desk.get(OFFICE))
    assert "/office/admin/accounts/" not in text(desk.get(OFFICE))
    seats.unseat(seat=given, by=supervisor, at=AT + timedelta(days=1))
    for page in (OFFICE, QUEUE, page_of(case)):
        assert desk.get(page, follow=True).status_code == 403
    assert list(case.events.filter(kind__startswith="seat").values_list("kind", "data__seat")) == [
        ("seat_given", "interpreter"),
        ("seat_ended", "interpreter"),
    ]


@pytest.mark.parametrize(
    ("kind", "reads", "not_shown"),
    [
        (SeatKind.INTERPRETER, ("What was said",), (STATEMENT, "Who answers", "What is due", "What happened")),
        (SeatKind.VERIFIER, ("Who answers",), (STATEMENT, "What is due", "What happened", "do/reply/")),
        (SeatKind.INVESTIGATOR, ("Who answers", "What is due"), (STATEMENT, "What happened")),
        (SeatKind.PANELLIST, (STATEMENT, "Who answers", "What is due", "What happened"), ("do/reply/", "original/")),
    ],
)
def test_a_guest_reads_what_the_seat_is_for(
    client: Client, case: Case, guest: User, supervisor: User, kind: SeatKind, reads: Any, not_shown: Any
) -> None:
    give(case, guest, supervisor, kind)
    shown = text(at_desk(client, guest).get(page_of(case)))
    for words in reads:
        assert words in shown, words
    for words in not_shown:
        assert words not in shown, words


def test_a_guest_declares_themselves_and_leaves_with_a_tie(
    client: Client, case: Case, guest: User, supervisor: User, chain: dict[str, Any]
) -> None:
    give(case, guest, supervisor)
    desk = at_desk(client, guest)
    assert "You have not declared yourself yet towards:" in text(desk.get(page_of(case)))
    parties = undeclared(case)[guest.pk]
    do(desk, case, "declare", **{f"party-{pk}": "free" for pk in parties})
    assert not undeclared(case)
    answer = do(desk, case, "conflict", party=chain["one"].pk, tie="work")
    assert answer.url == QUEUE
    assert desk.get(QUEUE, follow=True).status_code == 403
    assert not Seat.objects.running().exists()


def test_a_panel_holds_nobody_who_handled_the_case(
    case: Case, handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    former = person("former", Role.HANDLER)
    casework.assign(case=case, handler=former, by=supervisor, at=AT)
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    boss = person("boss", Role.SUPERVISOR)
    for one in (former, handler, supervisor):
        with pytest.raises(Refused, match="handled_before"):
            give(case, one, boss, SeatKind.PANELLIST)
    give(case, former, boss, SeatKind.VERIFIER)
    fresh = person("fresh", Role.HANDLER)
    give(case, fresh, boss, SeatKind.PANELLIST)
    independence.declare(case=case, towards=dict.fromkeys(undeclared(case)[fresh.pk], ()), by=fresh, at=AT)
    assert not handled_before(case, {fresh.pk})  # to declare oneself is not to handle it
    record = on_record(case, at=AT)
    assert (record.panel, record.panel_earlier) == (1, 0)


@pytest.mark.parametrize("kind", list(SeatKind))
def test_nobody_in_conflict_is_given_a_seat(
    case: Case, supervisor: User, person: Callable[..., User], chain: dict[str, Any], kind: SeatKind
) -> None:
    worked = person("worked", works_for=chain["two"], until=date(2022, 1, 1))
    with pytest.raises(Refused, match="conflicted"):
        give(case, worked, supervisor, kind)


def test_nobody_is_given_a_seat_who_has_no_business_there(
    case: Case, supervisor: User, handler: User, guest: User, person: Callable[..., User]
) -> None:
    with pytest.raises(Refused, match="seats_self"):
        give(case, supervisor, supervisor)
    with pytest.raises(Refused, match="roles_conflict"):
        give(case, person("contact", Role.RESPONDENT), supervisor)
    with pytest.raises(Refused, match="not_yours"):
        give(case, guest, handler)
    give(case, guest, supervisor)
    with pytest.raises(Refused, match="seated_already"):
        give(case, guest, supervisor)
    give(case, guest, supervisor, SeatKind.VERIFIER)
    User.objects.filter(pk=guest.pk).update(is_active=False)
    with pytest.raises(Refused, match="inactive_account"):
        give(case, User.objects.get(pk=guest.pk), supervisor, SeatKind.PANELLIST)


def test_a_closed_account_sits_nowhere(case: Case, guest: User, supervisor: User, lead: User) -> None:
    give(case, guest, supervisor, SeatKind.PANELLIST)
    change_user(
        user=guest, by=lead, at=AT, first_name="", last_name="", email="", phone="", language="en", is_active=False
    )
    assert on_record(case, at=AT).panel == 0
    assert not visible(guest)
    assert seats.end_lost(at=AT) == 1
    assert seats.end_lost(at=AT) == 0
    User.objects.filter(pk=guest.pk).update(is_active=True)
    assert not visible(guest)  # an account that is opened again opens no case
    assert case.events.filter(kind="seat_ended", by=None).count() == 1


@pytest.mark.parametrize("role", [Role.RESPONDENT, Role.PARTNER])
def test_a_guest_who_becomes_a_contact_or_a_partner_sits_nowhere_from_then_on(
    case: Case, guest: User, supervisor: User, role: Role
) -> None:
    give(case, guest, supervisor, SeatKind.PANELLIST)
    grant_role(user=guest, role=role, by=None, at=AT)
    assert not visible(User.objects.get(pk=guest.pk))
    assert on_record(case, at=AT).panel == 0
    assert seats.end_lost(at=AT) == 1
    end_role(user=guest, role=role, by=None, at=AT)
    assert not visible(User.objects.get(pk=guest.pk))  # a role given up opens no case again


def test_an_ended_seat_is_not_ended_twice(case: Case, guest: User, supervisor: User) -> None:
    given = give(case, guest, supervisor)
    seats.unseat(seat=given, by=supervisor, at=AT)
    with pytest.raises(Refused, match="seat_ended"):
        seats.unseat(seat=given, by=supervisor, at=AT)
    give(case, guest, supervisor)  # and may be given again


def test_a_supervisor_seats_and_unseats_at_the_desk(
    client: Client, case: Case, guest: User, supervisor: User, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    person("claire", works_for=chain["one"])
    person("sami", Role.RESPONDENT)
    desk = at_desk(client, supervisor)
    shown = text(desk.get(page_of(case)))
    assert ">gilles</option>" in shown
    for nobody in ("claire", "sami", "irene"):
        assert f">{nobody}</option>" not in shown
    do(desk, case, "seat", guest=guest.pk, kind="verifier")
    shown = text(desk.get(page_of(case)))
    for words in ("A guest was given a seat", "gilles · Verifier", ">gilles: Verifier</option>"):
        assert words in shown
    do(desk, case, "unseat", seat=Seat.objects.get().pk)
    assert not visible(guest)


def test_a_guest_passes_a_second_factor_like_everybody_in_the_office(
    client: Client, case: Case, guest: User, supervisor: User, settings: Settings
) -> None:
    settings.DEMO = False
    give(case, guest, supervisor)
    answer = at_desk(client, guest).get(page_of(case))
    assert (answer.status_code, answer.url) == (302, "/office/account/second/totp/activate/")  # type: ignore[attr-defined]


def test_a_seat_does_not_outweigh_a_conflict_that_comes_later(
    case: Case, person: Callable[..., User], supervisor: User, chain: dict[str, Any]
) -> None:
    far = Organisation.objects.create(name="far (fictional)", kind="trader", country="CL")
    seated = person("seated", works_for=far)
    give(case, seated, supervisor, SeatKind.VERIFIER)
    assert visible(seated)
    far.parent = chain["one"]
    far.save()
    assert not visible(seated)


def test_the_words_that_a_guest_reads_are_on_record(client: Client, case: Case, guest: User, supervisor: User) -> None:
    give(case, guest, supervisor, SeatKind.PANELLIST)
    at_desk(client, guest).get(page_of(case))
    opened = case.filings.get().grievance.openings.get()
    assert opened.by == guest


def test_a_guest_has_no_sight_of_a_case_before_screening_by_role_alone(
    case: Case, handler: User, guest: User, supervisor: User
) -> None:
    screen(case, handler)
    assert not visible(guest)
    give(case, guest, supervisor, SeatKind.INVESTIGATOR)
    assert visible(guest)
