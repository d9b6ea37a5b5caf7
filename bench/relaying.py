"""From what happened to what was sent: the rate, and whether the worker's memory stays flat."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.places import ENGINES, EVENTS, HOST, ROOT, Bench, free_port
from bench.table import Measured, Row


@contextmanager
def mail_server() -> Iterator[str]:
    """A real one on loopback, a process of its own, that takes everything and keeps nothing: its EMAIL_URL."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{HOST}:{port}", "-c", "aiosmtpd.handlers.Sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield f"smtp://{HOST}:{port}"
        finally:
            server.terminate()


def relay(bench: Bench, *, engine: str) -> Measured:
    place = bench.empty(engine, "relay")
    place.run("django", "make_cases", str(EVENTS))
    with mail_server() as url:
        did = place.run("bench.inside.relay", str(EVENTS), EMAIL_URL=url)
    shown = "{events:,} events, {notices:,} notices, {sent:,} letters in {s:.0f} s: {rate:.0f} events a second; " \
        "{first:.0f} MB after the first tenth, {last:.0f} MB at the end"  # fmt: skip
    return Measured(did["last"] / did["first"], shown.format(**did, rate=did["events"] / did["s"]))


ROWS = [
    Row(
        f"relay_{engine}",
        "times",
        1.2,
        f"memory of a worker at the end of {EVENTS:,} events told and sent over SMTP, against that after a tenth",
        partial(relay, engine=engine),
    )
    for engine in ENGINES
]
