"""Filing for somebody on the pages of field partners, and what of it they follow."""

import io
from typing import Any

import pikepdf
from django.test import Client

from accounts.models import User
from cases.commands import intake
from cases.models import Case
from grievance.commands.conversation import reply, write
from grievance.commands.partners import dropping
from grievance.models import FieldPartner, Grievance, Opening, Relay
from tests.cases.partner_pages import (
    EXPORT,
    FILE,
    HOME,
    SAID,
    SLIPS,
    entered,
    following,
    hidden,
    page,
    receipts_in,
)
from tests.factories import AT
from tests.grievance.partners import WORDS, passed_on


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
