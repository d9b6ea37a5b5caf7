"""What has to pass before a change is taken refuses a PostgreSQL that is too old, in words."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUIET = ("apt-get", "sudo", "git", "xgettext", "pg_isready", "redis-server")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Programs that do nothing, so that only what the script itself decides is seen."""
    for name in QUIET:
        program(tmp_path / name, "exit 0")
    program(tmp_path / "fc-list", "echo NotoSansArabic")
    program(tmp_path / "redis-cli", 'case "$*" in *ping*) echo PONG;; *) echo redis_version:7;; esac')
    program(tmp_path / "make", "exit 3")
    return tmp_path


def program(path: Path, does: str) -> None:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("version", "number", "enough"), [("14.11", "140011", False), ("15.3", "150003", True)])
def test_an_old_postgresql_is_refused(machine: Path, version: str, number: str, enough: bool) -> None:
    program(machine / "psql", f'case "$*" in *server_version_num*) echo {number};; *) echo {version};; esac')
    given = {"PATH": f"{machine}:{os.environ['PATH']}", "PGHOST": "127.0.0.1", "REDIS_URL": "redis://127.0.0.1:1/0"}
    ended = subprocess.run(
        [ROOT / ".ci" / "run"], env=os.environ | given, capture_output=True, text=True, check=False, timeout=60
    )
    assert version in ended.stdout
    assert ended.returncode != 0
    assert ("in: Set-up" if enough else "in: PostgreSQL") in ended.stderr
    assert ("PostgreSQL 15 or newer is needed" in ended.stderr) is not enough
