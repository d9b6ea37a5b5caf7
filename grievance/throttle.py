"""Wrong receipts have a budget per address; beyond it every try waits, and no address is ever locked out."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class Budget:
    """``tries`` wrong receipts within ``window`` are free; a later try waits for ``wait`` and is good for ``life``."""

    tries: int = 30
    window: timedelta = timedelta(minutes=10)
    wait: timedelta = timedelta(seconds=30)
    life: timedelta = timedelta(minutes=15)


BUDGET = Budget()  # our default; a village behind one address makes fewer mistakes than this
# Of the extra word of one person's page, whoever tries and from wherever: a word is guessed where a number is not.
WORD_TRIES = 10
WORD_WINDOW = timedelta(hours=1)


class Waited(StrEnum):
    """How a waiting ticket stands."""

    READY = "ready"
    EARLY = "early"
    NONE = "none"


def address_key(*, address: str, secret: bytes, at: datetime) -> str:
    """What counts the wrong tries of one address in the window of ``at``, without saying which address."""
    window = int(at.timestamp() // BUDGET.window.total_seconds())
    return f"wrong-receipts-{window}-" + _sign(secret, "address", address)[:32]


def word_key(*, grievance: int, secret: bytes, at: datetime) -> str:
    """What counts the wrong words of one page in the window of ``at``, without saying whose page."""
    window = int(at.timestamp() // WORD_WINDOW.total_seconds())
    return f"wrong-words-{window}-" + _sign(secret, "word", str(grievance))[:32]


def ticket(*, address: str, receipt: str, secret: bytes, at: datetime) -> str:
    """Lets ``receipt`` be tried from ``address`` after the wait; carries neither of them."""
    ready = int((at + BUDGET.wait).timestamp())
    return f"{ready}.{_sign(secret, 'ticket', str(ready), address, receipt)}"


def waited(text: str, *, address: str, receipt: str, secret: bytes, at: datetime) -> Waited:
    """Whether a ticket that came back is for this try, and old enough."""
    ready, _dot, signature = text.partition(".")
    if not (ready.isascii() and ready.isdigit() and len(ready) < 12):
        return Waited.NONE
    if not hmac.compare_digest(_sign(secret, "ticket", ready, address, receipt).encode(), signature.encode()):
        return Waited.NONE
    now = int(at.timestamp())
    if now > int(ready) + BUDGET.life.total_seconds():
        return Waited.NONE
    return Waited.READY if now >= int(ready) else Waited.EARLY


def client_address(*, remote: str, forwarded: str, behind_proxy: bool) -> str:
    """The address that the nearest machine we trust saw: the last one that our own proxy wrote, or the peer itself."""
    last = forwarded.rpartition(",")[2].strip()
    return last if behind_proxy and last else remote


def _sign(secret: bytes, *parts: str) -> str:
    return hmac.digest(secret, "\0".join(("recourse throttle", *parts)).encode(), "sha256").hex()
