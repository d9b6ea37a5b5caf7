"""Escalation: every step that is due taken, with event, breach and outbox row, against the peer's command."""

from functools import partial
from typing import Any

from bench.against import peer_escalation
from bench.places import DUE, ENGINES, PEERS, Bench
from bench.table import Measured, Row


def _swept(bench: Bench, engine: str) -> dict[str, Any]:
    """In an installation of its own: what was due is done afterwards."""
    place = bench.empty(engine, "due")
    place.run("django", "make_cases", str(PEERS))
    found: dict[str, Any] = place.run("bench.inside.escalation", str(DUE))
    return found


def escalate(bench: Bench, *, engine: str) -> Measured:
    ours, theirs = bench.once(_swept, engine), peer_escalation(bench, engine)
    wrote = "{clocks:,} due: {events:,} events, each with its outbox row, and {breaches:,} breaches".format(**ours)
    return Measured(theirs / ours["s"], f"{wrote}; {ours['s']:.2f} s against {theirs:.1f} s")


ROWS = [
    Row(
        f"escalate_{engine}",
        "times",
        50.0,
        f"django-helpdesk 2.6's escalate_tickets, {DUE:,} due among {PEERS:,} cases and tickets, same kind of database",
        partial(escalate, engine=engine),
        better="higher",
    )
    for engine in ENGINES
]
