"""An installation of its own for a proof: keys handed out by role, one database, real gunicorns that serve it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from grievance.vault import hand_out, make_keys

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for a server to open


@dataclass
class Server:
    port: int
    process: "subprocess.Popen[bytes]"

    def pids(self) -> list[int]:
        """The workers of the server."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


@dataclass
class Installation:
    """``folder`` holds everything: keys/, var/, tmp/ (every temporary file of its processes) and log/."""

    folder: Path
    database: str

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def keys(self, role: str) -> Path:
        return self.folder / "keys" / role

    def lay(self, *roles: str) -> None:
        for name in ("var", "tmp", "log", "keys"):
            (self.folder / name).mkdir(mode=0o700)
        make_keys(self.keys("all"))
        for role in roles:
            hand_out(self.keys("all"), self.keys(role), role)
        self.run("-m", "config.preparation", role="all")

    def environment(self, role: str, **more: str) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "RECOURSE_ROLE": role,
            "RECOURSE_PRODUCTION": "0",
            "RECOURSE_KEYS": str(self.keys(role)),
            "RECOURSE_VAR": str(self.var),
            "RECOURSE_PARENT": str(os.getpid()),
            "DATABASE_URL": self.database,
            "TMPDIR": str(self.folder / "tmp"),
            "DEMO": "0",
            **more,
        }

    def run(self, *command: str, role: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment(role),
            capture_output=True,
            text=True,
            check=check,
            timeout=120,
        )

    @contextmanager
    def serving(
        self, role: str, application: str = "config.wsgi", *, port: int | None = None, **more: str
    ) -> Iterator[Server]:
        port = port or free_port()
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-c", "python:config.gunicorn", application]
        environment = self.environment(role, PORT=str(port), **more)
        with (
            (self.folder / "log" / f"{port}.log").open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as process,
        ):
            try:
                wait_for(port, process)
                yield Server(port, process)
            finally:
                process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended before it opened"
        connection = HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise AssertionError("the server did not open")
