"""What may be written about the supply chain, by whom, and what its history then says."""

import ast
import inspect
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import Refused
from accounts.models import User
from supplychain import commands
from supplychain.codes import WHYS
from supplychain.models import Employment, LocalName, Organisation, Site, SupplyLink
from supplychain.queries import organisations_of, sites_called
from tests.factories import OrganisationFactory, SiteFactory, SupplyLinkFactory, UserFactory

LEI = "5493001KJTIIGC8Y1R12"
FIRST, LAST = date(2025, 1, 1), date(2025, 6, 30)

pytestmark = pytest.mark.django_db


def refusal(command: Callable[..., object], **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        command(**arguments)
    assert str(refused.value.message)
    return refused.value.code


def test_an_organisation_is_added_as_registers_write_it_with_who_when_and_why(superuser: User, at: datetime) -> None:
    made = commands.add_organisation(
        name=" Lumo (fictional) ", kind="refiner", country="fi", lei="5493 001k jtii gc8y 1r12", by=superuser, at=at
    )
    assert (made.name, made.country, made.lei) == ("Lumo (fictional)", "FI", LEI)
    version = made.history.get()
    assert (version.history_user, version.history_date, version.history_change_reason) == (
        superuser,
        at,
        "organisation_added",
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " - "}, "name_missing"),
        ({"name": "x" * 201}, "name_too_long"),
        ({"kind": "bank"}, "kind_unknown"),
        ({"country": "Finland"}, "country_unknown"),
        ({"lei": LEI[:-1] + "3"}, "lei_unsound"),
        ({"gln": "4006381333932"}, "gln_unsound"),
        ({"os_id": "CN2021250D1DTN8"}, "os_id_unsound"),
        ({"lei": LEI}, "identifier_taken"),
    ],
)
def test_a_wrong_organisation_is_refused_in_words(
    wrong: dict[str, Any], code: str, superuser: User, at: datetime
) -> None:
    OrganisationFactory(lei=LEI)
    facts = {"name": "Lumo (fictional)", "kind": "refiner", "country": "FI", **wrong}
    assert refusal(commands.add_organisation, **facts, by=superuser, at=at) == code
    assert Organisation.objects.count() == 1


def test_no_company_owns_itself_through_others(superuser: User, at: datetime) -> None:
    group = OrganisationFactory()
    holding = OrganisationFactory(parent=group)
    mine = OrganisationFactory(parent=holding)
    assert refusal(commands.change_organisation, organisation=group, parent=mine, by=superuser, at=at) == "owns_itself"


def test_a_changed_organisation_keeps_both_versions(superuser: User, at: datetime) -> None:
    facts = {"name": "Old (fictional)", "kind": "refiner", "country": "FI"}
    made = commands.add_organisation(**facts, by=superuser, at=at)  # type: ignore[arg-type]
    commands.change_organisation(organisation=made, name="New (fictional)", by=superuser, at=at)
    assert list(made.history.values_list("name", flat=True)) == ["New (fictional)", "Old (fictional)"]


def test_a_site_is_added_with_what_people_call_it(superuser: User, at: datetime) -> None:
    made = commands.add_site(
        name="Mlima Buluu (fictional)",
        kind="mine",
        operator=OrganisationFactory(),
        country="CD",
        poster="MB01",
        local_names=["Shimo la Buluu", "shimo-la-buluu", " ", "Colline Bleue"],
        by=superuser,
        at=at,
    )
    assert made.poster == "mb01"
    assert list(made.local_names.order_by("pk").values_list("name", flat=True)) == ["Shimo la Buluu", "Colline Bleue"]
    assert sites_called("SHIMO LA BULUU") == [made]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"poster": "no spaces!"}, "poster_unsound"),
        ({"poster": "TAKEN"}, "poster_taken"),
        ({"latitude": Decimal("90.5")}, "nowhere_on_earth"),
        ({"longitude": Decimal("-181")}, "nowhere_on_earth"),
        ({"kind": "bank"}, "kind_unknown"),
        ({"local_names": ["x" * 201]}, "name_too_long"),
    ],
)
def test_a_wrong_site_is_refused_in_words(wrong: dict[str, Any], code: str, superuser: User, at: datetime) -> None:
    operator = SiteFactory(poster="taken").operator
    facts = {"name": "Kanya (fictional)", "kind": "mine", "operator": operator, "country": "GN", **wrong}
    assert refusal(commands.add_site, **facts, by=superuser, at=at) == code
    assert Site.objects.count() == 1


def test_local_names_are_replaced_and_what_they_were_is_kept(superuser: User, at: datetime) -> None:
    site = SiteFactory()
    commands.name_locally(site=site, names=["Shimo", "Colline"], by=superuser, at=at)
    commands.name_locally(site=site, names=["Colliné", "Mgodi"], by=superuser, at=at)
    assert list(site.local_names.order_by("pk").values_list("name", flat=True)) == ["Colliné", "Mgodi"]
    assert LocalName.history.filter(history_type="-").get().history_change_reason == "local_name_dropped"


def test_a_link_is_declared_and_ended(superuser: User, at: datetime) -> None:
    link = commands.link_supply(
        site=SiteFactory(),
        buyer=OrganisationFactory(),
        material=" cobalt ",
        from_on=FIRST,
        claim="audit",
        by=superuser,
        at=at,
    )
    commands.end_link(link=link, until_on=LAST, by=superuser, at=at)
    link.refresh_from_db()
    assert (link.material, link.until_on) == ("cobalt", LAST)
    assert list(link.history.values_list("history_change_reason", flat=True)) == ["link_ended", "link_declared"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"material": "  "}, "material_missing"),
        ({"claim": "hearsay"}, "claim_unknown"),
        ({"until_on": date(2024, 12, 31)}, "dates_upside_down"),
    ],
)
def test_a_wrong_link_is_refused_in_words(wrong: dict[str, Any], code: str, superuser: User, at: datetime) -> None:
    facts = {
        "site": SiteFactory(), "buyer": OrganisationFactory(), "material": "cobalt", "from_on": FIRST, "claim": "audit",
        **wrong,
    }  # fmt: skip
    assert refusal(commands.link_supply, **facts, by=superuser, at=at) == code
    assert not SupplyLink.objects.exists()


def test_a_site_does_not_deliver_to_itself(superuser: User, at: datetime) -> None:
    site = SiteFactory()
    facts = {"site": site, "buyer": site.operator, "buyer_site": site, "material": "ore", "from_on": FIRST}
    assert refusal(commands.link_supply, **facts, claim="audit", by=superuser, at=at) == "delivered_to_itself"


def test_a_link_does_not_end_before_it_began(superuser: User, at: datetime) -> None:
    link = SupplyLinkFactory(from_on=FIRST)
    ended = date(2024, 12, 31)
    assert refusal(commands.end_link, link=link, until_on=ended, by=superuser, at=at) == "dates_upside_down"
    link.refresh_from_db()
    assert link.until_on is None


def test_an_employment_ends_and_its_conflict_stays(superuser: User, at: datetime) -> None:
    user, company = UserFactory(), OrganisationFactory()
    employment = commands.employ(user=user, organisation=company, from_on=FIRST, by=superuser, at=at)
    commands.end_employment(employment=employment, until_on=LAST, by=superuser, at=at)
    assert not Employment.objects.current(date(2025, 7, 1)).exists()
    assert organisations_of(user).ids == {company.pk}
    assert employment.history.count() == 2


def test_an_employment_upside_down_is_refused(superuser: User, at: datetime) -> None:
    facts = {"user": UserFactory(), "organisation": OrganisationFactory(), "from_on": LAST, "until_on": FIRST}
    assert refusal(commands.employ, **facts, by=superuser, at=at) == "dates_upside_down"


def test_whoever_works_on_cases_does_not_rewrite_the_chain(lead: User, handler: User, at: datetime) -> None:
    site, company = SiteFactory(), OrganisationFactory()
    for person in (lead, handler):
        asked = {"by": person, "at": at}
        facts = {"name": "Sham (fictional)", "kind": "trader", "country": "CH"}
        assert refusal(commands.add_organisation, **facts, **asked) == "not_yours_to_change"
        assert refusal(commands.change_site, site=site, operator=company, **asked) == "not_yours_to_change"
        assert refusal(commands.name_locally, site=site, names=[], **asked) == "not_yours_to_change"
        link = {"site": site, "buyer": company, "material": "cobalt", "from_on": FIRST, "claim": "audit"}
        assert refusal(commands.link_supply, **link, **asked) == "not_yours_to_change"
        job = {"user": person, "organisation": company, "from_on": FIRST}
        assert refusal(commands.employ, **job, **asked) == "not_yours_to_change"


def test_every_reason_of_a_version_has_words() -> None:
    tree = ast.parse(inspect.getsource(commands))
    given = [word.value for word in ast.walk(tree) if isinstance(word, ast.keyword) and word.arg == "why"]
    codes = {one.value for value in given for one in ast.walk(value) if isinstance(one, ast.Constant)}
    conditions = {
        one.value
        for value in given
        if isinstance(value, ast.IfExp)
        for one in ast.walk(value.test)
        if isinstance(one, ast.Constant)
    }
    assert codes - conditions == set(WHYS)
    assert all(str(words) and "_" not in str(words) for words in WHYS.values())
