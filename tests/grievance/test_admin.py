"""The custodians' page, as a custodian, a lead and an outsider meet it."""

import logging
from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from grievance import vault
from grievance.commands import custody
from grievance.models import CustodyKey, IdentitySeal
from grievance.queries import custody_pairs
from supplychain.models import Organisation
from tests.factories import EmploymentFactory, OrganisationFactory, UserFactory
from tests.grievance.test_commands import file

pytestmark = pytest.mark.django_db

PAGE = "/office/admin/grievance/custodykey/"
PASSPHRASE = "Zwjpass nobody would guess"


def employed(user: User, name: str, until: date | None = None) -> Organisation:
    body = OrganisationFactory.create(name=f"{name} (fictional)", kind="civil_society")
    EmploymentFactory.create(user=user, organisation=body, until_on=until)
    return body


def keeper(username: str) -> CustodyKey:
    user = UserFactory.create(username=username, roles=[Role.CUSTODIAN])
    body = employed(user, f"body of {username}")
    return custody.enrol(
        custodian=user, organisation=body, passphrase=PASSPHRASE, at=timezone.now(), opslimit=1, memlimit=8192
    )


def make(client: Client, organisation: Organisation, passphrase: str = PASSPHRASE, again: str = PASSPHRASE) -> Any:
    given = {"organisation": organisation.pk, "passphrase": passphrase, "again": again}
    return client.post(f"{PAGE}make/", given)


def read(client: Client) -> str:
    return client.get(PAGE).content.decode()


def test_two_custodians_make_keys_and_the_form_can_offer_confidence(
    client: Client, custodian: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    union = employed(custodian, "union")
    client.force_login(custodian)
    page = read(client)
    assert "Confidential filing is not possible now." in page
    assert "cannot be recovered" in page
    assert page.count('autocomplete="new-password"') == 2
    answer = make(client, union)
    assert answer.url == PAGE
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "Your key is made. Keep its passphrase where nobody else finds it."
    ]
    key = CustodyKey.objects.get()
    stored = vault.CustodyPair(
        bytes(key.public), bytes(key.sealed_private), bytes(key.salt), key.opslimit, key.memlimit
    )
    assert vault.open_custody_key(PASSPHRASE, stored)
    assert "Confidential filing is not possible now." in read(client)
    keeper("lena")
    page = read(client)
    assert "Confidential filing is possible now." in page
    for words in ("kofi", "lena", "union (fictional)", "body of lena (fictional)", "in use"):
        assert words in page
    assert "Zwjpass" not in page + caplog.text
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("passphrase", "again", "said"),
    [
        ("Zwj too short", "Zwj too short", "This is too short"),
        ("Z" * 40, "Z" * 40, "This is too short"),
        ("a b c d e", "a b c d e", "This is too short"),
        (PASSPHRASE, f"{PASSPHRASE}.", "The two are not the same."),
        (PASSPHRASE, "", "This field is required."),
        ("Z1y" * 400, "Z1y" * 400, "at most 1000 characters"),
    ],
)
def test_a_passphrase_is_long_and_typed_twice_and_never_comes_back(
    client: Client, custodian: User, passphrase: str, again: str, said: str
) -> None:
    client.force_login(custodian)
    refused = make(client, employed(custodian, "union"), passphrase, again).content.decode()
    assert said in refused
    assert passphrase not in refused.replace("novalidate", "")
    assert not CustodyKey.objects.exists()


@pytest.mark.parametrize(
    "passphrase", ["sita tatu nane moja", "een twee drie vier vijf", "我们 从来 不说 这些 词语", "x1y2z3" * 3]
)
def test_what_is_long_enough(passphrase: str) -> None:
    assert vault.passphrase_is_long_enough(passphrase)


def test_a_key_is_kept_for_an_organisation_of_now_and_chosen_among_several(client: Client, custodian: User) -> None:
    client.force_login(custodian)
    former = employed(custodian, "former", until=date(2021, 1, 1))
    assert "once an administrator has recorded for which organisation you work" in read(client)
    assert make(client, former).url == PAGE
    union, clinic = employed(custodian, "union"), employed(custodian, "clinic")
    page = read(client)
    assert "clinic (fictional)</option>" in page
    assert "former (fictional)</option>" not in page
    assert "Select a valid choice" in make(client, former).content.decode()
    assert not CustodyKey.objects.exists()
    make(client, clinic)
    assert CustodyKey.objects.get().organisation == clinic
    with pytest.raises(Refused, match="not_employed_there"):
        custody.enrol(custodian=custodian, organisation=former, passphrase=PASSPHRASE, at=timezone.now())
    with pytest.raises(Refused, match="passphrase_short"):
        custody.enrol(custodian=custodian, organisation=union, passphrase="short", at=timezone.now())


def test_a_new_key_takes_the_place_of_the_old_one(client: Client) -> None:
    old = keeper("kofi")
    client.force_login(old.custodian)
    assert "Your present key is retired by this." in read(client)
    make(client, old.organisation)
    old.refresh_from_db()
    assert old.retired_at is not None
    assert CustodyKey.objects.in_use().get() != old


def test_a_retired_key_takes_no_new_name_and_still_opens_the_old_ones(client: Client) -> None:
    first, second = keeper("kofi"), keeper("lena")
    file(openness="confidential")
    client.force_login(first.custodian)
    answer = client.post(f"{PAGE}{second.pk}/retire/")
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Only its own custodian retires a key."]
    assert len(custody_pairs()) == 1
    for _again in range(2):
        client.post(f"{PAGE}{first.pk}/retire/")
    page = read(client)
    assert "retired on" in page
    assert "is retired already" in page
    assert "Confidential filing is not possible now." in page
    seal = IdentitySeal.objects.get()
    half = custody.open_outer(seal=seal, passphrase=PASSPHRASE)
    assert custody.open_inner(key=seal.first, half=half, passphrase=PASSPHRASE) == "Zwj-name"
    with pytest.raises(Refused, match="no_custodians"):
        file(openness="confidential")


def test_whoever_is_no_custodian_any_more_is_sealed_to_no_more(client: Client, lead: User) -> None:
    first, _second = keeper("kofi"), keeper("lena")
    assert len(custody_pairs()) == 1
    first.custodian.grants.update(ended_at=timezone.now())
    assert custody_pairs() == []
    client.force_login(lead)
    page = read(client)
    assert "no custodian any more" in page
    assert "Make my key" not in page
    assert client.get(f"{PAGE}make/").url == PAGE  # type: ignore[attr-defined]
    assert make(client, first.organisation).url == PAGE
    assert CustodyKey.objects.filter(custodian=lead).count() == 0


def test_the_page_is_for_custodians_leads_and_oversight(
    client: Client, handler: User, superuser: User, oversight: User, lead: User
) -> None:
    key = keeper("kofi")
    for person, status in ((handler, 403), (superuser, 403), (oversight, 200), (lead, 200), (key.custodian, 200)):
        client.force_login(person)
        assert client.get(PAGE).status_code == status, person
    client.force_login(handler)
    assert client.post(f"{PAGE}{key.pk}/retire/").status_code == 403
    assert make(client, key.organisation).status_code == 403
    client.force_login(key.custodian)
    assert client.post(f"{PAGE}987654/retire/").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(key.custodian)
    assert strict.post(f"{PAGE}{key.pk}/retire/").status_code == 403
    assert strict.get(f"{PAGE}{key.pk}/retire/").url == PAGE  # type: ignore[attr-defined]
    assert len(CustodyKey.objects.in_use()) == 1


@pytest.mark.parametrize("count", [2, 12])
def test_the_page_asks_as_often_for_twelve_keys_as_for_two(
    client: Client, lead: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        keeper(f"keeper{number}")
    client.force_login(lead)
    client.get(PAGE)
    with django_assert_num_queries(7):
        assert read(client).count("in use</span>") == count
