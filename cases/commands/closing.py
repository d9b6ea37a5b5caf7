"""Letters with reasons, closing a case, and opening it again on new facts (CSDDD 14(3): reasons are owed)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import LetterKind
from cases.commands.moving import locked, move
from cases.commands.record import record
from cases.commands.remedy.saying import hear_again
from cases.events import Event
from cases.models import Case, Letter
from cases.policies import check_may
from cases.states import Outcome
from grievance.keys import data_key_for_office, seal_text


@transaction.atomic
def write_letter(*, case: Case, kind: LetterKind, language: str, body: str, by: User, at: datetime) -> Letter:
    """The reasons in one language; the newest of a language holds, and is read from the moment of closing on."""
    case = locked(case)
    check_may(by, Act.WRITE_LETTER, case)
    letter = Letter.objects.create(
        case=case,
        kind=kind,
        language=language,
        sealed_body=seal_text(data_key_for_office(case.key_id), body, "letter"),
        by=by,
        at=at,
    )
    record(case, Event.LETTER_WRITTEN, by=by, at=at, data={"letter": kind, "language": language})
    return letter


def end(case: Case, verb: str, *, outcome: Outcome, letter: LetterKind, by: User, at: datetime) -> None:
    """Close ``case``, which is `locked`, by the transition ``verb``; its day and its clocks are the matter of `move`.

    Refuses as `move` does; ``letter``: which reasons must be there in the language of each person who filed.
    """
    case.outcome = outcome
    move(case, verb, by=by, at=at, outcome=outcome, letter=letter, data={"outcome": outcome})


@transaction.atomic
def close(*, case: Case, outcome: Outcome, by: User, at: datetime) -> None:
    """Close with reasons; a harm that was found true with a remedy or its recorded refusal alone."""
    case = locked(case)
    check_may(by, Act.CLOSE, case)
    if outcome == Outcome.INELIGIBLE:
        raise Refused("outcome", _("Whether a case is ours is decided in screening, with a second signature."))
    end(case, "close", outcome=outcome, letter=LetterKind.CLOSING, by=by, at=at)


@transaction.atomic
def reopen(*, case: Case, by: User, at: datetime) -> None:
    """Open again on new facts: back to assessment, with everything owed to the people who filed as at the start."""
    case = locked(case)
    check_may(by, Act.REOPEN, case)
    if case.erased_at is not None:
        raise Refused("erased", _("The words of this case were erased at their date: nothing is left to go on from."))
    case.outcome = ""
    move(case, "reopen", by=by, at=at)
    hear_again(case, at)
