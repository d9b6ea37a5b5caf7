"""Calls to Recourse: made when it is their time, and again as each gateway's habit is, until they are answered."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from grievance.simulator.lines import Call

PATIENCE = 10.0  # seconds for an answer


@dataclass(order=True)
class _Due:
    at: float
    turn: int
    make: Callable[[], Call] = field(compare=False)
    again: tuple[float, ...] = field(compare=False)
    done: Callable[[int], None] = field(compare=False)


class Caller:
    """``web``: where Recourse is reached; ``public``: its address as gateways know it, where a proxy stands between: it
    is named as that proxy would. ``pace``: what a second of a gateway's habits takes here."""

    def __init__(self, web: str, public: str = "", *, pace: float = 1.0, hands: int = 4) -> None:
        self.web, self.public, self.pace = urlsplit(web), urlsplit(public or web), pace
        self._due: list[_Due] = []
        self._turns = itertools.count()
        self._changed = threading.Condition()
        self._busy = 0
        self._ended = False
        self._hands = [threading.Thread(target=self._work, daemon=True) for _ in range(hands)]
        for hand in self._hands:
            hand.start()

    def call(
        self, make: Callable[[], Call], again: tuple[float, ...], done: Callable[[int], None], *, after: float = 0.0
    ) -> None:
        """``make`` is asked at each try, since some sign the moment; ``done`` hears the last status, 0: none."""
        with self._changed:
            heapq.heappush(self._due, _Due(time.monotonic() + after * self.pace, next(self._turns), make, again, done))
            self._changed.notify()

    def quiet(self, seconds: float) -> bool:
        """Wait until nothing waits to be called."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._due and not self._busy, seconds)

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for hand in self._hands:
            hand.join(PATIENCE)

    def _next(self) -> _Due | None:
        with self._changed:
            while not self._ended:
                wait = self._due[0].at - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._due)
                self._changed.wait(wait)
            return None

    def _work(self) -> None:
        while due := self._next():
            status = self.post(due.make())
            if not 200 <= status < 300 and due.again:
                self.call(due.make, due.again[1:], due.done, after=due.again[0])
            else:
                due.done(status)
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def post(self, call: Call) -> int:
        """The status; 0 for no answer."""
        headers = dict(call.headers) | {"User-Agent": "simulated gateway"}
        if self.public != self.web:
            headers |= {"Host": self.public.netloc, "X-Forwarded-Proto": self.public.scheme}
        connection = HTTPConnection(self.web.hostname or "", self.web.port or 80, timeout=PATIENCE)
        try:
            connection.request("POST", call.path, call.body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()
