"""In which language a phone is answered: what they chose, else that of the last word of ours that one language alone
has, or of a partner's card. Never guessed from words."""

from grievance import tongues, vault
from grievance.commands.answering import language_of, number_of, offered, worded
from grievance.keywords import Keyword, Meant, language_named
from grievance.models import FormSession, PartnerNumber, Writer

# Networks know these in English alone: whoever writes them has no other word.
OF_NETWORKS = frozenset({Keyword.STOP, Keyword.START})


def language_now(writer: Writer, session: FormSession | None) -> str:
    return session.language if session else language_of(writer)


def hear_word(writer: Writer, session: FormSession | None, meant: Meant) -> None:
    """They wrote a word of ours. An English one is everybody's: it says something only where nothing else does."""
    spoken = meant.languages[0] if len(meant.languages) == 1 else ""
    if spoken == "en" and (writer.language or meant.keyword in OF_NETWORKS):
        return
    hear_language(writer, session, spoken)


def hear_language(writer: Writer, session: FormSession | None, spoken: str) -> None:
    """It is theirs from now on, unless they chose one, or we do not write in it."""
    if spoken in offered() and not writer.chose_language:
        _speak(writer, session, spoken)


def hear_card(writer: Writer, session: FormSession | None, paired: PartnerNumber | bool | None) -> None:
    """What `heed_code` said: a phone speaks as the card that paired it."""
    if isinstance(paired, PartnerNumber):
        hear_language(writer, session, paired.code.card.language)


def choose(writer: Writer, session: FormSession | None, meant: Meant) -> bool:
    """By LANGUAGE: the one that is named, or that alone has this word for it. False where that says none of ours."""
    named = language_named(meant.rest) if meant.rest else _only_one(meant, language_now(writer, session))
    if named not in offered():
        return False
    writer.chose_language = True
    _speak(writer, session, named)
    return True


def _only_one(meant: Meant, now: str) -> str:
    """Of a word that stands alone: "LUGHA" is Swahili; the English word, and that of the language now, ask for all."""
    here = [one for one in meant.languages if one in offered()]
    return here[0] if len(here) == 1 and here[0] not in {now, "en"} else ""


def _speak(writer: Writer, session: FormSession | None, language: str) -> None:
    writer.language = language
    writer.save(update_fields=["language", "chose_language"])
    if session is not None and session.language != language:
        session.language = language
        session.save(update_fields=["language"])


def choices(language: str) -> str:
    """What LANGUAGE lists to whom this language is spoken."""
    return tongues.listed(list(offered()), beside=worded("languages", language=language, choices=""))


def ways_out(session: FormSession) -> str:
    """How a stranger changes from a language in which we answer for want of a better one; "" for everybody else."""
    writer = session.writer
    if writer.language or session.language != language_of(writer):
        return ""
    country = str(writer.gateway.options.get("country") or "").upper() or vault.country_of(number_of(writer))
    return tongues.ways(country, session.language, list(offered()))
