"""Whether our count of what a text costs is the published one, over texts in every language, at every length."""

import csv
from pathlib import Path

from bench import counting
from bench.places import Bench
from bench.table import Measured, Row
from grievance.segments import segmented

TABLE = Path(__file__).parent / "texts.csv"
LENGTHS = range(1, 500)


def mismatches(_bench: Bench) -> Measured:
    """Each text of the table, repeated, from its first sign to its five hundredth."""
    counted = wrong = 0
    with TABLE.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            long = f"{row['text']} " * (LENGTHS.stop // len(row["text"]) + 1)
            for length in LENGTHS:
                text = long[:length]
                counted += 1
                wrong += segmented(text).count != counting.messages(text)
    return Measured(wrong, f"of {counted:,} texts in {counted // len(LENGTHS)} rows of the table")


ROWS = [
    Row(
        "segments",
        "texts",
        0,
        "what a text costs, counted anew from 3GPP TS 23.038 and UAX 29, over a table of texts in every language",
        mismatches,
    )
]
