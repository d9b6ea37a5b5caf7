"""A filed grievance, its case, and the people who work on it."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import RoleGrant, User
from accounts.roles import Role
from cases.commands import casework, intake, reading
from cases.models import Case
from grievance import receipts
from grievance.commands.draft import Draft
from grievance.commands.filing import Filed, file_grievance
from supplychain.models import Employment, Organisation, Site, SupplyLink
from tests.cases.partner_pages import entered
from tests.cases.programs import Program, token_for

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")  # a Monday
HERE = Path(__file__).parent
STATEMENT = "Hatujalipwa tangu Januari"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The page of a case is large: whatever opens it takes its place among the long tests."""
    for item in items:
        if item.path.parent == HERE and "client" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.long)


@pytest.fixture
def inside(neema: User) -> Client:
    """Somebody who works for a partner, on its pages."""
    return entered(neema)


def draft(**changes: Any) -> Draft:
    words = {
        "channel": "web",
        "language": "sw",
        "statement": STATEMENT,
        "place": "lango la pili",
        "site_id": None,
        "families": ("WG",),
        "happened_on": date(2026, 2, 20),
        "ongoing": True,
        "urgent": False,
        "openness": "anonymous",
        "may_tell": True,
    }
    return Draft(**{**words, **changes})


def opened(at: datetime = AT, **changes: Any) -> Case:
    """A case as it comes in: filed, and taken up."""
    file_grievance(draft=draft(**changes), nonce=receipts.new_nonce(), at=at)
    intake.take_up(at=at)
    return Case.objects.order_by("-pk")[0]


def screen(case: Case, by: User, at: datetime = AT) -> None:
    """As an officer does: the page opens the words, then the button is pressed."""
    reading.read_filing(case=case, filing=case.filings.order_by("pk")[0], by=by, at=at)
    casework.screen(case=case, by=by, at=at)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def chain(db: None) -> dict[str, Any]:
    """mine -> refiner -> cell maker -> two automakers, in force for years."""
    made: dict[str, Any] = {}
    for name, kind, country in (
        ("operator", "operator", "CD"),
        ("refiner", "refiner", "FI"),
        ("cells", "manufacturer", "HU"),
        ("one", "automaker", "DE"),
        ("two", "automaker", "FR"),
    ):
        made[name] = Organisation.objects.create(name=f"{name} (fictional)", kind=kind, country=country)
        made[f"{name} site"] = Site.objects.create(
            name=f"{name} site", kind="mine" if kind == "operator" else "plant", operator=made[name], country=country
        )
    for seller, buyer, material in (
        ("operator", "refiner", "cobalt"),
        ("refiner", "cells", "cobalt"),
        ("cells", "one", "cells"),
        ("cells", "two", "cells"),
    ):
        SupplyLink.objects.create(
            site=made[f"{seller} site"], buyer=made[buyer], buyer_site=made[f"{buyer} site"], material=material,
            from_on=date(2024, 1, 1), claim="declared",
        )  # fmt: skip
    made["mine"] = made["operator site"]
    return made


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """person("tomas", Role.HANDLER, works_for=organisation)."""

    def make(username: str, *roles: Role, works_for: Organisation | None = None, until: date | None = None) -> User:
        user = User.objects.create_user(username, email=f"{username}@recourse.invalid")
        for role in roles:
            RoleGrant.objects.create(user=user, role=role, granted_at=AT)
        if works_for is not None:
            Employment.objects.create(user=user, organisation=works_for, from_on=date(2020, 1, 1), until_on=until)
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def handler(person: Callable[..., User]) -> User:
    return person("tomas", Role.HANDLER)


@pytest.fixture
def supervisor(person: Callable[..., User]) -> User:
    return person("irene", Role.SUPERVISOR)


@pytest.fixture
def officer(person: Callable[..., User]) -> User:
    return person("amina", Role.INTAKE)


@pytest.fixture
def filed(chain: dict[str, Any]) -> Filed:
    return file_grievance(draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=AT)


@pytest.fixture
def case(filed: Filed) -> Case:
    assert intake.take_up(at=AT) == 1
    return Case.objects.get()


@pytest.fixture
def program(neema: User) -> Program:
    """The program of a union, good for everything."""
    return Program(token_for(neema))
