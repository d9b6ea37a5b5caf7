"""Papers that partners print: slips with a person's number, cards of one-time codes, the guide to text messages.

PDF made by Typst from its own sources in data/papers, which take nothing from outside; no paper says in its hidden data
who made it, when, or for whom.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from grievance import coded, receipts
from grievance.keywords import Keyword, word_for

DATA = Path(__file__).parent / "data"
FONTS = DATA / "fonts"  # Latin, Cyrillic, Arabic, Devanagari, Ethiopic; for other scripts those of the machine


@dataclass(frozen=True)
class Slip:
    """``receipt``: 20 digits, in nobody's keeping but the person's. ``tag``: by which the partner hands the right slip
    to the right person; it opens nothing."""

    receipt: str
    tag: str
    language: str


@dataclass(frozen=True)
class Part:
    """``words``: each with what it does."""

    title: str
    lines: tuple[str, ...] = ()
    example: str = ""
    words: tuple[tuple[str, str], ...] = ()


def slips(people: Sequence[Slip], *, numbers: Sequence[str] = ()) -> bytes:
    """Three on a page, each in the language of its person."""
    return _made("slips", {"slips": [_slip(one, numbers) for one in people]})


def card(*, label: str, partner: str, codes: Sequence[str], language: str, numbers: Sequence[str] = ()) -> bytes:
    """``codes``: as they were drawn; this paper is where they stand and nowhere else. ``numbers``: to text them to."""
    with translation.override(_offered(language)):
        given = {
            "title": _("Codes of your phone"),
            "tag": f"{partner} · {label}",
            "where": [_our_numbers(numbers)],
            "lines": [
                _("Send one code as it stands here, with its P. From then on texts from this phone are yours."),
                _("You may write a form (%(start)s) behind the code, in the same text.")
                % {"start": coded.start(_offered(language))},
                _("In a form, say also for whom you speak:"),
                *coded.partner_guide(_offered(language)),
                _("Each code works once. Tick it when you have used it."),
                _("A wrong code ends this until you send a right one. What you wrote before stays."),
                _("Keep this card away from the phone. Tell us at once when it is lost."),
            ],
            "codes": [receipts.group(code) for code in codes],
        }
    return _made("card", given | _language(language))


def guide(language: str, *, numbers: Sequence[str] = ()) -> bytes:
    """How to write to us by text, from the same tables of words that we listen to. ``numbers``: to write to; without
    any there is room for one to be written in."""
    with translation.override(_offered(language)):
        given = {
            "title": _("Write to us by text message"),
            "where": [_our_numbers(numbers), {"label": _("On the web"), "values": [_address(language)]}],
            "parts": [asdict(part) for part in _guide_parts(language)],
        }
    return _made("guide", given | _language(language))


def _guide_parts(language: str) -> list[Part]:
    return [
        Part(
            _("Say what happened"),
            (
                _("Write it in your own words and your own language. You need no name."),
                _("We ask a few short questions, one in each text. Answer what you can."),
                _("At the end you choose a PIN of six digits. Tell it to nobody."),
            ),
        ),
        Part(
            _("Stay safe"),
            (
                _("Delete your texts to us, and ours to you, if somebody looks through this phone."),
                _("Nothing that you wrote is repeated in our texts."),
                _("We write to you only as long as you say that it is safe."),
            ),
        ),
        Part(_("Or say it all in one text"), tuple(coded.guide(language)), example=coded.example(language)),
        Part(
            _("Come back, from any phone"),
            (_("Write the number that we sent you, your PIN, and one of these words:"),),
            example=f"R-XXXX-XXXX XXXXXX {_word(Keyword.STATUS, language)}",
            words=_meant(language, {
                Keyword.STATUS: _("How it stands, and what comes next."),
                Keyword.READ: _("What was written to you, and what you are asked."),
                Keyword.CONFIRM: _("What was promised was done."),
                Keyword.DISPUTE: _("It was not done."),
                Keyword.ALLOW: _("A company may be told what happened."),
                Keyword.REFUSE: _("No company may be told."),
                Keyword.SAFE: _("You are safe."),
                Keyword.UNSAFE: _("You are not safe. A person is told."),
                Keyword.WITHDRAW: _("You leave the case. We ask once more before."),
                Keyword.WEB: _("A code for our web page."),
            }),
        ),
        Part(
            _("These words always work"),
            words=_meant(language, {
                Keyword.STOP: _("No more texts from us. Your case goes on."),
                Keyword.START: _("Texts from us again."),
                Keyword.HELP: _("What you can write, and numbers that can help."),
                Keyword.LANGUAGE: _("Another language: write its name behind this word."),
            }),
        ),
    ]  # fmt: skip


def _meant(language: str, means: Mapping[Keyword, str]) -> tuple[tuple[str, str], ...]:
    return tuple((_word(keyword, language), meaning) for keyword, meaning in means.items())


def _word(keyword: Keyword, language: str) -> str:
    """The first word of the keyword in that language, else in English. Some networks know the end of STOP by its
    English word alone."""
    word, english = word_for(keyword, language).upper(), word_for(keyword, "en").upper()
    return f"{word} / {english}" if keyword == Keyword.START and word != english else word


def _our_numbers(numbers: Sequence[str]) -> dict[str, Any]:
    return {"label": _("Our number for text messages"), "values": list(numbers) or ["." * 30]}


def _address(language: str, path: str = "") -> str:
    return f"{settings.PUBLIC_URL}/{_offered(language)}/{path}"


def _slip(one: Slip, numbers: Sequence[str]) -> dict[str, Any]:
    """They filed on the web, and have no PIN: a text of theirs begins something new."""
    with translation.override(_offered(one.language)):
        return {
            "title": _("This is your number."),
            "groups": receipts.group(one.receipt),
            "tag": one.tag,
            "lines": [
                _("It is your way back to your page. Nobody else has it, not even those who filed for you."),
                _("Hide the paper well. Whoever has this number can read what you wrote."),
                _("On your page you read our answers, and you say who may see them."),
            ],
            "address": _address(one.language, "follow/"),
            "by_text": _("To tell us something new by text message, without this number:") if numbers else "",
            "numbers": list(numbers),
        } | _language(one.language)


def _offered(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _language(language: str) -> dict[str, Any]:
    code = _offered(language)
    return {"lang": code.partition("-")[0], "rtl": bool(translation.get_language_info(code)["bidi"])}


def _made(paper: str, given: dict[str, Any]) -> bytes:
    """The same paper whenever it is made: no date, no author and no name of a file in it."""
    pdf: bytes = typst.compile(
        str(DATA / "papers" / f"{paper}.typ"),
        font_paths=[str(FONTS)],
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        timestamp=0,
    )
    return pdf
