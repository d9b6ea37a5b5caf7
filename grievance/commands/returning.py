"""Who comes back by text, from any phone: what they ask for with number and PIN is done, or handed to `cases`."""

from datetime import datetime

from grievance.comeback import Returning
from grievance.commands.answering import language_of, say
from grievance.commands.bytext import add_words, by_pin, file_alone, keep_more, set_pin
from grievance.commands.choosing import late_to_choose
from grievance.commands.partners.dropping import drop_partner
from grievance.commands.proving import prove, speaks_for_themselves
from grievance.commands.recovering import code_for
from grievance.keywords import Keyword, word_for
from grievance.models import Arrival, FormSession, Grievance, TextReceipt, Writer
from grievance.receipts import group
from grievance.rules import CODE_LIVES
from grievance.talk import read_pin

Kind = Arrival.Kind
# A partner's word is never the person's own.
THEIRS_ALONE = frozenset(
    {
        Keyword.CONFIRM,
        Keyword.DISPUTE,
        Keyword.SAFE,
        Keyword.ALLOW,
        Keyword.REFUSE,
        Keyword.WITHDRAW,
        Keyword.DROP,
    }
)
HANDED_UP = {
    Keyword.STATUS: Kind.STATUS,
    Keyword.READ: Kind.READ,
    Keyword.CONFIRM: Kind.CONFIRM,
    Keyword.DISPUTE: Kind.DISPUTE,
    Keyword.SAFE: Kind.SAFE,
    Keyword.UNSAFE: Kind.UNSAFE,
    Keyword.ALLOW: Kind.ALLOW,
    Keyword.REFUSE: Kind.REFUSE,
    Keyword.WITHDRAW: Kind.WITHDRAW,
}
EXAMPLE = "R-XXXX-XXXX"  # never a number of anybody


def come_back(
    writer: Writer, session: FormSession | None, returning: Returning, *, sent: datetime, at: datetime
) -> FormSession | Grievance | None:
    """Do what was asked, and answer. Gives the grievance of whoever proved that it is theirs; else the conversation in
    which words were kept that no PIN stands for, if any."""
    if not returning.pin:
        _say_how(writer, returning.keyword or Keyword.STATUS, at)
        return session
    if returning.keyword in THEIRS_ALONE and not speaks_for_themselves(writer):
        say(writer, "partner", language=language_of(writer), at=at)
        return session
    if late_to_choose(writer, returning.reference, at=at):
        return _choose(writer, returning, at)
    proven = prove(writer, returning.reference, returning.pin, at=at)
    if proven is None:
        language = language_of(writer)
        word = word_for(Keyword.STATUS, language).upper()
        say(writer, "no_match", language=language, at=at, asked=True, example=EXAMPLE, word=word)
        return _keep_unproven(writer, session, returning, sent, at)
    _do(writer, proven, returning, at)
    return proven.grievance


def _choose(writer: Writer, returning: Returning, at: datetime) -> Grievance:
    """The first PIN of a number that has none; that it was chosen is said where it was."""
    receipt = TextReceipt.objects.select_related("grievance").get(reference=returning.reference)
    language, pin = receipt.grievance.language, read_pin(returning.pin)
    if returning.more:
        add_words(receipt.grievance, returning.more, language=language, at=at)
    if pin is None:
        say(writer, "wrong_pin", language=language, at=at)
        return receipt.grievance
    set_pin(receipt.grievance, pin)
    say(writer, "done", language=language, at=at, reference=receipt.reference)
    return receipt.grievance


def _say_how(writer: Writer, keyword: Keyword, at: datetime) -> None:
    language = language_of(writer)
    say(writer, "how", language=language, at=at, example=EXAMPLE, word=word_for(keyword, language).upper())


def _keep_unproven(
    writer: Writer, session: FormSession | None, returning: Returning, sent: datetime, at: datetime
) -> FormSession | None:
    """Nothing of what was said is lost because a PIN was wrong: it is read as anybody's words."""
    if not returning.more:
        return session
    if session is not None:
        keep_more(session, returning.kept, at=at)
        return session
    return file_alone(writer, returning.kept, language=language_of(writer), sent=sent, at=at)


def _do(writer: Writer, proven: TextReceipt, returning: Returning, at: datetime) -> None:
    grievance = proven.grievance
    language = grievance.language
    if returning.more:
        add_words(grievance, returning.more, language=language_of(writer), at=at)
        if returning.keyword is None:
            say(writer, "wrote", language=language, at=at, asked=True)
            return
    keyword = returning.keyword or Keyword.STATUS
    if keyword == Keyword.WEB:
        code = group(code_for(grievance=grievance, at=at))
        minutes = int(CODE_LIVES.total_seconds() // 60)
        say(writer, "web", language=language, at=at, asked=True, code=code, minutes=minutes)
        return
    if keyword == Keyword.DROP:
        drop_partner(following=by_pin(grievance), at=at)
        say(writer, "dropped", language=language, at=at, asked=True)
        return
    Arrival.objects.create(kind=HANDED_UP[keyword], grievance=grievance, writer=writer, number=returning.number, at=at)
