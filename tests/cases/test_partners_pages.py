"""Drills, phones and papers on the pages of field partners."""

import io
import re

import pikepdf
import pytest
from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from grievance.commands import gateways
from grievance.commands.partners import keeping
from grievance.models import Drill, FieldPartner, Practice, Reply
from grievance.queries import numbers_for
from tests.cases.partner_pages import FILE, HOME, MANY, NUMBERS, SAID, entered, hidden, page
from tests.factories import AT
from tests.grievance.partners import at_work
from tests.grievance.phones import Phone, a_gateway


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
