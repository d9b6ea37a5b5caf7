"""What other floors ask of the supply chain, and who is shown it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import CASEWORK, Role
from supplychain.models import Employment, LocalName, Organisation, Site, SupplyLink
from supplychain.queries import find_sites, organisations_of, site_countries, site_of_poster, sites_called, who_answers
from tests.factories import EmploymentFactory, OrganisationFactory, SiteFactory, SupplyLinkFactory, UserFactory

ON = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


def counted(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def widen(site: Site, buyers: int) -> None:
    """``buyers`` refiners with a plant each, and as many makers that named no plant and sell on from two."""
    for _number in range(buyers):
        plant = SiteFactory()
        SupplyLinkFactory(site=site, buyer=plant.operator, buyer_site=plant)
        maker = OrganisationFactory(kind=Organisation.Kind.MANUFACTURER)
        SupplyLinkFactory(site=plant, buyer=maker)
        for _site in range(2):
            SupplyLinkFactory(site=SiteFactory(operator=maker), buyer__kind=Organisation.Kind.AUTOMAKER)


def test_the_chain_is_read_in_a_query_a_tier_however_wide_it_is() -> None:
    narrow, wide = SiteFactory(), SiteFactory()
    widen(narrow, 1)
    widen(wide, 12)
    fresh = {site.pk: Site.objects.get(pk=site.pk) for site in (narrow, wide)}
    few = counted(lambda: who_answers(site=fresh[narrow.pk], on=ON))
    many = counted(lambda: who_answers(site=fresh[wide.pk], on=ON))
    assert few == many == 1 + 3 + 1  # the operator, three tiers, and the question whether there is a fourth
    assert len(who_answers(site=fresh[wide.pk], on=ON)) == 1 + 12 + 12 + 24


def test_the_answer_names_companies_paths_and_days() -> None:
    mine = SiteFactory(name="Mlima Buluu (fictional)", operator__parent=OrganisationFactory(kind="trader"))
    refiner = OrganisationFactory(kind=Organisation.Kind.REFINER)
    link = SupplyLinkFactory(site=mine, buyer=refiner, material="cobalt hydroxide", claim="audit")
    SupplyLinkFactory(site=mine, until_on=date(2024, 12, 31))  # a former buyer
    operator, owner, buyer = who_answers(site=mine, on=ON)
    assert (operator.organisation, operator.custody) == (mine.operator_id, "operator")
    assert (owner.organisation, owner.custody) == (mine.operator.parent_id, "ownership")
    assert (buyer.organisation, buyer.kind, buyer.tier) == (refiner.pk, "refiner", 1)
    (hop,) = buyer.hops
    assert (hop.link, hop.site_name, hop.material, hop.claim) == (link.pk, mine.name, "cobalt hydroxide", "audit")


def test_on_another_day_others_answer() -> None:
    mine = SiteFactory()
    former = SupplyLinkFactory(site=mine, from_on=date(2020, 1, 1), until_on=date(2021, 1, 1)).buyer
    later = SupplyLinkFactory(site=mine, from_on=date(2025, 1, 1)).buyer
    assert {answer.organisation for answer in who_answers(site=mine, on=date(2020, 6, 1))} == {
        mine.operator_id,
        former.pk,
    }
    assert {answer.organisation for answer in who_answers(site=mine, on=ON)} == {mine.operator_id, later.pk}


def test_a_site_is_found_by_any_of_its_names_however_spelt() -> None:
    mine = SiteFactory(name="Mlima-Buluu", country="CD")
    LocalName.objects.create(site=mine, name="Mine de la Colline Bleue")
    LocalName.objects.create(site=mine, name="منجم الجبل الأزرق")
    assert sites_called("mlima buluu") == [mine]
    assert sites_called("MINE DE LA COLLINE BLEUE") == [mine]
    assert sites_called("منجم الجبل الازرق") == [mine]
    assert sites_called("mlima") == []
    assert sites_called(" - ") == []


def test_a_name_that_two_countries_share_is_told_apart_by_the_country() -> None:
    one, other = SiteFactory(name="Kanya", country="GN"), SiteFactory(name="Kanya", country="CD")
    assert set(sites_called("kanya")) == {one, other}
    assert sites_called("kanya", "GN") == [one]


def test_a_site_renamed_is_found_by_its_new_name_alone() -> None:
    mine = SiteFactory(name="Old shaft")
    mine.name = "New shaft"
    mine.save()
    assert sites_called("new shaft") == [mine]
    assert sites_called("old shaft") == []


@pytest.mark.parametrize("typed", ["mb01", "MB01", " mb01 "])
def test_a_poster_leads_to_its_site(typed: str) -> None:
    mine = SiteFactory(poster="mb01")
    assert site_of_poster(typed) == mine


@pytest.mark.parametrize("typed", ["", "  ", "mb02", "x" * 500])
def test_another_code_leads_nowhere(typed: str) -> None:
    SiteFactory(poster=None)
    SiteFactory(poster="mb01")
    assert site_of_poster(typed) is None


def test_sites_are_found_by_any_of_their_names_by_place_and_by_company_in_any_script() -> None:
    group = OrganisationFactory(name="Étoile Group")
    mine = SiteFactory(
        name="Kamilombe", place="Kolwezi", country="CD", operator=OrganisationFactory(name="Mashamba SA", parent=group)
    )
    LocalName.objects.create(site=mine, name="منجم كاميلومبي")
    other = SiteFactory(name="Morowali", country="ID")

    def found(words: str, country: str = "") -> list[Site]:
        return find_sites(words, country=country, most=20)

    for words in ("kamilom", "KAMILOMBE", "كاميلومبى", "kolwezi", "mashamba", "etoile"):
        assert found(words) == [mine], words
    assert found("", "ID") == [other]
    assert found("kamilombe", "ID") == found("") == found("nowhere") == []


def test_an_exact_name_comes_first_and_one_more_than_wanted_says_that_there_are_more() -> None:
    for name in ("A Pit of Kito", "Kito", "Kito North", "Old Kito"):
        SiteFactory(name=name)
    assert [site.name for site in find_sites("kito", most=2)] == ["Kito", "A Pit of Kito", "Kito North"]


def test_the_countries_in_which_a_site_is_known_are_offered_once() -> None:
    for country in ("ID", "CD", "CD"):
        SiteFactory(country=country)
    assert site_countries() == ["CD", "ID"]


def test_employers_reach_their_whole_group_and_the_past() -> None:
    group = OrganisationFactory(kind=Organisation.Kind.TRADER)
    mine, sister = OrganisationFactory(parent=group), OrganisationFactory(parent=group)
    user = UserFactory()
    EmploymentFactory(user=user, organisation=mine, until_on=date(2021, 1, 1))
    employers = organisations_of(user)
    assert employers.ids == {group.pk, mine.pk, sister.pk}
    assert employers.in_industry


def test_a_union_is_no_employer_in_the_industry() -> None:
    user = UserFactory()
    EmploymentFactory(user=user, organisation__kind=Organisation.Kind.CIVIL_SOCIETY)
    assert not organisations_of(user).in_industry


# -- Who is shown what

REFERENCE: list[Any] = [Organisation, Site, SupplyLink]


@pytest.fixture
def rows() -> None:
    SupplyLinkFactory()
    EmploymentFactory()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("model", REFERENCE)
def test_casework_reads_companies_sites_and_links_and_others_do_not(rows: None, model: Any, role: Role) -> None:
    assert model.objects.visible_to(UserFactory(roles=[role])).exists() is (role in CASEWORK)


@pytest.mark.parametrize("model", [*REFERENCE, Employment])
def test_an_outsider_sees_nothing_and_a_superuser_everything(rows: None, model: Any) -> None:
    outsider: User = UserFactory()
    assert not model.objects.visible_to(outsider).exists()
    assert model.objects.visible_to(UserFactory(is_superuser=True)).count() == model.objects.count()


@pytest.mark.parametrize("role", Role)
def test_only_leads_see_who_works_for_whom(rows: None, role: Role) -> None:
    assert Employment.objects.visible_to(UserFactory(roles=[role])).exists() is (role is Role.LEAD)
