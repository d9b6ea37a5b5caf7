"""As much of a browser as a proof needs: it reads forms, posts them with files, and keeps no cookie unless told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import urlencode

BOUNDARY = "----a-browser"


@dataclass
class Page:
    status: int
    headers: list[tuple[str, str]]
    text: str

    @property
    def cookies(self) -> list[str]:
        return [value for name, value in self.headers if name.lower() == "set-cookie"]

    def fields(self, action: str) -> dict[str, list[str]]:
        """What the form that posts to ``action`` would send as it stands."""
        form = Form(action)
        form.feed(self.text)
        return form.fields

    @property
    def receipt(self) -> str:
        digits = CodeReader()
        digits.feed(self.text)
        return "".join(digits.groups)


class Form(HTMLParser):
    """Reads the fields of one form of a page."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.area = action, False, ""
        self.fields: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = given.get("action") == self.action and given.get("enctype") is not None
        elif self.inside and tag == "textarea":
            self.area = name
            self.fields.setdefault(name, [""])
        elif self.inside and tag == "input" and given.get("type") != "file":
            chosen = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if chosen:
                self.fields.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] = [self.fields[self.area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            # The line break after the tag is the page's, not the person's (HTML 13.1.2.5).
            self.fields[self.area] = [self.fields[self.area][0].removeprefix("\n")]
            self.area = ""
        elif tag == "form":
            self.inside = False


class CodeReader(HTMLParser):
    """Reads the receipt, which stands in groups within the paragraph of the class "code"."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.groups: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or (tag == "p" and ("class", "code") in attrs)

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "p"

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.groups.append(data.strip())


@dataclass
class Browser:
    port: int
    cookie: str = ""
    seen: list[Page] = field(default_factory=list)

    def get(self, path: str) -> Page:
        return self._ask("GET", path, b"", "")

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        return self._ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def send(self, path: str, fields: Mapping[str, list[str]], photo: tuple[str, bytes] | None = None) -> Page:
        return self._ask("POST", path, *multipart(fields, photo))

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> Page:
        headers = {"Content-Type": kind} if kind else {}
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = Page(answer.status, answer.getheaders(), answer.read().decode(errors="replace"))
        finally:
            connection.close()
        self.seen.append(page)
        return page


def multipart(fields: Mapping[str, list[str]], photo: tuple[str, bytes] | None = None) -> tuple[bytes, str]:
    name, content = photo or ("", b"")
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, values in fields.items()
        for value in values
    ]
    kind = "image/jpeg" if photo else "application/octet-stream"
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="{name}"\r\nContent-Type: {kind}'
    body = b"".join(parts) + head.encode() + b"\r\n\r\n" + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"
