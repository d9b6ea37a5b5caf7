"""What was said and in which language: originals stay, replies wait for a translation, masked versions hide people."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, intake, words
from cases.commands.reading import read_filing
from cases.models import CannedText, Case, Clock, Seat
from cases.queries import newest_message, on_record
from grievance.commands import conversation
from grievance.commands.filing import Filed
from grievance.commands.following import Following, open_session, resume
from grievance.models import Masked, Message, Opening, Translation
from grievance.queries import turns
from tests.cases.conftest import AT, STATEMENT
from tests.cases.test_admin import at_desk, do, more_cases, page_of, text

LATER = AT + timedelta(days=1)
ENGLISH = "We asked the company for the pay slips."
SWAHILI = "Tumeiomba kampuni stakabadhi za mishahara."


@pytest.fixture
def following(filed: Filed, case: Case) -> Following:
    return resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT)


@pytest.fixture
def question(following: Following, case: Case) -> Message:
    """The person asked something, and the answer is due."""
    message = conversation.write(following=following, body="Lini tutalipwa?", language="sw", at=AT)
    intake.take_up(at=AT)
    return message


@pytest.fixture
def interpreter(person: Callable[..., User], case: Case, supervisor: User) -> User:
    """Her role opens the office's door and, at the stage where this case stands, nothing of the case."""
    user = person("ines", Role.INVESTIGATOR)
    Seat.objects.create(case=case, user=user, kind="interpreter", given_by=supervisor, given_at=AT)
    return user


def written(case: Case, by: User, language: str, read_up_to: int = 0) -> Message:
    body = SWAHILI if language == "sw" else ENGLISH
    return casework.reply(
        case=case, filing=case.filings.get(), by=by, body=body, language=language, read_up_to=read_up_to, at=LATER
    )


def answering(case: Case) -> list[Clock]:
    return list(Clock.objects.running().filter(case=case, kind="answer_message"))


def seen_by_person(following: Following) -> list[str]:
    return [turn.body for turn in turns(grievance=following.grievance, data_key=following.data_key, to_person=True)]


def follow_page_of(client: Client, filed: Filed) -> str:
    client.post("/sw/follow/", {"receipt": filed.receipt})
    return text(client.get("/sw/follow/"))


# -- A reply in another language waits


def test_a_reply_in_their_language_is_shown_at_once_and_answers(
    case: Case, question: Message, following: Following, handler: User
) -> None:
    written(case, handler, "sw", question.pk)
    assert seen_by_person(following) == ["Lini tutalipwa?", SWAHILI]
    assert answering(case) == []
    case.refresh_from_db()
    assert case.unread_since is None


def test_a_reply_in_another_language_is_unseen_and_answers_nothing(
    case: Case, question: Message, following: Following, handler: User, filed: Filed, client: Client
) -> None:
    update = Clock.objects.running().get(case=case, kind="update")
    message = written(case, handler, "en", question.pk)
    assert seen_by_person(following) == ["Lini tutalipwa?"]
    assert ENGLISH not in follow_page_of(client, filed)
    assert [clock.message for clock in answering(case)] == [question]
    assert Clock.objects.running().get(case=case, kind="update") == update
    case.refresh_from_db()
    assert case.unread_since == AT
    message.refresh_from_db()
    assert (message.released_at, message.read_at) == (None, None)
    kinds = list(case.events.values_list("kind", flat=True))
    assert "reply_written" in kinds
    assert "reply_sent" not in kinds


def test_its_translation_shows_it_and_answers_what_the_officer_had_read(
    case: Case, question: Message, following: Following, handler: User, filed: Filed, client: Client
) -> None:
    message = written(case, handler, "en", question.pk)
    since = conversation.write(following=following, body="Bado nipo", language="sw", at=LATER)
    intake.take_up(at=LATER)
    words.translate(
        case=case, filing=case.filings.get(), message=message, language="sw", maker="machine", body=SWAHILI,
        by=handler, at=LATER,
    )  # fmt: skip
    shown = follow_page_of(client, filed)
    for part in (SWAHILI, ENGLISH, 'lang="en"'):
        assert part in shown
    assert [clock.message for clock in answering(case)] == [since]
    case.refresh_from_db()
    assert case.unread_since == LATER
    released = case.events.get(kind="message_released")
    assert released.data == {"message": message.pk, "translated": True}


def test_a_translation_into_a_third_language_shows_nothing(case: Case, handler: User, following: Following) -> None:
    message = written(case, handler, "en")
    words.translate(
        case=case, filing=case.filings.get(), message=message, language="fr", maker="human", body="Bonjour", by=handler,
        at=LATER,
    )  # fmt: skip
    assert seen_by_person(following) == []


def test_a_reply_is_sent_as_it_is_once(case: Case, question: Message, following: Following, handler: User) -> None:
    message = written(case, handler, "en", question.pk)
    words.release(case=case, message=message, by=handler, at=LATER)
    assert seen_by_person(following) == ["Lini tutalipwa?", ENGLISH]
    assert answering(case) == []
    with pytest.raises(Refused) as refused:
        words.release(case=case, message=message, by=handler, at=LATER)
    assert refused.value.code == "released_already"
    assert case.events.filter(kind="message_released").count() == 1


def test_the_officer_is_told_before_sending_and_sees_what_waits(client: Client, case: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    before = text(desk.get(page_of(case)))
    assert "They read Kiswahili. A reply in another language waits" in before
    assert 'do/release/"' not in before
    filing = case.filings.get()
    do(desk, case, "reply", filing=filing.pk, read_up_to=0, body=ENGLISH, language="en")
    shown = text(desk.get(page_of(case)))
    assert "Waits for a translation into Kiswahili" in shown
    message = Message.objects.waiting().get()
    do(desk, case, "release", message=message.pk)
    assert "Waits for a translation into Kiswahili" not in text(desk.get(page_of(case)))


# -- Translations stand beside the original


def test_a_translation_is_a_row_with_who_and_how_and_the_original_stays(
    client: Client, case: Case, handler: User
) -> None:
    desk = at_desk(client, handler)
    assert "Waits for a translation" in text(desk.get(page_of(case)))
    filing = case.filings.get()
    given = {"filing": filing.pk, "message": "statement", "language": "en", "maker": "machine"}
    do(desk, case, "translate", **given, body="We have not been paid since January")
    shown = text(desk.get(page_of(case)))
    for part in (STATEMENT, "We have not been paid since January", "translated by a machine; added by tomas"):
        assert part in shown
    assert "You read another language" not in shown
    row = Translation.objects.get()
    assert (row.language, row.maker, row.by, row.message) == ("en", "machine", handler, None)
    assert b"paid" not in bytes(row.sealed_body)


def test_words_are_not_translated_into_their_own_language(client: Client, case: Case, handler: User) -> None:
    given = {"filing": case.filings.get().pk, "message": "statement", "language": "sw", "maker": "human"}
    refused = text(do(at_desk(client, handler), case, "translate", **given, body="Hatujalipwa"))
    assert "in that language already" in refused
    assert "Hatujalipwa" in refused


def test_a_message_of_another_case_cannot_be_translated_here(
    client: Client, case: Case, question: Message, handler: User, chain: dict[str, Any]
) -> None:
    (other,) = more_cases(chain["mine"].pk, 1)
    given = {"filing": other.filings.get().pk, "message": question.pk, "language": "en", "maker": "human"}
    refused = text(do(at_desk(client, handler), other, "translate", **given, body="x"))
    assert "Select a valid choice" in refused
    with pytest.raises(Refused) as refusal:
        words.translate(
            case=other, filing=other.filings.get(), message=question, language="en", maker="human", body="x",
            by=handler, at=AT,
        )  # fmt: skip
    assert refusal.value.code == "not_of_this_person"


# -- Masked versions


def test_the_masked_version_begins_with_the_words_and_is_what_others_read(
    client: Client, case: Case, handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    Case.objects.filter(pk=case.pk).update(stage="assessment")
    investigator = person("ivo", Role.INVESTIGATOR)
    before = text(at_desk(client, investigator).get(page_of(case)))
    assert "nobody has made one yet" in before
    assert not Opening.objects.filter(by=investigator).exists()
    form = text(at_desk(client, handler).get(page_of(case)))
    area = form[form.index('id="act-mask"') :]
    assert STATEMENT in area
    assert "lango la pili" in area
    do(client, case, "mask", filing=case.filings.get().pk, body="Hatujalipwa tangu ▮▮▮")
    assert b"Hatujalipwa" not in bytes(Masked.objects.get().sealed_body)
    shown = text(at_desk(client, investigator).get(page_of(case)))
    assert "Hatujalipwa tangu ▮▮▮" in shown
    assert STATEMENT not in shown
    assert "lango la pili" not in shown
    opening = Opening.objects.get(by=investigator)
    assert opening.what == Opening.What.MASKED


def test_a_newer_masked_version_begins_with_the_last_and_what_came_since(
    client: Client, case: Case, handler: User, following: Following
) -> None:
    words.mask(case=case, filing=case.filings.get(), body="▮▮▮ kwanza", by=handler, at=AT)
    conversation.write(following=following, body="Zaidi kutoka kwangu", language="sw", at=LATER)
    shown = text(at_desk(client, handler).get(page_of(case)))
    area = shown[shown.index('id="act-mask"') :].partition("</form>")[0]
    assert "▮▮▮ kwanza\n\nZaidi kutoka kwangu" in area
    assert STATEMENT not in area


def test_an_interpreter_reads_the_masked_words_and_what_waits_and_translates_both(
    client: Client, case: Case, handler: User, interpreter: User, question: Message
) -> None:
    words.mask(case=case, filing=case.filings.get(), body="▮▮▮ hatujalipwa", by=handler, at=AT)
    message = written(case, handler, "en", question.pk)
    desk = at_desk(client, interpreter)
    shown = text(desk.get(page_of(case)))
    for part in ("▮▮▮ hatujalipwa", ENGLISH, 'do/translate/"'):
        assert part in shown
    for part in (STATEMENT, "lango la pili", "Lini tutalipwa?", 'do/mask/"', 'do/release/"'):
        assert part not in shown
    given = {"filing": case.filings.get().pk, "language": "sw", "maker": "human", "body": SWAHILI}
    assert "Select a valid choice" in text(do(desk, case, "translate", **given, message=question.pk))
    do(desk, case, "translate", **given, message=message.pk)
    message.refresh_from_db()
    assert message.released_at is not None


def test_masked_words_count_against_the_daily_budget(
    client: Client, case: Case, handler: User, interpreter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    words.mask(case=case, filing=case.filings.get(), body="▮▮▮ hatujalipwa", by=handler, at=AT)
    monkeypatch.setattr("grievance.commands.reading.READING_BUDGET", 0)
    shown = text(at_desk(client, interpreter).get(page_of(case)))
    assert "as many grievances today as one person may" in shown
    assert "▮▮▮ hatujalipwa" not in shown


def test_a_search_is_no_reading_for_the_gate(case: Case, handler: User) -> None:
    grievance = case.filings.get().grievance
    Opening.objects.create(grievance=grievance, by=handler, what=Opening.What.SEARCH, at=AT)
    assert not on_record(case, at=AT).looked
    read_filing(case=case, filing=case.filings.get(), by=handler, at=AT)
    assert on_record(case, at=AT).looked


# -- Canned texts in the reply


def test_a_canned_text_is_put_behind_what_was_typed_and_nothing_is_sent(
    client: Client, case: Case, handler: User
) -> None:
    CannedText.objects.create(name="Thanks", language="en", body="Thank you for writing.")
    swahili = CannedText.objects.create(name="Thanks", language="sw", body="Asante kwa kuandika.")
    desk, filing = at_desk(client, handler), case.filings.get()
    offered = text(desk.get(page_of(case)))
    assert offered.index("Thanks (Kiswahili)") < offered.index("Thanks (English)")
    shown = text(
        do(
            desk, case, "reply", filing=filing.pk, read_up_to=newest_message(filing), body="Habari Zawadi,",
            language="en", canned=swahili.pk, insert="1",
        )
    )  # fmt: skip
    area = shown[shown.index('id="reply-body"') :]
    assert "Habari Zawadi,\n\nAsante kwa kuandika." in area
    assert '<option value="sw" selected>' in shown[shown.index('id="reply-language"') :]
    assert Message.objects.count() == 0
    do(desk, case, "reply", filing=filing.pk, read_up_to=0, body="Asante.", language="sw", canned=swahili.pk)
    assert Message.objects.get().author == handler
