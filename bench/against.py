"""django-helpdesk in an environment and a database of its own: the peer of the rows on escalation and on the queue."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.places import DUE, PEERS, ROOT, Bench, answer


def peer_list(bench: Bench, engine: str) -> float:
    """Milliseconds for its list of tickets, none of which was escalated. Once a run."""
    measured: dict[str, float] = bench.once(_listed, engine)
    return measured["list_ms"]


def peer_escalation(bench: Bench, engine: str) -> float:
    """Seconds for what is due of its tickets. Once a run, and after its list."""
    measured: dict[str, float] = bench.once(_escalated, engine)
    return measured["escalate_s"]


def _listed(bench: Bench, engine: str) -> dict[str, float]:
    return _asked(bench, engine, "list")


def _escalated(bench: Bench, engine: str) -> dict[str, float]:
    bench.once(_listed, engine)
    return _asked(bench, engine, "escalate", str(DUE))


def _asked(bench: Bench, engine: str, *what: str) -> dict[str, float]:
    found: dict[str, float] = _answered(bench, bench.once(_filled, engine), *what)
    return found


def _filled(bench: Bench, engine: str) -> dict[str, str]:
    """The variables of its environment, once its tickets are there."""
    folder = bench.folder / f"peer-{engine}"
    folder.mkdir()
    variables = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    variables |= {"PEER_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "bench.peer.settings"}
    if engine == "postgresql":
        url = urlsplit(bench.database("peer"))
        variables |= {
            "PEER_DATABASE": url.path[1:],
            "PEER_HOST": url.hostname or "",
            "PEER_PORT": str(url.port or 5432),
            "PEER_USER": url.username or "",
            "PEER_PASSWORD": url.password or "",
        }
    _answered(bench, variables, "fill", str(PEERS), str(DUE))
    return variables


def _answered(bench: Bench, variables: dict[str, str], *what: str) -> Any:
    python: Path = bench.once(_environment)
    return answer([str(python), "-m", "bench.peer.measured", *what], variables)


def _environment(bench: Bench) -> Path:
    """Its packages, pinned by hash, where nothing of the product's own can reach them."""
    folder = bench.folder / "peer"
    python = folder / "bin" / "python"
    uv = Path(sys.executable).parent / "uv"
    pinned = ["--require-hashes", "-r", "requirements-bench.lock"]
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", str(folder)],
        [str(uv), "pip", "install", "--quiet", "--python", str(python), *pinned],
    ):
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise RuntimeError("the peer could not be installed")
    return python
