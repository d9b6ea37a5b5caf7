"""What the graph of supply knows as data: how sure a claim is, how far back it looks, and what may become of what."""

from enum import StrEnum
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from supplychain.names import fold


class Custody(StrEnum):
    """Why a company answers: what ties it to the site."""

    OPERATOR = "operator"  # it runs the site
    OWNERSHIP = "ownership"  # it owns, directly or through others, the company that runs the site
    LINK = "link"  # somebody declared that it buys from there, directly or through others
    POSSESSION = "possession"  # it runs the place to which a buyer had the material delivered (tolling, storage)


CUSTODY_LABELS: dict[str, str | Promise] = {
    Custody.OPERATOR: _("runs the site"),
    Custody.OWNERSHIP: _("owns the company that runs the site"),
    Custody.LINK: _("buys along declared supply links"),
    Custody.POSSESSION: _("runs the place where a buyer had it delivered"),
}

# Why a version of a record was made: the codes that `supplychain.commands` signs with.
WHYS: dict[str, str | Promise] = {
    "organisation_added": _("Company added"),
    "organisation_changed": _("Company changed"),
    "site_added": _("Site added"),
    "site_changed": _("Site changed"),
    "local_name_added": _("Local name added"),
    "local_name_respelt": _("Local name spelt anew"),
    "local_name_dropped": _("Local name dropped"),
    "link_declared": _("Supply link declared"),
    "link_ended": _("Supply link ended"),
    "link_resumed": _("Supply link holds after all"),
    "employment_declared": _("Employment declared"),
    "employment_ended": _("Employment ended"),
    "employment_resumed": _("Employment goes on after all"),
}


class Model(StrEnum):
    """The chain-of-custody models of ISO 22095, for answers that rest on lots. A declared link has none of them."""

    IDENTITY_PRESERVED = "identity_preserved"
    SEGREGATED = "segregated"
    CONTROLLED_BLENDING = "controlled_blending"
    MASS_BALANCE = "mass_balance"  # "physically possible", never "contains"
    BOOK_AND_CLAIM = "book_and_claim"  # no physical edge at all: never a path


# Which claim is believed first where two paths are equally long (0 is the best). Ours; no law ranks them.
CLAIM_RANK: dict[str, int] = {"audit": 0, "customs": 1, "supplier": 2, "declared": 3, "cmrt": 4, "public": 5}
UNRANKED = len(CLAIM_RANK)

# Ours: a material is mined, refined, built in and sold in a vehicle within about a year: a buyer of last year answers.
LOOK_BACK_DAYS = 365
# Ours: the longest chains on record (tin, gold) have about ten steps; a longer path is bad data.
MAX_TIERS = 12

# Which base materials can be in what is traded under a name. A path goes on only while something of what left the
# first site can still be in it; a name that is not in this table can hold anything, so no company drops out unknown.
_BATTERY = ("cobalt", "nickel", "manganese")
_CELL = (*_BATTERY, "lithium", "graphite", "copper", "aluminium", "iron", "phosphate")
_CAR = (
    *_CELL, "zinc", "tin", "tantalum", "tungsten", "gold", "platinum", "rare earths", "mica", "rubber", "leather",
    "magnesium", "silicon", "chromium", "lead", "coal",
)  # fmt: skip
_CONTENTS: dict[str, tuple[str, ...]] = {
    **{base: (base,) for base in _CAR},
    "cobalt ore": ("cobalt", "copper"),
    "cobalt concentrate": ("cobalt", "copper"),
    "cobalt hydroxide": ("cobalt",),
    "cobalt sulphate": ("cobalt",),
    "cobalt metal": ("cobalt",),
    "copper ore": ("copper", "cobalt"),
    "copper cathode": ("copper",),
    "nickel ore": ("nickel", "cobalt"),
    "nickel matte": ("nickel", "cobalt"),
    "nickel pig iron": ("nickel", "iron"),
    "mixed hydroxide precipitate": ("nickel", "cobalt"),
    "nickel sulphate": ("nickel",),
    "stainless steel": ("nickel", "iron", "chromium"),
    "spodumene": ("lithium",),
    "lithium carbonate": ("lithium",),
    "lithium hydroxide": ("lithium",),
    "bauxite": ("aluminium",),
    "alumina": ("aluminium",),
    "aluminium sheet": ("aluminium",),
    "aluminium castings": ("aluminium", "silicon"),
    "iron ore": ("iron",),
    "coking coal": ("coal",),
    "steel": ("iron", "coal", "manganese", "zinc", "chromium", "nickel"),
    "steel coil": ("iron", "coal", "manganese", "zinc", "chromium", "nickel"),
    "precursor": _BATTERY,
    "cathode material": (*_BATTERY, "lithium", "iron", "phosphate"),
    "cells": _CELL,
    "battery cells": _CELL,
    "battery packs": _CELL,
    "vehicles": _CAR,
}
CONTENTS = {fold(name): frozenset(bases) for name, bases in _CONTENTS.items()}
ANYTHING = frozenset({base for bases in CONTENTS.values() for base in bases} | {"*"})


@lru_cache(maxsize=4096)
def contents(material: str) -> frozenset[str]:
    """The base materials that can be in it; a name that we do not know can hold anything."""
    return CONTENTS.get(fold(material), ANYTHING)
