"""A Redis and a PostgreSQL of a proof's own, on free ports, to be killed and started again."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from tests.notifications.servers import HOST, free_port

PATIENCE = 90.0  # seconds for a server to answer
QUIET: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class OwnRedis:
    """It keeps nothing on a disk: killed, it comes back empty, the worst that can happen to a broker."""

    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def client(self) -> "Redis":
        return Redis.from_url(self.url, socket_timeout=5)

    def start(self) -> None:
        command = ["redis-server", "--bind", HOST, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, cwd="/", **QUIET)
        wait_until(self.answers)

    def answers(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def own_redis() -> Iterator[OwnRedis]:
    server = OwnRedis()
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class OwnPostgres:
    """A cluster in a folder, run by the user postgres where we are root, which PostgreSQL refuses to be run by."""

    folder: Path
    port: int = field(default_factory=free_port)

    def url_of(self, database: str) -> str:
        return f"postgres://postgres@{HOST}:{self.port}/{database}"

    def sql(self, statement: str) -> list[Any]:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def databases(self) -> set[str]:
        return {name for (name,) in self.sql("select datname from pg_database")}

    def make(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "-D", str(self.data))
        self.control("start")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def control(self, *what: str) -> None:
        """pg_ctl; synchronised to the disk as in production, for what was committed is to be there after a crash."""
        options = f"-p {self.port} -c listen_addresses={HOST} -k {self.folder}"
        self._run("pg_ctl", "-w", "-s", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options, *what)

    def crash(self) -> None:
        """Stop at once, without a checkpoint, and recover: as after a loss of power."""
        self.control("restart", "-m", "immediate")

    def complaints(self) -> list[str]:
        """What it refused, where two of our processes stood in each other's way."""
        said = (self.folder / "log").read_text().splitlines()
        return [line for line in said if "deadlock" in line or "duplicate key" in line]

    def end(self) -> None:
        self.control("stop", "-m", "immediate")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), *arguments]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        subprocess.run(command, cwd="/", check=True, timeout=120, **QUIET)


def programs() -> Path:
    """Of the newest PostgreSQL that is installed; .ci/run installs one where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parents[1].name))
    assert found, "the proofs need a PostgreSQL server on this machine (Debian: apt-get install postgresql)"
    return found[-1].parent


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """Not in a folder of pytest's: those are closed to other users, and too long a name for a socket."""
    with TemporaryDirectory(prefix="recourse-pg-") as folder:
        server = OwnPostgres(Path(folder))
        server.make()
        try:
            yield server
        finally:
            server.end()


def wait_until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.2)
