"""Real servers on loopback: one that takes mail, one that takes the requests of a text-message gateway."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """An SMTP server's handler. ``rcpt`` and ``data``, where set, answer something else than 250; ``drop`` breaks the
    connection once the words are here. ``holds``: which words get no answer before ``free`` is set."""

    rcpt: str = ""
    data: str = ""
    drop: bool = False
    holds: Callable[[bytes], bool] = lambda _words: False
    free: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    received: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data:
            return self.data
        if self.holds(envelope.content) and not self.free.is_set():
            self.held.set()
            await asyncio.to_thread(self.free.wait)
        self.received.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
        if self.drop:
            server.transport.abort()
        return "250 OK"

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.received]


@contextmanager
def mail_server(port: int = 0) -> Iterator[Mailbox]:
    mailbox = Mailbox(port=port or free_port())
    controller = Controller(mailbox, hostname=HOST, port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        mailbox.free.set()
        controller.stop()


@contextmanager
def silent_server() -> Iterator[tuple[int, threading.Event]]:
    """(port, whether somebody has come): takes every connection and never says a word."""
    came = threading.Event()
    open_ones: list[socket.socket] = []
    with socket.create_server((HOST, 0)) as server:

        def take() -> None:
            while True:
                try:
                    open_ones.append(server.accept()[0])
                except OSError:
                    return
                came.set()

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield server.getsockname()[1], came
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for one in open_ones:
                one.close()


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Web:
    """What a gateway was asked, and how it answers: a callable that writes on the open request."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


def says(status: int, body: str = "", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body.encode())))
        request.end_headers()
        request.wfile.write(body.encode())

    return answer


def breaks_off(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100")
    request.end_headers()
    request.wfile.write(b'{"status": "que')


@contextmanager
def web_server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[Web]:
    web = Web(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            web.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            web.answer(self)

        def do_GET(self) -> None:
            web.asked.append(Asked(self.path, {}, ""))
            says(200)(self)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    web.url = f"http://{HOST}:{server.server_address[1]}/send"
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
