"""Filing: how much dearer than a bare Django view, and whether anything is lost when many file at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from gzip import decompress
from http.client import HTTPConnection, HTTPException
from secrets import randbelow
from statistics import median
from typing import Any

from bench.places import ENGINES, HOST, Bench, Place
from bench.table import Measured, Row
from bench.visitor import form, receipt_in
from grievance.receipts import new_nonce

PATH = "/en/file/"
STATEMENT = "Dust from the crusher covers our houses, and the children cough at night. Nobody answers us. " * 6
PAIRS, WARM_UP = 300, 30
FILINGS, AT_ONCE = 1000, 16

Post = Callable[[str], str]  # a statement in, a page out; raises what HTTPConnection raises


def _with_bare_table(bench: Bench, engine: str) -> Place:
    place = bench.small(engine)
    place.run("bench.bare.site", settings="bench.bare.settings")
    return place


def poster(port: int, path: str) -> Post:
    """Posts the form again and again over one connection that is kept open."""
    connection = HTTPConnection(HOST, port, timeout=60)

    def post(statement: str) -> str:
        body, kind = form(statement, new_nonce())
        # Each from a network of its own: what is measured is filing, not what a flood costs.
        network = f"2001:db8:{randbelow(65536):x}::1"
        headers = {"Content-Type": kind, "Accept-Encoding": "gzip", "X-Forwarded-For": network}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        page = answer.read()
        if answer.status != 200:
            raise HTTPException(str(answer.status))
        return (decompress(page) if answer.headers["Content-Encoding"] == "gzip" else page).decode()

    return post


def timed(post: Post, check: Callable[[str], Any]) -> float:
    began = time.perf_counter()
    page = post(STATEMENT)
    taken = time.perf_counter() - began
    if not check(page):
        raise RuntimeError("an answer was not the expected page")
    return taken * 1000


def against_bare(bench: Bench, *, engine: str) -> Measured:
    """Medians of interleaved pairs, so that whatever else the machine does falls on both alike."""
    place: Place = bench.once(_with_bare_table, engine)
    ours, bare = [], []
    with place.serving() as port, place.serving("bench.bare.site:application", "bench.bare.settings") as bare_port:
        file, insert = poster(port, PATH), poster(bare_port, "/")
        for _ in range(PAIRS + WARM_UP):
            ours.append(timed(file, receipt_in))
            bare.append(timed(insert, lambda page: "Thank you" in page))
    ratios = median(ours[WARM_UP:]), median(bare[WARM_UP:])
    return Measured(ratios[0] / ratios[1], f"{ratios[0]:.1f} ms against {ratios[1]:.1f} ms")


def missing(bench: Bench, *, engine: str) -> Measured:
    """Filings that were not answered with a receipt, and receipts that do not open what was filed."""
    place: Place = bench.once(_with_bare_table, engine)
    statements = [f"{number}: {STATEMENT}" for number in range(FILINGS)]
    with place.serving() as port, ThreadPoolExecutor(AT_ONCE) as people:
        began = time.perf_counter()
        shares = people.map(partial(file_all, port), [statements[one::AT_ONCE] for one in range(AT_ONCE)])
        filed = [one for share in shares for one in share]
        rate = FILINGS / (time.perf_counter() - began)
    lost = place.run("bench.inside.receipts", asked=[[receipt, words] for words, receipt in filed if receipt])["lost"]
    failed = sum(not receipt for _words, receipt in filed)
    return Measured(failed + lost, f"{failed} failed, {lost} lost, {rate:.0f} filings a second")


def file_all(port: int, statements: list[str]) -> list[tuple[str, str]]:
    """Each statement with its receipt, or with nothing where it failed."""
    post = poster(port, PATH)
    filed = []
    for statement in statements:
        try:
            filed.append((statement, receipt_in(post(statement))))
        except (OSError, HTTPException):
            filed.append((statement, ""))
            post = poster(port, PATH)
    return filed


ROWS = [
    *(
        Row(
            f"filing_{engine}",
            "times",
            4.0,
            "a bare Django view that inserts one row; same server, database and form, medians of 300 pairs in turn",
            partial(against_bare, engine=engine),
        )
        for engine in ENGINES
    ),
    *(
        Row(
            f"filing_lost_{engine}",
            "filings",
            0,
            f"{FILINGS:,} filings, {AT_ONCE} at a time: failed, or lost afterwards",
            partial(missing, engine=engine),
        )
        for engine in ENGINES
    ),
]
