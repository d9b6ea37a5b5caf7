"""What a page costs where every byte is paid for: all that it loads, headers included, in the longest language."""

import re
from functools import partial

from bench.places import Bench
from bench.table import Measured, Row
from bench.visitor import Answer, ask, form, receipt_in, with_all_it_loads
from grievance.receipts import new_nonce

BOUND = 14_336  # 14 kB: what a server may send before the first acknowledgement (RFC 6928, ten segments)
PAGES = ("home", "file", "follow", "receipt", "case", "asked")


def _sizes(bench: Bench) -> dict[str, dict[str, int]]:
    """{page: {language: bytes}} of every language that the chooser offers."""
    sizes: dict[str, dict[str, int]] = {page: {} for page in PAGES}
    place = bench.small("sqlite")
    asked = place.run("bench.inside.asked")["receipt"]
    with place.serving() as port:
        for language in sorted(set(re.findall(r'href="/([a-z-]+)/"', ask(port, "/").body))):
            for page, path, answer in [*pages(port, language), came_back(port, language, "asked", asked)]:
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")
                sizes[page][language] = with_all_it_loads(port, path, answer)
    return sizes


def pages(port: int, language: str) -> list[tuple[str, str, Answer]]:
    """The pages of one person's way: told, sent, and come back to."""
    file, follow = f"/{language}/file/", f"/{language}/follow/"
    body, kind = form("Dust from the crusher covers our houses.", new_nonce())
    filed = ask(port, file, body=body, kind=kind)
    return [
        ("home", f"/{language}/", ask(port, f"/{language}/")),
        ("file", file, ask(port, file)),
        ("follow", follow, ask(port, follow)),
        ("receipt", file, filed),
        came_back(port, language, "case", receipt_in(filed.body)),
    ]


def came_back(port: int, language: str, name: str, receipt: str) -> tuple[str, str, Answer]:
    """The page behind the number."""
    path = f"/{language}/follow/"
    let_in = ask(port, path, body=f"receipt={receipt}".encode(), kind="application/x-www-form-urlencoded")
    return name, path, ask(port, path, cookie=let_in.headers.get("set-cookie", "").partition(";")[0])


def largest(bench: Bench, *, page: str) -> Measured:
    sizes = bench.once(_sizes)[page]
    language = max(sizes, key=lambda code: sizes[code])
    return Measured(sizes[language], f"longest of {len(sizes)} languages: {language}")


ROWS = [
    Row(
        f"wire_{page}",
        "bytes",
        BOUND,
        "14 kB, headers and all that the page loads included, gzip",
        partial(largest, page=page),
    )
    for page in PAGES
]
