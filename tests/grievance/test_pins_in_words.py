"""A PIN never becomes words of a case, however it is typed; people's own figures stay."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from grievance.commands.bytext import answers_of
from grievance.keys import data_key_for_office, open_text
from grievance.models import Arrival, FormSession, Grievance, Message
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway
from tests.grievance.test_texting import statement

pytestmark = pytest.mark.django_db
PIN = "730491"
Write = Callable[..., list[str]]


@pytest.fixture
def own(lead: User) -> Phone:
    return Phone(a_gateway(lead))


@pytest.fixture
def reference(own: Phone) -> str:
    for turn, words in enumerate(("Maji machafu", "1", "Mutoshi", "leo", "2", PIN)):
        last = own.write(words, AT + timedelta(seconds=20 * turn))
    Arrival.objects.all().delete()
    found = re.search(r"R-\w{4}-\w{4}", last[0])
    assert found is not None
    return found.group()


LATER = AT + timedelta(hours=1)


def kept_words() -> str:
    """All that stands anywhere in clear for whoever holds the keys."""
    found = [str(statement(one)) for one in Grievance.objects.all()]
    found += [str(answers_of(one)) for one in FormSession.objects.all()]
    for row in Message.objects.all():
        found.append(open_text(data_key_for_office(row.grievance.key_id), row.sealed_body, "message"))
    return " ".join(found)


@pytest.mark.parametrize(
    "form",
    [
        "PIN 730491 {r}", "{r} pin 730491", "{r} PIN: 730491", "{low}730491", "{bare}730491", "{r}730491",
        "number {r} pin 730491"[7:], "{r} namba ya siri ٧٣٠٤٩١", "{r} code pin 730491", "senha 730491 {r} STATUS",
    ],
)  # fmt: skip
def test_near_forms_are_somebody_who_comes_back(own: Phone, reference: str, form: str) -> None:
    other = Phone(own.gateway, "+243810000002")
    bare = reference.replace("-", "")
    other.write(form.format(r=reference, low=bare.lower(), bare=bare), LATER)
    assert Arrival.objects.get().kind == "status"
    assert Grievance.objects.count() == 1
    assert PIN not in kept_words()


def test_a_sentence_with_number_and_pin_is_a_message_to_that_case(own: Phone, reference: str) -> None:
    other = Phone(own.gateway, "+243810000002")
    other.write(f"my number is {reference} and my pin is 730491", LATER)
    assert Grievance.objects.count() == 1
    assert f"my number is {reference} and my pin is ******" in kept_words()
    assert PIN not in kept_words()


def test_a_right_pin_beside_its_number_is_struck_and_an_amount_is_not(own: Phone, reference: str) -> None:
    other = Phone(own.gateway, "+243810000002")
    other.write(f"They asked about {reference}, I said 730 491 and paid 250000 francs", LATER)
    words = kept_words()
    assert "I said ****** and paid 250000 francs" in words
    assert Grievance.objects.count() == 1  # a conversation about it has begun


def test_what_this_phone_chose_is_struck_whatever_stands_around_it(own: Phone, reference: str) -> None:
    own.write("I wrote 730491 to you and lost 831001 francs", LATER)
    assert "I wrote ****** to you and lost 831001 francs" in kept_words()


def test_six_digits_alone_are_no_words(own: Phone, reference: str) -> None:
    own.write(PIN, LATER)  # of the only number of this phone
    assert Arrival.objects.get().kind == "status"
    other = Phone(own.gateway, "+243810000002")
    assert "did not match" in other.write(PIN, LATER)[0]
    assert not FormSession.objects.filter(ended_at=None).exists()
    other.write("Maji machafu", LATER)
    assert len(other.write(PIN, LATER)) == 1
    assert PIN not in kept_words()
    other.write("1", LATER)
    other.write("831001", LATER)  # a place may be called so
    assert answers_of(FormSession.objects.get(ended_at=None))["place"] == "831001"


def test_the_pin_that_is_chosen_again_is_chosen(own: Phone, reference: str) -> None:
    for turn, words in enumerate(("Hatujalipwa", "1", "Mutoshi", "leo", "2", PIN)):
        own.write(words, LATER + timedelta(seconds=20 * turn))
    assert all(one.text_receipt.pin is not None for one in Grievance.objects.all())
    assert PIN not in kept_words()
