"""Who may change the reference data of the supply chain, and what it has to be like."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from supplychain.identifiers import gln_is_sound, lei_is_sound, os_id_is_sound
from supplychain.models import Organisation, Site, SupplyLink
from supplychain.names import fold


def can_keep_chain(user: User) -> bool:
    """Superusers keep companies, sites, links and employments; whoever works on cases only reads them."""
    return user.is_active and user.is_superuser


def check_keeps_chain(user: User | None) -> None:
    """Nobody named: the product itself, setting up or importing."""
    if user is not None and not can_keep_chain(user):
        raise Refused("not_yours_to_change", _("Only an administrator changes the supply chain."))


def check_days(from_on: date, until_on: date | None) -> None:
    """Raises Refused: dates_upside_down."""
    upside_down = until_on is not None and until_on < from_on
    _refuse_if(upside_down, "dates_upside_down", _("The last day is before the first."))


def check_organisation(organisation: Organisation) -> None:
    """Raises Refused: as `_check_named`, lei_unsound, gln_unsound, identifier_taken, owns_itself."""
    _check_named(organisation)
    _check_identifier(organisation.lei, lei_is_sound, "lei_unsound", _("This LEI has a mistake: its check fails."))
    _check_identifier(organisation.gln, gln_is_sound, "gln_unsound", _("This GLN has a mistake: its check fails."))
    taken = organisation.shares_identifier()
    _refuse_if(taken, "identifier_taken", _("Another organisation has this LEI or GLN already."))
    above, passed = organisation.parent, set[int]()
    while above is not None and above.pk not in passed:
        _refuse_if(above.pk == organisation.pk, "owns_itself", _("A company cannot be its own parent."))
        passed.add(above.pk)
        above = above.parent


def check_site(site: Site) -> None:
    """Raises Refused: as `_check_named`, poster_unsound, poster_taken, nowhere_on_earth."""
    _check_named(site)
    sound = site.poster is None or re.fullmatch(r"[a-z0-9-]{2,12}", site.poster)
    _refuse_if(not sound, "poster_unsound", _("A poster code has 2 to 12 letters, digits or hyphens."))
    _refuse_if(site.shares_poster(), "poster_taken", _("Another site has this poster code already."))
    on_earth = _within(site.latitude, 90) and _within(site.longitude, 180)
    _refuse_if(not on_earth, "nowhere_on_earth", _("Latitude goes to 90 degrees, longitude to 180."))


def check_local_names(names: Iterable[str]) -> None:
    """Raises Refused: name_too_long."""
    _refuse_if(any(len(name) > 200 for name in names), "name_too_long", _("A name has at most 200 characters."))


def check_link(link: SupplyLink) -> None:
    """Raises Refused: material_missing, claim_unknown, delivered_to_itself, dates_upside_down."""
    _refuse_if(not link.material.strip(), "material_missing", _("Say which material was bought."))
    _refuse_if(len(link.material) > 40, "name_too_long", _("The name of a material has at most 40 characters."))
    _refuse_if(link.claim not in SupplyLink.Claim.values, "claim_unknown", _("Say where the claim comes from."))
    itself = link.buyer_site_id is not None and link.buyer_site_id == link.site_id
    _refuse_if(itself, "delivered_to_itself", _("A site does not deliver to itself."))
    check_days(link.from_on, link.until_on)


def _check_named(record: Organisation | Site) -> None:
    """Raises Refused: name_missing, name_too_long, kind_unknown, country_unknown, os_id_unsound."""
    _refuse_if(not fold(record.name), "name_missing", _("Give a name."))
    check_local_names([record.name])
    _refuse_if(record.kind not in record.Kind.values, "kind_unknown", _("Choose a kind from the list."))
    country = re.fullmatch(r"[A-Z]{2}", record.country)
    _refuse_if(not country, "country_unknown", _("Give the country as two letters (ISO 3166-1)."))
    _check_identifier(record.os_id, os_id_is_sound, "os_id_unsound", _("This OS ID has a mistake: its check fails."))


def _check_identifier(value: str, is_sound: Callable[[str], bool], code: str, message: str | Promise) -> None:
    _refuse_if(bool(value) and not is_sound(value), code, message)


def _within(degrees: Decimal | None, most: int) -> bool:
    return degrees is None or -most <= degrees <= most


def _refuse_if(wrong: bool, code: str, message: str | Promise) -> None:
    if wrong:
        raise Refused(code, message)
