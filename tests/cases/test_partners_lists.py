"""Filing for a list of people."""

import csv
import io
import re

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from accounts.models import User
from cases.forms.partners import hints, listed
from grievance.models import FieldPartner, Grievance, Relay
from grievance.sheets import BY_KEY, COLUMNS, NotASheet, Sheet, read
from tests.cases.partner_pages import (
    MANY,
    SLIPS,
    a_file,
    entered,
    following,
    hidden,
    page,
    people,
    receipts_in,
)
from tests.factories import AT
from tests.grievance.partners import WORDS

# A cell: words of the hints among whatever else may stand there.
WORD = st.one_of(st.sampled_from([code for one in COLUMNS for code in one.codes] + ["yes", "no", "on", "none"]),
                 st.text(max_size=30))  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-16", ";"), ("utf-8", "\t")]
)
def test_a_list_is_looked_at_and_sent_once(inside: Client, encoding: str, delimiter: str) -> None:
    chosen = a_file(*people(12), encoding=encoding, delimiter=delimiter)
    looked = page(inside.post(MANY, {"list": chosen, "do": "look"}))
    assert "12 people in this list" in looked
    assert not Grievance.objects.exists()
    sent = page(inside.post(MANY, {"nonce": hidden(looked)["nonce"], "do": "send"}))
    numbers = receipts_in(sent)
    assert len(set(numbers)) == 12
    assert {following(one).grievance.language for one in numbers} == {"sw"}
    again = page(inside.post(MANY, {"nonce": hidden(looked)["nonce"], "do": "send"}))
    assert receipts_in(again) == numbers
    assert Relay.objects.count() == Grievance.objects.count() == 12
    paper = inside.post(SLIPS, {"nonce": hidden(sent)["nonce"]})
    with pikepdf.open(io.BytesIO(paper.content)) as slips:
        assert len(slips.pages) == 4


def test_looking_at_a_list_asks_the_database_as_much_however_long_it_is(inside: Client) -> None:
    counts = []
    for number in (2, 2, 40):  # what is asked once a process is asked the first time
        rows = [{**one, "where": "Mto", "families": "OS; WG"} for one in people(number)]
        with CaptureQueriesContext(connection) as asked:
            page(inside.post(MANY, {"list": a_file(*rows), "do": "look"}))
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_columns_and_answers_are_understood_in_the_language_of_the_partner(inside: Client) -> None:
    row = {"Que s’est-il passé ?": WORDS, "consent": "They signed", "families": "OS; Pay, working hours, or where "
           "workers live", "day": "31/3/2025", "urgent": "oui", "country": "cd"}  # fmt: skip
    looked = page(inside.post(MANY, {"list": a_file(row), "do": "look"}))
    assert "1 person in this list" in looked, looked
    inside.post(MANY, {"nonce": hidden(looked)["nonce"], "do": "send"})
    grievance = Grievance.objects.get()
    assert (grievance.families, grievance.urgent, grievance.country) == (["OS", "WG"], True, "CD")
    assert grievance.relay.consent_how == "written"


def test_each_row_says_what_is_wrong_in_it_and_nothing_is_sent(inside: Client) -> None:
    rows = [
        {"what": WORDS, "consent": "spoken", "day": "", "urgent": "", "name": "", "colour": "red"},
        {"what": "", "consent": "spoken", "day": "31/31/2026", "urgent": "", "name": ""},
        {"what": WORDS, "consent": "", "day": "", "urgent": "maybe", "name": ""},
        {"what": WORDS, "consent": "spoken", "day": "", "urgent": "", "name": "Zawadi"},
    ]
    looked = page(inside.post(MANY, {"list": a_file(*rows), "do": "look"}))
    assert "3 of 4 rows have to be looked at" in looked
    for words in ("Row 3", "Row 4", "Row 5", "Please write what happened.", "We cannot read this day", "colour",
                  "Please write yes or no.", "You chose “Anonymous”"):  # fmt: skip
        assert words in looked, words
    assert "Row 2" not in looked
    inside.post(MANY, {"nonce": hidden(looked).get("nonce", ""), "do": "send"})
    assert not Grievance.objects.exists()


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_word_that_the_hints_offer_is_taken_in_its_column(union: FieldPartner, language: str) -> None:
    """By its code, in the reader's words and in English, and no list of them breaks anything."""
    with translation.override(language):
        offered = [(column, code, str(label)) for column, words in hints(union) for code, label in words]
    rows = [(column, word) for column, code, label in offered for word in (code, label)]
    rows += [(BY_KEY[key], name) for key, name in (("country", "Zambia"), ("language", "Swahili"), ("country", "cd"))]
    sheet = read_list([{column.key: word} for column, word in rows], language)
    with translation.override(language):
        people = listed(sheet, union, language=language, today=AT.date(), confidential=True)
    for one, (column, word) in zip(people, rows, strict=True):
        assert str(column.words) not in {name for name, _why in one.problems}, (column.key, word, one.problems)


def read_list(rows: list[dict[str, str]], language: str) -> Sheet:
    """Each row with what a row must have, where it does not say so itself."""
    whole = [{"statement": WORDS, "consent": "spoken"} | row for row in rows]
    names = [column.key for column in COLUMNS]
    body = io.StringIO()
    table = csv.DictWriter(body, names)
    table.writeheader()
    table.writerows(whole)
    return read(body.getvalue().encode(), languages=[language], most=len(rows))


@pytest.mark.django_db
@settings_of_hypothesis(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([one.key for one in COLUMNS]), WORD), min_size=1, max_size=4))
def test_whatever_stands_in_a_list_each_row_is_ready_or_says_why(rows: list[dict[str, str]]) -> None:
    partner = FieldPartner(countries=["CD"], languages=["sw", "fr"])
    try:
        sheet = read_list(rows, "sw")
    except NotASheet:
        return
    for one in listed(sheet, partner, language="sw", today=AT.date(), confidential=True):
        assert bool(one.row) != bool(one.problems)
        assert all(why for _name, why in one.problems)


def test_a_list_of_what_a_partner_saw_itself_is_sent(inside: Client) -> None:
    """Nobody agreed: it is the partner's own report, and it may follow it."""
    row = {"what": WORDS, "consent": "none", "where": "Mutoshi", "day": "31/3/2025", "country": "Congo - Kinshasa",
           "language": "French"}  # fmt: skip
    looked = page(inside.post(MANY, {"list": a_file(row), "do": "look"}))
    for words in ("1 person in this list", "Mutoshi · Congo - Kinshasa", "31 March 2025", "français", "Where the case"):
        assert words in looked, words
    page(inside.post(MANY, {"nonce": hidden(looked)["nonce"], "do": "send"}))
    assert (Relay.objects.get().consent_how, Grievance.objects.get().country) == ("none", "CD")


def test_a_word_that_a_column_does_not_take_is_answered_with_those_that_it_takes(inside: Client) -> None:
    rows = [
        {"what": WORDS, "consent": "nodded", "language": "", "country": ""},
        {"what": WORDS, "consent": "", "language": "Klingon", "country": "Atlantis"},
    ]
    looked = page(inside.post(MANY, {"list": a_file(*rows), "do": "look"}))
    assert "2 of 2 rows have to be looked at" in looked
    assert looked.count("Please write one of these: They said so · They signed") == 2
    assert "Please write one of these: Kiswahili · français" in looked
    assert "by its code of two letters. Congo - Kinshasa" in looked
    assert "Please choose one of these" not in looked


def test_the_hints_name_the_languages_and_the_countries_of_the_partner(inside: Client) -> None:
    shown = page(inside.get(MANY))
    assert re.search(r'<dt dir="ltr">sw</dt><dd>Kiswahili', shown)
    assert re.search(r'<dt dir="ltr">CD</dt><dd>Congo - Kinshasa', shown)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Please choose the file"),
        (b"what,consent\n", "There is nobody in this list."),
        (b"consent\nspoken\n", "no column that says what happened. It is called “What happened?”"),
        (b"what\nmud\n", "no column that says how they agreed. It is called “How they agreed”"),
        (b"PK\x03\x04" + bytes(60), "This file is no CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "This file is no CSV"),
        (b"what,statement\na,b\n", "Two columns have the same name"),
        ("what,consent\nd\u00e9j\u00e0,spoken\n".encode("cp1252"), "cannot read the letters"),
        (b"what,consent\n" + b"a,spoken\n" * 501, "more people in this list"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(inside: Client, body: bytes, words: str) -> None:
    chosen = SimpleUploadedFile("list.csv", body, "text/csv")
    assert words in page(inside.post(MANY, {"list": chosen, "do": "look"}))
    assert not Grievance.objects.exists()


def test_a_list_of_somebody_else_is_not_sent_by_its_nonce(inside: Client, juma: User) -> None:
    looked = page(inside.post(MANY, {"list": a_file(*people(2)), "do": "look"}))
    page(inside.post(MANY, {"nonce": hidden(looked)["nonce"], "do": "send"}))
    assert entered(juma).post(MANY, {"nonce": hidden(looked)["nonce"], "do": "send"}).status_code == 403
    assert Relay.objects.count() == 2


def test_the_empty_list_is_one_that_we_read(inside: Client) -> None:
    names = inside.get(f"{MANY}empty.csv").content.decode("utf-8-sig").strip()
    row = next(csv.reader([names]))
    assert "What happened?" in row
    chosen = SimpleUploadedFile("list.csv", f"{names}\n".encode(), "text/csv")
    assert "There is nobody in this list." in page(inside.post(MANY, {"list": chosen, "do": "look"}))
