"""Wrong receipts wait, and nobody is locked out: tickets are for one address, one receipt and one stretch of time."""

from datetime import datetime, timedelta

from grievance.throttle import BUDGET, Waited, address_key, client_address, ticket, waited

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
RECEIPT = "1" * 20
SECRET = b"a secret of the tests"


def state(held: str, *, after: timedelta, address: str = "192.0.2.7", receipt: str = RECEIPT) -> Waited:
    return waited(held, address=address, receipt=receipt, secret=SECRET, at=AT + after)


def test_a_ticket_ripens_and_ends() -> None:
    held = ticket(address="192.0.2.7", receipt=RECEIPT, secret=SECRET, at=AT)
    assert state(held, after=BUDGET.wait - timedelta(seconds=1)) == Waited.EARLY
    assert state(held, after=BUDGET.wait) == Waited.READY
    assert state(held, after=BUDGET.wait + BUDGET.life + timedelta(seconds=1)) == Waited.NONE


def test_a_ticket_serves_nobody_else() -> None:
    held = ticket(address="192.0.2.7", receipt=RECEIPT, secret=SECRET, at=AT)
    assert state(held, after=BUDGET.wait, address="192.0.2.8") == Waited.NONE
    assert state(held, after=BUDGET.wait, receipt="2" * 20) == Waited.NONE
    for forged in ("", ".", "x.y", "0." + held.partition(".")[2], "٣." + held.partition(".")[2], held + "ü"):
        assert state(forged, after=BUDGET.wait) == Waited.NONE


def test_neither_address_nor_receipt_can_be_read_off() -> None:
    held = ticket(address="192.0.2.7", receipt=RECEIPT, secret=SECRET, at=AT)
    key = address_key(address="192.0.2.7", secret=SECRET, at=AT)
    assert "192.0.2.7" not in held + key
    assert RECEIPT not in held
    assert key != address_key(address="192.0.2.8", secret=SECRET, at=AT)
    assert key != address_key(address="192.0.2.7", secret=SECRET, at=AT + BUDGET.window)


def test_only_our_own_proxy_is_believed() -> None:
    claimed = "203.0.113.1, 198.51.100.2"
    assert client_address(remote="192.0.2.7", forwarded=claimed, behind_proxy=False) == "192.0.2.7"
    assert client_address(remote="192.0.2.7", forwarded=claimed, behind_proxy=True) == "198.51.100.2"
    assert client_address(remote="192.0.2.7", forwarded="", behind_proxy=True) == "192.0.2.7"
