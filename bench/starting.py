"""`make run` a second time: what it takes of the first start, in one folder."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.places import FOREIGN, ROOT, Bench, free_port
from bench.table import Measured, Row

PATIENCE = 300.0  # seconds


def _start(var: Path) -> float:
    """Seconds until a launcher says that it is open; it is stopped then."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "config.launcher"],
        cwd=ROOT,
        env=clean | {"RECOURSE_VAR": str(var), "PORT": str(free_port()), "DEMO": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as launcher:
        try:
            for line in launcher.stdout or ():
                if line.startswith("Recourse is open"):
                    return time.perf_counter() - began
                if time.perf_counter() - began > PATIENCE:
                    break
        finally:
            launcher.send_signal(signal.SIGTERM)
            launcher.wait(30)
    raise RuntimeError("it did not open")


def ratio(bench: Bench) -> Measured:
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        first = _start(Path(folder) / "var")
        second = min(_start(Path(folder) / "var") for _ in range(3))
    return Measured(second / first, f"{second:.1f} s of {first:.1f} s")


ROWS = [Row("start_again", "times", 0.5, "the first start, which makes keys, tables and catalogues", ratio)]
