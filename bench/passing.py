"""A field partner's list of people, at the most that a list may hold: on the page and by a program."""

from functools import partial
from typing import Any

from bench.places import ENGINES, Bench
from bench.table import Measured, Row
from grievance.rules import CALL_LIST_LONGEST, LIST_LONGEST

FEW = 10  # of `bench.inside.passing`


def _passing(bench: Bench, engine: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.small(engine).run("bench.inside.passing")
    return found


def look_queries(bench: Bench, *, engine: str) -> Measured:
    found = bench.once(_passing, engine)
    few, many = (found[size]["look"]["queries"] for size in ("few", "many"))
    return Measured(abs(many - few), f"{few:.0f} and {many:.0f} queries; {found['many']['look']['ms'] / 1000:.2f} s")


def send_queries(bench: Bench, *, engine: str) -> Measured:
    """For each person beyond the first ten."""
    few, many = (bench.once(_passing, engine)[size]["send"]["queries"] for size in ("few", "many"))
    return Measured((many - few) / (LIST_LONGEST - FEW), f"{many:.0f} queries for {LIST_LONGEST}")


def against_alone(bench: Bench, *, engine: str, what: str, number: int) -> Measured:
    """For each person, against people whom the same program files for one by one."""
    found = bench.once(_passing, engine)
    ours, alone = found["many"][what]["ms"] / number, found["alone"]["ms"] / CALL_LIST_LONGEST
    return Measured(ours / alone, f"{ours:.1f} ms a person against {alone:.1f} ms; {number * ours / 1000:.2f} s in all")


ROWS = [
    *(
        Row(
            f"list_look_queries_{engine}", "queries", 0,
            f"looking at a partner's list: difference between {FEW} people and {LIST_LONGEST}",
            partial(look_queries, engine=engine),
        )
        for engine in ENGINES
    ),
    *(
        Row(
            f"list_send_queries_{engine}", "queries", 12, "filing for each person of a partner's list",
            partial(send_queries, engine=engine),
        )
        for engine in ENGINES
    ),
    *(
        Row(
            f"list_{what}_{engine}", "times", bound,
            f"{words} {number} people, for each against one whom a program files for alone",
            partial(against_alone, engine=engine, what=what, number=number),
        )
        for what, words, number, bound in (
            ("look", "looking at a list of", LIST_LONGEST, 0.5),
            ("send", "sending a list of", LIST_LONGEST, 1.0),
            ("slips", "the slips of", LIST_LONGEST, 0.5),
            ("batch", "one call for", CALL_LIST_LONGEST, 1.0),
        )
        for engine in ENGINES
    ),
]  # fmt: skip
