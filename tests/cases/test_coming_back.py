"""Coming back: the number on paper, an extra word, a lost number, a copy to print, and no contact any more."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from cases.codes import Unsealed, UnsealReason
from cases.commands import coming, intake, unsealing
from cases.events import Event
from cases.models import Case, CaseEvent, Unsealing
from grievance import receipts, vault
from grievance.commands import lost, recovering
from grievance.commands.calls import allow_call
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import Following, open_session, resume
from grievance.keys import RING
from grievance.models import CallGrant, Complainant, Consent, Receipt, Recovery, Reply
from grievance.rules import CODE_LIVES, RECOVERY_WAITS
from grievance.throttle import WORD_TRIES
from notifications.commands import deliver_replies
from tests.cases.conftest import AT, STATEMENT, draft
from tests.cases.test_follow_acts import PATH, hidden, press, show

pytestmark = pytest.mark.django_db
EMAIL = "Mama.Neema@example.org"
WAITED = AT + RECOVERY_WAITS + timedelta(minutes=1)
LOST, WRITTEN = "/en/follow/lost/", "/en/follow/written/"


@pytest.fixture
def nonce() -> str:
    return receipts.new_nonce()


@pytest.fixture
def filed(chain: dict[str, Any], nonce: str) -> Filed:
    """Somebody who may be written to by email, and gave their name."""
    return files(chain, nonce, email=EMAIL)


def files(chain: dict[str, Any], nonce: str, **changes: Any) -> Filed:
    given = {"openness": "open", "name": "Neema", "safe_way": "email", "site_id": chain["mine"].pk} | changes
    return file_grievance(draft=draft(**given), nonce=nonce, at=AT)


@pytest.fixture
def inside(client: Client, filed: Filed, case: Case) -> Client:
    with time_machine.travel(AT, tick=False):
        assert client.post(PATH, {"receipt": filed.receipt}).status_code == 303
    return client


@pytest.fixture
def following(filed: Filed, case: Case) -> Following:
    return resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT)


@pytest.fixture(autouse=True)
def _no_mail_before() -> None:
    mail.outbox.clear()


def loses_it(contact: str = EMAIL, at: Any = AT) -> str:
    with time_machine.travel(at, tick=False):
        page = Client().post(LOST, {"contact": contact})
    assert page.status_code == 200
    recovering.sweep(at=at)
    return str(page.text)


def code_sent(at: Any = WAITED) -> str:
    recovering.sweep(at=at)
    deliver_replies(at=at)
    return "".join(re.findall(r"\d{4}", str(mail.outbox[-1].body)))


def types(code: str, at: Any = WAITED, fresh: str = "") -> Any:
    with time_machine.travel(at, tick=False):
        return Client().post(PATH, {"receipt": code, "fresh": fresh})


def number_on(page: Any) -> str:
    return "".join(re.findall(r"<span>(\d{4})</span>", page.text))


# -- The number on paper


def test_the_number_leaves_the_screen_once_it_is_on_paper(filed: Filed, nonce: str) -> None:
    with time_machine.travel(AT, tick=False):
        page = Client().post(WRITTEN, {"nonce": nonce, "last": ""})
    assert filed.receipt[-4:] not in page.text
    assert "answers on your page by 9 March 2026" in page.text
    assert Receipt.objects.get().written_at == AT


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}-"])
def test_the_last_four_digits_are_compared(filed: Filed, nonce: str, typed: str) -> None:
    assert (
        "Your paper is right."
        in Client().post(WRITTEN, {"nonce": nonce, "last": typed.format(filed.receipt[-4:])}).text
    )


@pytest.mark.parametrize("typed", ["0", "abcd", "12345"])
def test_wrong_digits_show_the_number_again_and_keep_nothing(filed: Filed, nonce: str, typed: str) -> None:
    page = Client().post(WRITTEN, {"nonce": nonce, "last": typed})
    assert "These are not the last four digits." in page.text
    assert number_on(page) == filed.receipt
    assert Receipt.objects.get().written_at is None


def test_the_page_of_no_form_goes_to_the_door(filed: Filed) -> None:
    for data in ({}, {"nonce": receipts.new_nonce()}, {"nonce": "x"}):
        assert Client().post(WRITTEN, data).headers["Location"] == PATH
    assert Client().get(WRITTEN).headers["Location"] == PATH


# -- The extra word


def test_the_first_words_are_shown_when_asked_for(inside: Client) -> None:
    assert STATEMENT not in show(inside)
    assert STATEMENT in press(inside, "show").text
    assert STATEMENT not in show(inside)


def test_with_an_extra_word_the_first_words_are_not_shown_again_without_it(inside: Client) -> None:
    assert press(inside, "word", new="Mwembe mkubwa").status_code == 303
    assert b"wembe" not in bytes(Receipt.objects.get().sealed_word or b"")
    for act in ("show", "copy"):
        for wrong in ("", "Mwembe", "mwembe  mdogo"):
            refused = press(inside, act, word=wrong).text
            assert "This is not the extra word of this page." in refused
            assert STATEMENT not in refused
        assert STATEMENT in press(inside, act, word=" mwembe MKUBWA ").text


def test_the_word_is_changed_and_taken_away_with_the_word_alone(inside: Client) -> None:
    press(inside, "word", new="Mwembe mkubwa")
    assert "This is not the extra word" in press(inside, "word", new="Embe bichi", word="no").text
    assert "This is not the extra word" in press(inside, "word", away="on", word="").text
    assert press(inside, "word", new="Embe bichi", word="Mwembe mkubwa").status_code == 303
    assert press(inside, "word", away="on", word="embe bichi").status_code == 303
    assert Receipt.objects.get().sealed_word is None
    assert STATEMENT in press(inside, "show").text


def test_a_word_that_is_too_short_is_not_taken(inside: Client) -> None:
    assert "at least four letters" in press(inside, "word", new=" a b c ").text
    assert Receipt.objects.get().sealed_word is None


def test_wrong_words_have_a_budget_and_then_the_right_one_waits_too(inside: Client) -> None:
    press(inside, "word", new="Mwembe mkubwa")
    for _right in range(WORD_TRIES + 2):
        assert STATEMENT in press(inside, "show", word="mwembe mkubwa").text
    for _wrong in range(WORD_TRIES):
        assert "This is not the extra word" in press(inside, "show", word="embe").text
    for typed in ("embe", "mwembe mkubwa"):
        refused = press(inside, "copy", word=typed).text
        assert "Please try again in an hour." in refused
        assert STATEMENT not in refused
    cache.clear()  # the hour is over
    assert STATEMENT in press(inside, "show", word="mwembe mkubwa").text


# -- A lost number


def test_everybody_is_answered_the_same(filed: Filed, case: Case) -> None:
    assert loses_it() == loses_it("nobody@example.org") == loses_it("+243 812 345 678")


def test_a_lost_number_is_announced_waits_and_is_replaced(inside: Client, filed: Filed, case: Case) -> None:
    loses_it(" mama.NEEMA@example.org")
    assert "Somebody asked for a new number on 2 March 2026" in show(inside)
    assert "On 5 March 2026 a code goes" in show(inside)
    recovering.sweep(at=AT + RECOVERY_WAITS - timedelta(seconds=1))
    assert not Reply.objects.exists()

    code = code_sent()
    sent = mail.outbox[-1]
    assert sent.to == [EMAIL]
    assert len(code) == 16
    assert not re.search(r"R-|http|\d{17}", f"{sent.subject} {sent.body}")
    assert Reply.objects.get().sealed_parcel is None

    page = types(code)
    number = number_on(page)
    assert len(number) == 20
    assert number != filed.receipt
    assert "I have written down my number" in page.text
    with pytest.raises(Exception, match="unknown_receipt"):
        open_session(receipt=filed.receipt, at=WAITED)
    with time_machine.travel(WAITED, tick=False):
        written = Client().post(WRITTEN, {"nonce": hidden(page.text, "nonce"), "replaced": "on", "last": number[-4:]})
        assert "Open it with your new number." in written.text
        again = Client()
        assert again.post(PATH, {"receipt": number}).status_code == 303
        read = again.get(PATH).text
    assert "Your number was replaced on 5 March 2026." in read
    assert CaseEvent.objects.filter(case=case, kind=Event.NUMBER_REPLACED).count() == 1


def test_pages_that_the_old_number_opened_are_closed(inside: Client) -> None:
    loses_it()
    types(code_sent())
    with time_machine.travel(WAITED, tick=False):
        page = inside.get(PATH).text
    assert "Your page was closed to protect you." in page
    assert "Where your case stands" not in page


def test_a_code_posted_again_by_the_same_page_gives_the_same_number_and_by_no_other(filed: Filed, case: Case) -> None:
    loses_it()
    code, fresh = code_sent(), receipts.new_nonce()
    first = types(code, fresh=fresh)
    assert number_on(types(code, fresh=fresh)) == number_on(first)
    other = types(code, fresh=receipts.new_nonce())
    assert "We do not find this number." in other.text
    assert CaseEvent.objects.filter(kind=Event.NUMBER_REPLACED).count() == 1


def test_the_person_stops_what_they_did_not_ask_for(inside: Client, case: Case) -> None:
    loses_it()
    assert press(inside, "stop").status_code == 303
    press(inside, "stop")
    assert "Somebody asked for a new number" not in show(inside)
    recovering.sweep(at=WAITED)
    assert not Reply.objects.exists()
    assert CaseEvent.objects.filter(case=case, kind=Event.NUMBER_STOPPED).count() == 1


def test_a_code_is_stopped_after_it_went_out(inside: Client, filed: Filed) -> None:
    loses_it()
    code = code_sent()
    with time_machine.travel(WAITED, tick=False):
        inside.post(PATH, {"receipt": filed.receipt})
    following = resume(session_key=open_session(receipt=filed.receipt, at=WAITED), at=WAITED)
    coming.stop_number(following=following, at=WAITED)
    assert "We do not find this number." in types(code).text


def test_a_code_is_good_for_half_an_hour_and_comes_anew_without_the_wait(filed: Filed, case: Case) -> None:
    loses_it()
    old = code_sent()
    late = WAITED + CODE_LIVES
    assert "We do not find this number." in types(old, at=late).text
    recovering.sweep(at=late)
    loses_it(at=late + timedelta(hours=9))
    new = code_sent(at=late + timedelta(hours=9))
    assert new != old
    assert len(number_on(types(new, at=late + timedelta(hours=9)))) == 20


def test_after_one_wait_there_are_a_few_codes_and_no_more(filed: Filed, case: Case) -> None:
    loses_it()
    at = WAITED
    for _day in range(10):
        recovering.sweep(at=at)
        deliver_replies(at=at)
        at += timedelta(hours=1)
        recovering.sweep(at=at)
        loses_it(at=at)
    assert Reply.objects.count() == 5


def test_a_code_that_never_went_out_is_made_anew(filed: Filed, case: Case) -> None:
    loses_it()
    recovering.sweep(at=WAITED)  # and nobody sends for two hours
    later = WAITED + timedelta(hours=2)
    recovering.sweep(at=later)
    code = code_sent(at=later)
    assert len(mail.outbox) == 1
    assert len(number_on(types(code, at=later))) == 20


def test_only_a_way_that_they_called_safe_is_used(chain: dict[str, Any]) -> None:
    files(chain, receipts.new_nonce(), email=EMAIL, phone="+243812345678", safe_way="none")
    files(chain, receipts.new_nonce(), email=EMAIL, phone="+243812345678", safe_way="call")
    loses_it()
    loses_it("+243812345678")
    assert set(Recovery.objects.values_list("state", "sealed_request")) == {("nobody", None)}


@pytest.mark.parametrize("typed", ["+243 812-345-678", "0812345678", "00243812345678", "+٢٤٣٨١٢٣٤٥٦٧٨"])
def test_a_phone_number_is_found_however_it_was_written(chain: dict[str, Any], typed: str) -> None:
    files(chain, receipts.new_nonce(), phone="0812 345 678", safe_way="sms")
    loses_it(typed)
    assert Recovery.objects.get().state == "waiting"


def test_each_grievance_of_one_contact_has_its_own_code(chain: dict[str, Any]) -> None:
    for _one in range(2):
        files(chain, receipts.new_nonce(), email=EMAIL)
    loses_it()
    loses_it()  # asked twice, announced once
    recovering.sweep(at=WAITED)
    recovering.sweep(at=WAITED)
    assert deliver_replies(at=WAITED) == 2
    codes = ["".join(re.findall(r"\d{4}", str(one.body))) for one in mail.outbox]
    numbers = {number_on(types(code)) for code in codes}
    assert len(numbers) == 2


def test_nothing_of_it_stands_in_the_database_in_plain(filed: Filed, case: Case) -> None:
    loses_it()
    row = Recovery.objects.get()
    assert row.sealed_request is None
    code = code_sent()
    row.refresh_from_db()
    kept = b"".join(bytes(value) for value in (row.lookup, Complainant.objects.get().email_mark) if value)
    assert code.encode() not in kept
    assert b"neema" not in kept.lower()


# -- No contact any more


def test_contact_details_are_deleted_everywhere_at_once(inside: Client, filed: Filed, case: Case) -> None:
    recovering.sweep(at=AT)
    assert "Please tick that you are sure." in press(inside, "forget").text
    assert press(inside, "forget", sure="on").status_code == 303
    person = Complainant.objects.get()
    assert (person.sealed_contact, person.sealed_name, person.email_mark, person.safe_way) == (None, None, None, "none")
    assert "We have no phone number and no address of you." in show(inside)
    coming.forget_contact(following=resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT), at=AT)
    assert CaseEvent.objects.filter(case=case, kind=Event.CONTACT_DELETED).count() == 1
    loses_it()
    assert Recovery.objects.get().state == "nobody"


def test_what_was_opened_for_a_call_is_gone_too(
    chain: dict[str, Any], nonce: str, client: Client, handler: User
) -> None:
    filed = files(chain, nonce, openness="confidential", name="", phone="+243812345678", safe_way="call")
    intake.take_up(at=AT)
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(handler=handler)
    following = resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT)
    allow_call(following=following, at=AT)
    case.refresh_from_db()
    asked = unsealing.ask(
        case=case, filing=case.filings.get(), what=Unsealed.CONTACT, reason=UnsealReason.SAFETY, by=handler, at=AT
    )
    later = AT + timedelta(days=2)
    assert unsealing.open_contacts(at=later) == 1
    asked.refresh_from_db()
    assert asked.sealed_result
    coming.forget_contact(following=following, at=later)
    assert Unsealing.objects.get().sealed_result is None
    assert not CallGrant.objects.running(later).exists()


# -- Who may be told, by what they are


def test_a_kind_of_recipient_is_shown_with_its_day_and_taken_back(inside: Client) -> None:
    Consent.objects.create(complainant=Complainant.objects.get(), kind="buyers", given=True, at=AT)
    page = show(inside)
    assert "The companies that buy from it: may be told" in page
    later = AT + timedelta(minutes=5)
    assert press(inside, "consent", at=later, kind="buyers", given="no").status_code == 303
    said = Consent.objects.order_by("pk").last()
    assert said is not None
    assert (said.kind, said.organisation, said.given) == ("buyers", None, False)
    assert "The companies that buy from it: may not be told" in show(inside)
    assert "Please look at this again" in press(inside, "consent", kind="anybody", given="yes").text


# -- The copy to print


def test_the_copy_holds_what_was_said_and_no_number(inside: Client, filed: Filed) -> None:
    press(inside, "write", nonce=receipts.new_nonce(), body="Bado hatujalipwa")
    page = press(inside, "copy")
    assert page.status_code == 200
    for words in (STATEMENT, "Bado hatujalipwa", "as it stood on 2 March 2026", "Hide it well."):
        assert words in page.text
    assert filed.receipt[:4] not in page.text
    assert "<textarea" not in page.text


def test_the_request_is_sealed_to_workers_alone(filed: Filed) -> None:
    lost.ask(contact=EMAIL, language="en", at=AT)
    sealed = bytes(Recovery.objects.get().sealed_request or b"")
    assert b"eema" not in sealed
    assert json.loads(vault.open_contact(RING, sealed))["to"] == EMAIL
