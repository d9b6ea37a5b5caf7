"""Who filed on the web and chose a safe way hears there that something waits for them, never what."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from cases.commands import casework, coming, intake, safety
from cases.events import Event
from cases.models import Case, CaseEvent
from cases.states import Stage
from grievance import receipts, vault
from grievance.commands import recovering
from grievance.commands.erasing import erase_words
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.following import open_session, resume
from grievance.commands.stopping import stop_number
from grievance.keys import RING, open_contact_json
from grievance.models import Grievance, Reply
from notifications.commands import deliver_replies
from notifications.commands.telling import relay
from tests.cases.conftest import AT, chain, draft, handler, person, screen

__all__ = ["chain", "handler", "person"]
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ANSWER, NUMBER, EMAIL = "Tumezungumza na kampuni. Italipa.", "+243810000009", "jina@example.org"
WAITS = "Something waits for you. To read it: the page where you filed, and your number."
SAFE = "Are you safe? Please answer on the page where you filed, with your number."
BY_PHONE = {"safe_way": "sms", "phone": "0810000009", "country": "CD"}
BY_EMAIL = {"safe_way": "email", "email": EMAIL}


def files(chain: dict[str, Any], **way: str) -> Filed:
    said = {"openness": "open", "language": "en", "site_id": chain["mine"].pk, **way}
    filed = file_grievance(draft=draft(**said), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    return filed


def answers(by: User, at: Any = AT + MINUTE) -> None:
    case = Case.objects.get()
    if case.stage == Stage.RECEIVED:
        screen(case, by)
    casework.reply(case=case, filing=case.filings.get(), by=by, body=ANSWER, language="en", read_up_to=0, at=at)
    relay(at=at)


def parcels() -> list[dict[str, str]]:
    return [open_contact_json(one.sealed_parcel) for one in Reply.objects.order_by("pk") if one.sealed_parcel]


@pytest.mark.parametrize(("way", "to"), [(BY_PHONE, NUMBER), (BY_EMAIL, EMAIL)])
def test_an_answer_is_announced_by_the_way_that_is_safe_without_a_word_of_it(
    chain: dict[str, Any], handler: User, way: dict[str, str], to: str
) -> None:
    files(chain, **way)
    answers(handler)
    (parcel,) = parcels()
    assert parcel == {"to": to, "subject": "Something waits for you", "body": WAITS}
    reply = Reply.objects.get()
    assert (reply.channel, reply.segments) == (way["safe_way"], 1 if way is BY_PHONE else 0)
    assert deliver_replies(at=AT + MINUTE) == 1
    # Once an hour is enough: they find all that there is on their page.
    answers(handler, AT + 2 * MINUTE)
    assert Reply.objects.count() == 1
    answers(handler, AT + timedelta(hours=2))
    assert Reply.objects.count() == 2


def test_are_you_safe_is_asked_where_it_is_safe_and_before_everything_else(
    chain: dict[str, Any], handler: User
) -> None:
    files(chain, **BY_PHONE)
    screen(Case.objects.get(), handler)
    Case.objects.update(handler=handler)
    case = Case.objects.get()
    safety.ask(case=case, filing=case.filings.get(), by=handler, at=AT)
    relay(at=AT)
    assert [one["body"] for one in parcels()] == [SAFE]
    assert Reply.objects.get().urgent


@pytest.mark.parametrize(
    "way",
    [
        {"safe_way": "none", "phone": NUMBER},
        {"safe_way": "call", "phone": NUMBER},
        {"safe_way": "trusted", "trusted": "a nurse"},
        BY_PHONE | {"times": "Sundays after six"},  # only a person can read that
        BY_PHONE | {"openness": "anonymous"},
        BY_PHONE | {"phone": "none"},
    ],
)
def test_nobody_is_written_to_who_did_not_choose_it(chain: dict[str, Any], handler: User, way: dict[str, str]) -> None:
    files(chain, **way)
    answers(handler)
    assert not Reply.objects.exists()


def test_what_did_not_go_out_goes_nowhere_once_the_contact_is_deleted(chain: dict[str, Any], handler: User) -> None:
    filed = files(chain, **BY_PHONE)
    answers(handler)
    coming.forget_contact(following=resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT), at=AT)
    assert (Reply.objects.get().state, parcels()) == ("dead", [])
    assert deliver_replies(at=AT + MINUTE) == 0


def test_nor_once_the_words_are_erased(chain: dict[str, Any], handler: User) -> None:
    files(chain, **BY_EMAIL)
    answers(handler)
    erase_words(grievances=list(Grievance.objects.all()), keys=[], at=AT + MINUTE)
    assert (Reply.objects.get().state, parcels()) == ("dead", [])


def test_a_number_that_wants_no_texts_gets_none_and_the_handler_tries_another_way(
    chain: dict[str, Any], handler: User
) -> None:
    files(chain, **BY_PHONE)
    recovering.sweep(at=AT)  # marks by which their number is known
    answers(handler)
    stop_number(mark=next(iter(vault.phone_marks(RING, NUMBER, [""]))), at=AT)
    assert deliver_replies(at=AT + MINUTE) == 0
    assert Reply.objects.get().code == "stopped"
    intake.take_up(at=AT + MINUTE)
    assert CaseEvent.objects.filter(kind__in=(Event.BLOCKED, Event.NOT_REACHED)).exists()
