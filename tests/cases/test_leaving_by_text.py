"""Leaving by text, with the same questions as on the page: only the person can; and ending a partner's part."""

from datetime import timedelta

import pytest

from accounts.models import User
from cases.events import Event
from cases.models import Case, CaseEvent, Confirmation, Filing, RemedyStep, SafetyCheck, Withdrawal
from grievance.models import PartnerNumber, Relay
from tests.cases.conftest import AT
from tests.cases.test_by_text import MINUTE, PIN, WRONG, asks, case, gateway, lead, number, other, phone, step
from tests.cases.test_waiting_by_text import passed_on_by
from tests.grievance.phones import Phone

__all__ = ["case", "gateway", "lead", "number", "other", "phone", "step"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PRESSED = (
    "You may leave, without a reason. Did somebody press you? Write your number, your PIN, WITHDRAW and 1 for yes, 2 "
    "for no, 0 to say nothing."
)
LEFT = "You have left the case. We may go on without your words."


def test_one_word_asks_whether_somebody_pressed_them_and_ends_nothing(phone: Phone, number: str, case: Case) -> None:
    assert asks(phone, f"{number} {PIN} WITHDRAW") == [PRESSED]
    assert asks(phone, f"{number} {PIN} WITHDRAW 7", AT + 2 * MINUTE) == [PRESSED]
    assert Filing.objects.get().withdrawn_at is None
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize(("answer", "pressed"), [("1", True), ("٢", False), ("0", None)])
def test_the_second_text_ends_it_tells_the_office_and_asks_whether_they_are_safe(
    phone: Phone, number: str, case: Case, answer: str, pressed: bool | None
) -> None:
    asks(phone, f"{number} {PIN} WITHDRAW")
    (said,) = asks(phone, f"{number} {PIN} najitoa {answer}", AT + 2 * MINUTE)
    assert said == f"{LEFT} Are you safe? Write your number, your PIN and SAFE or NOT SAFE."
    assert Withdrawal.objects.get().pressed is pressed
    event = CaseEvent.objects.get(kind=Event.FILING_WITHDRAWN)
    assert event.data == {"urgent": pressed is True}
    assert SafetyCheck.objects.filter(reason="withdrawal", answered_at=None).count() == 1
    # Once more is the same; and the question about safety is answered as ever.
    assert asks(phone, f"{number} {PIN} WITHDRAW 2", AT + 3 * MINUTE) == [LEFT]
    assert Withdrawal.objects.count() == 1
    asks(phone, f"{number} {PIN} SAFE", AT + 4 * MINUTE)
    assert SafetyCheck.objects.get(reason="withdrawal").answer == "safe"


def test_words_beside_it_are_a_message_and_end_nothing(phone: Phone, number: str, case: Case) -> None:
    asks(phone, f"{number} {PIN} WITHDRAW my name from the list")
    assert Filing.objects.get().withdrawn_at is None
    assert CaseEvent.objects.filter(kind=Event.MESSAGE_ARRIVED).count() == 1


def test_a_wrong_pin_or_none_or_a_forged_number_ends_nothing(
    phone: Phone, other: Phone, number: str, case: Case
) -> None:
    forged = Phone(phone.gateway, phone.number)
    asks(forged, f"{number} {WRONG} WITHDRAW 2")
    asks(forged, f"{number} WITHDRAW", AT + 2 * MINUTE)
    asks(forged, "WITHDRAW", AT + 3 * MINUTE)
    asks(other, f"{number} {WRONG} WITHDRAW 2", AT + 4 * MINUTE)
    assert Filing.objects.get().withdrawn_at is None


def test_a_partners_phone_never_leaves_for_the_person_nor_once_it_was_unpaired(
    phone: Phone, other: Phone, number: str, case: Case, lead: User
) -> None:
    asks(other, f"{number} {PIN}")  # a writer now
    passed_on_by(other, lead)
    for hour, word in enumerate(("WITHDRAW", "WITHDRAW 2", "NO PARTNER"), start=1):
        (said,) = asks(other, f"{number} {PIN} {word}", AT + hour * HOUR)
        assert said.startswith("This phone is a partner's.")
    PartnerNumber.objects.update(ended_at=AT, ended_because="wrong_code")
    asks(other, f"{number} {PIN} WITHDRAW 2", AT + 9 * HOUR)
    assert Filing.objects.get().withdrawn_at is None
    assert Relay.objects.get().ended_at is None


def test_who_leaves_confirms_nothing_by_it(phone: Phone, number: str, step: RemedyStep) -> None:
    asks(phone, f"{number} {PIN} DISPUTE")
    asks(phone, f"{number} {PIN} WITHDRAW 1", AT + 2 * MINUTE)
    step.refresh_from_db()
    assert step.state == "disputed"
    assert not Confirmation.objects.get().confirmed


def test_a_person_ends_their_partners_part_by_text_from_a_phone_of_their_own(
    phone: Phone, other: Phone, number: str, case: Case, lead: User
) -> None:
    relay = passed_on_by(phone, lead)
    assert asks(other, f"{number} {WRONG} NO PARTNER")[0].startswith("This did not match")
    assert asks(other, f"{number} {PIN} NO PARTNER", AT + HOUR) == ["No partner follows your case any more."]
    relay.refresh_from_db()
    assert (relay.ended_at, relay.ended_because) == (AT + HOUR, "person")
    assert not Relay.objects.followed_by(relay.partner).exists()
    asks(other, f"{number} {PIN} bila mshirika", AT + 2 * HOUR)
    relay.refresh_from_db()
    assert relay.ended_at == AT + HOUR
