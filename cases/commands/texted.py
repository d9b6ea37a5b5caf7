"""What people ask for by text, with the PIN of their grievance: done by the commands of their page, and answered."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from django.utils import translation
from django.utils.formats import date_format

from accounts.errors import Refused
from cases.codes import SafetyAnswer, UrgentBecause
from cases.commands import consent, leaving, safety
from cases.commands.moving import locked
from cases.commands.record import record
from cases.commands.remedy import saying
from cases.commands.urgency import open_urgent
from cases.events import Event
from cases.labels import PROMISED
from cases.models import Filing, SafetyCheck
from cases.queries.promises import Promise, promises_to
from cases.queries.texts import Standing, Telling, how_it_stands, tellings_to, to_read
from grievance.commands.answering import cut, send, worded
from grievance.commands.bytext import by_pin
from grievance.commands.conversation import mark_read
from grievance.keywords import Keyword, word_for
from grievance.models import Arrival

Kind = Arrival.Kind
# Did somebody press them to leave? 0: they do not say.
PRESSED = {1: True, 2: False, 0: None}


class _Asked(Protocol):
    """What a text names by its number; ``asks``: it waits for an answer."""

    @property
    def number(self) -> int: ...

    @property
    def asks(self) -> bool: ...


Asked = TypeVar("Asked", bound=_Asked)


def heed(arrival: Arrival, at: datetime) -> bool:
    """Do what an arrival asks for by text. False while its grievance has no case yet.

    Of words that were erased while it waited there is nothing left to ask for; who is not safe is heard all the same.
    """
    filing = Filing.objects.filter(grievance=arrival.grievance_id).select_related("case", "grievance__key").first()
    if filing is None:
        return False
    if arrival.kind in WORDLESS or not _erased(filing):
        DOING[arrival.kind](arrival, filing, at)
    return True


def _erased(filing: Filing) -> bool:
    return filing.grievance.key.erased_at is not None


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
    """What they are asked and what was written to them that they have not read yet: they asked for it, here. What a
    word can answer comes first, so that no long letter cuts it off."""
    language = filing.grievance.language
    following = by_pin(filing.grievance)
    found = to_read(following, filing, at)
    if not found:
        _say(arrival, filing, at, "nothing_new")
        return
    web = word(Keyword.WEB, language)
    with translation.override(language):
        said = [
            *(_telling_asked(one, language) for one in found.tellings),
            *found.messages,
            *(f"{one.number}: {one.words} {PROMISED[one.step.state]}" for one in found.ended),
            *(_step_asked(one, language) for one in found.steps),
            *([worded("web_asks", language=language, word=web)] if found.on_web else []),
        ]
    rest = worded("read_more", language=language, word=web)
    _send(arrival, cut("\n".join(said), rest), at)
    mark_read(following=following, at=at)


def _telling_asked(one: Telling, language: str) -> str:
    yes, no = word(Keyword.ALLOW, language), word(Keyword.REFUSE, language)
    company = str(one.recipient.organisation)
    names = ["telling_asked", *(["telling_few"] if one.recipient.few else []), "telling_words"]
    return worded(*names, language=language, number=one.number, company=company, yes=yes, no=no)


def _step_asked(one: Promise, language: str) -> str:
    yes, no = word(Keyword.CONFIRM, language), word(Keyword.DISPUTE, language)
    return worded("step_asked", language=language, number=one.number, words=one.words, yes=yes, no=no)


def _confirm(arrival: Arrival, filing: Filing, at: datetime) -> None:
    _say_of_step(arrival, filing, at, confirmed=True)


def _dispute(arrival: Arrival, filing: Filing, at: datetime) -> None:
    _say_of_step(arrival, filing, at, confirmed=False)


def _say_of_step(arrival: Arrival, filing: Filing, at: datetime, *, confirmed: bool) -> None:
    """As on their page, and changed by a later text as there by a later press."""
    following = by_pin(filing.grievance)
    language = filing.grievance.language
    own, other = (Keyword.CONFIRM, Keyword.DISPUTE) if confirmed else (Keyword.DISPUTE, Keyword.CONFIRM)
    steps = [one for one in promises_to(filing, following.data_key, at).steps if one.counts]
    meant = _meant(steps, arrival.number)
    if meant is None:
        _ask_which(arrival, filing, at, "which_step", own, among=len(steps))
        return
    try:
        saying.say(following=following, step=meant.step, confirmed=confirmed, version=meant.version, at=at)
    except Refused:
        _say(arrival, filing, at, "not_asked")
        return
    _say(arrival, filing, at, "confirmed" if confirmed else "disputed", word=word(other, language))


def _meant(asked: list[Asked], number: int | None) -> Asked | None:
    """The one that is named; else the only one, or the only one that still waits for this person."""
    if number is not None:
        return next((one for one in asked if one.number == number), None)
    if len(asked) == 1:
        return asked[0]
    waiting = [one for one in asked if one.asks]
    return waiting[0] if len(waiting) == 1 else None


def _ask_which(arrival: Arrival, filing: Filing, at: datetime, name: str, keyword: Keyword, *, among: int) -> None:
    """Of several it was none, or not said which; of none or one it was not asked."""
    if among > 1:
        _say(arrival, filing, at, name, word=word(keyword, filing.grievance.language))
    else:
        _say(arrival, filing, at, "not_asked")


def _allow(arrival: Arrival, filing: Filing, at: datetime) -> None:
    _say_of_telling(arrival, filing, at, given=True)


def _refuse(arrival: Arrival, filing: Filing, at: datetime) -> None:
    _say_of_telling(arrival, filing, at, given=False)


def _say_of_telling(arrival: Arrival, filing: Filing, at: datetime, *, given: bool) -> None:
    """May one company be told what happened, as on their page, and taken back as there. Nobody allows what they have
    not read: a yes counts once its question was before them, a no at once."""
    language = filing.grievance.language
    own, other = (Keyword.ALLOW, Keyword.REFUSE) if given else (Keyword.REFUSE, Keyword.ALLOW)
    asked = tellings_to(filing, at)
    # Of several each is named: a long text may have cut off the one that still waits.
    meant = _meant(asked, arrival.number) if arrival.number is not None or len(asked) == 1 else None
    if meant is None:
        _ask_which(arrival, filing, at, "which_telling", own, among=len(asked))
        return
    if given and not meant.read:
        _say(arrival, filing, at, "to_read", word=word(Keyword.READ, language))
        return
    consent.answer(
        following=by_pin(filing.grievance),
        organisation=meant.recipient.organisation,
        given=given,
        informed=meant.recipient.few,
        at=at,
    )
    _say(arrival, filing, at, "allowed" if given else "refused", word=word(other, language))


def _withdraw(arrival: Arrival, filing: Filing, at: datetime) -> None:
    """As on their page: asked whether somebody pressed them before it counts, and whether they are safe once it does.
    That answer is the second text without which nothing ends: it cannot be taken back."""
    language = filing.grievance.language
    if filing.withdrawn_at is not None:
        _say(arrival, filing, at, "withdrawn")
        return
    if arrival.number not in PRESSED:
        _say(arrival, filing, at, "pressed", word=word(Keyword.WITHDRAW, language))
        return
    leaving.withdraw(following=by_pin(filing.grievance), pressed=PRESSED[arrival.number], at=at)
    yes, no = word(Keyword.SAFE, language), word(Keyword.UNSAFE, language)
    _send(arrival, worded("withdrawn", "are_you_safe", language=language, yes=yes, no=no), at)


def _safe(arrival: Arrival, filing: Filing, at: datetime) -> None:
    if SafetyCheck.objects.unanswered(at).filter(filing=filing).exists():
        safety.answer(following=by_pin(filing.grievance), answer=SafetyAnswer.SAFE, at=at)
    _say(arrival, filing, at, "safe_noted")


def _unsafe(arrival: Arrival, filing: Filing, at: datetime) -> None:
    """Asked or not: somebody is told now."""
    if SafetyCheck.objects.unanswered(at).filter(filing=filing).exists() and not _erased(filing):
        safety.answer(following=by_pin(filing.grievance), answer=SafetyAnswer.WORRIED, at=at)
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
    Kind.ALLOW: _allow,
    Kind.REFUSE: _refuse,
    Kind.WITHDRAW: _withdraw,
    Kind.GUESSED: _guessed,
}
# What needs nothing of the words that a case holds; everything else has nothing to do once they are erased.
WORDLESS = frozenset({Kind.STATUS, Kind.UNSAFE, Kind.GUESSED})
