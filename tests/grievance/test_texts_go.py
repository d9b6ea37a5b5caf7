"""Erased is erased, for texts too: no copy of what somebody wrote outlives its hearing, and no number its use."""

from datetime import timedelta

import pytest

from accounts.models import User
from grievance import vault
from grievance.commands import contacts, forgetting, gateways, texting
from grievance.commands.answering import number_of
from grievance.commands.erasing import erase_words
from grievance.commands.following import Following
from grievance.commands.partners import drills
from grievance.gateways.wire import Incoming
from grievance.keys import RING, data_key_for_office
from grievance.models import (
    Arrival,
    Drill,
    FieldPartner,
    Grievance,
    InboundRequest,
    InboundText,
    Opening,
    Practice,
    Reply,
    Writer,
)  # fmt: skip
from grievance.rules import NUMBER_LOOKED_AT, PARTS_ALIKE_WITHIN, UNREAD_KEPT
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway

pytestmark = pytest.mark.django_db
WORDS = ("Maji machafu ya siri", "1", "Mutoshi", "leo", "2", "730491")


def filed(lead: User, *texts: str) -> Phone:
    phone = Phone(a_gateway(lead))
    for turn, words in enumerate(texts or WORDS):
        phone.write(words, AT + timedelta(seconds=20 * turn))
    return phone


def settled() -> None:
    """What waited has gone out, and been taken up."""
    Reply.objects.update(state=Reply.State.SENT, next_try_at=None, sealed_parcel=None)
    Arrival.objects.all().delete()


def test_a_text_is_empty_as_soon_as_it_is_heard_and_its_mark_stays(lead: User) -> None:
    filed(lead)
    texts = list(InboundText.objects.all())
    assert len(texts) == len(WORDS)
    assert all(bytes(text.sealed_body) == b"" and text.mark is not None for text in texts)


def test_with_the_words_of_a_grievance_goes_the_number_that_wrote_them(lead: User) -> None:
    phone = filed(lead)
    settled()
    forgetting.sweep(at=AT + timedelta(days=30))
    assert number_of(phone.writer) == phone.number  # an answer may be announced there
    erase_words(grievances=[Grievance.objects.get()], keys=[], at=AT + timedelta(days=1200))
    assert bytes(phone.writer.sealed_number) == b""


def test_what_else_needs_a_number_keeps_it_until_that_is_over(lead: User) -> None:
    phone = filed(lead)
    settled()
    later = AT + timedelta(days=1200)
    phone.write("Hatujalipwa", later)
    erase_words(grievances=list(Grievance.objects.all()), keys=[], at=later)
    assert number_of(phone.writer) == phone.number  # a conversation is open
    phone.write("2", later)  # this phone is not safe
    settled()
    assert forgetting.sweep(at=later + NUMBER_LOOKED_AT) == 1
    assert bytes(phone.writer.sealed_number) == b""
    assert len(phone.write("START", later + timedelta(days=9))) == 1  # whoever writes is known again
    assert number_of(phone.writer) == phone.number


def test_who_only_asked_or_is_not_safe_leaves_no_number(lead: User) -> None:
    asked = Phone(a_gateway(lead))
    asked.write("HELP", AT)
    unsafe = Phone(asked.gateway, "+243810000002")
    unsafe.write("Maji machafu", AT)
    unsafe.write("2", AT)
    assert forgetting.sweep(at=AT + NUMBER_LOOKED_AT) == 1  # of the one that nothing may go to
    assert bytes(unsafe.writer.sealed_number) == b""
    assert number_of(asked.writer) == asked.number  # an answer waits for it
    settled()
    assert forgetting.sweep(at=AT + 2 * NUMBER_LOOKED_AT) == 1
    assert not Writer.objects.exclude(sealed_number=b"").exists()


def test_who_deletes_how_they_can_be_reached_deletes_the_number_that_wrote(lead: User) -> None:
    phone = filed(lead)
    settled()
    grievance = Grievance.objects.get()
    assert contacts.forget(following=Following(grievance, data_key_for_office(grievance.key_id), ""), at=AT)
    assert bytes(phone.writer.sealed_number) == b""


def test_a_drill_that_is_discarded_leaves_nothing_of_its_texts(lead: User, union: FieldPartner, officer: User) -> None:
    phone = filed(lead)
    settled()
    grievance = Grievance.objects.get()
    drill = Drill.objects.create(partner=union, started_by=lead, started_at=AT, ends_at=AT + timedelta(hours=4))
    practice = Practice.objects.create(grievance=grievance, drill=drill)
    Opening.objects.create(grievance=grievance, by=officer, what=Opening.What.WORDS, at=AT)
    drills.discard(practice=practice, because="practice", by=officer, at=AT + timedelta(hours=5))
    assert not InboundText.objects.exclude(sealed_body=b"").exists()
    assert bytes(phone.writer.sealed_number) == b""


def test_what_nobody_could_read_or_hear_goes_at_its_date_and_marks_before(lead: User) -> None:
    gateway = a_gateway(lead)
    filed_words = Phone(gateway)
    filed_words.write("Maji machafu", AT)
    InboundText.objects.update(heard_at=None, sealed_body=b"damaged")
    gateways.keep_request(gateway=gateway, incoming=Incoming("", b"", {}), at=AT)
    InboundRequest.objects.filter(state="waiting").update(sealed_raw=b"damaged")
    for day in range(texting.TRIES_MOST):
        with pytest.raises(ExceptionGroup):
            texting.read_requests(at=AT + timedelta(days=day + 1))
    request = InboundRequest.objects.get(state="unreadable")
    forgetting.sweep(at=AT + PARTS_ALIKE_WITHIN + timedelta(seconds=1))
    assert InboundText.objects.get().words_mark is None
    forgetting.sweep(at=AT + UNREAD_KEPT)
    assert InboundRequest.objects.get(pk=request.pk).sealed_raw == b"damaged"
    forgetting.sweep(at=AT + UNREAD_KEPT + timedelta(days=1))
    assert InboundRequest.objects.get(pk=request.pk).sealed_raw is None
    text = InboundText.objects.get()
    assert (bytes(text.sealed_body), text.heard_at is None) == (b"", False)


def test_nothing_of_it_was_readable_in_the_table(lead: User) -> None:
    filed(lead)
    with pytest.raises(vault.CannotOpen):
        vault.open_contact(RING, bytes(InboundText.objects.latest("pk").sealed_body))
