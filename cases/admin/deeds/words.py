"""Translations, masked versions, and messages that wait for one."""

from cases.admin.deeds.deed import Deed

DEEDS: tuple[Deed, ...] = ()
