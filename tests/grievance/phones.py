"""Phones that write to us, and the thread that each of them shows."""

import json
import uuid
from datetime import datetime

from accounts.models import User
from grievance import vault
from grievance.commands import gateways, listening, texting
from grievance.gateways.wire import Incoming
from grievance.keys import RING, digest
from grievance.models import Gateway, Reply, Writer
from tests.factories import AT

OPTIONS = {"inbound": {"sender": "f", "text": "t", "id": "i"}, "proof": {"kind": "path"}}


def a_gateway(lead: User, slug: str = "union", **options: object) -> Gateway:
    return Gateway.objects.create(
        slug=slug, name="Union phone", kind="generic", options={**OPTIONS, **options}, sealed_secret=b"x",
        added_by=lead, added_at=AT,
    )  # fmt: skip


class Phone:
    """``write`` gives what it was answered since, one text a line."""

    def __init__(self, gateway: Gateway, number: str = "+243810000001") -> None:
        self.gateway, self.number = gateway, number

    def send(self, words: str, at: datetime, **more: str) -> None:
        """It came, and waits to be read."""
        body = json.dumps({"f": self.number, "t": words, "i": uuid.uuid4().hex, **more}).encode()
        incoming = Incoming("", body, {"content-type": "application/json"})
        gateways.keep_request(gateway=self.gateway, incoming=incoming, at=at)

    def write(self, words: str, at: datetime) -> list[str]:
        before = len(self.thread())
        self.send(words, at)
        texting.read_requests(at=at)
        listening.listen(at=at)
        return self.thread()[before:]

    @property
    def writer(self) -> Writer:
        mark = digest("number", self.number)
        return Writer.objects.get(mark=mark)

    def thread(self) -> list[str]:
        """What goes to this phone, oldest first, as long as it was not called back."""
        texts = [
            json.loads(vault.open_contact(RING, bytes(row.sealed_parcel or b"")))
            for row in Reply.objects.filter(sealed_parcel__isnull=False).order_by("pk")
        ]
        return [text["body"] for text in texts if text["to"] == self.number]
