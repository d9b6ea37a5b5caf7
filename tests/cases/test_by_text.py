"""Coming back by text, from any phone: how it stands, what is to be read, the remedy, safety, the way to the web."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.models import RoleGrant, User
from accounts.roles import Role
from cases.commands import casework, intake, safety
from cases.events import Event
from cases.models import Case, CaseEvent, Confirmation, Filing, RemedyStep, SafetyCheck
from grievance import vault
from grievance.commands import listening, recovering
from grievance.commands.erasing import erase_words
from grievance.keys import data_key_for_office, open_json, open_text
from grievance.models import (
    Arrival,
    FormSession,
    Gateway,
    Grievance,
    Message,
    PartnerCard,
    PartnerCode,
    PartnerNumber,
    Receipt,
    Recovery,
    Reply,
    TextReceipt,
    WrongPins,
)
from grievance.rules import PINS_A_REFERENCE, PINS_A_WRITER, PINS_SHUT
from grievance.texts import TEXTS
from notifications.commands.telling import relay
from tests.cases.conftest import AT, screen
from tests.cases.promises import verified_in
from tests.grievance.partners import a_partner
from tests.grievance.phones import Phone, a_gateway

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
PIN, WRONG = "730491", "730492"
FIRST = "Hatujalipwa tangu Januari"
ANSWER = "Tumezungumza na kampuni. Italipa."


@pytest.fixture
def gateway(lead: User) -> Gateway:
    return a_gateway(lead, language="en")


@pytest.fixture
def phone(gateway: Gateway) -> Phone:
    return Phone(gateway)


@pytest.fixture
def other(gateway: Gateway) -> Phone:
    return Phone(gateway, "+243810000777")


@pytest.fixture
def lead(person: Callable[..., User]) -> User:
    return person("lin")


def files(phone: Phone, at: datetime = AT, *, first: str = FIRST, pin: str = PIN, **changes: str) -> str:
    """A whole conversation; gives the number of the grievance."""
    answers = {"safe": "1", "place": "Mutoshi", "day": "jana", "urgent": "2", "pin": pin, **changes}
    for words in (first, *answers.values()):
        phone.write(words, at)
    return TextReceipt.objects.order_by("-pk")[0].reference


@pytest.fixture
def number(phone: Phone, chain: dict[str, Any]) -> str:
    reference = files(phone)
    Grievance.objects.update(site=chain["mine"])
    assert intake.take_up(at=AT) == 1
    return reference


@pytest.fixture
def case(number: str) -> Case:
    return Case.objects.get()


def asks(phone: Phone, words: str, at: datetime = AT + MINUTE) -> list[str]:
    """A text, with all that the floors above make of it."""
    before = len(phone.thread())
    phone.write(words, at)
    intake.take_up(at=at)
    return phone.thread()[before:]


def test_how_it_stands_is_told_without_what_was_said(phone: Phone, number: str) -> None:
    (said,) = asks(phone, f"{number} {PIN}")
    assert said.startswith("We have your words. A person will read them soon.")
    assert re.search(r"\d+ \w+ 2026", said)
    assert FIRST not in said
    assert PIN not in said


def test_from_another_phone_the_same_and_the_first_is_told_nothing(phone: Phone, other: Phone, number: str) -> None:
    before = phone.thread()
    assert asks(other, f"{number} {PIN} STATUS")[0].startswith("We have your words.")
    assert phone.thread() == before


def test_whatever_is_wrong_is_answered_alike_and_costs_alike(
    other: Phone, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[str] = []
    digest = vault.pin_digest

    def counted(keys: vault.Keys, salt: bytes, reference: str, pin: str) -> bytes:
        spent.append("argon2id")
        return digest(keys, salt, reference, pin)

    monkeypatch.setattr(vault, "pin_digest", counted)
    ways = [f"{number} {WRONG}", f"R-0000-0000 {PIN}", f"{number} {WRONG} WEB", f"CONFIRM {WRONG}"]
    answers = {answer for way in ways for answer in asks(other, way)}
    assert len(answers) == 1
    assert len(spent) == len(ways)
    assert number not in next(iter(answers))


def test_a_number_is_shut_after_some_tries_and_its_handler_is_told(
    phone: Phone, other: Phone, number: str, case: Case
) -> None:
    for _ in range(PINS_A_REFERENCE):
        asks(other, f"{number} {WRONG}")
    assert CaseEvent.objects.filter(case=case, kind=Event.PIN_GUESSED).count() == 1
    # Shut, even the right one is wrong, and nobody learns that it was right.
    (shut,) = asks(phone, f"{number} {PIN}")
    (wrong,) = asks(phone, f"{number} {WRONG}")
    assert shut == wrong
    assert asks(phone, f"{number} {PIN}", AT + MINUTE + PINS_SHUT)[0].startswith("We have your words.")
    assert TextReceipt.objects.get().wrong == 0


def test_it_is_shut_for_twice_as_long_each_time(other: Phone, number: str) -> None:
    at = AT + MINUTE
    for hours in (1, 2, 4):
        for _ in range(PINS_A_REFERENCE):
            asks(other, f"{number} {WRONG}", at)
        assert TextReceipt.objects.get().shut_until == at + PINS_SHUT * hours
        WrongPins.objects.all().delete()
        at += PINS_SHUT * hours


def test_a_phone_that_guesses_at_many_numbers_is_shut(other: Phone, number: str, chain: dict[str, Any]) -> None:
    for _ in range(PINS_A_WRITER):
        asks(other, f"R-0000-0000 {WRONG}")
    assert WrongPins.objects.get(writer=other.writer).shut_until == AT + MINUTE + PINS_SHUT
    (said,) = asks(other, f"{number} {PIN}") or [""]
    assert not said.startswith("We have your words.")


def test_guesses_by_a_gateway_shut_nobody_out_of_their_own_phone(
    phone: Phone, other: Phone, number: str, gateway: Gateway
) -> None:
    WrongPins.objects.create(gateway=gateway, since=AT, shut_until=AT + PINS_SHUT)
    assert not asks(other, f"{number} {PIN}")[0].startswith("We have your words.")
    assert asks(phone, f"{number} {PIN}")[0].startswith("We have your words.")


def test_no_pin_and_no_number_stands_in_a_log(
    phone: Phone, number: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    asks(phone, f"{number} {PIN}")
    asks(phone, f"{number} {WRONG} Bado hatujalipwa")
    shown = caplog.text + "".join(capsys.readouterr())
    assert not any(mark in shown for mark in (PIN, WRONG, number, phone.number, "hatujalipwa"))


def test_words_behind_the_pin_are_a_message(phone: Phone, number: str, case: Case) -> None:
    (said,) = asks(phone, f"{number} {PIN} Bado hatujalipwa")
    assert said == "We have your message. A person reads it."
    message = Message.objects.get()
    assert (
        open_text(data_key_for_office(message.grievance.key_id), message.sealed_body, "message") == "Bado hatujalipwa"
    )
    assert Case.objects.get().unread_since is not None
    assert Grievance.objects.count() == 1


def test_words_behind_a_wrong_pin_are_not_lost_and_go_into_nobody_elses_case(phone: Phone, number: str) -> None:
    asks(phone, f"{number} {WRONG} Bado hatujalipwa")
    assert not Message.objects.exists()
    kept = Grievance.objects.order_by("-pk")[0]
    words = open_statement(kept)
    assert words == f"{number} ****** Bado hatujalipwa"
    assert not FormSession.objects.open().exists()


def open_statement(grievance: Grievance) -> str:
    return str(open_json(data_key_for_office(grievance.key_id), grievance.sealed_statement, "statement")["statement"])


def test_a_second_text_without_a_pin_is_a_grievance_of_its_own(phone: Phone, number: str) -> None:
    said = phone.write("Na sasa wanatutisha", AT + MINUTE)
    assert said[0].startswith("We have your message. Your number is R-")
    assert number not in said[0]
    listening.listen(at=AT + timedelta(hours=1))
    assert Grievance.objects.count() == 2


# -- An answer


@pytest.fixture
def answered(case: Case, officer: User) -> Case:
    casework_reply(case, officer)
    return case


def casework_reply(case: Case, by: User) -> None:
    filing = case.filings.get()
    screen(case, by)
    casework.reply(
        case=case, filing=filing, by=by, body=ANSWER, language=filing.grievance.language, read_up_to=0, at=AT + MINUTE
    )
    relay(at=AT + MINUTE)


def test_an_answer_is_announced_and_read_only_with_the_pin(phone: Phone, answered: Case, number: str) -> None:
    announced = phone.thread()[-1]
    assert announced == "There is an answer. To read it: your number, your PIN and READ."
    assert ANSWER not in "".join(phone.thread())
    assert "READ" in asks(phone, f"{number} {PIN}")[0]
    assert asks(phone, f"{number} {PIN} READ") == [ANSWER]
    assert Message.objects.get(author__isnull=False).read_at is not None
    # A text may be lost on the way.
    assert asks(phone, f"{number} {PIN} SOMA", AT + 2 * MINUTE) == [ANSWER]
    assert asks(phone, f"{number} {PIN} READ", AT + timedelta(days=3)) == ["There is nothing new to read."]


def test_nothing_is_announced_where_it_is_not_safe_or_not_wanted(
    phone: Phone, gateway: Gateway, case: Case, officer: User
) -> None:
    phone.write("STOP", AT)
    before = len(phone.thread())
    casework_reply(case, officer)
    assert len(phone.thread()) == before


def test_a_long_answer_comes_in_so_many_parts_and_the_rest_is_on_the_web(
    phone: Phone, case: Case, officer: User, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.cases.test_by_text.ANSWER", "Long words of the office. " * 200)
    casework_reply(case, officer)
    (said,) = asks(phone, f"{number} {PIN} READ")
    assert said.endswith("The rest is on the web: your number, your PIN and WEB.")
    assert Reply.objects.order_by("-pk")[0].segments <= 6


# -- The remedy


@pytest.fixture
def step(case: Case, handler: User, person: Callable[..., User], supervisor: User) -> RemedyStep:
    """One thing that was promised, done as the company says, and seen by somebody independent."""
    made = verified_in(case, handler, person("vera"), supervisor)
    relay(at=AT)
    made.refresh_from_db()
    return made


def state(step: RemedyStep) -> str:
    step.refresh_from_db()
    return step.state


def test_a_step_is_confirmed_by_one_word_and_taken_back_by_another(phone: Phone, step: RemedyStep, number: str) -> None:
    assert phone.thread()[-1].startswith("There is a question for you.")
    (read,) = asks(phone, f"{number} {PIN} READ")
    assert read.startswith("1: The company pays two months of wages.")
    (said,) = asks(phone, f"CONFIRM {PIN}")  # the only number of this phone
    assert said == "Thank you. We noted that it was done. To change that: your number, your PIN and DISPUTE."
    assert state(step) == "confirmed"
    asks(phone, f"{number} {PIN} pinga", AT + 2 * MINUTE)
    assert state(step) == "disputed"
    asks(phone, f"{number} {PIN} CONFIRM 1", AT + 3 * MINUTE)
    assert Confirmation.objects.get().confirmed


def test_a_word_that_nothing_waits_for_changes_nothing(phone: Phone, number: str, case: Case) -> None:
    assert asks(phone, f"CONFIRM {PIN}") == ["We do not ask you that now. We tell you when we do."]
    assert not Confirmation.objects.exists()


def test_a_spoofed_number_with_a_guessed_pin_confirms_nothing(phone: Phone, step: RemedyStep, number: str) -> None:
    """Whoever forges the number of the phone has nothing without the PIN."""
    for guess in range(20):
        asks(Phone(phone.gateway, phone.number), f"CONFIRM 7304{guess + 10}", AT + guess * MINUTE)
    assert state(step) == "verified"
    assert not Confirmation.objects.exists()
    assert CaseEvent.objects.filter(kind=Event.PIN_GUESSED).exists()


def test_a_partners_phone_never_says_it_for_the_person(
    phone: Phone, other: Phone, step: RemedyStep, number: str, lead: User
) -> None:
    RoleGrant.objects.create(user=lead, role=Role.LEAD, granted_at=AT)
    asks(other, f"{number} {PIN}")  # a writer now
    partner = a_partner(User.objects.get(pk=lead.pk))
    card = PartnerCard.objects.create(partner=partner, label="one", made_by=lead, made_at=AT)
    code = PartnerCode.objects.create(card=card, lookup=b"x", used_at=AT)
    paired = PartnerNumber.objects.create(partner=partner, writer=other.writer, code=code, paired_at=AT)
    for minute, word in enumerate(("CONFIRM", "DISPUTE", "SAFE"), start=2):
        (said,) = asks(other, f"{number} {PIN} {word}", AT + minute * timedelta(hours=1))
        assert said.startswith("This phone is a partner's.")
    # Nor once a wrong code has unpaired it.
    PartnerNumber.objects.filter(pk=paired.pk).update(ended_at=AT, ended_because="wrong_code")
    asks(other, f"{number} {PIN} CONFIRM", AT + timedelta(hours=9))
    assert state(step) == "verified"
    asks(phone, f"{number} {PIN} CONFIRM", AT + timedelta(hours=10))
    assert state(step) == "confirmed"


def test_an_anonymous_worker_files_in_arabic_on_a_shared_phone_and_confirms_later(
    gateway: Gateway, phone: Phone, chain: dict[str, Any], handler: User, person: Callable[..., User], supervisor: User
) -> None:
    phone.write("لغة ar", AT)
    first = files(phone, first="لم ندفع منذ شهرين", safe="نعم", urgent="٢", pin="٧٣٠٤٩١")
    second = files(phone, AT + MINUTE, first="المصنع يلوث الماء", pin="604182")  # somebody else, on the same phone
    assert Grievance.objects.filter(language="ar", openness="anonymous").count() == 2
    assert "لم ندفع" not in "".join(phone.thread())
    Grievance.objects.update(site=chain["mine"])
    intake.take_up(at=AT + MINUTE)
    case = Filing.objects.get(grievance__text_receipt__reference=first).case
    made = verified_in(case, handler, person("vera"), supervisor)
    with translation.override("ar"):
        no_match = str(TEXTS["no_match"])[:15]
    # Two numbers on one phone: the word and the PIN alone are not enough, and the other's PIN opens nothing.
    wrong_ways = ("تأكيد ٧٣٠٤٩١", f"{second} ٧٣٠٤٩١ تأكيد", f"{first} 604182 تأكيد")
    for hours, wrong in enumerate(wrong_ways, start=1):
        assert asks(phone, wrong, AT + hours * timedelta(hours=1))[0].startswith(no_match)
    asks(phone, f"{first} ٧٣٠٤٩١ تأكيد", AT + timedelta(hours=5))
    assert state(made) == "confirmed"


# -- Words that are erased while something waits


@pytest.mark.parametrize("word", ["READ", "CONFIRM", "SAFE", "ALLOW", "WITHDRAW", "STATUS", "NOT SAFE"])
def test_what_was_asked_before_the_words_were_erased_holds_up_nothing(
    phone: Phone, number: str, case: Case, handler: User, word: str
) -> None:
    Case.objects.update(handler=handler)
    safety.ask(case=Case.objects.get(), filing=case.filings.get(), by=handler, at=AT)
    phone.write(f"{number} {PIN} {word}", AT + MINUTE)
    assert Arrival.objects.count() == 1
    erase_words(grievances=list(Grievance.objects.all()), keys=[case.key_id], at=AT + MINUTE)
    assert intake.take_up(at=AT + MINUTE) == 1
    assert not Arrival.objects.exists()
    assert (Case.objects.get().urgent_since is not None) == (word == "NOT SAFE")
    assert SafetyCheck.objects.get().answered_at is None


# -- Safety


def test_safe_and_not_safe_by_one_word(phone: Phone, number: str, case: Case, handler: User) -> None:
    Case.objects.update(handler=handler)
    safety.ask(case=Case.objects.get(), filing=case.filings.get(), by=handler, at=AT)
    relay(at=AT)
    assert phone.thread()[-1] == "Are you safe? Write your number, your PIN and SAFE or NOT SAFE."
    assert asks(phone, f"SAFE {PIN}") == ["Thank you. We noted that you are safe."]
    assert SafetyCheck.objects.get(filing__case=case, reason="asked").answer == "safe"
    (said,) = asks(phone, f"si salama {PIN} Wako nje", AT + 2 * MINUTE)  # not asked any more, and heard all the same
    assert said == "We have it. A person is told now."
    assert Case.objects.get().urgent_since is not None
    assert CaseEvent.objects.filter(kind=Event.SAFETY_ALARM).count() == 1
    assert Message.objects.count() == 1


# -- The web


def test_from_text_to_web_with_a_code_of_half_an_hour(phone: Phone, number: str, case: Case) -> None:
    (said,) = asks(phone, f"{number} {PIN} WEB")
    code = "".join(re.findall(r"\d{4}", said))
    assert len(code) == 16
    client = Client()
    with time_machine.travel(AT + 2 * MINUTE, tick=False):
        page = client.post("/en/follow/", {"receipt": code})
        receipt = "".join(re.findall(r"<span>(\d{4})</span>", page.text))
        assert len(receipt) == 20
        assert client.post("/en/follow/", {"receipt": receipt}).status_code == 303
        assert client.get("/en/follow/").status_code == 200
        assert client.post("/en/follow/", {"receipt": code}).status_code == 200  # once
    assert Receipt.objects.count() == 1
    assert CaseEvent.objects.filter(kind=Event.NUMBER_REPLACED).count() == 1


def test_a_code_runs_out_and_is_never_made_anew_by_itself(phone: Phone, number: str) -> None:
    (said,) = asks(phone, f"{number} {PIN} WEB")
    code = "".join(re.findall(r"\d{4}", said))
    recovering.sweep(at=AT + timedelta(minutes=32))
    assert Recovery.objects.get().state == "stopped"
    with time_machine.travel(AT + timedelta(minutes=32), tick=False):
        assert "<span>" not in Client().post("/en/follow/", {"receipt": code}).text
    assert not Arrival.objects.filter(kind="web").exists()


def test_a_second_code_ends_the_first(phone: Phone, number: str) -> None:
    for minute in (1, 2):
        asks(phone, f"{number} {PIN} WEB", AT + minute * MINUTE)
    assert list(Recovery.objects.order_by("pk").values_list("state", flat=True)) == ["stopped", "sent"]
