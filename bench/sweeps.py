"""What it costs to look for work when there is none, with a million cases and notices behind: proof of the outboxes."""

from functools import partial

from bench.places import ENGINES, FEW, SIZE, Bench
from bench.table import Measured, Row

SWEEPS = tuple("take_up clocks safety erase contacts unsealed relay bundle deliver pictures keys".split())
BOUND = 20.0  # milliseconds


def _sweeps(bench: Bench, engine: str) -> dict[str, float]:
    medians: dict[str, float] = bench.big(engine).run("bench.inside.sweeps")
    return medians


def _sweeps_of_few(bench: Bench, engine: str) -> dict[str, float]:
    medians: dict[str, float] = bench.few(engine).run("bench.inside.sweeps")
    return medians


def idle(bench: Bench, *, engine: str, name: str) -> Measured:
    return Measured(bench.once(_sweeps, engine)[name])


def grown(bench: Bench, *, engine: str) -> Measured:
    """The clocks' sweep at both sizes, each as measured beside all the others."""
    few, many = bench.once(_sweeps_of_few, engine)["clocks"], bench.once(_sweeps, engine)["clocks"]
    return Measured(many / few, f"{many:.2f} ms against {few:.2f} ms")


ROWS = [
    *(
        Row(
            f"idle_{name}_{engine}",
            "ms",
            BOUND,
            f"an idle sweep with {SIZE:,} cases, events and notices; median of 50 calls",
            partial(idle, engine=engine, name=name),
        )
        for engine in ENGINES
        for name in SWEEPS
    ),
    *(
        Row(
            f"idle_clocks_grown_{engine}",
            "times",
            2.0,
            f"an idle sweep of the clocks with {SIZE:,} cases against {FEW:,}",
            partial(grown, engine=engine),
        )
        for engine in ENGINES
    ),
]
