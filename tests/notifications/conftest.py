"""A case in the middle of a chain, its parties and a way to let something happen to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from cases.commands.record import record, record_all
from cases.commands.routing import route
from cases.models import Case, CaseEvent, Clock, Respondent
from cases.rules import LADDERS
from cases.rules.packs import rule_for
from grievance.models import DataKey
from grievance.receipts import new_reference
from notifications.models import Notice
from supplychain.models import Organisation, Site
from tests.factories import AT, EmploymentFactory, OrganisationFactory, SiteFactory, SupplyLinkFactory, UserFactory

Happen = Callable[..., CaseEvent]


@dataclass
class Chain:
    """operator -> refiner -> cells -> one, two: each sells to the next, the cell maker to both automakers."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)


@pytest.fixture
def chain(db: None) -> Chain:
    made = Chain()
    for name, kind in (
        ("operator", "operator"),
        ("refiner", "refiner"),
        ("cells", "manufacturer"),
        ("one", "automaker"),
        ("two", "automaker"),
    ):
        made.organisations[name] = OrganisationFactory.create(kind=kind)
        made.sites[name] = SiteFactory.create(operator=made.organisations[name])
    for seller, buyer in (("operator", "refiner"), ("refiner", "cells"), ("cells", "one"), ("cells", "two")):
        SupplyLinkFactory.create(
            site=made.sites[seller], buyer=made.organisations[buyer], buyer_site=made.sites[buyer], material="cobalt"
        )
    return made


@pytest.fixture
def case(chain: Chain) -> Case:
    return new_case(site=chain.sites["operator"])


def new_case(**given: Any) -> Case:
    made = Case.objects.create(reference=new_reference(), opened_at=AT, key=DataKey.objects.create(made_at=AT), **given)
    route(made, by=None, at=AT)
    CaseEvent.objects.get(case=made).untold.delete()
    return made


@pytest.fixture
def happen(case: Case) -> Happen:
    """happen("message_arrived", by=…, respondent=…, data=…, on=another case)."""

    def write(kind: str, *, by: User | None = None, on: Case | None = None, **more: Any) -> CaseEvent:
        return record(on or case, kind, by=by, at=AT, **more)

    return write


@pytest.fixture
def party(case: Case, chain: Chain) -> Callable[..., Respondent]:
    """party("refiner", "notified") puts the company into that state."""

    def put(name: str, state: str) -> Respondent:
        respondent = Respondent.objects.get(case=case, organisation=chain.organisations[name])
        respondent.state = state
        respondent.save()
        return respondent

    return put


@pytest.fixture
def contact(chain: Chain) -> Callable[..., User]:
    """contact("refiner") works there now as its contact."""

    def make(name: str, **given: Any) -> User:
        user = UserFactory.create(username=f"contact-{name}", roles=[Role.RESPONDENT], **given)
        EmploymentFactory.create(user=user, organisation=chain.organisations[name])
        return user

    return make


def climb(
    case: Case,
    *rungs: tuple[str, str, tuple[str, ...]],
    respondent: Respondent | None = None,
    kind: str = "",
    country: str = "",
    due: datetime | None = None,
    ahead: timedelta = timedelta(),
) -> Clock:
    """A clock of 30 days with these steps of its ladder taken: (event, rung, to whom); the last of them at `AT`, or at
    what makes it due at ``due``, ``ahead`` later."""
    kind = kind or ("respondent_answers" if respondent else "feedback")
    ladder = LADDERS[rule_for(kind, AT.date()).ladder]
    places = {name: level for level, step in enumerate(ladder) for name in (step.short, step.name)}
    levels = [places[rung] for _event, rung, _to in rungs]
    due = due or AT - timedelta(days=ladder[max(levels)].days) + ahead
    clock = Clock.objects.create(
        case=case,
        respondent=respondent,
        kind=kind,
        regime="D",
        country=country,
        started_at=due - timedelta(days=30),
        due_at=due,
        level=max(levels) + 1,
    )
    record_all(
        CaseEvent(
            case=case, kind=event, at=AT, respondent=respondent, clock=clock, level=level,
            data={"rung": rung, "to": list(to), "clock": clock.kind},
        )
        for level, (event, rung, to) in zip(levels, rungs, strict=True)
    )  # fmt: skip
    return clock


def told() -> set[tuple[str, str]]:
    """(who, by which step) of every notice."""
    return set(Notice.objects.values_list("recipient__username", "step"))
