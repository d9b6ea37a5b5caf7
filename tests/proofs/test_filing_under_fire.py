"""A thousand people file at once while the server is killed and started again, twice: every number that was shown opens
what its owner wrote."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.proofs.browser import Browser
from tests.proofs.installation import ROOT, Installation, Server, free_port

FILE = "/en/file/"
PEOPLE, AT_ONCE = 1000, 16
KILLED_AT = (300, 650)  # filings answered by then
PATIENCE = 120.0

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the workers through /proc"),
]


@dataclass
class Fire:
    """Kills the whole server once so many were answered, and starts another one at the same address."""

    place: Installation
    port: int
    stack: ExitStack
    server: Server
    answered: int = 0
    killed: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def one_more(self) -> None:
        with self.lock:
            self.answered += 1
            if len(self.killed) < len(KILLED_AT) and self.answered >= KILLED_AT[len(self.killed)]:
                self._kill()

    def _kill(self) -> None:
        pids = [self.server.process.pid, *self.server.pids()]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.server.process.wait()
        self.killed.append(self.answered)
        self.server = self.stack.enter_context(self.place.serving("all", port=self.port, WEB_WORKERS="2"))


@pytest.fixture
def fire(tmp_path: Path) -> Iterator[Fire]:
    place = Installation(tmp_path, f"sqlite:///{tmp_path / 'var' / 'recourse.sqlite3'}")
    place.lay()
    port = free_port()
    with ExitStack() as stack:
        server = stack.enter_context(place.serving("all", port=port, WEB_WORKERS="2"))
        yield Fire(place, port, stack, server)


def file_patiently(fire: Fire, number: int) -> tuple[str, str]:
    """As a person does whose page does not load: the same form again, or what the page asks to be sent once more, until
    a number is shown."""
    words = f"{number}: the dust of the crusher, plum otter"
    person = Browser(fire.port)
    form: dict[str, list[str]] = {}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            form = form or person.get(FILE).fields(FILE) | {"statement": [words]}
            page = person.send(FILE, form)
        except (OSError, HTTPException):
            time.sleep(0.2)
            continue
        if page.status == 200 and page.receipt:
            fire.one_more()
            return page.receipt, words
        if page.status == 200:
            form = page.fields(FILE)
    raise AssertionError("nobody answered")


def test_every_number_that_was_shown_opens_what_was_written(fire: Fire) -> None:
    with ThreadPoolExecutor(AT_ONCE) as people:
        shown = list(people.map(partial(file_patiently, fire), range(PEOPLE)))
    assert len(fire.killed) == len(KILLED_AT)
    assert len({receipt for receipt, _words in shown}) == PEOPLE
    opening = subprocess.run(
        [sys.executable, "-m", "bench.inside.receipts"],
        cwd=ROOT,
        env=fire.place.environment("all"),
        input=json.dumps(shown),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert json.loads(opening.stdout.rstrip().rpartition("\n")[2]) == {"lost": 0}
