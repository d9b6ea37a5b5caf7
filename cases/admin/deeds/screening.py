"""Deciding whether a case is ours, and that everybody at work on it is impartial."""

from cases.admin.deeds.deed import Deed

DEEDS: tuple[Deed, ...] = ()
