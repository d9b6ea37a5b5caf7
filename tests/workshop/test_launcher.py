"""`make run` as somebody meets it: one launcher, its web and its worker, from the first start to the last signal."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.services

ROOT = Path(__file__).resolve().parents[2]
FIRST = 120.0  # seconds until somebody gives up
GIVEN = ("DATABASE_URL", "REDIS_URL", "RECOURSE_VAR", "RECOURSE_PARENT", "DJANGO_SETTINGS_MODULE")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Launcher:
    """One launcher with its output in a file."""

    def __init__(self, var: Path, port: int, *, demo: str = "0") -> None:
        self.port = port
        self.said_in = var.parent / f"said-{port}-{time.monotonic_ns()}"
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        with self.said_in.open("wb") as said:
            self.began = time.monotonic()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.launcher"],
                cwd=ROOT,
                env=environment | {"RECOURSE_VAR": str(var), "PORT": str(port), "DEMO": demo},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.said_in.read_text()

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except OSError:
            return 0, b""

    def open_within(self, seconds: float) -> float:
        assert until(lambda: "Recourse is open" in self.said or self.process.poll() is not None, seconds), self.said
        assert self.process.poll() is None, self.said
        return time.monotonic() - self.began

    def family(self) -> set[int]:
        return descendants(self.process.pid)

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(15)


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found |= {int(child)} | descendants(int(child))
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists() and "Z (" not in state(pid)}


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return "Z ("


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def contents(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a first start has prepared."""
    folder = tmp_path_factory.mktemp("installation") / "var"
    first = Launcher(folder, free_port())
    try:
        first.open_within(FIRST)
        assert first.stop(signal.SIGINT) == 0, first.said
    finally:
        first.process.kill()
    return folder


@pytest.fixture
def running(var: Path) -> Iterator[Launcher]:
    launcher = Launcher(var, free_port())
    yield launcher
    launcher.process.kill()
    launcher.process.wait()


def test_a_first_start_makes_private_keys(var: Path) -> None:
    keys = [*(var / "keys").iterdir()]
    assert keys
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    assert (var / "prepared.json").stat().st_mode & 0o777 == 0o600


def test_a_second_start_changes_nothing_and_does_the_work(var: Path, running: Launcher) -> None:
    before = {path: at for path, at in contents(var).items() if "/keys/" in path or "/static/" in path}
    running.open_within(30)
    assert running.get("/healthz") == (200, b"ok")
    assert running.get("/en/")[0] == 200
    # Clock, broker and worker leave their mark within a few seconds.
    assert until(lambda: running.get("/readyz")[0] == 200, 15), running.get("/readyz")
    assert json.loads(running.get("/readyz")[1])["ready"] is True
    assert {path: at for path, at in contents(var).items() if path in before} == before
    assert running.stop(signal.SIGTERM) == 0


def test_a_second_start_prepares_nothing(var: Path) -> None:
    stamp = (var / "prepared.json").stat().st_mtime_ns
    again = Launcher(var, free_port())
    again.open_within(60)
    again.stop(signal.SIGINT)
    assert "Preparing" not in again.said
    assert (var / "prepared.json").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_all_cleanly(running: Launcher, number: int) -> None:
    running.open_within(30)
    family = running.family()
    assert len(family) >= 4  # a master with two workers, and the worker of the queue
    assert running.stop(number) == 0
    assert not alive(family)
    assert running.said.rstrip().endswith("Stopped.")
    assert "Traceback" not in running.said


def test_killed_it_leaves_nobody_behind(running: Launcher) -> None:
    running.open_within(30)
    family = running.family()
    running.process.kill()
    running.process.wait()
    assert until(lambda: not alive(family), 5), alive(family)


@pytest.mark.parametrize("name", ["config.worker", "config.gunicorn"])
def test_a_killed_part_comes_back_and_the_other_never_stopped(running: Launcher, name: str) -> None:
    running.open_within(30)
    parts = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(running.process.pid)}
    children = [pid for pid, line in parts.items() if name in line and parent_of(pid) == running.process.pid]
    os.kill(children[0], signal.SIGKILL)
    assert until(lambda: "starting it again" in running.said, 5)
    assert until(lambda: running.get("/healthz")[0] == 200, 15)
    assert until(lambda: len(running.family()) >= 4, 15)


def parent_of(pid: int) -> int:
    line = next(line for line in state(pid).splitlines() if line.startswith("PPid"))
    return int(line.split()[1])


def test_two_launchers_on_one_folder_or_one_port_are_told_apart(var: Path, tmp_path: Path, running: Launcher) -> None:
    running.open_within(30)
    second = Launcher(var, free_port())
    assert second.process.wait(20) == 1
    assert f"already running on {var} (process {running.process.pid})" in second.said
    third = Launcher(tmp_path / "var", running.port)
    assert third.process.wait(20) == 1
    assert f"Port {running.port} is taken" in third.said
    assert running.get("/healthz")[0] == 200


def test_lost_keys_are_never_replaced_where_there_is_a_database(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "recourse.sqlite3").touch()
    launcher = Launcher(tmp_path / "var", free_port())
    assert launcher.process.wait(30) == 1
    assert "Put the keys back" in launcher.said
    assert not (tmp_path / "var" / "keys").exists()
