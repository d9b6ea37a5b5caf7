"""What one gateway knows: who it is, who may send by it, where it calls; and the requests that go either way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, repr=False)
class Line:
    """One gateway. ``kind``: a key of `WIRES`; ``secret``: what it proves itself with; ``login``: what it asks of who
    sends by it; ``number``: to which people write; ``public``: the address of Recourse as the gateway was told it."""

    slug: str
    kind: str
    secret: str
    login: Mapping[str, str]
    number: str
    public: str

    def __repr__(self) -> str:
        return f"Line({self.slug})"

    def path(self, direction: str) -> str:
        return f"/sms/{self.slug}/{direction}"


class Part(NamedTuple):
    reference: str
    number: int
    total: int


@dataclass(frozen=True)
class Heard:
    """A text, or one part of it, that a telephone sent. ``at``: seconds since 1970."""

    sender: str
    text: str
    id: str
    at: float
    part: Part | None = None


@dataclass(frozen=True)
class Sent:
    """A text that Recourse sends. ``id``: how the gateway calls it; ``callback``: where reports go, if it was said."""

    to: str
    text: str
    id: str
    callback: str = ""


@dataclass(frozen=True)
class Call:
    """A POST to Recourse. ``path``: below its address."""

    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A POST to us; names of headers in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    kind: str = "application/json"


Taken = tuple[Sent | None, Answer]
Stopped = Callable[[str], bool]  # has this number told the network that it wants no more?


@dataclass(frozen=True)
class Wire:
    """How one kind of gateway speaks. ``mine``: is this request for a gateway of this kind? ``knows``: may who asks
    send by this line? ``joins``: it puts the parts of a long text together before it calls; ``again``: seconds after
    which it calls once more, where it was not answered with 2xx."""

    mine: Callable[[Asked], bool]
    knows: Callable[[Line, Asked], bool]
    stranger: Answer
    take: Callable[[Line, Asked, Stopped], Taken]
    inbound: Callable[[Line, Heard], Call]
    report: Callable[[Line, Sent, str], Call | None]
    joins: bool = True
    again: tuple[float, ...] = field(default=())
