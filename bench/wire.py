"""What a page costs where every byte is paid for: all that it loads, headers included, in the longest language."""

import re
from functools import partial

from bench.places import Bench
from bench.table import Measured, Row
from bench.visitor import Answer, ask, form, receipt_in, with_all_it_loads
from grievance.receipts import new_nonce

FORM = "application/x-www-form-urlencoded"
BOUND = 14_336  # 14 kB: what a server may send before the first acknowledgement (RFC 6928, ten segments)
# For scale, as measured by us, gzip: GlobaLeaks 957 kB and Hush Line 190 kB to a form that can be used.
OTHERS = "GlobaLeaks 957 kB, Hush Line 190 kB"
PAGES = (
    "home", "file", "step", "mistake", "preview", "receipt", "written", "follow", "lost", "case", "asked", "help",
    "rules", "calendar",
)  # fmt: skip


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
    words, nonce = "Dust from the crusher covers our houses.", new_nonce()
    filed = _sent(port, file, words, nonce=nonce)
    written = f"{follow}written/"
    return [
        *((page, f"/{language}/{page}/", ask(port, f"/{language}/{page}/")) for page in ("help", "rules", "calendar")),
        ("home", f"/{language}/", ask(port, f"/{language}/")),
        ("file", file, ask(port, file)),
        ("step", file, _sent(port, file, words, do="next", way="one", step="who", nonce=new_nonce())),
        ("mistake", file, _sent(port, file, words, do="preview", way="all", day="31/12/2999", nonce=new_nonce())),
        ("preview", file, _sent(port, file, words, do="preview", way="all", nonce=new_nonce())),
        ("receipt", file, filed),
        ("written", written, ask(port, written, body=f"nonce={nonce}".encode(), kind=FORM)),
        ("follow", follow, ask(port, follow)),
        ("lost", f"{follow}lost/", ask(port, f"{follow}lost/")),
        came_back(port, language, "case", receipt_in(filed.body)),
    ]


def _sent(port: int, path: str, words: str, *, nonce: str, **fields: str) -> Answer:
    body, kind = form(words, nonce, **fields)
    return ask(port, path, body=body, kind=kind)


def came_back(port: int, language: str, name: str, receipt: str) -> tuple[str, str, Answer]:
    """The page behind the number."""
    path = f"/{language}/follow/"
    let_in = ask(port, path, body=f"receipt={receipt}".encode(), kind=FORM)
    return name, path, ask(port, path, cookie=let_in.headers.get("set-cookie", "").partition(";")[0])


def largest(bench: Bench, *, page: str) -> Measured:
    sizes = bench.once(_sizes)[page]
    language = max(sizes, key=lambda code: sizes[code])
    each = ", ".join(f"{code} {size:,}" for code, size in sorted(sizes.items()))
    return Measured(sizes[language], f"longest: {language}; {each}")


ROWS = [
    Row(
        f"wire_{page}",
        "bytes",
        BOUND,
        f"14 kB, cold, headers and all that the page loads included, gzip; {OTHERS}",
        partial(largest, page=page),
    )
    for page in PAGES
]
