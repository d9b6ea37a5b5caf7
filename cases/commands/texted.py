"""What people ask for by text, with the PIN of their grievance: done by the commands of their page, and answered."""

from collections.abc import Callable
from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format

from accounts.errors import Refused
from cases.codes import SafetyAnswer, UrgentBecause
from cases.commands import safety
from cases.commands.moving import locked
from cases.commands.record import record
from cases.commands.remedy import saying
from cases.commands.urgency import open_urgent
from cases.events import Event
from cases.models import Filing, SafetyCheck
from cases.queries.promises import Promise, promises_to
from cases.queries.texts import Standing, how_it_stands, to_read
from grievance.commands.answering import cut, send, worded
from grievance.commands.conversation import read_by_text
from grievance.commands.following import Following
from grievance.keys import data_key_for_office
from grievance.keywords import Keyword, word_for
from grievance.models import Arrival

Kind = Arrival.Kind


def heed(arrival: Arrival, at: datetime) -> bool:
    """Do what an arrival asks for by text. False while its grievance has no case yet."""
    filing = Filing.objects.filter(grievance=arrival.grievance_id).select_related("case", "grievance").first()
    if filing is None:
        return False
    DOING[arrival.kind](arrival, filing, at)
    return True


def _following(filing: Filing) -> Following:
    """Their PIN stands for them, as the receipt does on a page. Refuses with ``erased``."""
    return Following(filing.grievance, data_key_for_office(filing.grievance.key_id), "")


def _say(arrival: Arrival, filing: Filing, at: datetime, name: str, **values: object) -> None:
    _send(arrival, worded(name, language=filing.grievance.language, **values), at)


def _send(arrival: Arrival, text: str, at: datetime) -> None:
    """Before others where they just said that they are not safe."""
    if arrival.writer is not None:
        send(arrival.writer, text, at=at, asked=True, urgent=arrival.kind == Kind.UNSAFE)


def word(keyword: Keyword, language: str) -> str:
    return word_for(keyword, language).upper()


def _status(arrival: Arrival, filing: Filing, at: datetime) -> None:
    """Where it stands, what happens next and by when; nothing that anybody wrote."""
    language = filing.grievance.language
    with translation.override(language):
        found = how_it_stands(filing, at)
        said = [str(found.sentence), *_what_next(found, language)]
        if found.waits:
            said.append(worded("to_read", language=language, word=word(Keyword.READ, language)))
        text = " ".join(said)
    _send(arrival, text, at)


def _what_next(found: Standing, language: str) -> list[str]:
    if found.due_at is None:
        return []
    if found.late:
        return [str(found.next), worded("late", language=language)]
    day = date_format(found.due_at, "DATE_FORMAT")
    if not found.next:
        return [worded("hear_by", language=language, day=day)]
    return [str(found.next), worded("latest", language=language, day=day)]


def _read(arrival: Arrival, filing: Filing, at: datetime) -> None:
    """The answers that they have not read yet, and what they are asked of the remedy: they asked for it, here."""
    language = filing.grievance.language
    following = _following(filing)
    found = to_read(following, filing, at)
    asked = [
        worded(
            "step_asked",
            language=language,
            number=one.step.number,
            words=one.words,
            yes=word(Keyword.CONFIRM, language),
            no=word(Keyword.DISPUTE, language),
        )
        for one in found.steps
    ]
    said = [*found.messages, *asked]
    if not said:
        _say(arrival, filing, at, "nothing_new")
        return
    rest = worded("read_more", language=language, word=word(Keyword.WEB, language))
    _send(arrival, cut("\n".join(said), rest), at)
    read_by_text(following=following, at=at)


def _confirm(arrival: Arrival, filing: Filing, at: datetime) -> None:
    _say_of_step(arrival, filing, at, confirmed=True)


def _dispute(arrival: Arrival, filing: Filing, at: datetime) -> None:
    _say_of_step(arrival, filing, at, confirmed=False)


def _say_of_step(arrival: Arrival, filing: Filing, at: datetime, *, confirmed: bool) -> None:
    """As on their page, and changed by a later text as there by a later press."""
    following = _following(filing)
    language = filing.grievance.language
    own, other = (Keyword.CONFIRM, Keyword.DISPUTE) if confirmed else (Keyword.DISPUTE, Keyword.CONFIRM)
    steps = [one for one in promises_to(filing, following.data_key, at).steps if one.counts]
    meant = _meant(steps, arrival.number)
    if meant is None:
        if len(steps) > 1:
            _say(arrival, filing, at, "which_step", word=word(own, language))
        else:
            _say(arrival, filing, at, "not_asked")
        return
    try:
        saying.say(following=following, step=meant.step, confirmed=confirmed, version=meant.version, at=at)
    except Refused:
        _say(arrival, filing, at, "not_asked")
        return
    _say(arrival, filing, at, "confirmed" if confirmed else "disputed", word=word(other, language))


def _meant(steps: list[Promise], number: int | None) -> Promise | None:
    """The one that is named; else the only one, or the only one that still waits for this person."""
    if number is not None:
        return next((one for one in steps if one.step.number == number), None)
    if len(steps) == 1:
        return steps[0]
    waiting = [one for one in steps if one.asks]
    return waiting[0] if len(waiting) == 1 else None


def _safe(arrival: Arrival, filing: Filing, at: datetime) -> None:
    if SafetyCheck.objects.unanswered(at).filter(filing=filing).exists():
        safety.answer(following=_following(filing), answer=SafetyAnswer.SAFE, at=at)
    _say(arrival, filing, at, "safe_noted")


def _unsafe(arrival: Arrival, filing: Filing, at: datetime) -> None:
    """Asked or not: somebody is told now."""
    if SafetyCheck.objects.unanswered(at).filter(filing=filing).exists():
        safety.answer(following=_following(filing), answer=SafetyAnswer.WORRIED, at=at)
    else:
        case = locked(filing.case)
        data = {"answer": SafetyAnswer.WORRIED, "urgent": True}
        record(case, Event.SAFETY_ALARM, by=None, at=at, filing=filing, data=data)
        open_urgent(case, by=None, at=at, because=UrgentBecause.ALARM)
    _say(arrival, filing, at, "unsafe_noted")


def _guessed(_arrival: Arrival, filing: Filing, at: datetime) -> None:
    record(filing.case, Event.PIN_GUESSED, by=None, at=at, filing=filing)


DOING: dict[str, Callable[[Arrival, Filing, datetime], None]] = {
    Kind.STATUS: _status,
    Kind.READ: _read,
    Kind.CONFIRM: _confirm,
    Kind.DISPUTE: _dispute,
    Kind.SAFE: _safe,
    Kind.UNSAFE: _unsafe,
    Kind.GUESSED: _guessed,
}
