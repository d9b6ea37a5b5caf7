"""The whole product as `make run` starts it, with a real SMTP server and a real HTTP gateway on loopback."""

import email
import email.message
import email.policy
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]
# What the stack sets for itself: nothing of the tests' own environment may reach it.
OWN = ("DATABASE_URL", "REDIS_URL", "RECOURSE_VAR", "RECOURSE_PARENT", "DJANGO_SETTINGS_MODULE", "EMAIL_URL")
Found = TypeVar("Found")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], Found], seconds: float = 20.0) -> Found:
    """What ``look`` finds as soon as it finds something; its last answer when the time is over."""
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


class Mailbox:
    """An SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, email.message.EmailMessage]] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, email.message.EmailMessage)
        self.mails += [(recipient, mail) for recipient in envelope.rcpt_tos]
        return "250 OK"

    def about(self, reference: str) -> list[tuple[str, email.message.EmailMessage]]:
        return [(to, mail) for to, mail in list(self.mails) if reference in mail.get_content()]


class Gateway:
    """An HTTP gateway for text messages that keeps what it is asked to send."""

    def __init__(self) -> None:
        texts = self.texts = list[dict[str, str]]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"status": "queued", "id": "1"}')

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def configuration(self) -> str:
        return json.dumps(
            {
                "url": f"http://127.0.0.1:{self.server.server_address[1]}/send",
                "headers": {"Content-Type": "application/json"},
                "body": '{"to": "{{to}}", "text": "{{text}}"}',
                "success": {"path": "status", "equals": "queued"},
            }
        )


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    return kept | {"RECOURSE_VAR": str(folder / "var")}


def prepare(folder: Path) -> None:
    """Keys, a database, the demo's chain and cast; a launcher adds no demo to a database that is there."""
    empty = environment(folder) | {"DEMO": "0"}
    subprocess.run([sys.executable, "-m", "config.preparation"], cwd=ROOT, env=empty, check=True, timeout=120)
    inside("cast", empty)


def inside(what: str, settings: dict[str, str]) -> Any:
    """Run one of `tests.journeys.inside` in a process with ``settings``; gives what it printed."""
    command = [sys.executable, "-m", "tests.journeys.inside", what]
    done = subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, check=True, timeout=60)
    return json.loads(done.stdout)


class Stack:
    """One launcher with the demo's chain and cast but none of its cases, and its two servers."""

    def __init__(self, folder: Path) -> None:
        self.mailbox, self.gateway, self.port = Mailbox(), Gateway(), free_port()
        self.said_in = folder / "said"
        self.environment = environment(folder) | {
            "PORT": str(self.port),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mailbox.controller.port}",
            "SMS_GATEWAY": self.gateway.configuration,
        }
        with self.said_in.open("wb") as said:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "config.launcher"],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.said_in.read_text()

    def open_page(self) -> None:
        until(lambda: "Recourse is open" in self.said or self.launcher.poll() is not None, 120)
        assert self.launcher.poll() is None, self.said

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def inside(self, what: str) -> Any:
        return inside(what, self.environment)

    def worker(self) -> int:
        """The process id of the worker, 0 while there is none."""
        for task in Path(f"/proc/{self.launcher.pid}/task").glob("*/children"):
            for child in task.read_text().split():
                if b"config.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        return 0

    def kill_worker(self) -> None:
        """kill -9, and wait until the launcher has started another one."""
        dead = self.worker()
        os.kill(dead, signal.SIGKILL)
        assert until(lambda: self.worker() not in {0, dead}), self.said

    def close(self) -> None:
        self.launcher.send_signal(signal.SIGINT)
        try:
            self.launcher.wait(20)
        finally:
            self.launcher.kill()
            self.mailbox.controller.stop()
            self.gateway.server.shutdown()
            self.gateway.server.server_close()
