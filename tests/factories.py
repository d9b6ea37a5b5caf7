"""Rows for tests; every person and company in them is fictional. `UserFactory.create(…)` gives a saved row."""

# mypy: allow-untyped-calls

from datetime import UTC, date, datetime
from typing import Any

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory, Password
from factory.helpers import post_generation

from accounts.models import RoleGrant, User
from accounts.roles import Role
from supplychain.models import Employment, Organisation, Site, SupplyLink

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
PASSWORD = "not-a-secret-of-anybody"


class UserFactory(DjangoModelFactory[User]):
    """UserFactory.create(roles=[Role.HANDLER]) holds the role since `AT`; the password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda number: f"person{number}")
    email = LazyAttribute(lambda made: f"{made.username}@recourse.invalid")
    password = Password(PASSWORD)

    @post_generation
    def roles(self, _create: bool, given: Any, **_more: Any) -> None:
        for role in given or ():
            RoleGrantFactory.create(user=self, role=role)


class RoleGrantFactory(DjangoModelFactory[RoleGrant]):
    class Meta:
        model = RoleGrant

    user = SubFactory(UserFactory)
    role = Role.HANDLER
    granted_at = AT


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    name = Sequence(lambda number: f"Company {number} (fictional)")
    kind = Organisation.Kind.OPERATOR
    country = "CD"


class EmploymentFactory(DjangoModelFactory[Employment]):
    class Meta:
        model = Employment

    user = SubFactory(UserFactory)
    organisation = SubFactory(OrganisationFactory)
    from_on = date(2020, 1, 1)


class SiteFactory(DjangoModelFactory[Site]):
    class Meta:
        model = Site

    name = Sequence(lambda number: f"Site {number} (fictional)")
    kind = Site.Kind.MINE
    operator = SubFactory(OrganisationFactory)
    country = "CD"


class SupplyLinkFactory(DjangoModelFactory[SupplyLink]):
    class Meta:
        model = SupplyLink

    site = SubFactory(SiteFactory)
    buyer = SubFactory(OrganisationFactory, kind=Organisation.Kind.REFINER)
    material = "cobalt"
    from_on = date(2024, 1, 1)
    claim = SupplyLink.Claim.DECLARED
