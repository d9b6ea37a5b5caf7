"""A person's browser as far as it counts here: raw requests, every byte of the answer, and all that a page loads."""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from gzip import decompress
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from bench.places import HOST

BOUNDARY = "----recourse-bench"
# Each form field as a browser sends it, the file field that was left empty among them.
BLANK = {
    "nothing_waits": "1", "place": "", "day": "", "openness": "anonymous", "name": "", "safe_way": "none", "phone": "",
    "email": "", "times": "", "country": "", "position": "", "about": "", "authority": "", "wanted": "", "trusted": "",
    "word": "",
}  # fmt: skip
CODE = re.compile(r"<span>([0-9]{4})</span>")


@dataclass(frozen=True)
class Answer:
    """``size`` counts every byte that came: status line, headers and body, as they were on the wire."""

    status: int
    headers: dict[str, str]
    body: str
    size: int


def ask(port: int, path: str, *, body: bytes = b"", kind: str = "", cookie: str = "") -> Answer:
    """One request on a connection of its own, counted at the socket."""
    head = [
        f"{'POST' if kind else 'GET'} {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        "Accept-Encoding: gzip",
        "Connection: close",
        *([f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if kind else []),
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    with socket.create_connection((HOST, port), timeout=30) as connection:
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return read(received)


def read(received: bytes) -> Answer:
    top, _blank, body = received.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = unchunked(body)
    if headers.get("content-encoding") == "gzip":
        body = decompress(body)
    return Answer(int(first.split()[1]), headers, body.decode(errors="replace"), len(received))


def unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        length, _end, body = body.partition(b"\r\n")
        size = int(length, 16)
        whole, body = whole + body[:size], body[size + 2 :]
    return whole


def form(statement: str, nonce: str, **fields: str) -> tuple[bytes, str]:
    """The filing form as a browser posts it: body and content type."""
    said = {"nonce": nonce, "statement": statement} | BLANK | fields
    return multipart(said.items())


def multipart(fields: Iterable[tuple[str, str]]) -> tuple[bytes, str]:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    ]
    empty = (
        'Content-Disposition: form-data; name="photos"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n'
    )
    body = "".join(parts) + f"--{BOUNDARY}\r\n{empty}\r\n--{BOUNDARY}--\r\n"
    return body.encode(), f"multipart/form-data; boundary={BOUNDARY}"


def receipt_in(page: str) -> str:
    """The receipt that a page shows, 20 digits, or nothing."""
    groups = CODE.findall(page)
    return "".join(groups) if len(groups) == 5 else ""


class Loads(HTMLParser):
    """Addresses that a browser fetches with a page: styles, icons, pictures, scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = {"link": "href", "img": "src", "script": "src", "source": "src", "iframe": "src"}.get(tag, "")
        if address := attributes.get(name):
            self.found.append(address)


def with_all_it_loads(port: int, path: str, page: Answer) -> int:
    """Bytes of a page and of everything that it makes a browser fetch, each fetched as for the first time."""
    waiting = [urljoin(path, address) for address in loads(page)]
    seen: set[str] = set()
    total = page.size
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith("data:"):
            continue
        seen.add(address)
        if urlsplit(address).netloc:
            raise RuntimeError(f"a page loads from another machine: {address}")
        asset = ask(port, address)
        if asset.status != 200:
            raise RuntimeError(f"{address} answered {asset.status}")
        total += asset.size
        waiting += [urljoin(address, inner) for inner in loads(asset)]
    return total


def loads(answer: Answer) -> list[str]:
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html"):
        parser = Loads()
        parser.feed(answer.body)
        return parser.found
    if kind.startswith("text/css"):
        return re.findall(r"""(?:url\(|@import\s+)["']?([^"')\s]+)""", answer.body)
    return []
