"""How serious it is, who may be told, and which way the case goes."""

from cases.admin.deeds.deed import Deed

DEEDS: tuple[Deed, ...] = ()
