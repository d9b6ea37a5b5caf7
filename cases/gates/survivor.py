"""The gate that a case and its companies share: on the survivor-centred track nothing moves without the survivor."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from cases.gates.ask import Text

SURVIVOR_LABEL = _("On a survivor's case: their own agreement")
SURVIVOR_MISSING = _(
    "This is a survivor's case: nothing is looked into and no company is told before everybody who filed agreed to "
    "that on their follow page."
)


class Survivors(Protocol):
    """Counts are of people who filed and did not withdraw."""

    @property
    def live(self) -> int: ...
    @property
    def survivor(self) -> bool: ...
    @property
    def investigation_agreed(self) -> int: ...


def survivor_missing(record: Survivors) -> Text | None:
    """Nobody but the survivor decides whether anybody looks into it, or hears of it (ESS10); nobody agrees for them."""
    if not record.survivor or (record.live and record.investigation_agreed == record.live):
        return None
    return SURVIVOR_MISSING
