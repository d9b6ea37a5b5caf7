"""A list reads first what sets a person apart: it shows them the very cases that exist for them."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, independence
from cases.models import Case, Declaration, Seat, apart
from cases.queries import queue_of
from cases.states import AsideReason
from supplychain.models import Organisation
from tests.cases.conftest import AT
from tests.cases.test_admin import more_cases

Person = Callable[..., User]


def same(user: User) -> set[int]:
    """The cases in this person's list; those that exist for them, whichever way it is asked."""
    fresh = User.objects.get(pk=user.pk)
    listed = set(queue_of(fresh).values_list("pk", flat=True))
    assert listed == set(Case.objects.visible_to(fresh).values_list("pk", flat=True))
    return listed


@pytest.fixture(params=[500, 0], ids=["read", "asked"])
def most_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_READ", request.param)


@pytest.fixture
def cases(case: Case) -> list[Case]:
    assert case.site_id
    return [case, *more_cases(case.site_id, 3)]


@pytest.mark.usefixtures("most_read")
def test_who_is_set_apart_by_nothing_sees_all(cases: list[Case], handler: User) -> None:
    assert same(handler) == {one.pk for one in cases}


@pytest.mark.usefixtures("most_read")
def test_a_declared_tie_hides_one_case(cases: list[Case], handler: User) -> None:
    party = Organisation.objects.get(pk=cases[0].respondents.get(tier=0).organisation_id)
    Declaration.objects.create(case=cases[0], user=handler, organisation=party, clear=False, at=AT)
    assert same(handler) == {one.pk for one in cases[1:]}


@pytest.mark.usefixtures("most_read")
def test_whom_a_case_is_about_does_not_find_it(cases: list[Case], handler: User, person: Person) -> None:
    omar = person("omar", Role.OVERSIGHT)
    independence.implicate(case=cases[1], person=handler, by=omar, at=AT)
    assert same(handler) == {one.pk for one in cases if one != cases[1]}


@pytest.mark.usefixtures("most_read")
def test_a_seat_shows_one_case_and_no_other(cases: list[Case], person: Person, supervisor: User) -> None:
    guest = person("guest")
    assert same(guest) == set()
    Seat.objects.create(case=cases[2], user=guest, kind="verifier", given_by=supervisor, given_at=AT)
    assert same(guest) == {cases[2].pk}


@pytest.mark.usefixtures("most_read")
@pytest.mark.parametrize("role", [Role.RESPONDENT, Role.PARTNER])
def test_who_became_a_company_s_or_a_partner_s_sits_nowhere(
    cases: list[Case], person: Person, supervisor: User, role: Role
) -> None:
    guest = person("guest", role)
    Seat.objects.create(case=cases[2], user=guest, kind="verifier", given_by=supervisor, given_at=AT)
    assert same(guest) == set()


# Of cases that nobody has taken anywhere yet: an investigator sees them from assessment on.
SEES_THE_NEW = frozenset({Role.INTAKE, Role.HANDLER, Role.SUPERVISOR, Role.LEAD, Role.OVERSIGHT})


@pytest.mark.parametrize("role", list(Role))
def test_every_role_lists_what_exists_for_it(cases: list[Case], person: Person, role: Role, supervisor: User) -> None:
    casework.set_aside(case=cases[3], reason=AsideReason.TEST, by=supervisor, at=AT)
    listed = same(person("somebody", role))
    assert bool(listed) == (role in SEES_THE_NEW)


def test_it_takes_two_questions_and_none_for_each_case(
    cases: list[Case], handler: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    list(Case.objects.visible_to(handler))
    with django_assert_num_queries(3):
        list(queue_of(handler))
