"""A PIN that was not chosen in the conversation: within the hour, on the same phone, with the number; never else."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from grievance.commands import listening
from grievance.keys import data_key_for_office, open_text
from grievance.models import Complainant, FormSession, Gateway, Grievance, Message, TextReceipt, WrongPins
from grievance.rules import PIN_CHOSEN_WITHIN
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SILENT = AT + timedelta(minutes=40)  # the conversation has ended by itself
PIN, OTHER = "730491", "604182"
DONE = "Thank you. A person reads it and answers."
NO_MATCH = "This did not match, or was tried too often."


@pytest.fixture
def gateway(lead: User) -> Gateway:
    return a_gateway(lead, language="en")


@pytest.fixture
def phone(gateway: Gateway) -> Phone:
    return Phone(gateway)


def skips(phone: Phone, *answers: str, ends: bool = True) -> str:
    """Everything but the PIN; gives the number of the grievance."""
    for words in ("Hatujalipwa tangu Januari", *(answers or ("1", "Mutoshi", "jana", "2"))):
        phone.write(words, AT)
    if ends:
        listening.listen(at=SILENT)
        assert not FormSession.objects.open().exists()
    return FormSession.objects.get().reference


def opens(phone: Phone, reference: str, pin: str = PIN) -> bool:
    """Does this PIN bring somebody back, half a day later?"""
    (said,) = phone.write(f"{reference} {pin} WEB", AT + timedelta(hours=12))
    return said.startswith("Your code is")


def test_within_the_hour_number_and_pin_choose_it_on_the_phone_that_filed(phone: Phone) -> None:
    reference = skips(phone)
    (said,) = phone.write(f"{reference} {PIN}", SILENT + MINUTE)
    assert said.startswith(DONE)
    assert reference in said
    assert opens(phone, reference)
    assert not WrongPins.objects.exists()


def test_the_first_one_holds(phone: Phone) -> None:
    reference = skips(phone)
    phone.write(f"{reference} {PIN}", SILENT + MINUTE)
    assert phone.write(f"{reference} {OTHER}", SILENT + 2 * MINUTE)[0].startswith(NO_MATCH)
    assert opens(phone, reference)


def test_one_that_is_easy_to_guess_is_asked_for_again_and_what_was_said_beside_it_is_kept(phone: Phone) -> None:
    reference = skips(phone)
    (said,) = phone.write(f"{reference} 123456 Wako nje", SILENT + MINUTE)
    assert said.startswith("A PIN has six digits and is not easy to guess")
    assert TextReceipt.objects.get().pin is None
    message = Message.objects.get()
    assert open_text(data_key_for_office(message.grievance.key_id), message.sealed_body, "message") == "Wako nje"
    assert phone.write(f"{reference} {PIN}", SILENT + 2 * MINUTE)[0].startswith(DONE)


@pytest.mark.parametrize("minutes", [0, 1, 600])
def test_after_the_hour_it_is_answered_as_any_wrong_one(phone: Phone, minutes: int) -> None:
    """The phone may be in other hands by then, and the number stands in its thread."""
    reference = skips(phone)
    ended = FormSession.objects.get().ended_at
    assert ended is not None
    (said,) = phone.write(f"{reference} {PIN}", ended + PIN_CHOSEN_WITHIN + minutes * MINUTE)
    assert said.startswith(NO_MATCH)
    assert TextReceipt.objects.get().pin is None


def test_from_another_phone_it_is_answered_as_any_wrong_one(phone: Phone, gateway: Gateway) -> None:
    reference = skips(phone)
    assert Phone(gateway, "+243810000777").write(f"{reference} {PIN}", SILENT + MINUTE)[0].startswith(NO_MATCH)
    assert TextReceipt.objects.get().pin is None


def test_a_forged_number_without_the_reference_chooses_nothing(phone: Phone, gateway: Gateway) -> None:
    reference = skips(phone)
    forged = Phone(gateway, phone.number)
    for words in (f"STATUS {PIN}", f"WEB {PIN}", f"R-0000-0000 {PIN}"):
        assert all(said.startswith(NO_MATCH) for said in forged.write(words, SILENT + MINUTE))
    assert WrongPins.objects.get(writer=phone.writer).wrong == 3
    assert TextReceipt.objects.get(reference=reference).pin is None


def test_not_where_nobody_said_that_texts_are_safe_here(phone: Phone) -> None:
    reference = skips(phone, "Hawakutulipa")  # the first question was never answered
    assert Complainant.objects.get().safe_way == "none"
    assert phone.write(f"{reference} {PIN}", SILENT + MINUTE)[0].startswith(NO_MATCH)
    assert TextReceipt.objects.get().pin is None


def test_not_after_stop_nor_where_it_is_not_safe_any_more(phone: Phone) -> None:
    reference = skips(phone)
    phone.write("STOP", SILENT)
    assert phone.write(f"{reference} {PIN}", SILENT + MINUTE) == []
    assert TextReceipt.objects.get().pin is None
    phone.write("START", SILENT + 2 * MINUTE)
    writer = phone.writer
    writer.unsafe_at = SILENT
    writer.save()
    phone.write(f"{reference} {PIN}", SILENT + 3 * MINUTE)
    assert TextReceipt.objects.get().pin is None


def test_in_the_conversation_the_pin_may_stand_behind_the_number(phone: Phone) -> None:
    reference = skips(phone, ends=False)
    (said,) = phone.write(f"{reference} {PIN}", AT + MINUTE)
    assert said.startswith(DONE)
    assert Grievance.objects.count() == 1
    assert opens(phone, reference)


def test_who_was_in_danger_chooses_it_behind_the_number_too(phone: Phone) -> None:
    reference = skips(phone, "1", "Mutoshi", "jana", "1", ends=False)
    assert Grievance.objects.get().urgent
    assert phone.write(f"{reference} {PIN} Wako nje", AT + MINUTE)[0].startswith(DONE)
    assert Message.objects.count() == 1
    assert opens(phone, reference)


def test_nothing_of_it_stands_among_the_words(client: Client, phone: Phone) -> None:
    reference = skips(phone)
    phone.write(f"{reference} {PIN}", SILENT + MINUTE)
    assert not Message.objects.exists()
    assert Grievance.objects.count() == 1
