"""The only writers of the supply chain: companies, sites, who buys from whom, who works for whom."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction

from accounts.history import keep, sign
from accounts.models import User
from supplychain.models import Employment, LocalName, Organisation, Site, SupplyLink
from supplychain.names import fold
from supplychain.policies import (
    check_days,
    check_keeps_chain,
    check_link,
    check_local_names,
    check_organisation,
    check_site,
)


class OrganisationFacts(TypedDict, total=False):
    """Fields of an Organisation; those left out stay as they are."""

    name: str
    kind: str
    country: str
    parent: Organisation | None
    lei: str
    gln: str
    rmi_id: str
    os_id: str
    runs_mechanism: bool


class SiteFacts(TypedDict, total=False):
    """Fields of a Site; those left out stay as they are."""

    name: str
    kind: str
    operator: Organisation
    country: str
    place: str
    latitude: Decimal | None
    longitude: Decimal | None
    os_id: str
    poster: str | None


# What people near a site call it; None leaves its names as they are.
Names = Iterable[str] | None


@transaction.atomic
def add_organisation(*, by: User | None, at: datetime, **facts: Unpack[OrganisationFacts]) -> Organisation:
    """Raises Refused: see `supplychain.policies.check_organisation`."""
    check_keeps_chain(by)
    organisation = Organisation(**facts)
    organisation.clean()
    check_organisation(organisation)
    keep(organisation, by=by, at=at, why="organisation_added")
    return organisation


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, by: User | None, at: datetime, **facts: Unpack[OrganisationFacts]
) -> Organisation:
    """Raises Refused as `add_organisation` does."""
    check_keeps_chain(by)
    for name, value in facts.items():
        setattr(organisation, name, value)
    organisation.clean()
    check_organisation(organisation)
    keep(organisation, by=by, at=at, why="organisation_changed")
    return organisation


@transaction.atomic
def add_site(*, by: User | None, at: datetime, local_names: Names = None, **facts: Unpack[SiteFacts]) -> Site:
    """Raises Refused: see `supplychain.policies.check_site`."""
    check_keeps_chain(by)
    site = Site(**facts)
    site.clean()
    check_site(site)
    keep(site, by=by, at=at, why="site_added")
    if local_names is not None:
        name_locally(site=site, names=local_names, by=by, at=at)
    return site


@transaction.atomic
def change_site(
    *, site: Site, by: User | None, at: datetime, local_names: Names = None, **facts: Unpack[SiteFacts]
) -> Site:
    """Raises Refused as `add_site` does."""
    check_keeps_chain(by)
    for name, value in facts.items():
        setattr(site, name, value)
    site.clean()
    check_site(site)
    keep(site, by=by, at=at, why="site_changed")
    if local_names is not None:
        name_locally(site=site, names=local_names, by=by, at=at)
    return site


@transaction.atomic
def name_locally(*, site: Site, names: Iterable[str], by: User | None, at: datetime) -> None:
    """From now on these, and no others, are what people near the site call it; one spelling of each is kept."""
    check_keeps_chain(by)
    wanted = {fold(name)[:200]: name.strip() for name in reversed(list(names)) if fold(name)}
    check_local_names(wanted.values())
    known = {local.folded: local for local in LocalName.objects.filter(site=site)}
    for folded, local in known.items():
        if folded not in wanted:
            sign(local, by=by, at=at, why="local_name_dropped")
            local.delete()
        elif local.name != wanted[folded]:
            local.name = wanted[folded]
            keep(local, by=by, at=at, why="local_name_respelt")
    for folded in reversed([folded for folded in wanted if folded not in known]):
        keep(LocalName(site=site, name=wanted[folded]), by=by, at=at, why="local_name_added")


@transaction.atomic
def link_supply(
    *,
    site: Site,
    buyer: Organisation,
    material: str,
    from_on: date,
    claim: str,
    by: User | None,
    at: datetime,
    buyer_site: Site | None = None,
    until_on: date | None = None,
    source: str = "",
) -> SupplyLink:
    """Raises Refused: see `supplychain.policies.check_link`."""
    check_keeps_chain(by)
    link = SupplyLink(
        site=site, buyer=buyer, buyer_site=buyer_site, material=material.strip(), from_on=from_on, until_on=until_on,
        claim=claim, source=source,
    )  # fmt: skip
    check_link(link)
    keep(link, by=by, at=at, why="link_declared")
    return link


@transaction.atomic
def end_link(*, link: SupplyLink, until_on: date | None, by: User | None, at: datetime) -> SupplyLink:
    """The last day on which it held; None: it holds after all. Raises Refused: dates_upside_down."""
    check_keeps_chain(by)
    check_days(link.from_on, until_on)
    link.until_on = until_on
    keep(link, by=by, at=at, why="link_ended" if until_on else "link_resumed")
    return link


@transaction.atomic
def employ(
    *,
    user: User,
    organisation: Organisation,
    from_on: date,
    by: User | None,
    at: datetime,
    until_on: date | None = None,
    unit: str = "",
) -> Employment:
    """Whoever works for a party does not see its cases, from the next request on; whoever works in a ``unit`` that a
    case is about does not see that one. Raises Refused: dates_upside_down."""
    check_keeps_chain(by)
    check_days(from_on, until_on)
    employment = Employment(user=user, organisation=organisation, unit=unit.strip(), from_on=from_on, until_on=until_on)
    keep(employment, by=by, at=at, why="employment_declared")
    return employment


@transaction.atomic
def end_employment(*, employment: Employment, until_on: date | None, by: User | None, at: datetime) -> Employment:
    """The last day of it; the conflict of interest stays. Raises Refused: dates_upside_down."""
    check_keeps_chain(by)
    check_days(employment.from_on, until_on)
    employment.until_on = until_on
    keep(employment, by=by, at=at, why="employment_ended" if until_on else "employment_resumed")
    return employment
