"""The pages of field partners: their door, filing for somebody and for a list, and what they follow."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import User
from accounts.roles import Role
from cases.commands import intake
from cases.forms.partners import hints, listed
from cases.models import Case
from grievance.commands import gateways
from grievance.commands.conversation import reply, write
from grievance.commands.following import Following, open_session, resume
from grievance.commands.partners import dropping, keeping
from grievance.models import Drill, FieldPartner, Grievance, Opening, Practice, Relay, Reply
from grievance.queries import numbers_for
from grievance.sheets import BY_KEY, COLUMNS, NotASheet, Sheet, read
from tests.factories import AT, PASSWORD, RoleGrantFactory
from tests.grievance.partners import WORDS, at_work, passed_on
from tests.grievance.phones import Phone, a_gateway

HOME, FILE, MANY = "/office/partners/", "/office/partners/file/", "/office/partners/list/"
SLIPS, EXPORT, NUMBERS = "/office/partners/slips/", "/office/partners/export/", "/office/partners/numbers/"


# A cell: words of the hints among whatever else may stand there.
WORD = st.one_of(st.sampled_from([code for one in COLUMNS for code in one.codes] + ["yes", "no", "on", "none"]),
                 st.text(max_size=30))  # fmt: skip


@pytest.fixture
def inside(neema: User) -> Client:
    return entered(neema)


def entered(user: User) -> Client:
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.force_login(user)
    return client


def page(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return unescape(response.content.decode())


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def receipts_in(text: str) -> list[str]:
    shown = re.findall(r'class="code[^"]*" dir="ltr">((?:<span>\d{4}</span>\s*){5})', text)
    return ["".join(re.findall(r"\d{4}", one)) for one in shown]


def following(receipt: str) -> Following:
    return resume(session_key=open_session(receipt=receipt, at=AT), at=AT)


SAID = {"statement": WORDS, "openness": "anonymous", "safe_way": "none", "consent": "spoken", "may_see": "stage",
        "standing": "asked", "call_back": "no", "language": "sw", "way": "all", "step": "safe"}  # fmt: skip


def a_file(*rows: dict[str, str], encoding: str = "utf-8", delimiter: str = ",") -> SimpleUploadedFile:
    body = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = csv.DictWriter(body, names, delimiter=delimiter)
    table.writeheader()
    table.writerows(rows)
    return SimpleUploadedFile("list.csv", body.getvalue().encode(encoding), "text/csv")


def people(number: int) -> list[dict[str, str]]:
    return [{"what": f"{WORDS} {one}", "consent": "spoken", "language": "sw"} for one in range(number)]


# -- The door


def test_nobody_else_comes_in(client: Client, handler: User, outsider: User, partner: User, supplier: User) -> None:
    """Not even with the role, without a partner that is in use."""
    assert client.get(HOME)["Location"].startswith("/office/account/login/")
    for somebody in (handler, outsider, partner, supplier):
        assert entered(somebody).get(HOME).status_code == 403


def test_who_ended_or_whose_partner_ended_is_out_at_once(inside: Client, union: FieldPartner, lead: User) -> None:
    assert inside.get(HOME).status_code == 200
    keeping.end_person(person=union.people.get(), by=lead, at=AT)
    assert inside.get(HOME).status_code == 403


@pytest.mark.usefixtures("neema")
def test_a_partner_needs_a_second_factor_and_lands_on_their_own_pages(settings: Any) -> None:
    client = Client(REMOTE_ADDR="127.0.0.1")
    sent = client.post("/office/account/login/", {"login": "neema", "password": PASSWORD}, follow=True)
    assert sent.redirect_chain[-1] == (HOME, 302)
    settings.DEMO = False
    assert client.get(HOME)["Location"] == "/office/account/second/totp/activate/"


@pytest.mark.usefixtures("neema")
@pytest.mark.parametrize("wanted", ["/office/", "/office/admin/", "/office/admin/cases/case/"])
def test_whatever_door_a_partner_knocks_at_they_come_to_their_own_pages(wanted: str) -> None:
    client = Client(REMOTE_ADDR="127.0.0.1")
    asked = client.get(wanted, follow=True).redirect_chain[-1][0]
    assert asked.startswith("/office/account/login/")
    came = client.post(asked, {"login": "neema", "password": PASSWORD, "next": wanted}, follow=True)
    assert came.redirect_chain[-1] == (HOME, 302)
    assert came.status_code == 200


def test_the_office_comes_first_and_leads_on_to_the_pages_of_a_partner(
    union: FieldPartner, lead: User, handler: User, supplier: User
) -> None:
    assert entered(handler).get("/office/")["Location"] == "/office/admin/"
    assert entered(supplier).get("/office/").status_code == 403  # no pages of theirs yet
    both = at_work(union, lead, "zawadi")
    RoleGrantFactory.create(user=both, role=Role.HANDLER)
    client = entered(both)
    assert client.get("/office/")["Location"] == "/office/admin/"
    assert f'href="{HOME}"' in page(client.get("/office/admin/"))


def test_a_partner_sees_nothing_of_the_office(inside: Client) -> None:
    for path in ("/office/admin/", "/office/admin/cases/case/", "/office/admin/grievance/fieldpartner/"):
        assert inside.get(path).status_code in {302, 403}, path


# -- For somebody


def test_filing_for_somebody_from_the_questions_to_the_slip(inside: Client, union: FieldPartner) -> None:
    form = page(inside.get(FILE))
    assert "How did this person agree" in form
    nonce = hidden(form)["nonce"]
    preview = page(inside.post(FILE, SAID | {"nonce": nonce, "do": "preview"}))
    assert WORDS in preview
    assert "They said so" in preview
    assert not Grievance.objects.exists()
    slip = page(inside.post(FILE, hidden(preview) | {"do": "send"}))
    relay = Relay.objects.get()
    assert (relay.partner, relay.consent_how, relay.may_see, relay.call_back_safe) == (union, "spoken", "stage", False)
    assert relay.grievance.language == "sw"
    (receipt,) = receipts_in(slip)
    assert following(receipt).grievance == relay.grievance
    assert relay.reference in slip
    again = page(inside.post(FILE, hidden(preview) | {"do": "send"}))
    assert receipts_in(again) == [receipt]
    assert Relay.objects.count() == 1


def test_how_they_agreed_must_be_said_and_nothing_typed_is_lost(inside: Client) -> None:
    said = SAID | {"nonce": hidden(page(inside.get(FILE)))["nonce"], "do": "send"}
    del said["consent"]
    answer = page(inside.post(FILE, said))
    assert "Please look at this again" in answer
    assert WORDS in answer
    assert not Grievance.objects.exists()


def test_without_their_agreement_nobody_is_named(inside: Client) -> None:
    said = SAID | {"consent": "none", "openness": "open", "name": "Zawadi", "do": "send"}
    answer = page(inside.post(FILE, said | {"nonce": hidden(page(inside.get(FILE)))["nonce"]}))
    assert "They did not agree" in answer
    assert not Grievance.objects.exists()


def test_the_slip_is_a_paper_for_whoever_has_the_page(inside: Client, juma: User) -> None:
    slip = page(inside.post(FILE, SAID | {"nonce": hidden(page(inside.get(FILE)))["nonce"], "do": "send"}))
    (receipt,), nonce = receipts_in(slip), hidden(slip)["nonce"]
    answer = inside.post(SLIPS, {"nonce": nonce})
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as paper:
        assert len(paper.pages) == 1
        assert set(paper.docinfo) <= {"/Creator", "/CreationDate", "/ModDate"}
    assert receipt.encode() not in answer.content
    assert entered(juma).post(SLIPS, {"nonce": nonce}).status_code == 404
    assert inside.post(SLIPS, {"nonce": "x"}).status_code == 404
    assert inside.get(SLIPS).status_code == 405


# -- For a list


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


# -- What is followed


def test_a_partner_sees_what_its_people_allowed_and_nothing_else(
    inside: Client, union: FieldPartner, clinic: FieldPartner, neema: User, juma: User
) -> None:
    ours, theirs = passed_on(union, neema), passed_on(clinic, juma)
    intake.take_up(at=AT)
    shown = page(inside.get(HOME))
    assert ours.reference in shown
    assert "Received" in shown
    assert theirs.reference not in shown
    assert inside.get(f"{HOME}one/{theirs.reference}/").status_code == 404
    assert inside.post(f"{HOME}one/{theirs.reference}/").status_code == 404
    exported = inside.post(EXPORT).content.decode()
    assert ours.reference in exported
    assert theirs.reference not in exported
    case = Case.objects.get(filings__grievance__relay__reference=ours.reference)
    for text in (shown, exported, page(inside.get(f"{HOME}one/{ours.reference}/"))):
        assert case.reference not in text
        assert WORDS not in text
        assert ours.filed.receipt not in text


def test_what_a_person_takes_back_is_gone_from_every_page(inside: Client, union: FieldPartner, neema: User) -> None:
    made = passed_on(union, neema)
    own = following(made.filed.receipt)
    dropping.let_partner_see(following=own, may_see="nothing", at=AT)
    assert "Received" not in page(inside.get(HOME))
    assert "does not let you see" in page(inside.get(f"{HOME}one/{made.reference}/"))
    assert "Received" not in inside.post(EXPORT).content.decode()
    dropping.drop_partner(following=own, at=AT)
    assert made.reference not in page(inside.get(HOME))
    assert inside.get(f"{HOME}one/{made.reference}/").status_code == 404
    assert made.reference not in inside.post(EXPORT).content.decode()


def test_answers_open_where_the_person_allows_it_and_the_access_log_says_so(
    inside: Client, union: FieldPartner, neema: User, handler: User
) -> None:
    made = passed_on(union, neema)
    address = f"{HOME}one/{made.reference}/"
    intake.take_up(at=AT)
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(handler=handler)
    filing = case.filings.get()
    grievance = filing.grievance
    own = following(made.filed.receipt)
    reply(grievance=grievance, author=handler, body="Tunakusikia", language="sw", read_up_to=0, at=AT)
    write(following=own, body="Asante, saffron reply", language="sw", at=AT)
    assert inside.post(address).status_code == 403
    dropping.let_partner_see(following=own, may_see="answers", at=AT)
    assert "Tunakusikia" not in page(inside.get(address))
    assert not Opening.objects.exists()
    opened = page(inside.post(address))
    assert "Tunakusikia" in opened
    assert "saffron reply" not in opened
    assert WORDS not in opened
    assert list(Opening.objects.values_list("by", "what")) == [(neema.pk, "answers")]


def test_the_list_asks_as_many_questions_for_one_as_for_fifty(
    inside: Client, union: FieldPartner, neema: User, django_assert_max_num_queries: Any
) -> None:
    for _one in range(8):
        passed_on(union, neema)
    intake.take_up(at=AT)
    with django_assert_max_num_queries(9):
        page(inside.get(HOME))


# -- Drills, phones, papers


def test_each_text_to_a_phone_says_what_became_of_it(
    inside: Client, union: FieldPartner, clinic: FieldPartner, lead: User
) -> None:
    paired = Phone(a_gateway(lead))
    _card, codes = keeping.make_card(partner=union, label="1", by=lead, at=AT)
    paired.write(f"P {codes[0]}", AT)
    for word in "HELP", "LANGUAGE", "START":
        paired.write(word, AT)
    ways = [("waiting", ""), ("sent", ""), ("sent", "delivered"), ("sent", "failed")]
    for reply_of, (state, report) in zip(Reply.objects.order_by("pk"), ways, strict=True):
        Reply.objects.filter(pk=reply_of.pk).update(state=state, report=report)
    text = page(inside.get(NUMBERS))
    assert re.findall(r"to this phone</td><td[^>]*>([^<]+)", text) == ["not delivered", "delivered", "sent", "waiting"]
    assert text.count("from this phone") == 4
    assert paired.number not in text
    colleague = entered(at_work(clinic, lead, "upendo"))
    assert "this phone</td>" not in page(colleague.get(NUMBERS))


def test_a_drill_is_said_on_every_page_and_marks_what_is_filed(inside: Client, union: FieldPartner) -> None:
    inside.post(f"{HOME}drill/", {"do": "start", "who": "all"})
    assert Drill.objects.get().partner == union
    for path in (HOME, FILE, MANY, NUMBERS):
        assert "A drill runs until" in page(inside.get(path))
    slip = page(inside.post(FILE, SAID | {"nonce": hidden(page(inside.get(FILE)))["nonce"], "do": "send"}))
    assert "This is practice" in slip
    assert Practice.objects.count() == 1
    inside.post(f"{HOME}drill/", {"do": "end"})
    assert "A drill runs until" not in page(inside.get(HOME))


def test_a_drill_of_me_alone_is_no_drill_of_my_colleagues(inside: Client, union: FieldPartner, lead: User) -> None:
    inside.post(f"{HOME}drill/", {"do": "start", "who": "me"})
    assert "A drill runs until" in page(inside.get(HOME))
    assert "A drill runs until" not in page(entered(at_work(union, lead, "zawadi")).get(HOME))


@pytest.mark.parametrize("language", ["en", "ar", "sw", "fr"])
def test_the_guide_is_a_paper_of_one_page_in_each_language(inside: Client, lead: User, language: str) -> None:
    gateway = a_gateway(lead, country="CD", sender="+243810009999")
    a_gateway(lead, "elsewhere", country="ID", sender="+628110009999")
    answer = inside.get(f"{HOME}guide/{language}.pdf")
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert gateway.options["sender"] in text
    assert "+628110009999" not in text
    with pikepdf.open(io.BytesIO(answer.content)) as paper:
        assert len(paper.pages) == 1
        assert set(paper.docinfo) <= {"/Creator", "/CreationDate", "/ModDate"}
    assert inside.get(f"{HOME}guide/xx.pdf").status_code == 404


@pytest.mark.parametrize(
    ("countries", "numbers"),
    [
        (["CD"], ["+243810009999", "20880"]),
        (["ZM"], ["+260970009999"]),
        (["KE"], ["+12025550100"]),
        ([], ["+243810009999", "20880", "+260970009999", "+12025550100"]),
    ],
)
def test_people_write_to_the_numbers_of_their_country_else_to_those_of_everywhere(
    lead: User, countries: list[str], numbers: list[str]
) -> None:
    a_gateway(lead, "home", country="cd", sender="+243810009999")
    a_gateway(lead, "short", countries=["CD", "TZ"], sender="20880")
    a_gateway(lead, "zambia", countries=["ZM"], outbound={"from": "+260970009999"})
    a_gateway(lead, "anywhere", sender="+12025550100")
    a_gateway(lead, "name", country="CD", sender="RECOURSE")
    a_gateway(lead, "service", country="CD", sender="MG0123456789abcdef")
    over = a_gateway(lead, "over", country="CD", sender="+243810008888")
    gateways.end_gateway(gateway=over, by=lead, at=AT)
    assert numbers_for(countries) == numbers


def test_a_partner_without_role_is_out(union: FieldPartner, lead: User) -> None:
    user = at_work(union, lead, "zawadi")
    client = entered(user)
    user.grants.filter(role=Role.PARTNER).update(ended_at=AT)
    assert client.get(HOME).status_code == 403


# -- The page around all of them


def test_a_partner_chooses_the_language_of_their_pages(inside: Client, neema: User) -> None:
    shown = page(inside.get(NUMBERS))
    assert '<button class="quiet" name="language" value="sw" lang="sw">Kiswahili</button>' in shown
    assert hidden(shown)["next"] == NUMBERS
    changed = inside.post(f"{HOME}language/", {"language": "sw", "next": NUMBERS}, follow=True)
    assert changed.redirect_chain == [(NUMBERS, 302)]
    assert '<html lang="sw"' in page(changed)
    neema.refresh_from_db()
    assert neema.language == "sw"


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "/office/admin/", ""])
def test_the_choice_of_a_language_leads_nowhere_else(inside: Client, neema: User, wanted: str) -> None:
    assert inside.post(f"{HOME}language/", {"language": "ar", "next": wanted})["Location"] == HOME
    assert inside.post(f"{HOME}language/", {"language": "xx"}).status_code == 403
    assert inside.get(f"{HOME}language/").status_code == 405
    neema.refresh_from_db()
    assert neema.language == "ar"


def test_the_list_says_how_many_texts_did_not_reach_the_phones_of_this_partner(
    inside: Client, union: FieldPartner, lead: User, juma: User
) -> None:
    paired = Phone(a_gateway(lead))
    _card, codes = keeping.make_card(partner=union, label="1", by=lead, at=timezone.now())
    paired.write(f"P {codes[0]}", timezone.now())
    for word in "HELP", "LANGUAGE", "START":
        paired.write(word, timezone.now())
    ways = [("waiting", ""), ("dead", ""), ("sent", "delivered"), ("sent", "failed")]
    for reply_of, (state, report) in zip(Reply.objects.order_by("pk"), ways, strict=True):
        Reply.objects.filter(pk=reply_of.pk).update(state=state, report=report)
    shown = page(inside.get(HOME))
    assert "In the last 7 days 2 texts did not reach your phones." in shown
    assert "1 text to your phones waits to be sent." in shown
    assert "text" not in page(entered(juma).get(HOME)).partition("<main>")[2]
    Reply.objects.update(made_at=timezone.now() - timedelta(days=8))
    assert "your phones" not in page(inside.get(HOME))


def test_what_a_program_may_call_stands_under_the_same_head(inside: Client, neema: User) -> None:
    User.objects.filter(pk=neema.pk).update(language="sw")
    shown = page(inside.get(f"{HOME}programs/calls/"))
    assert f'href="{NUMBERS}"' in shown
    assert "public.css" not in shown  # what Swagger UI shows has its own
    assert '<div id="calls" lang="en" dir="ltr"' in shown
