"""Runs the worker, and in the embedded default the clock that sends the sweeps, in one process.

As a process of its own beat never reaches kombu's memory transport; as a thread beside the worker it does. With Redis
any number of workers run; give one of them BEAT=1. Two clocks would only send more sweeps, safe to repeat.
"""

import os
import sys
import threading
from typing import cast

import django
from celery.beat import EmbeddedService
from django.conf import settings
from django.core import checks

from config import processes
from config.celery import app
from config.logs import log_uncaught

CONCURRENCY = "4"


def main() -> int:
    processes.die_with_parent()
    django.setup()
    log_uncaught()
    if wrong := [str(found) for found in checks.run_checks() if found.is_serious()]:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    embedded = not settings.REDIS_URL
    if os.environ.get("BEAT", "1" if embedded else "0") == "1":
        beat = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
        cast("threading.Thread", beat).start()
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
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
