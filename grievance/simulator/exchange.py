"""Between telephones and Recourse: a text written on a phone becomes calls of its gateway, and what Recourse sends by a
gateway stands on a phone, with reports of what became of it."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from functools import partial

from grievance.simulator.air import cut
from grievance.simulator.calling import Caller
from grievance.simulator.faults import Faults
from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Part, Sent
from grievance.simulator.phones import Phones, Standing
from grievance.simulator.wires import WIRES

NOT_OURS = Answer(404, "")


class Exchange:
    def __init__(self, lines: Sequence[Line], caller: Caller) -> None:
        self.lines = {line.slug: line for line in lines}
        self.caller = caller
        self.phones, self.faults = Phones(), Faults()
        self._references = random.Random()  # noqa: S311 - references of parts are small numbers, and may meet
        self._lock = threading.Lock()

    # -- from a telephone
    def write(self, number: str, text: str, slug: str) -> Standing:
        """A person sends a text; it comes to Recourse as this gateway brings it."""
        line = self.lines[slug]
        parts = [text] if WIRES[line.kind].joins else cut(text).parts
        heard = self._parts(number, parts)
        standing = self.phones.wrote(number, text, slug, heard[0].id)
        if self.faults.shuffled:
            self._references.shuffle(heard)
        arrived = _Arrived(len(heard), partial(self.phones.became, standing.id))
        for one in heard:
            self._bring(line, one, arrived)
        return standing

    def _parts(self, number: str, parts: Sequence[str]) -> list[Heard]:
        now = time.time()
        reference = str(self._references.randrange(65_536))
        many = len(parts)
        return [
            Heard(number, text, uuid.uuid4().hex, now, Part(reference, place, many) if many > 1 else None)
            for place, text in enumerate(parts, start=1)
        ]

    def _bring(self, line: Line, heard: Heard, arrived: Callable[[int], None]) -> None:
        wire = WIRES[line.kind]
        make = partial(wire.inbound, line, heard)

        def done(status: int) -> None:
            arrived(status)
            if self.faults.duplicates:
                self.caller.call(make, (), lambda _status: None, after=1)

        self.caller.call(make, wire.again, done)

    # -- from Recourse
    def take(self, asked: Asked) -> tuple[Sent | None, Answer]:
        """A text that Recourse sends by the gateway whose address and login it uses."""
        mine = [line for line in self.lines.values() if WIRES[line.kind].mine(asked)]
        known = [line for line in mine if WIRES[line.kind].knows(line, asked)]
        if not known:
            return None, WIRES[mine[0].kind].stranger if mine else NOT_OURS
        line = known[0]
        wire = WIRES[line.kind]
        sent, answer = wire.take(line, asked, partial(self.phones.has_stopped, line.slug))
        if sent is not None:
            standing = self.phones.got(sent.to, sent.text, line.slug, sent.id)
            if standing.times == 1:
                self._report(line, sent)
        return sent, answer

    def _report(self, line: Line, sent: Sent) -> None:
        wire = WIRES[line.kind]
        last = "failed" if self.faults.lost else "delivered"
        for after, state in ((0.2, "sent"), (1.0, last)):
            self.caller.call(
                partial(self._reported, line, sent, state), wire.again, lambda _status: None, after=after
            ) if wire.report(line, sent, state) else self.phones.became(sent.id, state)

    def _reported(self, line: Line, sent: Sent, state: str) -> Call:
        self.phones.became(sent.id, state)
        call = WIRES[line.kind].report(line, sent, state)
        assert call is not None  # noqa: S101 - asked before
        return call


class _Arrived:
    """Says what became of a text once each of its parts has had its last answer."""

    def __init__(self, parts: int, became: Callable[[str], None]) -> None:
        self.left, self.worst, self.became = parts, 200, became
        self.lock = threading.Lock()

    def __call__(self, status: int) -> None:
        with self.lock:
            self.left -= 1
            if not 200 <= status < 300:
                self.worst = status
            if self.left == 0:
                self.became("taken" if self.worst == 200 else "refused" if self.worst else "no_answer")
