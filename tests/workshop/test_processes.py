"""Children are kept running together, stopped together, and never outlive who started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config import processes
from config.processes import Child, Keeper

pytestmark = pytest.mark.long

SLEEPER = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def child(code: str) -> Child:
    return Child("sleeper", [sys.executable, "-c", code], dict(os.environ))


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_a_child_that_dies_is_started_again_and_everything_stops_on_request() -> None:
    said: list[str] = []
    first = child(SLEEPER)
    keeper = Keeper([first], said.append)
    pids: list[int] = []

    def once() -> None:
        if first.process is not None and first.process.pid not in pids:
            pids.append(first.process.pid)
            first.process.kill() if len(pids) == 1 else keeper.asked()

    keeper.each_turn = once
    assert keeper.keep() == 0
    assert len(pids) == 2
    assert not any(alive(pid) for pid in pids)
    assert said == ["sleeper ended (exit code -9); starting it again."]


def test_a_child_that_never_comes_up_ends_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LONGEST_WAIT", 0.01)
    said: list[str] = []
    other = child(SLEEPER)
    assert Keeper([child("raise SystemExit(3)"), other], said.append).keep() == 1
    assert said[-1] == "sleeper ended 5 times right after its start (exit code 3): giving up."
    assert other.process is not None
    assert other.process.returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE", 1.0)
    said: list[str] = []
    deaf = child(DEAF)
    keeper = Keeper([deaf], said.append)
    began = time.monotonic()

    def once() -> None:
        if time.monotonic() - began > 0.5:
            keeper.asked()

    keeper.each_turn = once
    assert keeper.keep() == 0
    assert deaf.process is not None
    assert not alive(deaf.process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_a_child_goes_with_a_parent_that_was_killed() -> None:
    code = f"from config.processes import die_with_parent; die_with_parent(); print('ready', flush=True); {SLEEPER}"
    parent = (
        "import os, subprocess, sys, time\n"
        "os.environ['RECOURSE_PARENT'] = str(os.getpid())\n"
        f"one = subprocess.Popen([sys.executable, '-c', {code!r}], stdout=subprocess.PIPE)\n"
        "one.stdout.readline()\n"
        "print(one.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        pid = int(keeper.stdout.readline())
        assert alive(pid)
        keeper.kill()
        keeper.wait()
        assert until(lambda: not alive(pid))
