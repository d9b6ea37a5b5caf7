"""What a company answers, entered by the officer to whom it said so, and what we decide on that (ISO 37002 8.4.4)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.history import keep
from accounts.models import User
from accounts.roles import Act
from cases.commands import clocks
from cases.commands.record import record
from cases.commands.respondents import CLOCKS, locked_company
from cases.events import Event
from cases.models import Respondent
from cases.policies import check_company_gates, check_may, check_respondent_move, check_was_told
from cases.queries import company_record
from cases.queries.companies import answers_of
from grievance.keys import data_key_for_office, seal_json

# What a company does, of all that can happen to it; and what of it is nothing without words.
RESPONSES = ("acknowledge", "accept", "contest", "answer")
IN_WORDS = frozenset({"contest", "answer"})


@transaction.atomic
def record_response(*, respondent: Respondent, response: str, words: str = "", by: User, at: datetime) -> None:
    """The company confirms that it was told, accepts to answer, contests that it has to, or answers; ``response`` is
    one of `RESPONSES`. Its words are kept beside those that it said before."""
    respondent = locked_company(respondent)
    check_may(by, Act.RECORD_RESPONSE, respondent.case)
    move = check_respondent_move(respondent, response)
    check_was_told(respondent, at)
    if response in IN_WORDS and not words.strip():
        raise Refused("words_missing", _("Write down what the company said."))
    if words.strip():
        _keep_words(respondent, response, words, at)
    respondent.state = move.target
    keep(respondent, by=by, at=at, why=move.event)
    record(respondent.case, move.event, by=by, at=at, respondent=respondent)
    _clocks(respondent, response, at)


def _keep_words(respondent: Respondent, response: str, words: str, at: datetime) -> None:
    key = data_key_for_office(respondent.case.key_id)
    said = [{"verb": one.verb, "on": one.on.isoformat(), "words": one.words} for one in answers_of(respondent, key)]
    said.append({"verb": response, "on": at.date().isoformat(), "words": words})
    respondent.sealed_answer = seal_json(key, said, "answer")


def _clocks(respondent: Respondent, response: str, at: datetime) -> None:
    """Once it has confirmed, its answer is due; while we decide whether it has to answer at all, nothing is."""
    match response:
        case "acknowledge":
            clocks.stop(respondent.case, "respondent_acknowledges", at=at, respondent=respondent)
            _answer_due(respondent, at)
        case "contest" | "answer":
            clocks.stop(respondent.case, "respondent_answers", at=at, respondent=respondent)


def _answer_due(respondent: Respondent, at: datetime) -> None:
    country = respondent.organisation.country
    clocks.start(respondent.case, "respondent_answers", at=at, country=country, respondent=respondent)


@transaction.atomic
def uphold(*, respondent: Respondent, by: User, at: datetime) -> None:
    """The company has to answer after all; the time for it begins anew."""
    respondent = locked_company(respondent)
    check_may(by, Act.DECIDE_CONTEST, respondent.case)
    move = check_respondent_move(respondent, "uphold")
    respondent.state = move.target
    respondent.release_signed_by = None
    keep(respondent, by=by, at=at, why=move.event)
    record(respondent.case, move.event, by=by, at=at, respondent=respondent)
    _answer_due(respondent, at)


@transaction.atomic
def release(*, respondent: Respondent, by: User, at: datetime) -> None:
    """The company does not answer for this: the first press signs, that of somebody else releases it."""
    respondent = locked_company(respondent)
    check_may(by, Act.DECIDE_CONTEST, respondent.case)
    move = check_respondent_move(respondent, "release")
    if respondent.release_signed_by_id is None:
        respondent.release_signed_by = by
        keep(respondent, by=by, at=at, why=Event.RELEASE_SIGNED)
        record(respondent.case, Event.RELEASE_SIGNED, by=by, at=at, respondent=respondent)
        return
    check_company_gates(move, company_record(respondent))
    if respondent.release_signed_by_id == by.pk:
        raise Refused("same_signature", _("The second signature has to come from somebody else."))
    respondent.state = move.target
    keep(respondent, by=by, at=at, why=move.event)
    record(respondent.case, move.event, by=by, at=at, respondent=respondent)
    clocks.stop(respondent.case, *CLOCKS, at=at, respondent=respondent)
