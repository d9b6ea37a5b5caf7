"""Processes that live and die together: a child that does not outlive its parent, and one keeper of several."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

PARENT = "RECOURSE_PARENT"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
QUICK = 10.0  # seconds: who dies sooner than this after its start died of the start
QUICK_DEATHS = 5
LONGEST_WAIT = 8.0
GRACE = 8.0


def die_with_parent(parent: int | None = None) -> None:
    """End this process when its parent is gone, even by kill -9; without a parent named by a launcher, do nothing."""
    expected = parent or int(os.environ.get(PARENT, "0"))
    if not expected:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=watch, args=(expected,), daemon=True, name="parent-watch").start()
    # The parent may have gone before the kernel was asked.
    if os.getppid() != expected:
        os._exit(1)


def watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


@dataclass
class Child:
    """A process that is started again when it dies, later each time, and given up after several quick deaths."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the keeper alone, which then stops its children in order.
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()

    def look(self) -> int | None:
        """Start it when it is time; return its exit code when it has just died."""
        if self.process is None:
            if time.monotonic() >= self.not_before:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        self.quick_deaths = self.quick_deaths + 1 if time.monotonic() - self.started < QUICK else 0
        self.not_before = time.monotonic() + min(0.25 * 2**self.quick_deaths, LONGEST_WAIT)
        return code

    @property
    def hopeless(self) -> bool:
        return self.quick_deaths >= QUICK_DEATHS


@dataclass
class Keeper:
    """Keeps its children running until it is told to stop, or until one of them can not be kept."""

    children: list[Child]
    say: Callable[[str], None]
    each_turn: Callable[[], None] = lambda: None
    stopping: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """Take SIGINT, SIGTERM and SIGHUP as the wish to stop; asked a second time, children are killed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.asked)

    def asked(self, *_: object) -> None:
        if self.stopping.is_set():
            self.tell(signal.SIGKILL)
        self.stopping.set()

    def keep(self) -> int:
        """Return the exit code: 0 when it was asked to stop, 1 when a child would not stay up."""
        for child in self.children:
            child.start()
        try:
            while not self.stopping.wait(0.2):
                if any(self.dead_for_good(child) for child in self.children):
                    return 1
                self.each_turn()
            return 0
        finally:
            self.stop()

    def dead_for_good(self, child: Child) -> bool:
        code = child.look()
        if code is None or self.stopping.is_set():
            return False
        if child.hopeless:
            self.say(f"{child.name} ended {QUICK_DEATHS} times right after its start (exit code {code}): giving up.")
            return True
        self.say(f"{child.name} ended (exit code {code}); starting it again.")
        return False

    def tell(self, number: signal.Signals) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(number)

    def stop(self) -> None:
        self.stopping.set()
        self.tell(signal.SIGTERM)
        end = time.monotonic() + GRACE
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.1, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    self.say(f"{child.name} does not stop: killing it.")
                    child.process.kill()
                    child.process.wait()
