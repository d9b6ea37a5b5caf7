"""Letters, referrals, proceedings elsewhere, closing and opening again."""

from cases.admin.deeds.deed import Deed

DEEDS: tuple[Deed, ...] = ()
