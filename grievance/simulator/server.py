"""The server, on loopback alone: gateways for Recourse to send by, and a page for people to look at."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from grievance.simulator import page
from grievance.simulator.calling import Caller
from grievance.simulator.exchange import Exchange
from grievance.simulator.faults import Outage
from grievance.simulator.lines import Answer, Asked, Line

HOST = "127.0.0.1"
STATIC = Path(__file__).resolve().parents[2] / "static"
STYLES = {"/style.css": STATIC / "public.css", "/phones.css": STATIC / "phones.css"}
POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'"
MOST_BYTES = 64 * 1024


class Simulator(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, port: int, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__((HOST, port), Handler)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever went away in mid-answer is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Simulator
    timeout = 30

    def do_GET(self) -> None:
        if not self._from_here():
            return
        if self.path in STYLES:
            self._say(200, STYLES[self.path].read_bytes(), "text/css")
            return
        self._show(page.show(self.server.exchange, self.path))

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > MOST_BYTES:
            self._say(411, b"", "text/plain")
            return
        body = self.rfile.read(int(size))
        if self.headers.get("Origin") is not None:  # a browser
            if self._from_here():
                self._show(page.act(self.server.exchange, self.path, body))
            return
        self._take(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body))

    def _take(self, asked: Asked) -> None:
        """A text that Recourse sends, under the outage that is switched on."""
        faults = self.server.exchange.faults
        if faults.outage == Outage.REFUSE:
            self._say(503, b"", "text/plain")
            return
        over = faults.over
        _sent, answer = self.server.exchange.take(asked)
        match faults.outage:
            case Outage.HANG:
                over.wait()
                self.close_connection = True
            case Outage.HALF:
                self._break_off(answer)
            case _:
                self._say(answer.status, answer.body.encode(), answer.kind)

    def _break_off(self, answer: Answer) -> None:
        whole = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(whole) or 1))
        self.end_headers()
        self.wfile.write(whole[: len(whole) // 2])
        self.close_connection = True

    def _from_here(self) -> bool:
        """A page elsewhere, or a name that was bent to this machine, gets nothing."""
        host = self.headers.get("Host", "")
        origin = self.headers.get("Origin")
        allowed = {f"{name}:{self.server.server_address[1]}" for name in (HOST, "localhost")}
        if host in allowed and origin in {None, f"http://{host}"}:
            return True
        self._say(403, b"", "text/plain")
        return False

    def _show(self, shown: page.Shown | None) -> None:
        if shown is None:
            self._say(404, b"", "text/plain")
        elif shown.goes_to:
            self._say(303, b"", "text/plain", Location=shown.goes_to)
        else:
            self._say(200, shown.page.encode(), "text/html; charset=utf-8")

    def _say(self, status: int, body: bytes, kind: str, **more: str) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        headers |= {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
        for name, value in (headers | more).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: an address may hold what nobody is to know."""


@contextlib.contextmanager
def simulating(
    lines: Sequence[Line], web: str, *, port: int = 0, public: str = "", pace: float = 1.0, hands: int = 4
) -> Iterator[Simulator]:
    """A simulator that runs until the end of the block."""
    caller = Caller(web, public, pace=pace, hands=hands)
    server = Simulator(port, Exchange(lines, caller))
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.exchange.faults.end()
        caller.end()
        server.shutdown()
        thread.join()
        with contextlib.suppress(OSError):
            server.socket.shutdown(socket.SHUT_RDWR)
        server.server_close()
