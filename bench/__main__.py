"""Run the rows, print the table, write bench/results.json, and fail where a bound does not hold."""

import argparse
import json
import os
import signal
import sys
from fnmatch import fnmatch
from pathlib import Path

from bench.places import NOT_MEASURED, REAL_SIZE, SIZE, Bench
from bench.rows import ROWS
from bench.table import Result, Row

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    rows = wanted()
    if not rows:
        sys.stderr.write("There is no such row. There are: " + ", ".join(row.name for row in ROWS) + "\n")
        return 2
    # Stopped from outside it still takes its databases and folders away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench()
    try:
        results = [told(row, bench) for row in rows]
    finally:
        bench.close()
    if REAL_SIZE:
        keep(results)
    else:
        print(f"A trial with {SIZE:,} cases: {RESULTS.name} was left alone.")
    return 0 if all(result.holds for result in results) else 1


def wanted() -> list[Row]:
    """All rows, or those that ONLY names: `ONLY=wire_file`, `--only 'idle_*'`, `only=…` as words too."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", default=os.environ.get("ONLY", ""), help="name of a row, or a pattern")
    parser.add_argument("word", nargs="?", default="", help="ONLY=name")
    asked = parser.parse_args()
    pattern = asked.word.partition("=")[2] or asked.only
    return [row for row in ROWS if not pattern or fnmatch(row.name, pattern)]


def told(row: Row, bench: Bench) -> Result:
    """Measure one row and print its line; one that cannot be measured does not keep the others from it."""
    try:
        measured = row.measure(bench)
        result = Result(row, round(measured.value, 3), measured.remark)
    except NOT_MEASURED as error:
        result = Result(row, None, f"not measured: {type(error).__name__}: {error}".partition("\n")[0])
    print(result.as_text(), flush=True)
    return result


def keep(results: list[Result]) -> None:
    """Each row as last measured, in the order of the table."""
    known = {one["name"]: one for one in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    known |= {result.row.name: result.as_json() for result in results}
    lines = [known[row.name] for row in ROWS if row.name in known]
    RESULTS.write_text(json.dumps(lines, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
