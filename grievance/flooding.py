"""A flood of filings from one network: nothing is refused; beyond the budget each costs its sender one page more.

Stateless: the page carries everything that was typed and a ticket, signed for this form.
"""

import hmac
from datetime import datetime
from enum import StrEnum

from grievance.budgets import spend
from grievance.rules import FILINGS_A_NETWORK, ONCE_MORE_FOR


class Crowd(StrEnum):
    """How a filing stands that is about to be kept."""

    FREE = "free"
    ONCE_MORE = "once_more"  # its sender is asked to press "Send" again
    BULK = "bulk"  # they did: kept, for review in bulk


def crowd_of(*, nonce: str, held: str, address: str, secret: bytes, at: datetime) -> Crowd:
    """Count one filing of the network of ``address``. ``held``: the ticket that came back with the form, if any."""
    totals = spend("filings", windows=tuple(FILINGS_A_NETWORK), address=address, at=at)
    if all(total <= most for total, most in zip(totals, FILINGS_A_NETWORK.values(), strict=True)):
        return Crowd.FREE
    return Crowd.BULK if _holds(held, nonce=nonce, secret=secret, at=at) else Crowd.ONCE_MORE


def ticket(*, nonce: str, secret: bytes, at: datetime) -> str:
    """For one form, good for a day; says nothing of the form or of where it is filled in."""
    until = str(int((at + ONCE_MORE_FOR).timestamp()))
    return f"{until}.{_sign(secret, until, nonce)}"


def _holds(held: str, *, nonce: str, secret: bytes, at: datetime) -> bool:
    until, _dot, signature = held.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 12):
        return False
    signed = hmac.compare_digest(_sign(secret, until, nonce).encode(), signature.encode(errors="replace"))
    return signed and at.timestamp() <= int(until)


def _sign(secret: bytes, *parts: str) -> str:
    return hmac.digest(secret, "\0".join(("recourse once more", *parts)).encode(), "sha256").hex()
