"""Organisations, their sites, who buys from whom, and who works for whom."""

from supplychain.models.links import SupplyLink
from supplychain.models.organisations import Employment, Organisation
from supplychain.models.sites import LocalName, Site

__all__ = ["Employment", "LocalName", "Organisation", "Site", "SupplyLink"]
