"""How many questions a page asks of the database must not depend on how much is in it."""

from functools import partial

from bench.places import ENGINES, SIZE, Bench
from bench.table import Measured, Row


def office(bench: Bench, *, name: str, engine: str) -> Measured:
    few, many = (place.run("bench.inside.queue", name) for place in (bench.small(engine), bench.big(engine)))
    shown = f"{many['queries']} queries; {few['ms']:.0f} ms with few cases, {many['ms']:.0f} ms with {SIZE:,}"
    return Measured(abs(many["queries"] - few["queries"]), shown)


def _pages(bench: Bench) -> dict[str, list[int]]:
    found: dict[str, list[int]] = bench.small("sqlite").run("bench.inside.pages")
    return found


def page(bench: Bench, *, name: str) -> Measured:
    return _between(*bench.once(_pages)[name])


def _crowd(bench: Bench) -> dict[str, list[int]]:
    found: dict[str, list[int]] = bench.small("sqlite").run("bench.inside.crowd")
    return found


def crowd(bench: Bench, *, name: str) -> Measured:
    return _between(*bench.once(_crowd)[name])


def _between(few: int, many: int) -> Measured:
    return Measured(abs(many - few), f"{few} and {many} queries")


ROWS = [
    *(
        Row(
            f"queries_{name}_{engine}",
            "queries",
            0,
            f"difference between few cases and {SIZE:,}",
            partial(office, name=name, engine=engine),
        )
        for name in ("queue", "desk")
        for engine in ENGINES
    ),
    *(
        Row(f"queries_{name}", "queries", 0, "difference between 2 messages and 202", partial(page, name=name))
        for name in ("case", "follow")
    ),
    *(
        Row(
            f"queries_{name}",
            "queries",
            0,
            "difference between 2 people in a case and 2,000",
            partial(crowd, name=name),
        )
        for name in ("crowd_case", "crowd_follow", "crowd_reply")
    ),
]
