"""PINs that come at the same moment, each in a transaction of its own: two wrong ones are two, and a right one does not
slip past the wrong one that shuts the number."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import User
from grievance.commands.proving import prove
from grievance.models import Arrival, TextReceipt, Writer, WrongPins
from grievance.rules import PINS_A_GATEWAY, PINS_A_REFERENCE, PINS_A_WRITER
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
PIN, WRONG = "730491", "730492"
NOBODYS = "R-0000-0000"
LOOKS = 3_000  # at whether the second one waits, a hundredth of a second each: the most, on a machine that does much
Try = Callable[[], TextReceipt | None]


@pytest.fixture
def phones(lead: User) -> list[Phone]:
    """Of somebody who filed, and two strangers, all by one gateway; what is counted from here on begins at nothing."""
    gateway = a_gateway(lead, language="en")
    own, *others = (Phone(gateway, f"+24381000000{number}") for number in range(1, 4))
    for words in ("Hatujalipwa tangu Januari", "1", "Mutoshi", "jana", "2", PIN):
        own.write(words, AT)
    for phone in others:
        phone.write("HELP", AT)
    return [own, *others]


def a_try(phone: Phone, reference: str, pin: str) -> Try:
    writer = Writer.objects.select_related("gateway").get(pk=phone.writer.pk)
    return lambda: prove(writer, reference, pin, at=AT + timedelta(minutes=1))


def at_once(first: Try, second: Try) -> tuple[bool, bool]:
    """Whether each was right: the second comes while the first has done all but end, and waits for it."""
    found: list[TextReceipt | None] = []

    def other() -> None:
        try:
            with transaction.atomic():
                found.append(second())
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        one = first()
        thread.start()
        assert any(waits() for _look in range(LOOKS)), "the second did not wait for the first"
    thread.join()
    (two,) = found
    return one is not None, two is not None


def waits() -> bool:
    """Whether somebody waits for what this connection holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_sleep(0.01), EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[1])


def reference() -> str:
    return TextReceipt.objects.get().reference


def counted() -> dict[str, int]:
    """Wrong tries by what they are counted of."""
    found = {"reference": TextReceipt.objects.get().wrong}
    for row in WrongPins.objects.all():
        found["gateway" if row.gateway_id else f"writer {row.writer_id}"] = row.wrong
    return found


def test_two_wrong_ones_for_one_number_from_two_phones_are_two(phones: list[Phone]) -> None:
    _own, one, two = phones
    assert at_once(a_try(one, reference(), WRONG), a_try(two, reference(), WRONG)) == (False, False)
    expected = {"reference": 2, "gateway": 2, f"writer {one.writer.pk}": 1, f"writer {two.writer.pk}": 1}
    assert counted() == expected


def test_the_first_two_by_a_gateway_are_two_whatever_they_guess_at(phones: list[Phone]) -> None:
    _own, one, two = phones
    assert at_once(a_try(one, NOBODYS, WRONG), a_try(two, "R-1111-1111", WRONG)) == (False, False)
    assert counted()["gateway"] == 2
    assert at_once(a_try(one, NOBODYS, WRONG), a_try(two, NOBODYS, WRONG)) == (False, False)
    assert counted()["gateway"] == 4


def test_the_first_two_from_one_phone_are_two(phones: list[Phone]) -> None:
    _own, one, _two = phones
    assert at_once(a_try(one, NOBODYS, WRONG), a_try(one, "R-1111-1111", WRONG)) == (False, False)
    assert counted()[f"writer {one.writer.pk}"] == 2


def test_a_right_one_does_not_slip_past_the_wrong_one_that_shuts_the_number(phones: list[Phone]) -> None:
    own, one, two = phones
    TextReceipt.objects.update(wrong=PINS_A_REFERENCE - 1)
    assert at_once(a_try(one, reference(), WRONG), a_try(two, reference(), PIN)) == (False, False)
    assert Arrival.objects.filter(kind=Arrival.Kind.GUESSED).count() == 1
    # Not even from the phone that they filed from.
    TextReceipt.objects.update(wrong=PINS_A_REFERENCE - 1, shut_until=None)
    assert at_once(a_try(one, reference(), WRONG), a_try(own, reference(), PIN)) == (False, False)


@pytest.mark.parametrize(("whose", "most"), [("writer", PINS_A_WRITER), ("gateway", PINS_A_GATEWAY)])
def test_a_right_one_does_not_slip_past_the_wrong_one_that_shuts_its_phone_or_its_gateway(
    phones: list[Phone], whose: str, most: int
) -> None:
    _own, one, two = phones
    held = {"writer": one.writer} if whose == "writer" else {"gateway": one.gateway}
    WrongPins.objects.create(**held, since=AT, wrong=most - 1)
    right = a_try(one if whose == "writer" else two, reference(), PIN)
    assert at_once(a_try(one, NOBODYS, WRONG), right) == (False, False)


def test_a_wrong_one_beside_the_right_one_begins_anew_at_one(phones: list[Phone]) -> None:
    own, one, _two = phones
    TextReceipt.objects.update(wrong=PINS_A_REFERENCE - 1)
    assert at_once(a_try(own, reference(), PIN), a_try(one, reference(), WRONG)) == (True, False)
    assert (counted()["reference"], TextReceipt.objects.get().shut_until) == (1, None)
