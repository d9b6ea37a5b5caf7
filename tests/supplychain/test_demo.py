"""The fictional chain: nobody in it can be taken for real, and it answers as the demo promises."""

from datetime import date, datetime

import pytest

from supplychain import demo
from supplychain.models import LocalName, Organisation, Site, SupplyLink
from supplychain.queries import sites_called, who_answers

ON = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(at: datetime) -> demo.DemoChain:
    return demo.load(by=None, at=at)


def who(chain: demo.DemoChain, site: str) -> dict[str, int]:
    keys = {organisation.pk: key for key, organisation in chain.organisations.items()}
    return {keys[answer.organisation]: answer.tier for answer in who_answers(site=chain.sites[site], on=ON)}


def test_from_the_cobalt_mine_to_two_automakers_and_not_to_the_former_buyer(chain: demo.DemoChain) -> None:
    assert who(chain, "mine") == {
        "operator": 0, "group": 0, "refiner": 1, "cell_maker": 2, "automaker": 3, "automaker_two": 3,
    }  # fmt: skip


def test_the_other_branches_reach_the_cars_too(chain: demo.DemoChain) -> None:
    assert set(who(chain, "nickel")) == {
        "nickel_operator",
        "nickel_smelter",
        "cell_maker",
        "automaker",
        "automaker_two",
    }
    assert set(who(chain, "bauxite")) == {"aluminium_operator", "aluminium_smelter", "automaker", "automaker_two"}
    assert set(who(chain, "steel")) == {"steelmaker", "automaker"}


def test_the_mine_is_found_by_its_swahili_and_french_names(chain: demo.DemoChain) -> None:
    assert sites_called("mgodi wa mlima buluu") == sites_called("mine de la colline bleue") == [chain.sites["mine"]]


def test_everybody_and_every_place_says_that_it_is_invented(chain: demo.DemoChain) -> None:
    for named in (*Organisation.objects.all(), *Site.objects.all()):
        assert named.name.endswith("(fictional)")
    assert all(place.endswith("(fictional)") for place in Site.objects.values_list("place", flat=True))


def test_two_custodians_can_belong_to_different_organisations(chain: demo.DemoChain) -> None:
    kinds = {chain.organisations["mechanism"].kind, chain.organisations["civil_society"].kind}
    assert kinds == {"mechanism", "civil_society"}


def test_loading_again_changes_nothing(chain: demo.DemoChain, at: datetime) -> None:
    tables = (Organisation, Site, LocalName, SupplyLink)
    before = [(table.objects.count(), table.history.count()) for table in tables]
    again = demo.load(by=None, at=at)
    assert [(table.objects.count(), table.history.count()) for table in tables] == before
    assert again.sites == chain.sites
