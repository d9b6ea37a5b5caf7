"""What goes wrong on the way, switched on and off while it runs."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Outage(StrEnum):
    """What Recourse meets when it sends. HANG and HALF have taken the text, and do not say so."""

    NONE = "none"
    REFUSE = "refuse"
    HANG = "hang"
    HALF = "half"


@dataclass
class Faults:
    """``duplicates``: every call that was answered comes once more; ``shuffled``: the parts of a long text come in
    another order; ``lost``: what Recourse sends is taken, and does not arrive."""

    outage: Outage = Outage.NONE
    duplicates: bool = False
    shuffled: bool = False
    lost: bool = False
    over: threading.Event = field(default_factory=threading.Event)  # ends what hangs

    def switch(self, *, outage: Outage, duplicates: bool, shuffled: bool, lost: bool) -> None:
        if outage != Outage.HANG:
            self.end()
        self.outage, self.duplicates, self.shuffled, self.lost = outage, duplicates, shuffled, lost

    def end(self) -> None:
        over, self.over = self.over, threading.Event()
        over.set()
