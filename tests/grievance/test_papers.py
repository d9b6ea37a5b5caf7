"""What stands on the papers that partners print: read back from the PDF, in each script; the right words, every number
once, and no letter without a shape in a font that the paper brings along."""

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import pikepdf
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pypdf import PdfReader

from grievance import coded, papers
from grievance.commands.partners.keeping import CODES_A_CARD
from grievance.keywords import Keyword, meaning, word_for

ARABIC, DEVANAGARI, ETHIOPIC = r"[\u0600-\u06ff]+", r"[\u0900-\u097f]+", r"[\u1200-\u137f]+"
# A partner in each script; its name is in no catalogue.
PARTNERS = {
    "en": "Miners' union (fictional)",
    "sw": "Chama cha wachimbaji (cha kubuni)",
    "fr": "Syndicat des mineurs (fictif)",
    "ar": "نقابة عمال المناجم",
    "hi": "खदान मज़दूर संघ",
    "am": "የማዕድን ሠራተኞች ማኅበር",
}
SERVED = ["en", "sw", "fr", "ar"]
CODES = ["470291638205", "581302749316", "692413850427"]
OUR_NUMBER = "+12025550100"
NUMBERS = ["12345678901234567894", "98765432109876543218", "45612378945612378943", "11122233344455566677"]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def in_line(text: str) -> str:
    return " ".join(text.split())


def squeezed(text: str) -> str:
    """Without spaces and vowel signs: a PDF draws these as shapes of their own, whose letter stands elsewhere."""
    return "".join(sign for sign in text if unicodedata.category(sign)[0] not in "MCZ")


def grouped(number: str) -> str:
    return " ".join(re.findall(r"\d{4}", number))


def fonts(pdf: bytes) -> set[str]:
    """Names of the fonts, each of which has to be in the paper itself."""
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        found = [font for page in paper.pages for _name, font in page.resources.Font.items()]
        for font in found:
            assert font.Subtype == "/Type0"
            described = font.DescendantFonts[0].FontDescriptor
            assert {"/FontFile2", "/FontFile3"} & set(described.keys())
            assert "/ToUnicode" in font  # so that it can be searched, copied and read out
        return {str(font.BaseFont).partition("+")[2] for font in found}


def glyphs(pdf: bytes) -> Iterator[int]:
    """Every shape that is drawn, by its number in its font; 0 is the empty box for a letter that a font lacks."""
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        for page in paper.pages:
            for told in pikepdf.parse_content_stream(page):
                if str(told.operator) not in {"Tj", "TJ"}:
                    continue
                for one in told.operands[0] if str(told.operator) == "TJ" else told.operands:
                    if isinstance(one, pikepdf.String):
                        raw = bytes(one)
                        yield from (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))


def check_shapes(pdf: bytes) -> None:
    drawn = list(glyphs(pdf))
    assert len(drawn) > 100
    assert 0 not in drawn
    # The fonts that come with the product: the same paper on every machine.
    assert fonts(pdf) <= {f"NotoSans{script}-Regular" for script in ("", "Arabic", "Devanagari", "Ethiopic")}


def check_words(pdf: bytes, lines: list[str], language: str, apart: Sequence[str] = ()) -> None:
    """Each line is there as it is written; of Arabic every word, and in a line the first one on the right. ``apart``:
    words that stand in a box of their own before the rest of their line."""
    text = text_of(pdf)
    if language != "ar":
        for line in lines:
            assert squeezed(line) in squeezed(text), line
        return
    written = re.findall(ARABIC, re.sub(r"[،؛؟]", " ", " ".join(lines)))
    # As they stand on paper from left to right; what is not Arabic divides a line.
    pieces = [re.findall(ARABIC, re.sub(r"[،؛؟]", " ", one)) for one in re.split(r"[A-Za-z0-9]+|\n", text)]
    assert not Counter(written) - Counter(word for piece in pieces for word in piece)
    boxes = sorted((list(reversed(one.split())) for one in apart), key=len, reverse=True)
    for whole in pieces:
        box = next((words for words in boxes if whole[: len(words)] == words), [])
        piece = whole[len(box) :]
        if len(piece) > 1 and piece[0] in written:
            assert " ".join(reversed(piece)) in " ".join(written), piece


def starts(pdf: bytes) -> dict[str, list[float]]:
    """How far from the left each bullet stands, and the first piece of text behind it, by page one."""
    found: dict[str, list[float]] = {"bullet": [], "text": []}
    after = False

    def seen(text: str, page: list[float], line: list[float], *_font: object) -> None:
        nonlocal after
        left = page[4] + line[4] * page[0]
        if text.strip() == "•":
            found["bullet"].append(left)
            after = True
        elif after and text.strip():
            found["text"].append(left)
            after = False

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=seen)
    return found


def check_side(pdf: bytes, *, right: bool) -> None:
    found = starts(pdf)
    assert found["bullet"]
    for bullet, text in zip(found["bullet"], found["text"], strict=False):
        assert (bullet > text) == right


@pytest.mark.parametrize("language", list(PARTNERS))
def test_a_card_says_in_its_language_whose_it_is_and_each_code_once(language: str) -> None:
    pdf = papers.card(label="Simu 3", partner=PARTNERS[language], codes=CODES, language=language, numbers=[OUR_NUMBER])
    spoken = language if language in SERVED else "en"
    with translation.override(spoken):
        lines = [
            _("Codes of your phone"),
            _("Send one code as it stands here, with its P. From then on texts from this phone are yours."),
            _("Our number for text messages"),
            _("You may write a form (%(start)s) behind the code, in the same text.") % {"start": coded.start(spoken)},
            _("In a form, say also for whom you speak:"),
            *coded.partner_guide(spoken),
            _("Each code works once. Tick it when you have used it."),
            _("A wrong code ends this until you send a right one. What you wrote before stays."),
            _("Keep this card away from the phone. Tell us at once when it is lost."),
        ]
    assert (lines[0] == "Codes of your phone") == (spoken == "en")
    check_words(pdf, [*lines, PARTNERS[language]], language)
    check_shapes(pdf)
    check_side(pdf, right=language == "ar")
    text = in_line(text_of(pdf))
    assert [text.count(f"P {grouped(code)}") for code in CODES] == [1, 1, 1]
    whole = papers.card(label="Simu 3", partner=PARTNERS[language], codes=CODES[:1] * CODES_A_CARD, language=language)
    assert len(PdfReader(io.BytesIO(whole)).pages) == 1
    assert "Simu" in text
    assert text.count(OUR_NUMBER) == 1
    assert len(re.findall(r"P \d{4} \d{4} \d{4}", text)) == len(CODES)  # nothing else looks like one


def coming_back() -> dict[Keyword, str]:
    return {
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
    }


def said(keyword: Keyword, language: str) -> str:
    word = word_for(keyword, language)
    meant = meaning(word)
    assert meant is not None
    assert meant.keyword == keyword
    assert language in meant.languages
    return word.upper()


@pytest.mark.parametrize("language", [*SERVED, "hi"])
def test_the_guide_has_the_letters_and_the_words_that_we_listen_to(language: str) -> None:
    pdf = papers.guide(language, numbers=[OUR_NUMBER, "20880"])
    always = [said(one, language) for one in (Keyword.STOP, Keyword.START, Keyword.HELP, Keyword.LANGUAGE)]
    stop, start, help_, other = always
    spoken = language if language in SERVED else "en"
    with translation.override(spoken):
        lines = [
            _("Write to us by text message"),
            _("Say what happened"),
            _("Write it in your own words and your own language. You need no name."),
            _("We ask a few short questions, one in each text. Answer what you can."),
            _("At the end you choose a PIN of six digits. Tell it to nobody."),
            _("Stay safe"),
            _("Delete your texts to us, and ours to you, if somebody looks through this phone."),
            _("Nothing that you wrote is repeated in our texts."),
            _("We write to you only as long as you say that it is safe."),
            _("Or say it all in one text"),
            *coded.guide(language),
            coded.example(language),
            _("These words always work"),
            f"{stop} {_('No more texts from us. Your case goes on.')}",
            f"{start}{' / START' * (start != 'START')} {_('Texts from us again.')}",
            _("Our number for text messages"),
            _("On the web"),
            _("Come back, from any phone"),
            _("Write the number that we sent you, your PIN, and one of these words:"),
            # A vowel sign that stands before its letter is read back behind another one.
            *(means if language == "hi" else f"{said(one, language)} {means}" for one, means in coming_back().items()),
            f"{help_} {_('What you can write, and numbers that can help.')}",
            f"{other} {_('Another language: write its name behind this word.')}",
        ]
    check_words(pdf, lines, language, [*always, *(said(one, language) for one in coming_back())])
    check_shapes(pdf)
    check_side(pdf, right=language == "ar")
    text = in_line(text_of(pdf))
    assert f"GRV1 {language.upper()}" in text
    assert text.count(OUR_NUMBER) == text.count("20880") == 1
    assert f"{settings.PUBLIC_URL}/{spoken}/" in text
    assert "R-XXXX-XXXX XXXXXX" in text
    if language != "ar":
        assert squeezed(coded.example(language)) in squeezed(text)
        assert squeezed(f"XXXXXX {said(Keyword.STATUS, language)}") in squeezed(text)
    assert bool(re.search(DEVANAGARI, text)) == (language == "hi")


@pytest.mark.parametrize("language", coded.languages())
def test_the_example_of_the_guide_is_read_as_it_is_meant(language: str) -> None:
    read = coded.read(coded.example(language), "en")
    assert read is not None
    assert (read.language, read.unclear, read.empty, read.old) == (language, False, False, False)
    with translation.override(language if language in SERVED else "en"):
        place, what = _("the mine by the river"), _("We have had no pay since January.")
    meant = {"safe": "1", "place": place, "day": "31/3/2026", "urgent": "2", "statement": what}
    assert dict(read.answers) == meant


def test_a_paper_without_a_number_of_ours_has_room_for_one() -> None:
    for pdf in (papers.guide("sw"), papers.card(label="1", partner="Union", codes=CODES, language="sw")):
        assert "." * 20 in text_of(pdf)


def test_slips_give_each_person_their_number_once_in_their_own_language() -> None:
    languages = ["sw", "ar", "hi", "fr"]
    made = [
        papers.Slip(number, f"{row} · R-7K3M-Q2X{row}", language)
        for row, (number, language) in enumerate(zip(NUMBERS, languages, strict=True), start=1)
    ]
    assert OUR_NUMBER not in text_of(papers.slips(made))
    pdf = papers.slips(made, numbers=[OUR_NUMBER])
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    check_shapes(pdf)
    text = in_line(text_of(pdf))
    for one in made:
        assert text.count(grouped(one.receipt)) == 1
        assert text.count(one.tag) == 1
        with translation.override(one.language if one.language in SERVED else "en"):
            lines = [
                _("This is your number."),
                _("It is your way back to your page. Nobody else has it, not even those who filed for you."),
                _("Hide the paper well. Whoever has this number can read what you wrote."),
                _("On your page you read our answers, and you say who may see them."),
            ]
            lines.append(_("To tell us something new by text message, without this number:"))
        check_words(pdf, lines, one.language)
    assert text.count(OUR_NUMBER) == len(made)
    # Each address is that of the follow page in the person's language.
    assert re.findall(r"/(\w+)/follow/", text) == ["sw", "ar", "en", "fr"]


def test_a_name_in_any_of_these_scripts_is_drawn() -> None:
    for language, pattern in (("ar", ARABIC), ("hi", DEVANAGARI), ("am", ETHIOPIC)):
        pdf = papers.card(label=PARTNERS[language], partner=PARTNERS[language], codes=CODES, language="sw")
        check_shapes(pdf)
        # Name and label stand on one line; of Arabic the words come from left to right.
        found, expected = (re.findall(pattern, squeezed(one)) for one in (text_of(pdf), PARTNERS[language] * 2))
        assert sorted("".join(found)) == sorted("".join(expected))
