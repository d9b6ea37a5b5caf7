"""Safety, notes, legal holds, and what is locked away."""

from cases.admin.deeds.deed import Deed

DEEDS: tuple[Deed, ...] = ()
