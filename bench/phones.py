"""Many invented people who each text once, as gateways bring it: in parts, in another order, and some of it twice."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException

from bench.places import HOST
from grievance.simulator.air import cut
from grievance.simulator.lines import Call, Heard, Line, Part
from grievance.simulator.wires import WIRES

DUPLICATES = 0.2  # of all calls
IN_PARTS = 0.1  # of all texts
FAR = 200  # places by which a call comes too early or too late
KINDS = ("android", "twilio", "generic")  # the last hands over parts
WORDS = (
    "Maji ya mto yamekuwa mekundu tangu Jumatatu, watoto wanaumwa.",
    "La poussière du concasseur couvre nos maisons et personne ne répond.",
    "مياه النهر صارت حمراء منذ يوم الاثنين والأطفال مرضى",
    "क्रशर की धूल हमारे घरों पर जमती है 😷 और कोई जवाब नहीं देता।",
)


@dataclass(frozen=True)
class Text:
    number: str
    words: str


@dataclass(frozen=True)
class Sending:
    """One call: by which gateway, and what it brings."""

    kind: str
    heard: Heard


def number_of(place: int) -> str:
    """Given to nobody: 555-0100 to 555-0199 of one area after the other (North American plan)."""
    return f"+1{200 + place // 100}55501{place % 100:02}"


def texts_for(calls: int, chance: random.Random) -> tuple[list[Text], list[Sending]]:
    """The texts of people, and as many calls as were asked for: their parts and duplicates, in the order they come."""
    texts: list[Text] = []
    sendings: list[Sending] = []
    now = time.time()
    while len(sendings) < calls * (1 - DUPLICATES):
        place = len(texts)
        long = chance.random() < IN_PARTS
        words = f"{place}: " + " ".join(chance.choice(WORDS) for _ in range(3 if long else 1))
        texts.append(Text(number_of(place), words))
        kind = KINDS[-1] if long else KINDS[place % 2]
        parts = cut(words).parts if long else [words]
        for number, words_of_part in enumerate(parts, start=1):
            part = Part(f"ref{place}", number, len(parts)) if len(parts) > 1 else None
            sendings.append(
                Sending(kind, Heard(texts[-1].number, words_of_part, f"id{place}-{number}", now + place, part))
            )
    again = chance.sample(sendings, max(0, calls - len(sendings)))
    places = [(place + chance.uniform(0, FAR), place, one) for place, one in enumerate(sendings)]
    first = {one.heard.id: place for place, one in enumerate(sendings)}
    places += [
        (first[one.heard.id] + chance.uniform(0, 3 * FAR), calls + place, one) for place, one in enumerate(again)
    ]
    return texts, [one for _when, _place, one in sorted(places, key=lambda row: row[:2])]


class Sender:
    """Brings calls over one connection, and each again until it is answered with 200, as gateways do."""

    def __init__(self, port: int, lines: dict[str, Line], patience: float) -> None:
        self.port, self.lines, self.patience = port, lines, patience
        self.connection: HTTPConnection | None = None

    def bring(self, sending: Sending) -> int:
        """How many tries it took."""
        until = time.monotonic() + self.patience
        tries = 0
        while time.monotonic() < until:
            tries += 1
            if self._post(WIRES[sending.kind].inbound(self.lines[sending.kind], sending.heard)) == 200:
                return tries
            time.sleep(0.1)
        raise RuntimeError("nobody answered")

    def _post(self, call: Call) -> int:
        self.connection = self.connection or HTTPConnection(HOST, self.port, timeout=30)
        try:
            self.connection.request("POST", call.path, call.body, dict(call.headers))
            answer = self.connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException):
            self.close()
            return 0

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def send_all(
    port: int,
    lines: Iterable[Line],
    sendings: Sequence[Sending],
    *,
    at_once: int = 8,
    patience: float = 120.0,
    brought: Callable[[], None] = lambda: None,
) -> int:
    """Bring every call; ``brought`` hears of each that was answered. Returns how often one had to be brought again."""
    by_kind = {line.kind: line for line in lines}

    def share(one: int) -> int:
        again = 0
        with closing(Sender(port, by_kind, patience)) as sender:
            for sending in sendings[one::at_once]:
                again += sender.bring(sending) - 1
                brought()
        return again

    with ThreadPoolExecutor(at_once) as gateways:
        return sum(gateways.map(partial(share), range(at_once)))
