"""A PostgreSQL, a Redis and a mail server of their own for the proofs of faults, and a database for each proof."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests.notifications.servers import Mailbox, mail_server
from tests.proofs.own_servers import OwnPostgres, OwnRedis, own_postgres, own_redis

ROOT = Path(__file__).resolve().parents[2]
PREPARED = "prepared"
Process = subprocess.Popen[str]


@dataclass
class World:
    """An installation of several processes over one database."""

    postgres: OwnPostgres
    redis: OwnRedis
    mailbox: Mailbox
    database: str
    begun: list[Process] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "RECOURSE_VAR": str(settings.VAR_DIR),
            "RECOURSE_PARENT": str(os.getpid()),
            "DATABASE_URL": self.postgres.url_of(self.database),
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mailbox.port}",
            **more,
        }

    def start(self, *what: object, **more: str) -> Process:
        command = [sys.executable, "-m", "tests.proofs.fault_process", *map(str, what)]
        # What a worker says of a server that is away is no fault.
        said = subprocess.DEVNULL if what == ("worker",) else None
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment(**more), stdout=subprocess.PIPE, stderr=said, text=True
        )  # fmt: skip
        self.begun.append(process)
        return process

    def run(self, *what: object, **more: str) -> Any:
        """What it found; it has to end well."""
        process = self.start(*what, **more)
        out, _err = process.communicate(timeout=240)
        assert process.returncode == 0
        return json.loads(out) if out else None

    def count(self, query: str) -> int:
        """-1 while the server is away."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.postgres.url_of(self.database)) as connection:
            row = connection.execute(query).fetchone()
            return int(row[0]) if row else 0
        return -1

    def end(self) -> None:
        for process in self.begun:
            process.kill()
            process.communicate()


@pytest.fixture(scope="session")
def own_database() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def own_broker() -> Iterator[OwnRedis]:
    with own_redis() as server:
        yield server


@pytest.fixture
def world(own_database: OwnPostgres, own_broker: OwnRedis) -> Iterator[Callable[[int, int], World]]:
    """world(60, 120): sixty cases that began 120 days ago, and nothing done since. Prepared once for each pair."""
    made: list[World] = []
    with mail_server() as mailbox:

        def make(many: int, days: int) -> World:
            template, database = f"{PREPARED}_{many}_{days}", f"world_{os.urandom(4).hex()}"
            if template not in own_database.databases():
                own_database.sql(f"create database {template}_new")
                World(own_database, own_broker, mailbox, f"{template}_new").run("prepare", many, days)
                own_database.sql(f"alter database {template}_new rename to {template}")
            own_database.sql(f"create database {database} template {template}")
            # Else a crash sets the sequences of a copy back to where its template had them.
            own_database.sql("checkpoint")
            if not own_broker.answers():
                own_broker.start()
            with own_broker.client() as client:
                client.flushall()
            made.append(World(own_database, own_broker, mailbox, database))
            return made[-1]

        yield make
        for one in made:
            one.end()
