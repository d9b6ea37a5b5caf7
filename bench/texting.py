"""Text messages: whether any is lost or answered twice while the worker is killed, how fast, and how soon a webhook
answers."""

import base64
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.phones import Text, number_of, send_all, texts_for
from bench.places import ENGINES, HOST, ROOT, SIZE, Bench, Place, answer, free_port
from bench.table import Measured, Row
from grievance.simulator.lines import Heard, Line
from grievance.simulator.server import Simulator, simulating
from grievance.simulator.wires import WIRES

CALLS = SIZE // 100
KILLED_AT = (0.2, 0.4)  # shares of the texts answered by then
BOUND_MEMORY = 1.3
RATE, SECONDS = 200, max(3, SIZE * 30 // 1_000_000)
BOUND_MS = 50.0
PATIENCE = 1800.0  # seconds for all of the answers


@dataclass
class Worker:
    """A worker as the product runs it, killed and started again."""

    place: Place
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "config.worker"]
        with (self.place.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.place.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def megabytes(self) -> float:
        """What of it is in memory now."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6


@contextmanager
def working(place: Place) -> Iterator[Worker]:
    worker = Worker(place)
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()


def lines_in(place: Place, port: int, web: int) -> list[Line]:
    """The gateways of this installation, as the other end knows them."""
    made = place.run("bench.inside.gateways", f"http://{HOST}:{port}", f"http://{HOST}:{web}")
    return [Line(**one) for one in made["lines"]]


@dataclass
class Watch:
    """Kills the worker twice on the way, and looks at the memory of the last one."""

    worker: Worker
    simulator: Simulator
    texts: int
    killed: int = 0
    first: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def answered(self) -> int:
        return len({number for number, _text in self.simulator.exchange.phones.received()})

    def until_all(self) -> float:
        """Seconds until everybody was answered."""
        while (done := self.answered()) < self.texts:
            if time.monotonic() > self.began + PATIENCE:
                break
            share = done / self.texts
            if self.killed < len(KILLED_AT) and share >= KILLED_AT[self.killed]:
                self.worker.kill()
                self.worker.place.run("bench.inside.leases")
                self.worker.start()
                self.killed += 1
            # A tenth of what the last worker has to do.
            if not self.first and self.killed == len(KILLED_AT) and share >= KILLED_AT[-1] + (1 - KILLED_AT[-1]) / 10:
                self.first = self.worker.megabytes()
            time.sleep(0.2)
        return time.monotonic() - self.began


def _fire(bench: Bench, engine: str) -> dict[str, Any]:
    place = bench.empty(engine, "texts")
    texts, sendings = texts_for(CALLS, random.Random(7))
    port = free_port()
    with place.serving() as web:
        lines = lines_in(place, port, web)
        with simulating(lines, f"http://{HOST}:{web}", port=port) as simulator, working(place) as worker:
            watch = Watch(worker, simulator, len(texts))
            taken: list[float] = []
            sending = threading.Thread(target=lambda: taken.append(_brought(web, lines, sendings)))
            sending.start()
            seconds = watch.until_all()
            sending.join()
            last = worker.megabytes()
            time.sleep(5)  # what would come twice has come by then
            got = list(simulator.exchange.phones.received())
    found = place.run("bench.inside.heard", asked=[[one.number, one.words] for one in texts])
    more = sum(one.times - 1 for _number, one in got) + len(got) - len({number for number, _one in got})
    answered = len({number for number, _one in got})
    wrong = found["lost"] + found["twice"] + found["not_once"] + len(texts) - answered
    wrong += max(0, more - found["doubtful"])  # an answer whose fate is unknown is sent once more, and marked
    return found | {
        "wrong": wrong,
        "people": len(texts), "calls": len(sendings), "rate": len(sendings) / taken[0], "answers": answered / seconds,
        "killed": watch.killed, "first": watch.first, "last": last, "more": more,
    }  # fmt: skip


def _brought(web: int, lines: list[Line], sendings: list[Any]) -> float:
    began = time.monotonic()
    send_all(web, lines, sendings)
    return time.monotonic() - began


def fire(bench: Bench, *, engine: str) -> Measured:
    found = bench.once(_fire, engine)
    shown = (
        "{calls:,} calls with {people:,} texts taken at {rate:.0f} a second, {answers:.0f} answers a second; worker "
        "killed {killed} times; {lost} lost, {twice} twice, {doubtful} answers in doubt, {more} of them sent once more"
    )
    return Measured(found["wrong"], shown.format(**found))


def memory(bench: Bench, *, engine: str) -> Measured:
    found = bench.once(_fire, engine)
    return Measured(found["last"] / (found["first"] or 1e-9), f"{found['first']:.0f} MB, then {found['last']:.0f} MB")


def p99(bench: Bench, *, engine: str) -> Measured:
    """Calls that come when it is their time, whether or not the last one was answered: waiting counts."""
    place = bench.empty(engine, "webhook")
    texts = [
        Text(number_of(place_of), f"{place_of}: Maji ya mto yamekuwa mekundu.") for place_of in range(RATE * SECONDS)
    ]
    with place.serving() as web:
        lines = {line.kind: line for line in lines_in(place, free_port(), web)}
        kinds = sorted(lines)
        calls = []
        for turn, text in enumerate(texts):
            kind = kinds[turn % len(kinds)]
            call = WIRES[kind].inbound(lines[kind], Heard(text.number, text.words, f"id{turn}", time.time()))
            calls.append([call.path, dict(call.headers), base64.b64encode(call.body).decode()])
        asked = {"port": web, "rate": RATE, "calls": calls}
        found = answer([sys.executable, "-m", "bench.loading"], dict(os.environ), asked)
    kept = place.run("bench.inside.kept")["rows"]
    if found["wrong"] or kept != len(calls):
        raise RuntimeError(f"{found['wrong']} calls failed, {kept} of {len(calls)} were kept")
    return Measured(
        found["p99"],
        "{p50:.1f} ms in the middle, {most:.0f} ms at most, {calls:,} calls".format(**found, calls=len(calls)),
    )


ROWS = [
    *(
        Row(
            f"texts_{engine}",
            "texts",
            0,
            f"{CALLS:,} calls, 20 % of them twice, parts in any order, worker killed twice: lost, or not answered once",
            partial(fire, engine=engine),
        )
        for engine in ENGINES
    ),
    *(
        Row(
            f"texts_memory_{engine}",
            "times",
            BOUND_MEMORY,
            "memory of the worker that did the rest, at its end against that after a tenth of it",
            partial(memory, engine=engine),
        )
        for engine in ENGINES
    ),
    *(
        Row(
            f"webhook_p99_{engine}",
            "ms",
            BOUND_MS,
            f"99 of 100 calls of gateways of every kind, {RATE} a second whether or not the last was answered",
            partial(p99, engine=engine),
        )
        for engine in ENGINES
    ),
]
