"""Who comes to the pages of field partners, in which language, and what stands around each of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from grievance.commands.partners import keeping
from grievance.models import FieldPartner, Reply
from tests.cases.partner_pages import HOME, NUMBERS, entered, hidden, page
from tests.factories import AT, PASSWORD, RoleGrantFactory
from tests.grievance.partners import at_work
from tests.grievance.phones import Phone, a_gateway


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


def test_a_partner_without_role_is_out(union: FieldPartner, lead: User) -> None:
    user = at_work(union, lead, "zawadi")
    client = entered(user)
    user.grants.filter(role=Role.PARTNER).update(ended_at=AT)
    assert client.get(HOME).status_code == 403


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
