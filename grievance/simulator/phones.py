"""The telephones of invented people, and what stands on each: what was written on it, and what came back."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from grievance.simulator.air import cut

# Numbers that are given to nobody (North American plan, 555-0100 to 555-0199).
PEOPLE = tuple(f"+1{area}55501{end:02}" for area in (202, 303, 404, 505) for end in (11, 42))
STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START = frozenset({"start", "yes", "unstop"})


@dataclass
class Standing:
    """One text as a telephone shows it. ``state``: a code of the page; ``times``: how often it came or was called."""

    ours: bool  # written on this telephone
    text: str
    line: str
    id: str
    state: str
    times: int = 1
    at: float = field(default_factory=time.time)

    @property
    def segments(self) -> int:
        return len(cut(self.text).parts)

    @property
    def alphabet(self) -> str:
        return cut(self.text).alphabet


class Phones:
    """All threads, by number. In memory, and gone with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[str, list[Standing]] = {number: [] for number in PEOPLE}
        self._by_id: dict[str, tuple[str, Standing]] = {}
        self._stopped: set[tuple[str, str]] = set()

    def wrote(self, number: str, text: str, line: str, ident: str) -> Standing:
        """On this telephone; the network itself heeds its words of stop and start."""
        word = text.strip().casefold()
        with self._lock:
            if word in STOP:
                self._stopped.add((line, number))
            elif word in START:
                self._stopped.discard((line, number))
            return self._stands(number, Standing(True, text, line, ident, "on_its_way"))

    def got(self, number: str, text: str, line: str, ident: str) -> Standing:
        """A text of Recourse reached it; the same one again is shown once."""
        with self._lock:
            if ident in self._by_id:
                self._by_id[ident][1].times += 1
                return self._by_id[ident][1]
            return self._stands(number, Standing(False, text, line, ident, "queued"))

    def _stands(self, number: str, one: Standing) -> Standing:
        self._threads.setdefault(number, []).append(one)
        self._by_id[one.id] = number, one
        return one

    def became(self, ident: str, state: str) -> None:
        with self._lock:
            if ident in self._by_id:
                self._by_id[ident][1].state = state

    def has_stopped(self, line: str, number: str) -> bool:
        return (line, number) in self._stopped

    def numbers(self) -> list[str]:
        with self._lock:
            return list(self._threads)

    def thread(self, number: str) -> list[Standing]:
        with self._lock:
            return list(self._threads.get(number, ()))

    def received(self) -> Iterator[tuple[str, Standing]]:
        """(number, text) of all that came from Recourse."""
        with self._lock:
            whole = [(number, one) for number, thread in self._threads.items() for one in thread if not one.ours]
        yield from whole
