"""Runs the worker and, in the same process, the clock that sends the sweeps.

As a process of its own beat never reaches kombu's memory transport; as a thread beside the worker it does. With Redis
any number of workers run, and their clocks agree among themselves which of them sends (`config.beat`).
"""

import ctypes
import os
import sys
from typing import Any, cast

import django
from celery.beat import EmbeddedService
from django.core import checks

from config import processes
from config.celery import app
from config.logs import log_uncaught

# Each lane of deliveries, and each way of replies, may hang in a thread of its own, and as many are left for everything
# else. A thread that was never needed is never started.
CONCURRENCY = "20"
CLOCK_ENDS = 3.0  # seconds
# glibc gives each thread a heap of its own and keeps what it once held: twenty of them grow for hours without a leak.
ARENA_MAX, ARENAS = -8, 2  # M_ARENA_MAX of mallopt(3)


def main() -> int:
    processes.die_with_parent()
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # other C libraries have none
        mallopt(ARENA_MAX, ARENAS)
    django.setup()
    log_uncaught()
    if wrong := [str(found) for found in checks.run_checks() if found.is_serious()]:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    clock = cast("Any", EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler))
    ticking = os.environ.get("BEAT", "1") == "1"
    if ticking:
        clock.start()
    # Threads, not processes: the sweeps wait for the database and the network, and a kill leaves nobody behind.
    worker = app.Worker(
        pool="threads",
        concurrency=int(os.environ.get("WORKER_CONCURRENCY", CONCURRENCY)),
        hostname=f"worker-{os.getpid()}@%h",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    try:
        worker.start()
    finally:
        if ticking:  # another worker's clock takes its turn at once
            clock.service.stop()
            clock.join(CLOCK_ENDS)
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
