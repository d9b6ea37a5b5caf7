"""A partner's phone: paired by a code, each conversation for somebody, and no number taken for proof of anything."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from cases.commands import intake
from cases.models import Case
from grievance import relayed, vault
from grievance.commands.answering import send, worded
from grievance.commands.bytext import answers_of
from grievance.commands.partners import drills, keeping
from grievance.keys import RING
from grievance.models import (
    Arrival,
    FieldPartner,
    FormSession,
    Gateway,
    Grievance,
    InboundText,
    PartnerNumber,
    Practice,
    Relay,
    Writer,
)  # fmt: skip
from grievance.rules import REPLIES_AN_HOUR_PARTNER
from tests.factories import AT
from tests.grievance.partners import at_work
from tests.grievance.test_texting import FIRST, NUMBER, phone, replies, statement, write

__all__ = ["phone"]
MINUTE = timedelta(minutes=1)
PERSON = "+243810000042"


@pytest.fixture
def codes(union: FieldPartner, lead: User) -> list[str]:
    return keeping.make_card(partner=union, label="1", by=lead, at=AT)[1]


def tell(client: Client, *texts: str, start: int = 0) -> int:
    """One text a minute, from the phone of the partner."""
    for number, words in enumerate(texts, start=start):
        write(client, words, AT + MINUTE * number)
    return start + len(texts)


def contact(grievance: Grievance) -> dict[str, str]:
    sealed = grievance.complainant.sealed_contact
    found: dict[str, str] = json.loads(vault.open_contact(RING, bytes(sealed))) if sealed else {}
    return found


def test_a_registered_phone_files_for_somebody_with_their_consent_and_their_number(
    client: Client, phone: Gateway, union: FieldPartner, codes: list[str]
) -> None:
    then = tell(client, f"P {codes[0]}", FIRST, "3", PERSON)
    assert "This phone is registered." in replies()[0]
    assert "Did the person agree?" in replies()[1]
    assert "safe to call the person" in replies()[2]
    tell(client, "Kolwezi", "jana", "2", "738162", start=then)
    relay = Relay.objects.get()
    assert (relay.partner, relay.number, relay.by) == (union, PartnerNumber.objects.get(), None)
    assert (relay.consent_how, relay.call_back_safe, relay.verified) == ("thumbprint", True, True)
    grievance = relay.grievance
    assert (grievance.channel, grievance.harmed) == ("partner", "other")
    assert contact(grievance)["phone"] == PERSON
    assert statement(grievance)["statement"] == FIRST
    assert Arrival.objects.get().grievance == grievance
    assert not any(FIRST in text or PERSON in text or codes[0] in text for text in replies())


def test_without_consent_it_is_the_partners_own_and_nobody_is_called(
    client: Client, phone: Gateway, codes: list[str]
) -> None:
    tell(client, f"P {codes[0]}", FIRST, "0", PERSON, "Kolwezi", "jana", "2", "738162")
    relay = Relay.objects.get()
    assert relay.own_report
    assert contact(relay.grievance) == {}
    assert relay.grievance.complainant.safe_way == "none"


def test_the_partners_own_number_is_never_kept_as_the_persons(client: Client, phone: Gateway, codes: list[str]) -> None:
    tell(client, f"P {codes[0]}", FIRST, "1", "0", "Kolwezi", "jana", "2", "738162")
    relay = Relay.objects.get()
    assert (relay.consent_how, relay.call_back_safe) == ("spoken", False)
    assert contact(relay.grievance) == {}


def test_one_phone_files_for_twelve_people(
    client: Client, phone: Gateway, union: FieldPartner, codes: list[str]
) -> None:
    """Within the hour, and each text is answered; each person has a reference of their own."""
    then = tell(client, f"P {codes[0]}")
    for number in range(12):
        at = AT + timedelta(minutes=5 * number + 1)
        for turn, words in enumerate((f"{FIRST} {number}", "1", "0", "Kolwezi", "jana", "2", f"73816{number % 9}")):
            write(client, words, at + timedelta(seconds=30 * turn))
            assert len(replies()) == then + 7 * number + turn + 1
    assert Relay.objects.filter(partner=union, verified=True).count() == 12
    said = {statement(one.grievance)["statement"] for one in Relay.objects.all()}
    assert said == {f"{FIRST} {number}" for number in range(12)}
    for session in FormSession.objects.all():
        assert sum(session.reference in text for text in replies()) == 2
    assert not InboundText.objects.filter(alike__isnull=False).exists()  # the same place for another person is no twin


def test_a_registered_phone_is_bounded_all_the_same(client: Client, phone: Gateway, codes: list[str]) -> None:
    tell(client, f"P {codes[0]}")
    writer = Writer.objects.get()
    said = [send(writer, f"Habari {number}", at=AT + timedelta(seconds=number)) for number in range(200)]
    assert sum(said) == REPLIES_AN_HOUR_PARTNER - 1


@pytest.mark.parametrize("starts", ["NEXT", "mtu mwingine", "{code}", "GRV1 SW P Kolwezi L jana H 2 N"])
def test_another_person_ends_the_conversation_before(
    client: Client, phone: Gateway, codes: list[str], starts: str
) -> None:
    then = tell(client, f"P {codes[0]}", FIRST, "1", "sijui", "bado")
    first = starts.format(code=f"P {codes[1]}")
    if first.startswith("GRV1"):
        tell(client, f"{first} Hatujalipwa", start=then)
    else:
        tell(client, first, "Hatujalipwa", start=then)
    sessions = list(FormSession.objects.order_by("pk"))
    assert [one.ended_at is None for one in sessions] == [False, True]
    words = statement(sessions[0].grievance)["statement"]  # type: ignore[arg-type]  # it ended
    assert words.startswith(FIRST)
    assert "Hatujalipwa" not in words
    assert answers_of(sessions[1])["statement"] == "Hatujalipwa"


def test_the_word_for_another_person_is_a_word_on_everybody_elses_phone(client: Client, phone: Gateway) -> None:
    tell(client, "next")
    assert answers_of(FormSession.objects.get())["statement"] == "next"


@pytest.mark.parametrize("said", ["0", "none", "hakuna", "hapana", "No.", "नहीं"])
def test_a_plain_no_is_understood_where_a_number_is_asked(
    client: Client, phone: Gateway, codes: list[str], said: str
) -> None:
    tell(client, f"P {codes[0]}", FIRST, "1", said)
    assert FormSession.objects.get().step == "place"


def test_a_question_that_stays_without_an_answer_is_let_go_and_nobody_falls_silent(
    client: Client, phone: Gateway, codes: list[str]
) -> None:
    tell(client, f"P {codes[0]}", FIRST, "1", "her uncle", "his uncle")
    assert FormSession.objects.get().step == "callback"
    tell(client, "my uncle", start=5)
    assert FormSession.objects.get().step == "place"
    assert len(replies()) == 6
    tell(client, "Kolwezi", "jana", "2", "738162", start=6)
    relay = Relay.objects.get()
    assert (relay.consent_how, relay.call_back_safe) == ("spoken", None)
    assert "my uncle" in statement(relay.grievance)["statement"]


def test_words_in_place_of_an_answer_stand_with_what_happened(client: Client, phone: Gateway, codes: list[str]) -> None:
    tell(client, f"P {codes[0]}", FIRST, "She is my neighbour", "1", "0", "Kolwezi", "jana", "2", "738162")
    assert statement(Grievance.objects.get())["statement"] == f"{FIRST}\n\nShe is my neighbour"


def test_silence_keeps_what_was_said_and_takes_no_consent_for_given(
    client: Client, phone: Gateway, codes: list[str]
) -> None:
    tell(client, f"P {codes[0]}", FIRST)
    write(client, "STOP", AT + timedelta(hours=2))
    assert Relay.objects.get().consent_how == "none"


def test_after_a_wrong_code_the_number_is_a_strangers_and_its_texts_are_kept_as_unverified(
    client: Client, phone: Gateway, union: FieldPartner, codes: list[str]
) -> None:
    then = tell(client, f"P {codes[0]}", "P 1234 5678 9012")
    assert "This code is not right." in replies()[-1]
    tell(client, FIRST, "1", "Kolwezi", "jana", "2", "738162", start=then)
    relay = Relay.objects.get()
    assert (relay.verified, relay.consent_how, relay.may_see) == (False, "none", "nothing")
    assert not Relay.objects.followed_by(union).exists()
    assert relay.grievance.channel == "sms"
    assert contact(relay.grievance)["phone"] == NUMBER
    assert intake.take_up(at=AT + timedelta(hours=1)) == 1
    assert Case.objects.count() == 1


def test_a_wrong_code_in_mid_conversation_leaves_no_word_behind(
    client: Client, phone: Gateway, codes: list[str]
) -> None:
    tell(client, f"P {codes[0]}", FIRST, "P 1234 5678 9012", "1", "0", "Kolwezi", "jana", "2", "738162")
    relay = Relay.objects.get()
    assert not relay.verified
    assert statement(relay.grievance)["statement"] == FIRST


def test_what_a_stranger_writes_is_never_taken_for_a_wrong_code(client: Client, phone: Gateway) -> None:
    write(client, "P 0810 000 123", AT)
    assert FormSession.objects.count() == 1


def test_a_drill_by_text_marks_the_message_and_starts_no_case(
    client: Client, phone: Gateway, union: FieldPartner, codes: list[str], lead: User
) -> None:
    write(client, f"P {codes[0]}", AT)
    neema = at_work(union, lead, "neema")
    drills.start_drill(partner=union, by=neema, number=PartnerNumber.objects.get(), at=AT)
    tell(client, FIRST, "1", "0", "Kolwezi", "jana", "2", "738162", start=1)
    assert FormSession.objects.get().drill
    assert Practice.objects.get().grievance == Grievance.objects.get()
    assert not Arrival.objects.exists()


DANGER = f"GRV1 SW P Mutoshi H 1 N {FIRST}"


def sounds() -> bool:
    """Does the case that `cases` makes of it run the clocks of danger, since it was received?"""
    intake.take_up(at=AT + timedelta(hours=1))
    case = Case.objects.get()
    return (
        case.urgent_since == Grievance.objects.get().received_at and case.clocks.filter(kind="urgent_triage").exists()
    )


def test_a_form_says_for_whom_it_is(client: Client, phone: Gateway, union: FieldPartner, codes: list[str]) -> None:
    tell(client, f"P {codes[0]}", f"GRV1 SW R 3 U {PERSON} P Mutoshi L jana H 2 N {FIRST}", "738162")
    relay = Relay.objects.get()
    assert (relay.partner, relay.verified, relay.consent_how, relay.call_back_safe) == (union, True, "thumbprint", True)
    assert contact(relay.grievance)["phone"] == PERSON
    assert (relay.grievance.channel, relay.grievance.harmed) == ("partner", "other")
    assert statement(relay.grievance)["statement"] == FIRST
    assert not any(PERSON in text for text in replies())


def test_danger_for_somebody_sounds_at_once_and_says_for_whom(client: Client, phone: Gateway, codes: list[str]) -> None:
    tell(client, f"P {codes[0]}", f"GRV1 SW R 1 U {PERSON} P Mutoshi H 1 N {FIRST}")
    relay = Relay.objects.get()
    assert (relay.consent_how, contact(relay.grievance)["phone"]) == ("spoken", PERSON)
    assert sounds()


def test_danger_waits_for_no_consent_and_takes_it_when_it_comes(
    client: Client, phone: Gateway, codes: list[str]
) -> None:
    then = tell(client, f"P {codes[0]}", DANGER)
    assert Grievance.objects.get().urgent
    assert Relay.objects.get().own_report
    assert worded("ask_behalf", language="sw") in replies()[-1]
    then = tell(client, "maybe", "1", start=then)
    assert not Relay.objects.get().own_report
    tell(client, PERSON, "738162", start=then)
    relay = Relay.objects.get()
    assert (relay.consent_how, relay.authority, relay.call_back_safe) == ("spoken", "asked", True)
    assert contact(relay.grievance)["phone"] == PERSON
    assert relay.grievance.text_receipt.pin is not None
    assert FormSession.objects.get().ended_at is not None
    assert sounds()


def test_a_phone_that_lost_its_pairing_says_no_more_for_anybody(
    client: Client, phone: Gateway, codes: list[str]
) -> None:
    tell(client, f"P {codes[0]}", DANGER, "P 1234 5678 9012", "1", PERSON)
    relay = Relay.objects.get()
    assert relay.own_report
    assert contact(relay.grievance) == {}


def test_a_card_code_may_stand_before_a_form(
    client: Client, phone: Gateway, union: FieldPartner, codes: list[str]
) -> None:
    tell(client, f"P {codes[0]} GRV1 SW R 2 U 0 P Mutoshi H 1 N {FIRST}")
    assert worded("paired", language="sw") in replies()[0]
    relay = Relay.objects.get()
    assert (relay.partner, relay.number, relay.verified) == (union, PartnerNumber.objects.get(), True)
    assert relay.consent_how == "written"
    assert statement(relay.grievance)["statement"] == FIRST
    assert sounds()


@pytest.mark.parametrize("before", [(), ("P {code}",)])
def test_danger_behind_a_wrong_code_is_kept_as_unverified_and_sounds_at_once(
    client: Client, phone: Gateway, codes: list[str], before: tuple[str, ...]
) -> None:
    known = tell(client, *(one.format(code=codes[0]) for one in before))
    tell(client, f"P 1234 5678 9012 GRV1 SW R 1 U {PERSON} P Mutoshi H 1 N {FIRST}", start=known)
    assert worded("wrong_code", language="sw") in replies()
    grievance = Grievance.objects.get()
    assert (grievance.urgent, grievance.channel, grievance.harmed) == (True, "sms", "other")
    assert statement(grievance)["statement"] == FIRST
    assert contact(grievance) == {}
    assert [one.verified for one in Relay.objects.all()] == [False] * len(before)
    assert sounds()


@pytest.mark.parametrize(
    "words", [f"GRV1 SW H1 N {FIRST}", f"GRV1 SW X 4 H 1 N {FIRST}", f"GRV9 SW H 1 N {FIRST}", "GRV1 SW H ndiyo"]
)
@pytest.mark.parametrize("paired", [True, False])
def test_danger_is_made_out_of_a_form_that_cannot_be_read(
    client: Client, phone: Gateway, codes: list[str], words: str, paired: bool
) -> None:
    tell(client, *([f"P {codes[0]}"] if paired else []), words)
    grievance = Grievance.objects.get()
    assert grievance.urgent
    assert Relay.objects.filter(verified=True).count() == paired
    assert statement(grievance)["statement"] in {words, ""}
    assert sounds()


def test_a_phone_that_a_form_calls_unsafe_gets_no_text(client: Client, phone: Gateway, codes: list[str]) -> None:
    tell(client, f"P {codes[0]} GRV1 SW S2 H 1 N {FIRST}")
    assert Grievance.objects.get().urgent
    assert replies() == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_answer_is_read_without_an_error(words: str) -> None:
    assert relayed.consent_in(words) in {*relayed.CONSENTS, None}
    relayed.says_nowhere(words)
