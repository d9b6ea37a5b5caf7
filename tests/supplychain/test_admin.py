"""The office's pages of the supply chain: read by casework, kept by superusers, refused in words."""

from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from supplychain.models import Employment, LocalName, Organisation, Site, SupplyLink
from tests.factories import EmploymentFactory, OrganisationFactory, SiteFactory, SupplyLinkFactory

ROOT = "/office/admin/supplychain"
PAGES = ("organisation", "site", "supplylink")

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine() -> Site:
    """A mine whose cobalt a refiner buys; a former buyer no longer answers."""
    mine: Site = SiteFactory(name="Mlima Buluu (fictional)", operator__name="Buluu Mining (fictional)", poster="mb01")
    LocalName.objects.create(site=mine, name="Shimo la Buluu")
    SupplyLinkFactory(site=mine, buyer__name="Lumo (fictional)")
    SupplyLinkFactory(site=mine, buyer__name="Oldharbour (fictional)", until_on=date(2024, 6, 30))
    return mine


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


@pytest.mark.parametrize("page", PAGES)
def test_an_officer_reads_and_does_not_write(client: Client, handler: User, mine: Site, page: str) -> None:
    client.force_login(handler)
    row = {"organisation": mine.operator, "site": mine, "supplylink": mine.sales.first()}[page]
    assert row is not None
    for path in ("", f"{row.pk}/change/", f"{row.pk}/history/"):
        assert client.get(f"{ROOT}/{page}/{path}").status_code == HTTPStatus.OK, path
    assert client.get(f"{ROOT}/{page}/add/").status_code == HTTPStatus.FORBIDDEN
    assert client.post(f"{ROOT}/{page}/{row.pk}/change/", {"name": "x"}).status_code == HTTPStatus.FORBIDDEN
    assert client.get(f"{ROOT}/{page}/{row.pk}/delete/").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("page", [*PAGES, "employment"])
@pytest.mark.parametrize("who", ["outsider", "supplier", "partner"])
def test_nobody_else_gets_in(client: Client, request: pytest.FixtureRequest, mine: Site, page: str, who: str) -> None:
    client.force_login(request.getfixturevalue(who))
    answer = client.get(f"{ROOT}/{page}/", follow=True)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "fictional" not in text(answer)


def test_who_works_for_whom_is_for_leads_and_superusers(
    client: Client, handler: User, lead: User, superuser: User
) -> None:
    EmploymentFactory(organisation__name="Buluu Mining (fictional)")
    for user, seen in ((handler, False), (lead, True), (superuser, True)):
        client.force_login(user)
        answer = client.get(f"{ROOT}/employment/")
        assert (answer.status_code == HTTPStatus.OK) is seen
        assert ("Buluu Mining" in text(answer)) is seen


def test_the_page_of_a_site_shows_who_answers_today_as_picture_and_table(
    client: Client, handler: User, mine: Site
) -> None:
    client.force_login(handler)
    page = text(client.get(f"{ROOT}/site/{mine.pk}/change/"))
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chain" role="img"' in page
    assert '<th scope="row"><bdi>Lumo (fictional)</bdi></th>' in page
    assert "Oldharbour" not in page
    assert "Shimo la Buluu" in page
    assert "style=" not in page[page.index("<svg") : page.index("</table>")]


def test_the_page_of_a_site_costs_the_same_however_many_buyers_it_has(
    client: Client, handler: User, mine: Site
) -> None:
    client.force_login(handler)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{ROOT}/site/{mine.pk}/change/")
        return len(asked)

    cost()
    before = cost()
    for _buyer in range(8):
        SupplyLinkFactory(site=mine)
    assert cost() == before


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_the_same_however_long_it_is(client: Client, handler: User, mine: Site, page: str) -> None:
    client.force_login(handler)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{ROOT}/{page}/")
        return len(asked)

    cost()
    before = cost()
    for _more in range(6):
        SupplyLinkFactory(buyer__parent=OrganisationFactory())
    assert cost() == before


@pytest.mark.parametrize("typed", ["buluu", "Shimo", "mb01"])
def test_a_site_is_found_by_its_names_and_its_poster(client: Client, handler: User, mine: Site, typed: str) -> None:
    SiteFactory(name="Kanya (fictional)")
    client.force_login(handler)
    page = text(client.get(f"{ROOT}/site/", {"q": typed}))
    assert mine.name in page
    assert "Kanya" not in page


# -- Keeping them


def site_form(**changes: str) -> dict[str, str]:
    fields = "name kind operator country place latitude longitude os_id poster local_names"
    return {**dict.fromkeys(fields.split(), ""), **changes}


def test_a_superuser_adds_a_site_with_its_local_names(client: Client, superuser: User) -> None:
    operator = OrganisationFactory()
    client.force_login(superuser)
    form = site_form(
        name="Kanya (fictional)", kind="mine", operator=str(operator.pk), country="gn", poster="KB01",
        local_names="Mine de Kanya\r\n\r\nКанья\r\n",
    )  # fmt: skip
    answer = client.post(f"{ROOT}/site/add/", form)
    assert answer.status_code == HTTPStatus.FOUND, text(answer)
    site = Site.objects.get(poster="kb01")
    assert (site.country, site.operator) == ("GN", operator)
    assert list(site.local_names.order_by("pk").values_list("name", flat=True)) == ["Mine de Kanya", "Канья"]
    version = site.history.get()
    assert (version.history_user, version.history_change_reason) == (superuser, "site_added")


def test_a_superuser_changes_a_site_and_what_it_is_called(client: Client, superuser: User, mine: Site) -> None:
    client.force_login(superuser)
    page = f"{ROOT}/site/{mine.pk}/change/"
    assert "Shimo la Buluu</textarea>" in text(client.get(page))
    form = site_form(
        name=mine.name, kind="mine", operator=str(mine.operator_id), country="CD", poster="mb01", place="Elsewhere",
        local_names="Colline Bleue",
    )  # fmt: skip
    assert client.post(page, form).status_code == HTTPStatus.FOUND
    mine.refresh_from_db()
    assert mine.place == "Elsewhere"
    assert [name.name for name in mine.local_names.all()] == ["Colline Bleue"]
    page = text(client.get(f"{ROOT}/site/{mine.pk}/history/"))
    assert "<td>Site changed</td>" in page
    assert "site_changed" not in page


def test_a_superuser_adds_and_changes_an_organisation(client: Client, superuser: User) -> None:
    client.force_login(superuser)
    form = {"name": "Lumo (fictional)", "kind": "refiner", "country": "fi", "parent": "", "lei": "5493001kjtiigc8y1r12"}
    assert client.post(f"{ROOT}/organisation/add/", form).status_code == HTTPStatus.FOUND
    made = Organisation.objects.get()
    assert (made.country, made.lei) == ("FI", "5493001KJTIIGC8Y1R12")
    client.post(f"{ROOT}/organisation/{made.pk}/change/", {**form, "name": "Lumo Oy (fictional)"})
    made.refresh_from_db()
    assert made.name == "Lumo Oy (fictional)"
    assert made.history.first().history_change_reason == "organisation_changed"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"lei": "5493001KJTIIGC8Y1R13"}, "This LEI has a mistake"),
        ({"gln": "4006381333932"}, "This GLN has a mistake"),
        ({"country": "12"}, "two letters"),
        ({"name": "---"}, "Give a name."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    client: Client, superuser: User, wrong: dict[str, str], said: str
) -> None:
    client.force_login(superuser)
    form = {"name": "Lumo (fictional)", "kind": "refiner", "country": "FI", "rmi_id": "CID009999", **wrong}
    answer = client.post(f"{ROOT}/organisation/add/", form)
    assert answer.status_code == HTTPStatus.OK
    assert said in text(answer)
    assert 'value="CID009999"' in text(answer)
    assert not Organisation.objects.exists()


def test_a_lei_that_somebody_has_is_refused_once_and_in_words(client: Client, superuser: User) -> None:
    OrganisationFactory(lei="5493001KJTIIGC8Y1R12")
    client.force_login(superuser)
    form = {"name": "Lumo (fictional)", "kind": "refiner", "country": "FI", "lei": "5493001KJTIIGC8Y1R12"}
    page = text(client.post(f"{ROOT}/organisation/add/", form))
    assert "Another organisation has this LEI or GLN already." in page
    assert "one_organisation_a_lei" not in page


def link_form(mine: Site, **changes: str) -> dict[str, str]:
    return {
        "site": str(mine.pk), "buyer": str(mine.operator_id), "buyer_site": "", "material": "cobalt",
        "from_on": "2025-01-01", "until_on": "", "claim": "audit", "source": "", **changes,
    }  # fmt: skip


def test_a_superuser_declares_a_link_and_ends_it_and_rewrites_nothing(
    client: Client, superuser: User, mine: Site
) -> None:
    client.force_login(superuser)
    assert client.post(f"{ROOT}/supplylink/add/", link_form(mine)).status_code == HTTPStatus.FOUND
    link = SupplyLink.objects.latest("pk")
    page = f"{ROOT}/supplylink/{link.pk}/change/"
    assert client.post(page, {"until_on": "2025-12-31", "material": "gold"}).status_code == HTTPStatus.FOUND
    link.refresh_from_db()
    assert (link.until_on, link.material) == (date(2025, 12, 31), "cobalt")
    assert link.history.first().history_change_reason == "link_ended"


def test_dates_upside_down_are_refused_when_declared_and_when_ended(
    client: Client, superuser: User, mine: Site
) -> None:
    client.force_login(superuser)
    count = SupplyLink.objects.count()
    answer = client.post(f"{ROOT}/supplylink/add/", link_form(mine, until_on="2024-12-31"))
    assert "The last day is before the first." in text(answer)
    assert SupplyLink.objects.count() == count
    link = SupplyLinkFactory(site=mine)
    answer = client.post(f"{ROOT}/supplylink/{link.pk}/change/", {"until_on": "1999-01-01"})
    assert "The last day is before the first." in text(answer)
    link.refresh_from_db()
    assert link.until_on is None


def test_a_superuser_says_who_works_for_whom_and_until_when(
    client: Client, superuser: User, handler: User, mine: Site
) -> None:
    client.force_login(superuser)
    form = {"user": str(handler.pk), "organisation": str(mine.operator_id), "from_on": "2025-01-01", "until_on": ""}
    assert client.post(f"{ROOT}/employment/add/", form).status_code == HTTPStatus.FOUND
    employment = Employment.objects.get()
    assert (employment.user, employment.organisation) == (handler, mine.operator)
    client.post(f"{ROOT}/employment/{employment.pk}/change/", {"until_on": "2025-06-30"})
    employment.refresh_from_db()
    assert employment.until_on == date(2025, 6, 30)


def test_a_field_that_completes_itself_offers_companies_to_superusers_only(
    client: Client, superuser: User, outsider: User, mine: Site
) -> None:
    asked = {"app_label": "supplychain", "model_name": "site", "field_name": "operator", "term": "Buluu"}
    client.force_login(superuser)
    assert "Buluu Mining" in text(client.get("/office/admin/autocomplete/", asked))
    client.force_login(outsider)
    assert "Buluu Mining" not in text(client.get("/office/admin/autocomplete/", asked, follow=True))


def test_a_poster_carries_the_site_into_the_form_in_every_language(
    client: Client, handler: User, partner: User, mine: Site
) -> None:
    client.force_login(handler)
    shown = text(client.get(f"{ROOT}/site/{mine.pk}/poster/"))
    for language in ("en", "sw", "fr", "ar"):
        assert f"/{language}/file/?site=mb01" in shown
    assert shown.count("<svg") == 4
    assert 'dir="rtl"' in shown
    assert f"{ROOT}/site/{mine.pk}/poster/" in text(client.get(f"{ROOT}/site/{mine.pk}/change/"))
    assert "Mlima Buluu" in text(Client().get("/sw/file/?site=mb01"))
    SiteFactory(name="No poster (fictional)", poster=None)
    without = Site.objects.get(poster=None)
    assert client.get(f"{ROOT}/site/{without.pk}/poster/").status_code == HTTPStatus.NOT_FOUND
    client.force_login(partner)
    assert client.get(f"{ROOT}/site/{mine.pk}/poster/").status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.FOUND}
