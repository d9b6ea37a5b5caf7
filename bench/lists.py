"""The officers' queue, by each filter and by a search: no slower with a million cases, and against the peer."""

from functools import partial

from bench.against import peer_list
from bench.places import ENGINES, FEW, PEERS, SIZE, Bench
from bench.table import Measured, Row

ALL = "all"
FILTERS = (
    "mine", "overdue", "missed", "week", "unread", "disputes", "urgent", "bulk", "stalled", "translation", "samples",
    "past", "unassigned", "stage", "severity", "track", "site", "language",
)  # fmt: skip
ROUNDS = 3


def _both(bench: Bench, engine: str) -> list[dict[str, float]]:
    """The shortest times, few cases first; the two take turns, so that whatever else the machine does falls on both."""
    places = bench.few(engine), bench.big(engine)
    rounds = [[place.run("bench.inside.lists") for place in places] for _ in range(ROUNDS)]
    return [{name: min(one[which][name] for one in rounds) for name in rounds[0][which]} for which in (0, 1)]


def grown(bench: Bench, *, engine: str, name: str) -> Measured:
    few, many = (times[name] for times in bench.once(_both, engine))
    return Measured(many / few, f"{many:.0f} ms against {few:.0f} ms")


def beside(bench: Bench, *, engine: str) -> Measured:
    _few, many = bench.once(_both, engine)
    ours, theirs = many[ALL], peer_list(bench, engine)
    return Measured(ours / theirs, f"{ours:.0f} ms against {theirs:.0f} ms")


def _row(name: str, what: str, engine: str) -> Row:
    label = "queue" if name == ALL else f"queue_{name}"
    against = f"{what}, first page with a capped count, with {SIZE:,} cases against {FEW:,}; shortest of many visits"
    return Row(f"{label}_{engine}", "times", 1.5, against, partial(grown, engine=engine, name=name))


ROWS = [
    *(_row(ALL, "the officers' queue", engine) for engine in ENGINES),
    *(_row(name, f"the queue by its filter {name!r}", engine) for engine in ENGINES for name in FILTERS),
    *(_row("reference", "the queue searched by a reference", engine) for engine in ENGINES),
    *(
        Row(
            f"queue_beside_peer_{engine}",
            "times",
            0.1,
            f"the queue with {SIZE:,} cases against django-helpdesk 2.6's list of {PEERS:,} tickets",
            partial(beside, engine=engine),
        )
        for engine in ENGINES
    ),
]
