"""Of any number of clocks one sends, whatever is killed in between, and whatever becomes of the time of day."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery

from config import beat
from config.beat import Beat, Shared
from tests.proofs.own_servers import OwnRedis, own_redis, wait_until

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
OFTEN, SELDOM = 0.2, 3600.0


@pytest.fixture
def app() -> Iterator[Celery]:
    """Two sweeps, one often and one seldom, into a queue in memory that nobody empties."""
    made: Celery = Celery("clocks", broker="memory://clocks", set_as_current=False)
    made.conf.beat_schedule = {
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds, "ignore_result": True}}
        for name, seconds in (("often", OFTEN), ("seldom", SELDOM))
    }
    emptied(made)
    yield made
    emptied(made)


@pytest.fixture
def clock(app: Celery, settings: pytest.FixtureRequest) -> Iterator[Beat]:
    settings.REDIS_URL = ""  # type: ignore[attr-defined]
    made = Beat(app)
    yield made
    made.close()


def emptied(app: Celery) -> Counter[str]:
    """What was sent since, by name."""
    found: Counter[str] = Counter()
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        while queue.qsize():
            message = queue.get(block=False)
            message.ack()
            found[message.headers["task"]] += 1
    return found


def tick_for(clock: Beat, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(clock.tick(), max(0.0, end - time.monotonic())))


def test_each_sweep_is_sent_once_an_interval(app: Celery, clock: Beat) -> None:
    tick_for(clock, 5.5 * OFTEN)
    found = emptied(app)
    assert found["seldom"] == 1
    assert 5 <= found["often"] <= 6


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-400), timedelta(days=400)])
def test_a_clock_that_is_set_neither_silences_it_nor_makes_it_hurry(app: Celery, clock: Beat, jump: timedelta) -> None:
    with time_machine.travel(NOON) as machine:
        tick_for(clock, 2.5 * OFTEN)
        before = emptied(app)
        machine.shift(jump)
        tick_for(clock, 5 * OFTEN)
        after = emptied(app)
    assert before["often"] == 3
    assert 4 <= after["often"] <= 6
    assert (before["seldom"], after["seldom"]) == (1, 0)


def test_whatever_kept_it_each_sweep_comes_once_when_it_is_over(app: Celery, clock: Beat) -> None:
    clock.tick()
    emptied(app)
    time.sleep(10 * OFTEN)  # the machine slept, or the process stood still
    clock.tick()
    assert emptied(app) == {"often": 1}


def test_an_error_ends_no_clock(app: Celery, clock: Beat, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(clock, "apply_async", away)
        assert clock.tick() == beat.LOOK_AGAIN
        assert clock.tick() == beat.LOOK_AGAIN
    clock.tick()
    assert emptied(app) == {"often": 1, "seldom": 1}


# -- With Redis


@pytest.fixture(scope="module")
def redis() -> Iterator[OwnRedis]:
    with own_redis() as server:
        yield server


@pytest.fixture
def turns(redis: OwnRedis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Shared]]:
    monkeypatch.setattr(beat, "HELD", 1.0)
    monkeypatch.setattr(beat, "ANSWER", 0.3)
    made: list[Shared] = []

    def make() -> Shared:
        made.append(Shared(redis.url))
        return made[-1]

    with redis.client() as client:
        client.flushall()
        yield make
    for turn in made:
        turn.give_up()
        turn.client.close()


@pytest.mark.services
class TestTurns:
    def test_one_has_it_as_long_as_it_asks(self, turns: Callable[[], Shared]) -> None:
        first, second = turns(), turns()
        for _ in range(8):
            assert first.take()
            assert first.lasts()
            assert not second.take()
            assert not second.lasts()
            time.sleep(0.2)

    def test_given_up_it_is_the_next_ones_at_once(self, turns: Callable[[], Shared]) -> None:
        first, second = turns(), turns()
        assert first.take()
        first.give_up()
        assert second.take()
        assert not first.take()

    def test_of_one_that_fell_silent_it_runs_out(self, turns: Callable[[], Shared]) -> None:
        first, second = turns(), turns()
        assert first.take()
        wait_until(second.take, 2)
        assert not first.lasts()
        assert not first.take()

    def test_a_redis_that_forgot_it_is_asked_anew(self, redis: OwnRedis, turns: Callable[[], Shared]) -> None:
        first, second = turns(), turns()
        assert first.take()
        redis.kill()
        assert not first.take()
        assert not first.lasts()
        redis.start()
        assert [first.take(), second.take()].count(True) == 1

    def test_a_redis_that_hangs_holds_nobody_up(self, redis: OwnRedis, turns: Callable[[], Shared]) -> None:
        first = turns()
        assert first.take()
        assert redis.process
        redis.process.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            assert not first.take()
            assert time.monotonic() - began < 5
        finally:
            redis.process.send_signal(signal.SIGCONT)
        wait_until(first.take, 5)
