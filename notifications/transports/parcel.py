"""What every transport takes, and what it promises."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Parcel:
    """``message_id`` is that of RFC 5322, with its angle brackets, and stays the same over every attempt."""

    to: str
    subject: str
    body: str
    message_id: str


class Transport(Protocol):
    """Each step ends within its own time limit, and raises nothing but `TransportError` for what goes wrong outside."""

    def ready(self) -> None:
        """Be able to send the next parcel: connect, or see that the connection still stands."""

    def send(self, parcel: Parcel) -> str:
        """Hand over one parcel; when this returns, the other side has taken it. Gives its id for it, "" for none."""

    def close(self) -> None:
        """Let go; never raises."""
