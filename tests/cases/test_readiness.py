"""The page that says which gates the present team cannot pass."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from cases.queries import readiness
from grievance.commands.custody import enrol
from supplychain.models import Organisation
from tests.cases.conftest import AT
from tests.cases.test_admin import at_desk, text

PAGE = "/office/admin/readiness/"


def lacks() -> str:
    return " ".join(f"{need.lack} {need.remedy}" for need in readiness().lacking)


def make_key(person: Callable[..., User], name: str) -> None:
    body = Organisation.objects.create(name=f"{name} (fictional)", kind="civil_society", country="CD")
    keeper = person(f"keeper-{name}", Role.CUSTODIAN, works_for=body)
    enrol(
        custodian=keeper, organisation=body, passphrase="eight words that nobody else would say", at=AT,
        opslimit=1, memlimit=8192,
    )  # fmt: skip


@pytest.fixture
def whole(person: Callable[..., User]) -> None:
    """A team that can pass every gate."""
    special = (Role.SURVIVOR, Role.CHILD, Role.RETAL)
    person("amina", Role.INTAKE, *special)
    person("tomas", Role.HANDLER, *special)
    person("irene", Role.SUPERVISOR, *special)
    person("idris", Role.SUPERVISOR)
    person("omar", Role.OVERSIGHT)
    person("marta", Role.LEAD)
    person("judge")
    for name in ("one", "two"):
        make_key(person, name)


@pytest.mark.usefixtures("whole")
def test_a_whole_team_lacks_nothing() -> None:
    assert lacks() == ""


def test_an_office_without_people_can_do_nothing(db: None) -> None:
    """But decide against an operator of the mechanism, where nobody is one."""
    assert readiness().steps == ["Deciding a case to which the operator of this mechanism is a party"]


@pytest.mark.usefixtures("whole")
def test_a_step_that_lacks_anything_is_not_called_possible() -> None:
    assert "Signing too what somebody else decided" in readiness().steps
    User.objects.get(username="idris").grants.update(ended_at=AT)
    assert "Signing too what somebody else decided" not in readiness().steps


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("username", "role", "lack"),
    [
        ("amina", Role.INTAKE, "Nobody is there to read what comes in."),
        ("tomas", Role.HANDLER, "Nobody is there to whom a case could be given."),
        ("idris", Role.SUPERVISOR, "What the only supervisor decided, nobody but oversight"),
        ("omar", Role.OVERSIGHT, "nobody is oversight"),
        ("marta", Role.LEAD, "Nobody is there to make accounts"),
        ("tomas", Role.CHILD, "No case handler holds this role too"),
        ("amina", Role.SURVIVOR, "such a case exists for nobody: it needs an intake officer with this role"),
        ("keeper-one", Role.CUSTODIAN, "no two custodians of different organisations have a key"),
    ],
)
def test_a_role_that_nobody_holds_is_missed_in_a_plain_sentence(username: str, role: Role, lack: str) -> None:
    User.objects.get(username=username).grants.filter(role=role).update(ended_at=AT)
    assert lack in lacks()


@pytest.mark.usefixtures("whole")
def test_no_supervisor_is_no_second_signature() -> None:
    for username in ("irene", "idris"):
        User.objects.get(username=username).grants.update(ended_at=AT)
    assert "Nobody is there for a second signature" in lacks()


@pytest.mark.usefixtures("whole")
def test_an_intake_officer_with_an_employer_in_the_industry_cannot_read_an_unplaced_case(
    chain: dict[str, Any],
) -> None:
    group = Organisation.objects.create(name="group (fictional)", kind="civil_society", country="CH")
    chain["operator"].parent = group
    chain["operator"].save()
    User.objects.get(username="amina").employments.create(organisation=group, from_on="2020-01-01")
    assert "A case without a known site exists for nobody" in lacks()


@pytest.mark.usefixtures("whole")
def test_a_panel_needs_somebody_from_outside(chain: dict[str, Any]) -> None:
    judge = User.objects.get(username="judge")
    judge.employments.create(organisation=chain["one"], from_on="2020-01-01")
    # Those who keep names, and the programme lead, act on no case.
    User.objects.filter(username__in=["keeper-one", "keeper-two", "marta"]).update(is_active=False)
    assert "Nobody is there for a panel" in lacks()


@pytest.mark.usefixtures("whole")
def test_a_panel_depends_on_nobody_who_runs_the_mechanism(chain: dict[str, Any]) -> None:
    chain["one"].runs_mechanism = True
    chain["one"].save()
    assert lacks() == ""
    for username in ("judge", "keeper-one", "keeper-two", "marta"):
        User.objects.get(username=username).employments.create(organisation=chain["one"], from_on="2020-01-01")
    assert "nobody from outside it could sit on the panel" in lacks()
    assert "Nobody is there for a panel" not in lacks()


@pytest.mark.usefixtures("whole")
def test_it_asks_as_often_for_many_people_as_for_few(person: Callable[..., User], chain: dict[str, Any]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            readiness()
        return len(asked)

    person("one", Role.INTAKE, works_for=chain["one"])
    before = cost()
    for number in range(10):
        person(f"more{number}", Role.INTAKE, works_for=chain["one"])
    assert cost() == before


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.LEAD, 200), (Role.SUPERVISOR, 200), (Role.OVERSIGHT, 200), (Role.HANDLER, 403), (Role.INTAKE, 403)],
)
def test_it_is_read_by_those_who_give_roles_seats_and_cases(
    client: Client, person: Callable[..., User], role: Role, status: int
) -> None:
    desk = at_desk(client, person("reader", role))
    answer = desk.get(PAGE)
    assert answer.status_code == status
    assert (PAGE in text(desk.get("/office/admin/"))) == (status == 200)
    if status == 200:
        assert "Give somebody the role of a case handler." in text(answer)


def test_nobody_else_reads_it(client: Client, person: Callable[..., User]) -> None:
    assert at_desk(client, person("nobody")).get(PAGE, follow=True).status_code == 403
