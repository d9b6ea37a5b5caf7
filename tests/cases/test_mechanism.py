"""A grievance about the mechanism itself, or about somebody in it: straight to oversight, and worked on there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, respondents
from cases.models import Case, CaseEvent, Implicated
from cases.queries import handlers_free
from notifications.commands import relay
from notifications.models import Notice
from tests.cases.conftest import AT, opened, screen


@pytest.fixture
def about_us(chain: dict[str, Any]) -> Case:
    return opened(site_id=chain["mine"].pk, families=("XX03",))


@pytest.fixture
def omar(person: Callable[..., User]) -> User:
    return person("omar", Role.OVERSIGHT)


def test_it_goes_straight_to_oversight_and_nobody_else_is_told(
    about_us: Case, omar: User, handler: User, officer: User, supervisor: User
) -> None:
    assert about_us.about_mechanism
    assert [about_us.exists_for(user) for user in (omar, handler, officer, supervisor)] == [True, False, False, False]
    relay(at=AT)
    assert set(Notice.objects.values_list("recipient", flat=True)) == {omar.pk}


def test_the_whole_way_works_there(
    about_us: Case, omar: User, handler: User, person: Callable[..., User], client: Client
) -> None:
    """Read, taken up, given to somebody of oversight, acknowledged, answered, and a company told; by them alone."""
    ona = person("ona", Role.OVERSIGHT)
    assert handlers_free(about_us, []) == sorted([omar, ona], key=lambda user: user.username)
    with pytest.raises(Refused, match="conflicted"):
        casework.assign(case=about_us, handler=handler, by=omar, at=AT)
    casework.assign(case=about_us, handler=ona, by=omar, at=AT)
    screen(about_us, ona)
    casework.acknowledge(case=about_us, by=ona, at=AT)
    casework.reply(
        case=about_us, filing=about_us.filings.get(), by=ona, body="Asante", language="sw", read_up_to=0, at=AT
    )
    company = about_us.respondents.get(tier=0)
    respondents.approve(respondent=company, by=ona, people_who_fit=40, safety_checked=True, at=AT)
    about_us.refresh_from_db()
    assert (about_us.stage, about_us.handler, about_us.acknowledged_at) == ("screening", ona, AT)
    relay(at=AT)
    assert set(Notice.objects.values_list("recipient", flat=True)) <= {omar.pk, ona.pk}
    client.force_login(ona)
    assert client.get(f"/office/admin/cases/case/{about_us.reference}/").status_code == 200


@pytest.mark.parametrize("roles", [(Role.HANDLER,), (Role.SUPERVISOR, Role.INTAKE), (Role.OVERSIGHT,)])
def test_the_officer_whom_it_is_about_never_sees_that_it_exists(
    client: Client, about_us: Case, omar: User, person: Callable[..., User], roles: tuple[Role, ...]
) -> None:
    accused = person("accused", *roles)
    Implicated.objects.create(case=about_us, user=accused, by=omar, at=AT)
    assert not about_us.exists_for(accused)
    assert about_us.exists_for(omar)
    client.force_login(accused)
    page = f"/office/admin/cases/case/{about_us.reference}/"
    assert client.get(page).status_code == 404
    assert about_us.reference not in client.get("/office/admin/cases/case/").content.decode()
    assert accused not in handlers_free(about_us, [])
    relay(at=AT)
    assert not Notice.objects.filter(recipient=accused).exists()


def test_an_officer_named_in_an_ordinary_case_loses_it_at_once(case: Case, handler: User, supervisor: User) -> None:
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    Implicated.objects.create(case=case, user=handler, by=supervisor, at=AT)
    with pytest.raises(Refused, match="not_found"):
        casework.acknowledge(case=case, by=handler, at=AT)
    assert not CaseEvent.objects.filter(kind="acknowledged").exists()
