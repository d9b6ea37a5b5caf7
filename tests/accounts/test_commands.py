"""Making accounts and handing out roles."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.commands import change_user, create_user, end_role, grant_role
from accounts.errors import Refused
from accounts.models import RoleGrant, User
from accounts.queries import roles_of
from accounts.roles import Role

GOOD = "a-password-that-is-long"


def test_a_new_account_holds_no_role(lead: User, at: datetime) -> None:
    made = create_user(username="nia", password=GOOD, by=lead, at=at, language="sw")
    assert made.check_password(GOOD)
    assert made.date_joined == at
    assert not made.is_superuser
    assert roles_of(made) == frozenset()


def test_a_weak_password_makes_no_account(lead: User, at: datetime) -> None:
    with pytest.raises(ValidationError):
        create_user(username="nia", password="password", by=lead, at=at)
    assert not User.objects.filter(username="nia").exists()


@pytest.mark.parametrize("who", ["officer", "handler", "supervisor", "oversight", "supplier", "outsider"])
def test_only_leads_and_superusers_administer(who: str, at: datetime, request: pytest.FixtureRequest) -> None:
    by, other = request.getfixturevalue(who), request.getfixturevalue("partner")
    with pytest.raises(Refused, match="not_yours"):
        create_user(username="nia", password=GOOD, by=by, at=at)
    with pytest.raises(Refused, match="not_yours"):
        grant_role(user=other, role=Role.PARTNER, by=by, at=at)
    with pytest.raises(Refused, match="not_yours"):
        end_role(user=other, role=Role.PARTNER, by=by, at=at)
    assert roles_of(other) == {Role.PARTNER}


@pytest.mark.parametrize("who", ["lead", "superuser"])
def test_nobody_grants_to_themselves(who: str, at: datetime, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(Refused, match="grants_to_self"):
        grant_role(user=user, role=Role.HANDLER, by=user, at=at)


def test_a_role_is_held_at_once_ended_and_kept_as_a_row(lead: User, outsider: User, at: datetime) -> None:
    grant_role(user=outsider, role=Role.HANDLER, by=lead, at=at)
    assert roles_of(outsider) == {Role.HANDLER}
    with pytest.raises(Refused, match="holds_role_already"):
        grant_role(user=outsider, role=Role.HANDLER, by=lead, at=at)
    end_role(user=outsider, role=Role.HANDLER, by=lead, at=at)
    assert roles_of(outsider) == frozenset()
    with pytest.raises(Refused, match="holds_no_such_role"):
        end_role(user=outsider, role=Role.HANDLER, by=lead, at=at)
    row = RoleGrant.objects.get(user=outsider)
    assert (row.granted_by, row.ended_at) == (lead, at)


def test_who_decides_cases_does_not_answer_for_a_company(
    lead: User, handler: User, supplier: User, at: datetime
) -> None:
    with pytest.raises(Refused, match="roles_conflict"):
        grant_role(user=handler, role=Role.RESPONDENT, by=lead, at=at)
    with pytest.raises(Refused, match="roles_conflict"):
        grant_role(user=supplier, role=Role.INTAKE, by=lead, at=at)


def test_one_may_give_up_ones_own_role(handler: User, at: datetime) -> None:
    end_role(user=handler, role=Role.HANDLER, by=handler, at=at)
    assert roles_of(handler) == frozenset()


def change(user: User, by: User, at: datetime, *, is_active: bool) -> None:
    change_user(
        user=user,
        by=by,
        at=at,
        first_name="Tomas",
        last_name="",
        email="",
        phone="",
        language="fr",
        is_active=is_active,
    )


def test_closing_an_account_ends_its_roles(lead: User, handler: User, at: datetime) -> None:
    change(handler, lead, at, is_active=False)
    assert RoleGrant.objects.get(user=handler).ended_at == at
    assert User.objects.holding(Role.HANDLER).count() == 0
    with pytest.raises(Refused, match="inactive_account"):
        grant_role(user=handler, role=Role.HANDLER, by=lead, at=at)


def test_a_lead_touches_no_superuser_and_nobody_closes_themselves(lead: User, superuser: User, at: datetime) -> None:
    with pytest.raises(Refused, match="superuser_account"):
        change(superuser, lead, at, is_active=False)
    with pytest.raises(Refused, match="closes_own_account"):
        change(lead, lead, at, is_active=False)


def test_a_superuser_is_made_by_the_set_up_alone(superuser: User, at: datetime) -> None:
    with pytest.raises(Refused, match="superuser_by_hand"):
        create_user(username="nia", password=GOOD, by=superuser, at=at, superuser=True)
    assert create_user(username="nia", password=GOOD, by=None, at=at, superuser=True).is_superuser
