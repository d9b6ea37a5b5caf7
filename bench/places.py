"""Installations to measure: a folder, a database of their own, keys, a server; all gone when the run is over."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
ENGINES = ("sqlite", "postgresql")
POSTGRES = os.environ.get("BENCH_POSTGRES", f"postgres://postgres@{HOST}:5432/postgres")
SIZE = int(os.environ.get("BENCH_SIZE", "1000000"))
# In a trial everything shrinks alike: 10,000 cases beside the million, 50,000 of which 17,000 are due, 10,000 events.
FEW, PEERS, DUE, EVENTS = SIZE // 100, SIZE // 20, SIZE * 17 // 1000, SIZE // 100
REAL_SIZE = SIZE == 1_000_000
PATIENCE = 30.0  # seconds for a server to open
# Where the installations with many cases are kept between runs (their databases beside, on PostgreSQL): each is copied
# from there and brought up to date, instead of being made anew.
KEPT = os.environ.get("BENCH_KEPT", "")
# Why a row may stay without a value, without keeping the others from theirs.
NOT_MEASURED = (psycopg.OperationalError, HTTPException, RuntimeError, OSError)
# What of the environment would make one machine's installation differ from another's.
FOREIGN = (
    "RECOURSE_",
    "WEB_",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SMS_GATEWAY",
    "DEMO",
    "PORT",
    "BIND",
    "DJANGO_",
)


@dataclass(frozen=True)
class Place:
    """One installation."""

    engine: str
    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        database = {"DATABASE_URL": self.url} if self.url else {}
        return (
            clean
            | database
            | {
                "RECOURSE_VAR": str(self.folder),
                "RECOURSE_PARENT": str(os.getpid()),
                "DEMO": "0",
                "RECOURSE_BEHIND_PROXY": "1",  # so that one machine can file from many networks
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
        )

    def run(self, *command: str, asked: Any = None, settings: str = "config.settings", **more: str) -> Any:
        """Run a module in this installation, as `python -m` does; returns the JSON in its last line, if any. ``more``:
        variables of its environment."""
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": settings} | more
        return answer([sys.executable, "-m", *command], environment, asked)

    @contextmanager
    def serving(self, application: str = "config.wsgi", settings: str = "config.settings") -> Iterator[int]:
        """The port of a gunicorn as the product runs it, with this or another application in it."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-c", "python:config.gunicorn", application]
        environment = self.environment | {"PORT": str(port), "DJANGO_SETTINGS_MODULE": settings}
        # What it logs goes where a real one's would: into a file.
        with (
            (self.folder / f"server-{port}.log").open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as server,
        ):
            try:
                wait_for(port, server)
                yield port
            finally:
                server.terminate()


def answer(command: list[str], environment: dict[str, str], asked: Any = None) -> Any:
    """Run a command from the product's folder; returns the JSON in its last line, if any."""
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.stderr.write(ran.stderr)
        raise RuntimeError(f"{' '.join(command[1:])} failed; what it said stands above")
    last = ran.stdout.rstrip().rpartition("\n")[2]
    return json.loads(last) if last.startswith("{") else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            asking = HTTPConnection(HOST, port, timeout=5)
            asking.request("GET", "/healthz")
            asking.getresponse()
            return
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise RuntimeError("the server did not open")


@dataclass
class Bench:
    """One run: makes each installation, and each measurement that several rows share, when it is first asked for."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="recourse-bench-")))
    databases: list[str] = field(default_factory=list)
    kept: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def once(self, make: Callable[..., Any], *which: str) -> Any:
        """What ``make(self, *which)`` gives; made once a run."""
        key = (make.__module__, make.__qualname__, *which)
        if key not in self.kept:
            try:
                self.kept[key] = make(self, *which)
            except NOT_MEASURED as error:  # once is enough: the next row that asks hears the same
                self.kept[key] = error
        if isinstance(self.kept[key], Exception):
            raise self.kept[key]
        return self.kept[key]

    def empty(self, engine: str, name: str, *, like: str = "template1") -> Place:
        """An installation as it is prepared: fresh, or what lies in its folder brought up to date."""
        folder = self.folder / f"{name}-{engine}"
        place = Place(engine, folder, self.database(name, like) if engine == "postgresql" else "")
        place.run("config.preparation")
        return place

    def small(self, engine: str) -> Place:
        """An installation with what a real one has before its first case, and fifty cases; made once a run."""
        place: Place = self.once(_small, engine)
        return place

    def big(self, engine: str) -> Place:
        """The installation with a million cases; made once a run, and left as it was by whoever measures."""
        return self.sized(engine, SIZE)

    def few(self, engine: str) -> Place:
        """Likewise with 10,000."""
        return self.sized(engine, FEW)

    def sized(self, engine: str, number: int) -> Place:
        place: Place = self.once(_sized, engine, str(number))
        return place

    def database(self, name: str, like: str = "template1") -> str:
        database = f"recourse_bench_{name}_{secrets.token_hex(3)}"
        copy_database(like, database)
        self.databases.append(database)
        return f"{POSTGRES.rpartition('/')[0]}/{database}"

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for database in self.databases:
            with psycopg.connect(POSTGRES, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def _small(bench: Bench, engine: str) -> Place:
    place = bench.empty(engine, "small")
    place.run("bench.inside.furnish")
    return place


def _sized(bench: Bench, engine: str, number: str) -> Place:
    name = f"of{number}"
    kept = Path(KEPT, f"{name}-{engine}") if KEPT else None
    if kept is not None and kept.exists():
        shutil.copytree(kept, bench.folder / kept.name)
        return bench.empty(engine, name, like=f"recourse_kept_{name}")
    place = bench.empty(engine, name)
    place.run("django", "make_cases", number)
    place.run("bench.inside.notices", number)
    if kept is not None:
        shutil.copytree(place.folder, kept)
        if place.url:
            copy_database(place.url.rpartition("/")[2], f"recourse_kept_{name}")
    return place


def copy_database(of: str, to: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {to} TEMPLATE {of}")
