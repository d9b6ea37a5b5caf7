"""The clock that sends the sweeps: of all that are started one sends, and nobody's setting of the time disturbs it.

It counts monotonic seconds, where Celery's own scheduler compares times of day: set back by an hour, that one would
send nothing for an hour. Whoever's turn it is holds a lock in Redis that expires; the others look again every second.
"""

import os
import time
import uuid
from contextlib import suppress
from typing import Any, Protocol

import structlog
from celery.beat import Scheduler
from django.conf import settings
from kombu import Connection
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import LockNotOwnedError, RedisError
from redis.lock import Lock
from redis.retry import Retry

LOCK = "recourse:beat"
HELD = 15.0  # seconds after which the turn of a clock that fell silent is over
ANSWER = 3.0  # seconds for Redis to answer
LOOK_AGAIN = 1.0

log = structlog.get_logger(__name__)


class Turn(Protocol):
    """Whether this clock may send."""

    def take(self) -> bool:
        """Take it or keep it; False while another has it, or nobody can say."""

    def lasts(self) -> bool:
        """Still, for as long as one message takes."""

    def give_up(self) -> None:
        """The next one need not wait for the end of it."""


class Alone:
    """Without Redis there is one process: the launcher holds the lock of its folder."""

    def take(self) -> bool:
        return True

    def lasts(self) -> bool:
        return True

    def give_up(self) -> None:
        """Nobody waits for it."""


class Shared:
    """One turn for all clocks on one Redis: a lock under a random value of its holder, kept alive while it ticks."""

    def __init__(self, url: str) -> None:
        self.client = Redis.from_url(
            url, socket_timeout=ANSWER, socket_connect_timeout=ANSWER, retry=Retry(NoBackoff(), 0), protocol=2
        )
        self.lock = Lock(self.client, LOCK, timeout=HELD, thread_local=False)
        self.name = f"{os.getpid()}:{uuid.uuid4().hex}"  # nobody else's; the number is for whoever looks who sends
        self.held = False
        self.until = 0.0

    def take(self) -> bool:
        asked = time.monotonic()
        try:
            self.held = self._kept() or bool(self.lock.acquire(blocking=False, token=self.name))
        except RedisError:  # it may be ours still: who knows is not there, and nothing can be sent
            self.until = 0.0
            return False
        self.until = asked + HELD if self.held else 0.0
        return self.held

    def _kept(self) -> bool:
        """False where there was none, it ran out, or Redis came back without it."""
        try:
            return self.held and bool(self.lock.reacquire())
        except LockNotOwnedError:
            return False

    def lasts(self) -> bool:
        return time.monotonic() < self.until - ANSWER

    def give_up(self) -> None:
        if self.held:
            with suppress(RedisError):  # it expires by itself
                self.lock.release()
        self.held, self.until = False, 0.0


class Beat(Scheduler):
    """Sends each sweep once an interval; after whatever kept it from that, a broker that was away say, each comes once:
    the database knows what is due, so one makes up for all."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.turn: Turn = Shared(settings.REDIS_URL) if settings.REDIS_URL else Alone()
        self.next_at: dict[str, float] = {}  # monotonic; what is missing is due at once

    def tick(self, *_given: Any, **_named: Any) -> float:
        """Send what is due, and say in how many seconds to come again. Nothing ends it: a clock that stands still would
        be seen by nobody but the people whose deadlines pass."""
        try:
            if self.turn.take():
                return self._send_due()
            self.next_at.clear()
        except Exception as error:  # the broker went away, most likely
            log.error("clock_could_not_send", exc_info=error)
            self._drop_connection()
        return LOOK_AGAIN

    def _send_due(self) -> float:
        entries: dict[str, Any] = self.schedule
        for name, entry in entries.items():
            now = time.monotonic()
            due = self.next_at.get(name, now)
            if due > now:
                continue
            if not self.turn.lasts():
                return 0.0
            self.apply_async(entry, producer=self.producer, advance=False)
            seconds = entry.schedule.run_every.total_seconds()
            self.next_at[name] = due + seconds if due + seconds > now else now + seconds
        return min(max(min(self.next_at.values()) - time.monotonic(), 0.01), LOOK_AGAIN)

    def _ensure_connected(self) -> Connection:
        """Once: whoever had the turn asked the same server a moment ago, and the next tick tries again."""
        return self.connection.ensure_connection(max_retries=1)

    def _drop_connection(self) -> None:
        with suppress(Exception):
            super().close()

    def close(self) -> None:
        """Its turn ends with it."""
        self.turn.give_up()
        super().close()
