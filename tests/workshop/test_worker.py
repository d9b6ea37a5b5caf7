"""A real worker with Redis and PostgreSQL: it finds what is due, survives a kill, and goes when it is asked to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from cases.models import Case
from config import health
from grievance import receipts
from grievance.commands.filing import file_grievance
from tests.cases.conftest import draft

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (settings.REDIS_URL and os.environ.get("DATABASE_URL", "").startswith("postgres")),
        reason="needs REDIS_URL and a DATABASE_URL of PostgreSQL, as .ci/run gives them",
    ),
]


def database_of_tests() -> str:
    of = connection.settings_dict
    password = f":{of['PASSWORD']}" if of["PASSWORD"] else ""
    return f"postgres://{of['USER']}{password}@{of['HOST']}:{of['PORT'] or 5432}/{of['NAME']}"


def start(**environment: str) -> subprocess.Popen[bytes]:
    given = {"DATABASE_URL": database_of_tests(), "RECOURSE_PARENT": str(os.getpid())}
    return subprocess.Popen(
        [sys.executable, "-m", "config.worker"],
        cwd=ROOT,
        env=os.environ | given | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    with start(BEAT="1") as process:
        yield process
        process.kill()


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def beats_since(moment: datetime) -> bool:
    last = health.marked()
    return last is not None and last > moment


def file_one() -> datetime:
    at = datetime.now(UTC)
    file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=at)
    return at


def test_a_grievance_is_a_case_within_five_seconds(worker: subprocess.Popen[bytes]) -> None:
    began = datetime.now(UTC)
    assert until(lambda: beats_since(began), 30)
    file_one()
    assert until(Case.objects.exists, 5)


def test_killed_and_started_again_it_goes_on_where_it_stopped(worker: subprocess.Popen[bytes]) -> None:
    began = datetime.now(UTC)
    assert until(lambda: beats_since(began), 30)
    worker.kill()
    worker.wait()
    file_one()
    with start(BEAT="1") as second:
        assert until(Case.objects.exists, 20)
        assert Case.objects.count() == 1
        second.send_signal(signal.SIGTERM)
        assert second.wait(15) == 0


def test_two_workers_and_two_clocks_open_one_case(worker: subprocess.Popen[bytes]) -> None:
    with start(BEAT="1") as second:
        began = datetime.now(UTC)
        assert until(lambda: beats_since(began), 30)
        for _ in range(5):
            file_one()
        assert until(lambda: Case.objects.count() >= 5, 15)
        time.sleep(timedelta(seconds=2).total_seconds())
        assert Case.objects.count() == 5
        second.kill()
