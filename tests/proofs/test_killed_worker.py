"""Kill -9 inside each seam's transaction, and start again: nothing lost, nothing twice. On either database."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
MANY = 12

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    begun: list[subprocess.Popen[str]] = []
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "RECOURSE_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": database(tmp_path),
    }

    def start(*arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.proofs.seam_process", *map(str, arguments)]
        begun.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def database(folder: Path) -> str:
    """One database for all processes: a file, or the test database of PostgreSQL."""
    if connection.vendor != "postgresql":
        return f"sqlite:///{folder / 'seams.sqlite3'}"
    given: dict[str, Any] = connection.settings_dict
    login = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    return f"postgres://{login}@{given['HOST'] or 'localhost'}:{given['PORT'] or 5432}/{given['NAME']}"


def end(process: "subprocess.Popen[str]") -> str:
    out, _err = process.communicate(timeout=120)
    assert process.returncode == 0
    return out


def killed_inside(process: "subprocess.Popen[str]") -> None:
    assert process.stdout
    assert process.stdout.readline() == "inside\n"
    process.kill()
    process.wait()


def test_a_worker_killed_inside_a_seam_loses_nothing_and_does_nothing_twice(run: Run) -> None:
    end(run("prepare", MANY))
    for seam in ("take_up", "sweep", "relay"):
        for _ in range(2):
            killed_inside(run("work", seam, "stop"))
        end(run("work", seam, "through"))

    found = json.loads(end(run("count")))
    assert found["grievances"] == found["cases"] == found["opened"] == MANY
    assert found["arrivals"] == found["untold"] == 0
    # Nine days on, each acknowledgement of seven has passed our aim, 50 %, 80 %, T and +25 %.
    assert found["levels"] == found["levels_kept"] == 5 * MANY
    assert found["levels_twice"] == found["told_twice"] == 0
    assert found["told_of"] > 0
