"""Many calls at once, few transactions: each row is durable before its caller goes on, and a bad one fails alone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import User
from grievance.commands.shared import SharedCommit
from grievance.models import Gateway, InboundRequest
from tests.factories import AT

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 24


@pytest.fixture
def gateway(lead: User) -> Gateway:
    return Gateway.objects.create(
        slug="g", name="g", kind="android", sealed_secret=b"x", added_by=lead, added_at=AT, options={}
    )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each shared transaction wrote."""
    sizes: list[int] = []
    write = type(InboundRequest.objects).bulk_create

    def counting(self: Any, rows: Any, *args: Any, **more: Any) -> Any:
        held = list(rows)
        sizes.append(len(held))
        return write(self, held, *args, **more)

    monkeypatch.setattr(type(InboundRequest.objects), "bulk_create", counting)
    return sizes


def row_of(gateway_id: int) -> InboundRequest:
    return InboundRequest(gateway_id=gateway_id, sealed_raw=b"sealed", received_at=AT)


def insert_at_once(shared: SharedCommit, rows: list[InboundRequest]) -> list[bool]:
    """Whether each was there, for others to see, once its caller went on; False where it was refused."""
    start = threading.Barrier(len(rows))

    def insert(row: InboundRequest) -> bool:
        try:
            start.wait(10)
            shared.insert(row)
            return InboundRequest.objects.filter(pk=row.pk).exists()
        except IntegrityError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(rows)) as callers:
        return list(callers.map(insert, rows))


def test_rows_that_come_together_are_written_together(gateway: Gateway, counted: list[int]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one connection in memory is not for several threads")
    rows = [row_of(gateway.pk) for _ in range(MANY)]
    assert all(insert_at_once(SharedCommit(), rows))
    assert InboundRequest.objects.count() == sum(counted) == MANY
    assert len(counted) < MANY
    rows = [row_of(gateway.pk) for _ in range(MANY)]
    rows[3] = InboundRequest(gateway_id=gateway.pk, sealed_raw=b"no moment")
    assert insert_at_once(SharedCommit(), rows).count(False) == 1
    assert InboundRequest.objects.count() == 2 * MANY - 1


def test_a_row_that_cannot_be_written_fails_alone(gateway: Gateway) -> None:
    shared = SharedCommit()
    waiting = [row_of(gateway.pk), InboundRequest(gateway_id=gateway.pk, sealed_raw=b"x"), row_of(gateway.pk)]
    became = [alone(shared, row) for row in waiting]
    assert became == [True, False, True]
    assert InboundRequest.objects.count() == 2


def alone(shared: SharedCommit, row: InboundRequest) -> bool:
    try:
        shared.insert(row)
    except IntegrityError:
        return False
    return True


def test_within_a_transaction_it_belongs_to_that_one(gateway: Gateway) -> None:
    with transaction.atomic():
        SharedCommit().insert(row_of(gateway.pk))
        transaction.set_rollback(True)
    assert not InboundRequest.objects.exists()
