"""Texts come in while the worker is killed twice and the server once: what was answered with 200 is never lost, and
each text is answered once. And: a secret that stands in an address stands in no log."""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from bench.phones import send_all, texts_for
from grievance.simulator.lines import Heard, Line
from grievance.simulator.server import Simulator, simulating
from grievance.simulator.wires import WIRES
from tests.proofs.installation import HOST, ROOT, Installation, Server, free_port
from tests.proofs.own_servers import OwnPostgres, wait_until

CALLS = 250
SERVER_KILLED_AT = 100  # calls answered by then
WORKER_KILLED_AT = (0.2, 0.5)  # shares of the texts answered by then
LONG = 240.0  # seconds for all of the answers

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the workers through /proc"),
]


@dataclass
class Fire:
    """The server and the worker of one installation; whoever dies is started again, as a keeper would."""

    place: Installation
    port: int
    stack: ExitStack
    server: Server
    simulator: Simulator
    lines: list[Line]
    worker: "subprocess.Popen[bytes] | None" = None
    brought: int = 0
    servers_killed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start_worker(self) -> None:
        log = self.stack.enter_context((self.place.folder / "log" / "worker.log").open("ab"))
        command = [sys.executable, "-m", "config.worker"]
        self.worker = subprocess.Popen(command, cwd=ROOT, env=self.place.environment("all"), stdout=log, stderr=log)

    def kill_worker(self) -> None:
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()

    def one_more(self) -> None:
        with self.lock:
            self.brought += 1
            if self.brought == SERVER_KILLED_AT:
                for pid in [self.server.process.pid, *self.server.pids()]:
                    os.kill(pid, signal.SIGKILL)
                self.server.process.wait()
                self.servers_killed += 1
                self.server = self.stack.enter_context(serving(self.place, self.port))

    def answered(self) -> int:
        return len({number for number, _text in self.simulator.exchange.phones.received()})


def serving(place: Installation, port: int) -> Any:
    return place.serving("all", port=port, WEB_WORKERS="2")


def database_of(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if engine == "sqlite":
        return f"sqlite:///{folder / 'var' / 'recourse.sqlite3'}"
    server: OwnPostgres = request.getfixturevalue("own_database")
    name = f"fire_{os.urandom(4).hex()}"
    server.sql(f"create database {name}")
    return server.url_of(name)


@pytest.fixture
def fire(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fire]:
    place = Installation(tmp_path, database_of(getattr(request, "param", "sqlite"), request, tmp_path))
    place.lay()
    port, other_end = free_port(), free_port()
    made = place.run("-m", "bench.inside.gateways", f"http://{HOST}:{other_end}", f"http://{HOST}:{port}", role="all")
    lines = [Line(**one) for one in json.loads(made.stdout.rstrip().rpartition("\n")[2])["lines"]]
    with ExitStack() as stack:
        server = stack.enter_context(serving(place, port))
        simulator = stack.enter_context(simulating(lines, f"http://{HOST}:{port}", port=other_end))
        burning = Fire(place, port, stack, server, simulator, lines)
        stack.callback(burning.kill_worker)
        yield burning


def heard(place: Installation, sent: list[list[str]]) -> dict[str, int]:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.inside.heard"],
        cwd=ROOT,
        env=place.environment("all"),
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: dict[str, int] = json.loads(ran.stdout.rstrip().rpartition("\n")[2])
    return found


@pytest.mark.parametrize("fire", ["sqlite", "postgresql"], indirect=True)
def test_no_text_is_lost_and_each_is_answered_once(fire: Fire) -> None:
    texts, sendings = texts_for(CALLS, random.Random(11))
    fire.start_worker()
    bringing = threading.Thread(target=lambda: send_all(fire.port, fire.lines, sendings, brought=fire.one_more))
    bringing.start()
    for share in WORKER_KILLED_AT:
        wait_until(lambda share=share: fire.answered() >= share * len(texts), LONG)  # type: ignore[misc]
        fire.kill_worker()
        fire.place.run("-m", "bench.inside.leases", role="all")
        fire.start_worker()
    bringing.join(LONG)
    wait_until(lambda: fire.answered() == len(texts), LONG)
    fire.kill_worker()
    assert fire.brought == len(sendings)
    assert fire.servers_killed == 1

    found = heard(fire.place, [[one.number, one.words] for one in texts])
    assert found["texts"] == len(texts)
    assert (found["lost"], found["twice"], found["not_once"], found["waiting"]) == (0, 0, 0, 0)
    got = list(fire.simulator.exchange.phones.received())
    arrived = Counter(number for number, _one in got)
    assert set(arrived) == {one.number for one in texts}
    # An answer of which nobody knows whether it went out is marked, and sent once more; nothing else comes twice.
    assert sum(one.times for _number, one in got) - len(texts) <= found["doubtful"]


def test_no_log_holds_a_secret_of_an_address_a_number_or_a_word(fire: Fire) -> None:
    secret, words, number = secrets.token_urlsafe(32), "PlumOtter", "+12025550142"
    by_kind = {line.kind: line for line in fire.lines}
    own, inbound = by_kind["africastalking"].secret, "/sms/sim-africastalking/inbound"
    for kind, line in by_kind.items():
        call = WIRES[kind].inbound(line, Heard(number, f"{words} {kind}", "idplumotter", 0.0))
        assert post(fire.port, call.path, call.body, dict(call.headers)) == 200
        assert post(fire.port, call.path, call.body[:-3], dict(call.headers)) in {200, 403}
    for path in (
        f"{inbound}/{secret}", f"/sms/sim-africastalking/status/{own}", f"/sms/nowhere/inbound/{secret}",
        f"{inbound}/{secret}/{secret}", f"{inbound}/{secret}?a={own}", f"{inbound}/{secret}{'x' * 9000}",
        f"{inbound}/{own} x",
    ):  # fmt: skip
        post(fire.port, path, words.encode(), {"Content-Type": "application/json", "Authorization": f"Token {own}"})
    too_long = b"x" * 3_000_000
    post(fire.port, f"{inbound}/{own}", too_long, {"Content-Type": "text/plain"})
    fire.start_worker()
    wait_until(lambda: fire.answered() == 1, LONG)
    fire.kill_worker()
    logs = "".join(path.read_text() for path in sorted((fire.place.folder / "log").iterdir()))
    assert "sms_inbound_secret" in logs, "the route is logged, and not its address"
    kept = [secret, words, number, number[1:], "idplumotter"]
    kept += [
        one for line in fire.lines for one in (line.secret, *(value for value in line.login.values() if len(value) > 9))
    ]
    assert [one for one in kept if one.lower() in logs.lower()] == []


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> int:
    """0 where the connection was broken off."""
    connection = HTTPConnection(HOST, port, timeout=20)
    try:
        connection._validate_path = lambda _path: None  # type: ignore[attr-defined]  # also what no client would send
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
