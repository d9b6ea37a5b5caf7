"""Guests on one case, reviews and appeals."""

from cases.admin.deeds.deed import Deed

DEEDS: tuple[Deed, ...] = ()
