"""The whole table. A new row is a `Row` in a file of this folder, and its file's name here."""

from bench import escalation, filing, lists, passing, queries, relaying, segments, slow, starting, sweeps, texting, wire
from bench.table import Row

ROWS: list[Row] = [
    *wire.ROWS,
    *starting.ROWS,
    *slow.ROWS,
    *filing.ROWS,
    *passing.ROWS,
    *sweeps.ROWS,
    *queries.ROWS,
    *escalation.ROWS,
    *lists.ROWS,
    *relaying.ROWS,
    *texting.ROWS,
    *segments.ROWS,
]
