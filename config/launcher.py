"""Starts the embedded default: prepares what is missing, then keeps web and worker running until it is told to stop."""

import fcntl
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.processes import PARENT, Child, Keeper

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# Preparation reads these; while none of them changes there is nothing to prepare.
READ = (
    "*/migrations/*.py",
    "locale/*/LC_MESSAGES/*.po",
    "static/**/*",
    "*/static/**/*",
    "*/management/commands/demo*.py",
    "*/demo/**/*",
    "*/data/**/*",
    "config/settings.py",
    "config/preparation.py",
    "requirements.lock",
)
# A database elsewhere, other keys, or a demo wanted where there was none, are another preparation.
ASKED = ("DATABASE_URL", "RECOURSE_KEYS", "RECOURSE_ROLE", "DEMO")


class CannotStart(Exception):
    """Said to the person at the terminal in one sentence."""


@dataclass
class Launch:
    var: Path
    port: int
    began: float = field(default_factory=time.monotonic)
    open: bool = False

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if value or name not in ASKED}
        return given | {
            "PORT": str(self.port),
            "RECOURSE_VAR": str(self.var),
            PARENT: str(os.getpid()),
            "PYTHONUNBUFFERED": "1",
        }

    def children(self) -> list[Child]:
        web = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-c", "python:config.gunicorn"]
        worker = [sys.executable, "-m", "config.worker"]
        return [Child("web", web, self.environment), Child("worker", worker, self.environment)]


def main() -> int:
    os.umask(0o077)  # whatever this installation writes is its owner's alone
    try:
        launch = Launch(var=Path(os.environ.get("RECOURSE_VAR") or ROOT / "var").resolve(), port=port_wanted())
        with Alone(launch.var):
            check_port(launch.port)
            logins = prepared(launch)
            keeper = Keeper(launch.children(), say)
            keeper.each_turn = lambda: announce_once_open(launch, logins)
            keeper.listen()
            code = keeper.keep()
    except CannotStart as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        code = 0
    say("Stopped." if code == 0 else "Stopped, because it could not be kept running; the lines above say why.")
    return code


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def port_wanted() -> int:
    asked = os.environ.get("PORT") or "8000"
    if not asked.isdecimal() or not 0 < int(asked) < 65536:
        raise CannotStart(f"PORT is a number from 1 to 65535, not {asked}.")
    return int(asked)


class Alone:
    """Hold the lock of one var/ folder: the kernel lets go of it when the launcher dies, however it dies."""

    def __init__(self, var: Path) -> None:
        self.path = var / "launcher.lock"
        self.file: IO[str] | None = None

    def __enter__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip()
            file.close()
            raise CannotStart(
                f"Recourse is already running on {self.path.parent} (process {owner}). "
                "Stop that one first, or name another folder with RECOURSE_VAR and another PORT."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self.file = file

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise CannotStart(f"Port {port} is taken or not allowed. Choose another one: make run PORT=8123") from None


def prepared(launch: Launch) -> str:
    """Prepare what is missing, and return what to say about the demo's logins."""
    stamp = launch.var / "prepared.json"
    wanted = digest()
    if stamp.exists() and present(launch.var) and (done := json.loads(stamp.read_text()))["digest"] == wanted:
        return str(done["logins"])
    say("Preparing: keys, tables, translations, demo ...")
    command = [sys.executable, "-m", "config.preparation"]
    # Its answer is what to say; what goes wrong it says itself, on stderr.
    result = subprocess.run(command, env=launch.environment, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        raise CannotStart("The preparation failed; the lines above say why. Nothing was started.")
    private(stamp, json.dumps({"digest": wanted, "logins": result.stdout}))
    return result.stdout


def digest() -> str:
    whole = hashlib.sha256()
    for name in ASKED:
        whole.update(f"{name}={os.environ.get(name, '')}\0".encode())
    for path in read():
        whole.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def present(var: Path) -> bool:
    """What was prepared once and taken away since has to be prepared again."""
    keys = Path(os.environ.get("RECOURSE_KEYS") or var / "keys")
    database = bool(os.environ.get("DATABASE_URL")) or (var / "recourse.sqlite3").exists()
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues())
    return database and compiled and keys.is_dir() and (var / "static").is_dir()


def catalogues() -> Iterator[Path]:
    yield from ROOT.glob("locale/*/LC_MESSAGES/*.po")


def read() -> list[Path]:
    found = {path for pattern in READ for path in ROOT.glob(pattern) if path.is_file()}
    # What a start itself makes is nothing to prepare for.
    return sorted(path for path in found if not {"__pycache__", ".venv", "var"} & set(path.relative_to(ROOT).parts))


def private(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def announce_once_open(launch: Launch, logins: str) -> None:
    if launch.open or not answers(launch.port):
        return
    launch.open = True
    say(f"\nRecourse is open, {time.monotonic() - launch.began:.1f} s after its start:\n")
    say(f"  file a grievance   {launch.address}\n  office             {launch.address}office/")
    say(f"  field partners     {launch.address}office/partners/")
    say("\nThis machine holds every key and serves one user: good for trying it out, no protection of secrets.")
    if logins:
        say(f"\n{logins.rstrip()}")
        say("\nPractice phones for text messages, in a second terminal:")
        say(f"  PORT={launch.port} .venv/bin/python manage.py sms_simulator")
    else:
        say("\nThe first account of an empty office: .venv/bin/python manage.py createsuperuser")
    say("\nCtrl-C stops it.\n")


def answers(port: int) -> bool:
    asking = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


if __name__ == "__main__":
    sys.exit(main())
