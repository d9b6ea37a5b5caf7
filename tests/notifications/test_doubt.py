"""Kill -9 between the mail server's 250 and our commit: counted, none lost, the doubt marked. On either database."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests.notifications.servers import Mailbox, mail_server

ROOT = Path(__file__).resolve().parents[2]
NOTICES = 20
EVERY = 5  # the worker is killed at every fifth first try

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def environment(mailbox: Mailbox, tmp_path: Path) -> dict[str, str]:
    """One database for all processes: a file, or the test database of PostgreSQL."""
    database = f"sqlite:///{tmp_path / 'doubt.sqlite3'}"
    if connection.vendor == "postgresql":
        given: dict[str, Any] = connection.settings_dict
        login = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
        host = f"{given['HOST'] or 'localhost'}:{given['PORT'] or 5432}"
        database = f"postgres://{login}@{host}/{given['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "RECOURSE_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": database,
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Any]:
    begun: list[subprocess.Popen[str]] = []

    def run(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.notifications.doubt_process", *map(str, arguments)]
        begun.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True))
        return begun[-1]

    yield run
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.communicate()


def end(process: "subprocess.Popen[str]") -> str:
    out, _err = process.communicate(timeout=120)
    assert process.returncode == 0
    return out


def test_a_worker_killed_after_the_servers_yes_leaves_a_doubt_and_loses_nothing(mailbox: Mailbox, start: Any) -> None:
    end(start("prepare", NOTICES))
    kills = NOTICES // EVERY
    for run in range(kills):
        worker = start("work", run * 10, EVERY)
        assert worker.stdout.readline() == "taken\n"
        worker.kill()  # SIGKILL
        worker.communicate()

    found = json.loads(end(start("work", kills * 10, 0)))
    arrived = Counter(mailbox.ids())
    assert len(found["ids"]) == NOTICES
    assert set(arrived) == set(found["ids"]), "none lost, none invented"
    twice = sorted(one for one, times in arrived.items() if times == 2)
    assert twice == found["doubtful"]
    assert len(twice) == kills
    assert max(arrived.values()) == 2
    assert found["states"] == ["sent"]
    assert (found["unknown"], found["accepted"]) == (kills, NOTICES)


def test_several_workers_at_once_tell_everybody_once(mailbox: Mailbox, start: Any) -> None:
    end(start("prepare", NOTICES))
    for process in [start("work", 0, 0) for _number in range(3)]:
        end(process)
    # A worker that found the rest in others' hands has stopped early.
    found = json.loads(end(start("work", 10, 0)))
    assert Counter(mailbox.ids()) == dict.fromkeys(found["ids"], 1)
    assert len(found["ids"]) == NOTICES
    assert (found["doubtful"], found["unknown"], found["untold"]) == ([], 0, 0)
