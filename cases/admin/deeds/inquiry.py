"""Finding out what happened: hearings, evidence, people named, findings."""

from cases.admin.deeds.deed import Deed

DEEDS: tuple[Deed, ...] = ()
