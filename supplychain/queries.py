"""Reads of the supply chain that other floors ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import get_language_bidi

from accounts.models import User
from supplychain import graph
from supplychain.codes import LOOK_BACK_DAYS, MAX_TIERS
from supplychain.drawing import Chart, chart
from supplychain.models import Employment, Organisation, Site, SupplyLink


@dataclass(frozen=True)
class Employers:
    """The companies that a person works or worked for, with their groups; the conflict of interest hangs on them."""

    ids: frozenset[int]
    in_industry: bool


def organisations_of(user: User) -> Employers:
    """Employers now and then, with parents and daughters of each; without the organisation that runs the mechanism,
    whose people are in conflict by person and unit (LkSG §8(3)). Asked of the database once a request."""
    known: Employers | None = user.__dict__.get("_employers")
    if known is None:
        held = Employment.objects.ever_of(user).exclude(organisation__runs_mechanism=True)
        ids = frozenset(held.values_list("organisation_id", flat=True))
        group = _with_group(ids)
        industry = bool(group) and Organisation.objects.filter(pk__in=group, kind__in=Organisation.INDUSTRY).exists()
        known = user.__dict__["_employers"] = Employers(group, industry)
    return known


def _with_group(ids: frozenset[int]) -> frozenset[int]:
    group, edge = set(ids), set(ids)
    while edge:
        up = Organisation.objects.filter(daughters__in=edge).values_list("pk", flat=True)
        down = Organisation.objects.filter(parent__in=edge).values_list("pk", flat=True)
        edge = ({*up, *down}) - group
        group |= edge
    return frozenset(group)


def employers_now(user: User, on: date) -> list[Organisation]:
    """The organisations that a person works for on that day, by name."""
    held = Employment.objects.ever_of(user).current(on)
    return list(Organisation.objects.filter(pk__in=held.values("organisation_id")).order_by("name", "pk"))


def works_for(user: User, organisation: Organisation, *, on: date) -> bool:
    return Employment.objects.ever_of(user).current(on).filter(organisation=organisation).exists()


def people_of(organisations: Iterable[int], *, mechanism_too: bool = False) -> frozenset[int]:
    """The ids of everybody who works or worked for these companies or their groups: `organisations_of` backwards.

    ``mechanism_too``: those of the organisation that runs the mechanism as well.
    """
    group = _with_group(frozenset(organisations))
    held = Employment.objects.filter(organisation__in=group)
    if not mechanism_too:
        held = held.exclude(organisation__runs_mechanism=True)
    return frozenset(held.values_list("user_id", flat=True))


@dataclass(frozen=True)
class Unit:
    """A department of an organisation, by the name that employments give it."""

    organisation: Organisation
    name: str

    @property
    def pk(self) -> str:
        """What a form posts for it."""
        return f"{self.organisation.pk}-{self.name}"

    def __str__(self) -> str:
        return f"{self.organisation}, {self.name}"


def units() -> list[Unit]:
    """Every unit in which somebody works or worked."""
    named = (
        Employment.objects.exclude(unit="")
        .order_by("organisation__name", "unit")
        .values_list("organisation_id", "unit")
    )
    organisations = Organisation.objects.in_bulk({organisation for organisation, _unit in named})
    return [Unit(organisations[organisation], unit) for organisation, unit in dict.fromkeys(named)]


def people_of_unit(unit: Unit) -> frozenset[int]:
    """The ids of everybody who works or worked in it."""
    held = Employment.objects.filter(organisation=unit.organisation, unit=unit.name)
    return frozenset(held.values_list("user_id", flat=True))


def in_industry(users: Iterable[int]) -> frozenset[int]:
    """Of these people those with an employer in the industry, now or then: `Employers.in_industry` for many at once."""
    held = Employment.objects.filter(user__in=set(users)).exclude(organisation__runs_mechanism=True)
    employers = list(held.values_list("user_id", "organisation_id"))
    group = _with_group(frozenset(organisation for _user, organisation in employers))
    rows = Organisation.objects.filter(pk__in=group).values_list("pk", "parent_id", "kind")
    parents: dict[int, int | None] = {pk: parent for pk, parent, _kind in rows}
    industrial = {_top(pk, parents) for pk, _parent, kind in rows if kind in Organisation.INDUSTRY}
    return frozenset(user for user, organisation in employers if _top(organisation, parents) in industrial)


def _top(organisation: int, parents: dict[int, int | None]) -> int:
    """The company at the head of a group; groups hold no circle (`supplychain.policies.check_organisation`)."""
    above = parents.get(organisation)
    return organisation if above is None else _top(above, parents)


def one_runs_mechanism(organisations: Iterable[int]) -> bool:
    """Is the operator of the mechanism, or its group, among these parties?"""
    group = _with_group(frozenset(organisations))
    return Organisation.objects.filter(pk__in=group, runs_mechanism=True).exists()


def mechanism_people() -> frozenset[int] | None:
    """The ids of everybody who works or worked for the organisation that runs the mechanism, or for its group; None
    where that group takes no part in the trade, and so can be no party to a case."""
    group = _with_group(frozenset(Organisation.objects.filter(runs_mechanism=True).values_list("pk", flat=True)))
    if not group or not Organisation.objects.filter(pk__in=group, kind__in=Organisation.INDUSTRY).exists():
        return None
    return people_of(group, mechanism_too=True)


def sites_called(name: str, country: str = "") -> list[Site]:
    """Sites of that official or local name, however it is spelt (`supplychain.names.fold`); at most a handful."""
    sites = Site.objects.called(name)
    return list(sites.filter(country=country) if country else sites)


def site_countries() -> list[str]:
    """Of every site that is known (ISO 3166-1 alpha-2), each once."""
    return sorted(filter(None, Site.objects.order_by().values_list("country", flat=True).distinct()))


def site_of_poster(code: str) -> Site | None:
    """The site at whose gate a poster with this code hangs; typed in any case."""
    code = code.strip()
    return Site.objects.filter(poster__in={code, code.lower(), code.upper()} - {""}).first()


def site_by_id(pk: int) -> Site | None:
    return Site.objects.select_related("operator").filter(pk=pk).first()


def find_sites(words: str, *, country: str = "", most: int) -> list[Site]:
    """Sites whose name, local name, place or company holds these words, however they are spelt, in any script; those
    that are called exactly so first. At most ``most`` and one more, by which the reader knows that there are others."""
    return list(Site.objects.found_by(words, country=country)[: most + 1])


def sites_after(words: str = "", *, country: str = "", after: int = 0, most: int) -> list[Site] | None:
    """As `find_sites`, in the order of their names from the site ``after`` on, of all sites where no words are given;
    None where there is no such site. With their companies and local names."""
    sites = Site.objects.found_by(words, country=country) if words else Site.objects.all()
    if country:
        sites = sites.filter(country=country)
    if after:
        last = Site.objects.filter(pk=after).first()
        if last is None:
            return None
        sites = sites.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    sites = sites.select_related("operator").prefetch_related("local_names")
    return list(sites.order_by("name", "pk")[: most + 1])


def organisation_named(name: str) -> Organisation | None:
    return Organisation.objects.filter(name=name).first()


def link_between(*, site: Site, buyer: Organisation, material: str, from_on: date) -> SupplyLink | None:
    return SupplyLink.objects.filter(site=site, buyer=buyer, material=material, from_on=from_on).first()


def who_answers(*, site: Site, on: date, window_days: int = LOOK_BACK_DAYS) -> list[graph.Answer]:
    """Everybody who answers for ``site`` on that day, nearest first (`supplychain.graph`).

    One query a tier and one a level of ownership, whatever the width of the chain.
    """
    chain = _Chain()
    chain.load_owners(site)
    chain.load_links(site, on - timedelta(days=window_days), on)
    return graph.who_answers(
        site.pk,
        links=chain.links,
        organisations=chain.parties,
        places=chain.places,
        on=on,
        window_days=window_days,
    )


def drawn(*, site_name: str, answers: Sequence[graph.Answer], key: str = "chain") -> Chart:
    """The answers as a picture and a table (`templates/supplychain/chart.html`), in the language of the reader."""
    kinds, claims = dict(Organisation.Kind.choices), dict(SupplyLink.Claim.choices)
    return chart(site_name, answers, kinds=kinds, claims=claims, key=key, rtl=get_language_bidi())


@dataclass
class _Chain:
    """What lies downstream of a site, as plain data for the graph."""

    links: list[graph.Link] = field(default_factory=list)
    parties: dict[int, graph.Party] = field(default_factory=dict)
    places: dict[int, graph.Place] = field(default_factory=dict)

    def load_owners(self, site: Site) -> None:
        self.places[site.pk] = graph.Place(site.pk, site.name, site.operator_id)
        edge = {site.operator_id}
        while edge:
            for organisation in Organisation.objects.filter(pk__in=edge):
                self._meet(organisation)
            parents = {self.parties[pk].parent for pk in edge}
            edge = {pk for pk in parents if pk is not None and pk not in self.parties}

    def load_links(self, site: Site, since: date, on: date) -> None:
        """Tier by tier: the sales of the sites delivered to, and of every site of the buyers that named none."""
        held = SupplyLink.objects.within(since, on).select_related("site__operator", "buyer", "buyer_site__operator")
        sites, buyers = {site.pk}, set[int]()
        sites_done, buyers_done, links_done = set[int](), set[int](), set[int]()
        for _tier in range(MAX_TIERS):
            rows = [
                row
                for row in held.filter(Q(site__in=sites) | Q(site__operator__in=buyers)).order_by("pk")
                if row.pk not in links_done
            ]
            links_done.update(row.pk for row in rows)
            sites_done |= sites
            buyers_done |= buyers
            for row in rows:
                self._add(row)
            sites = {row.buyer_site_id for row in rows if row.buyer_site_id is not None} - sites_done
            buyers = {row.buyer_id for row in rows if row.buyer_site_id is None} - buyers_done
            if not sites and not buyers:
                break

    def _add(self, row: SupplyLink) -> None:
        for place in (row.site, row.buyer_site):
            if place is not None and place.pk not in self.places:
                self.places[place.pk] = graph.Place(place.pk, place.name, place.operator_id)
                self._meet(place.operator)
        self._meet(row.buyer)
        self.links.append(
            graph.Link(
                id=row.pk,
                site=row.site_id,
                buyer=row.buyer_id,
                buyer_site=row.buyer_site_id,
                material=row.material,
                from_on=row.from_on,
                until_on=row.until_on,
                claim=row.claim,
            )
        )

    def _meet(self, organisation: Organisation) -> None:
        self.parties.setdefault(
            organisation.pk,
            graph.Party(
                id=organisation.pk,
                name=organisation.name,
                kind=organisation.kind,
                in_industry=organisation.kind in Organisation.INDUSTRY,
                parent=organisation.parent_id,
            ),
        )
