"""Kill -9 of a worker, of the clock that sends, of Redis, and a crash of PostgreSQL: nobody forgotten, nothing twice.

Each in the middle of sweeps, of relays and of sends, with two workers and two clocks at work, and officers who go on.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.beat import HELD, LOCK
from tests.proofs.conftest import Process, World
from tests.proofs.own_servers import wait_until

CASES, DAYS = 20, 120  # three to four clocks each, every one of them missed
OUTAGE = 120  # days: as with three of them, and more was missed
LEASE_OVER = 5  # minutes
LONG = 180.0  # seconds for all of the work
BEHIND = 10.0  # seconds for which the time of day is wrong
SET_BACK, SET_RIGHT = signal.SIGRTMIN + 1, signal.SIGRTMIN + 2

pytestmark = pytest.mark.services

Worlds = Callable[[int, int], World]
STEPS = "select count(*) from cases_caseevent where level is not null"
NOTICES = "select count(*) from notifications_notice"
LEFT = """
    select (select count(*) from cases_untold)
         + (select count(*) from cases_clock where stopped_at is null and next_step_at <= now())
         + (select count(*) from notifications_notice where state = 'waiting' and next_try_at <= now())
"""


class Site:
    """Two workers, each with its clock, and the officers; whoever dies is started again, as a keeper would."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.workers = [world.start("worker") for _ in range(2)]
        self.officers = world.start("officers")

    def kill(self, process: Process) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    def kill_a_worker(self) -> None:
        place = random.randrange(2)
        self.kill(self.workers[place])
        self.workers[place] = self.world.start("worker")

    def kill_who_sends(self) -> None:
        """The other takes its turn when it runs out."""
        wait_until(lambda: sender(self.world) != 0)
        dead = sender(self.world)
        ((place, holder),) = [(place, one) for place, one in enumerate(self.workers) if one.pid == dead]
        self.kill(holder)
        wait_until(lambda: sender(self.world) not in {0, dead}, HELD + 3)
        self.workers[place] = self.world.start("worker")

    def kill_redis(self) -> None:
        self.world.redis.kill()
        time.sleep(1)
        self.world.redis.start()

    def crash_postgres(self) -> None:
        self.world.postgres.crash()

    def set_back(self) -> None:
        """Everybody's time of day, by an hour."""
        for one in self.workers:
            one.send_signal(SET_BACK)

    def set_right(self) -> None:
        for one in self.workers:
            one.send_signal(SET_RIGHT)

    def kill_an_officers_process(self) -> None:
        self.kill(self.officers)
        self.officers = self.world.start("officers")


def sender(world: World) -> int:
    """The process whose clock has the turn; 0: nobody's."""
    with world.redis.client() as client:
        held = client.get(LOCK)
    return int(held.decode().partition(":")[0]) if held else 0


def middles(world: World) -> Iterator[None]:
    """In the middle of the sweeps, of the relays and of the sends, one after the other."""
    for reached in (
        lambda: world.count(STEPS) > 50,
        lambda: world.count(NOTICES) > 50,
        lambda: len(world.mailbox.received) > 50,
    ):
        wait_until(reached, LONG)
        yield


@pytest.mark.parametrize("deed", ["kill_a_worker", "kill_who_sends", "kill_redis", "crash_postgres"])
def test_whatever_is_killed_nobody_is_forgotten_and_nothing_is_done_twice(world: Worlds, deed: str) -> None:
    here = world(CASES, DAYS)
    site = Site(here)
    for place, _middle in enumerate(middles(here)):
        if place == 0 or deed != "kill_who_sends":  # each time nobody sends for a quarter of a minute
            getattr(site, deed)()
        if place == 1:
            site.kill_an_officers_process()
    ends_well(site)


def test_a_time_of_day_that_is_set_back_and_right_again_forgets_nobody_and_does_nothing_twice(world: Worlds) -> None:
    here = world(CASES, DAYS)
    site = Site(here)
    for place, _middle in enumerate(middles(here)):
        if place == 0:
            site.set_back()
            goes_on(here)
            time.sleep(BEHIND)
            site.set_right()
    ends_well(site)


def goes_on(here: World) -> None:
    """What is long due is not kept waiting."""
    before = here.count(STEPS)
    wait_until(lambda: here.count(STEPS) > before, LONG)


def ends_well(site: Site) -> None:
    """The officers have done what they can, nothing waits, everybody was told, and nobody twice."""
    here = site.world
    site.officers.communicate(timeout=LONG)
    assert site.officers.returncode == 0
    wait_until(lambda: here.count(LEFT) == 0, LONG)
    for process in site.workers:
        assert process.poll() is None, "a worker ended by itself"
        site.kill(process)

    # What a dead worker held is free when its lease is over.
    found = here.run("settle", LEASE_OVER)
    assert found["wrong"] == []
    assert found["levels"] > CASES * 3
    assert found["unheard"] == 0
    assert set(found["stages"]) == {"set_aside", "closed", "investigation"}
    arrived_as_promised(found, here.mailbox.ids())
    assert here.postgres.complaints() == []


def arrived_as_promised(found: dict[str, Any], ids: list[str]) -> None:
    """Each notice that was sent arrived, and twice at the most, and twice only where its doubt is marked."""
    arrived = Counter(ids)
    assert set(found["sent"]) <= set(arrived)
    assert set(arrived) <= set(found["notices"])
    assert {one for one, times in arrived.items() if times > 1} <= set(found["doubtful"])
    assert max(arrived.values()) <= 2


def test_after_an_outage_every_missed_step_is_on_record_and_each_person_is_told_once(world: Worlds) -> None:
    here = world(CASES, OUTAGE)
    found = here.run("settle", 0)
    assert found["wrong"] == []
    assert found["twice"] == []
    assert found["levels"] > found["clocks_told"] > 0, "several steps of a deadline, and one notice"
    arrived_as_promised(found, here.mailbox.ids())
    assert Counter(here.mailbox.ids()) == dict.fromkeys(found["sent"], 1)
