"""django-helpdesk in an environment and a database of its own: the peer of the rows on escalation and on the queue."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bench.places import DUE, PEERS, ROOT, Bench, answer


def peer(bench: Bench, engine: str) -> dict[str, float]:
    """``escalate_s``: seconds for what is due of its tickets; ``list_ms``: its list of tickets before. Once a run."""
    measured: dict[str, float] = bench.once(_measured, engine)
    return measured


def _measured(bench: Bench, engine: str) -> dict[str, float]:
    python: Path = bench.once(_environment)
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
    found: dict[str, float] = answer([str(python), "-m", "bench.peer.measured", str(PEERS), str(DUE)], variables)
    return found


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
