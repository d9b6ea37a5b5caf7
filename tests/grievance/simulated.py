"""The simulator beside the test's own Recourse: calls go in by a real server, or straight into the test client."""

import threading
from datetime import datetime

from django.test import Client

from accounts.models import User
from grievance import demo
from grievance.gateways import KINDS
from grievance.gateways.setup import Setup
from grievance.models import Gateway
from grievance.simulator.lines import Call, Line

PUBLIC = "https://recourse.example"
PHONE = "+12025550142"
BASE = "http://127.0.0.1:1"  # nobody listens there


def line_of(kind: str, public: str = PUBLIC) -> Line:
    return Line(
        f"sim-{kind}", kind, "a-secret-of-nobody-at-all-in-the-world", demo.login_of(kind), "+12025550100", public
    )


def product_kind(line: Line) -> str:
    return line.kind if line.kind in KINDS else "generic"


def sender_of(line: Line, base: str) -> tuple[str, Setup]:
    """The product's side of this line: its kind, and what the office entered for sending."""
    return product_kind(line), Setup(options=demo.options_of(line, base), credentials=demo.credentials_of(line))


def deliver(client: Client, call: Call, host: str = "testserver", proto: str = "") -> int:
    headers = dict(call.headers) | {"Host": host} | ({"X-Forwarded-Proto": proto} if proto else {})
    kind = headers.pop("Content-Type")
    return client.post(call.path, call.body, content_type=kind, headers=headers).status_code


def set_up(lead: User, at: datetime, public: str = "http://testserver") -> dict[str, Line]:
    """A gateway of each kind in the database, with the simulator's line."""
    lines = demo.lines_of_demo(base=BASE, public=public, by=lead, at=at)
    assert Gateway.objects.count() == len(lines)
    return {line.kind: line for line in lines}


class Ear:
    """Hears the last status of a call."""

    def __init__(self) -> None:
        self.said: list[int] = []
        self.heard = threading.Event()

    def __call__(self, status: int) -> None:
        self.said.append(status)
        self.heard.set()
