"""A fictional chain to try things out on, from three mines, a steelworks and what lies between to two car plants.

Every company and every place in it is invented and says so. Countries are real ones, because calendars hang on them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.models import User
from supplychain import commands, queries
from supplychain.models import Organisation, Site, SupplyLink

MARK = " (fictional)"

# key: (name, kind, country, key of the parent)
ORGANISATIONS: dict[str, tuple[str, str, str, str]] = {
    "group": ("Buluu Highland Group", "trader", "ZA", ""),
    "operator": ("Mlima Buluu Mining", "operator", "CD", "group"),
    "refiner": ("Lumo Cobalt Refining", "refiner", "FI", ""),
    "former_refiner": ("Oldharbour Cobalt", "refiner", "BE", ""),
    "cell_maker": ("Tizla Cells", "manufacturer", "HU", ""),
    "automaker": ("Avenor Motor", "automaker", "DE", ""),
    "automaker_two": ("Corvela Automobiles", "automaker", "FR", ""),
    "nickel_operator": ("Bukit Senja Nickel", "operator", "ID", ""),
    "nickel_smelter": ("Teluk Lentera Smelting", "smelter", "ID", ""),
    "aluminium_operator": ("Kanya Bauxite", "operator", "GN", ""),
    "aluminium_smelter": ("Wadi Nuhas Aluminium", "smelter", "AE", ""),
    "steelmaker": ("Neelpahar Steel", "manufacturer", "IN", ""),
    "mechanism": ("Open Ear Grievance Mechanism", "mechanism", "CH", ""),
    "civil_society": ("Hand in Hand Workers' Alliance", "civil_society", "KE", ""),
}

# key: (name, kind, key of the operator, country, place, poster, local names)
SITES: dict[str, tuple[str, str, str, str, str, str, tuple[str, ...]]] = {
    "mine": (
        "Mlima Buluu mine", "mine", "operator", "CD", "Mlima Buluu", "mb01",
        ("Mgodi wa Mlima Buluu", "Mine de la Colline Bleue", "Shimo la Buluu"),
    ),
    "refinery": ("Lumosaari refinery", "refinery", "refiner", "FI", "Lumosaari", "lr01", ("Lumosaaren jalostamo",)),
    "cells": ("Tizlavár cell plant", "plant", "cell_maker", "HU", "Tizlavár", "tc01", ("Tizlavári cellagyár",)),
    "car_one": ("Avenstadt car plant", "plant", "automaker", "DE", "Avenstadt", "av01", ("Werk Avenstadt",)),
    "car_two": ("Corvelle car plant", "plant", "automaker_two", "FR", "Corvelle", "cv01", ("Usine de Corvelle",)),
    "nickel": ("Bukit Senja mine", "mine", "nickel_operator", "ID", "Bukit Senja", "bs01", ("Tambang Bukit Senja",)),
    "nickel_smelter": (
        "Teluk Lentera smelter", "smelter", "nickel_smelter", "ID", "Teluk Lentera", "tl01",
        ("Pabrik nikel Teluk Lentera",),
    ),
    "bauxite": ("Kanya bauxite mine", "mine", "aluminium_operator", "GN", "Kanya", "kb01", ("Mine de Kanya",)),
    "aluminium": (
        "Wadi Nuhas smelter", "smelter", "aluminium_smelter", "AE", "Wadi Nuhas", "wn01", ("مصهر وادي النحاس",),
    ),
    "steel": (
        "Neelpahar steelworks", "plant", "steelmaker", "IN", "Neelpahar", "np01", ("नीलपहाड़ इस्पात कारखाना",),
    ),
}  # fmt: skip

# (key of the site, key of the buyer, key of the site delivered to, material, from, until, claim)
LINKS: tuple[tuple[str, str, str, str, date, date | None, str], ...] = (
    ("mine", "former_refiner", "", "cobalt hydroxide", date(2019, 1, 1), date(2022, 6, 30), "declared"),
    ("mine", "refiner", "refinery", "cobalt hydroxide", date(2021, 3, 1), None, "audit"),
    ("refinery", "cell_maker", "cells", "cobalt sulphate", date(2021, 5, 1), None, "supplier"),
    ("cells", "automaker", "car_one", "battery cells", date(2021, 9, 1), None, "declared"),
    ("cells", "automaker_two", "car_two", "battery cells", date(2022, 1, 1), None, "declared"),
    ("nickel", "nickel_smelter", "nickel_smelter", "nickel ore", date(2020, 2, 1), None, "supplier"),
    ("nickel_smelter", "cell_maker", "cells", "mixed hydroxide precipitate", date(2021, 7, 1), None, "cmrt"),
    ("bauxite", "aluminium_smelter", "aluminium", "bauxite", date(2020, 1, 1), None, "customs"),
    ("aluminium", "automaker", "car_one", "aluminium castings", date(2021, 1, 1), None, "declared"),
    ("aluminium", "automaker_two", "", "aluminium sheet", date(2021, 4, 1), None, "public"),
    ("steel", "automaker", "car_one", "steel coil", date(2020, 6, 1), None, "declared"),
)
SOURCE = "Demonstration data (fictional)"


@dataclass
class DemoChain:
    """By key, as in the tables above."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    links: list[SupplyLink] = field(default_factory=list)


def load(*, by: User | None, at: datetime) -> DemoChain:
    """Add what is not there yet; a second call changes nothing."""
    chain = DemoChain()
    for key, (name, kind, country, parent) in ORGANISATIONS.items():
        chain.organisations[key] = queries.organisation_named(name + MARK) or commands.add_organisation(
            name=name + MARK,
            kind=kind,
            country=country,
            parent=chain.organisations.get(parent),
            runs_mechanism=key == "mechanism",
            by=by,
            at=at,
        )
    for key, (name, kind, operator, country, place, poster, local_names) in SITES.items():
        chain.sites[key] = queries.site_of_poster(poster) or commands.add_site(
            name=name + MARK,
            kind=kind,
            operator=chain.organisations[operator],
            country=country,
            place=place + MARK,
            poster=poster,
            local_names=local_names,
            by=by,
            at=at,
        )
    chain.links = [_link(chain, row, by=by, at=at) for row in LINKS]
    return chain


def _link(
    chain: DemoChain,
    row: tuple[str, str, str, str, date, date | None, str],
    *,
    by: User | None,
    at: datetime,
) -> SupplyLink:
    site, buyer, delivered_to, material, from_on, until_on, claim = row
    seller, company = chain.sites[site], chain.organisations[buyer]
    known = queries.link_between(site=seller, buyer=company, material=material, from_on=from_on)
    return known or commands.link_supply(
        site=seller,
        buyer=company,
        buyer_site=chain.sites.get(delivered_to),
        material=material,
        from_on=from_on,
        until_on=until_on,
        claim=claim,
        source=SOURCE,
        by=by,
        at=at,
    )
