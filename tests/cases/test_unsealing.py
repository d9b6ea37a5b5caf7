"""Opening what is locked away: a name by two custodians, a contact by a call that was allowed, and nothing by less."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import User
from accounts.queries import forget_roles
from accounts.roles import Role
from cases.codes import Unsealed, UnsealReason
from cases.commands import casework, intake, retention, unsealing
from cases.models import Case, Filing, Implicated, Respondent, Unsealing
from cases.queries.unsealing import Request, requests_for
from cases.states import Stage
from grievance import receipts, vault
from grievance.commands import contacts, custody
from grievance.commands.filing import file_grievance
from grievance.keys import RING
from grievance.models import CallGrant, Complainant, IdentitySeal, Opening
from grievance.queries import readers
from supplychain.models import Employment, Organisation
from tests.cases.conftest import AT, draft
from tests.factories import EmploymentFactory, OrganisationFactory

DAY = timedelta(days=1)
NAME, PHONE = "Zwjname", "+243810009999"
PAGE = "/office/admin/cases/unsealing/"


def words(user: User) -> str:
    return f"the long passphrase of {user.username}"


@pytest.fixture
def keepers(person: Callable[..., User]) -> list[User]:
    """Three custodians of three organisations that have nothing to do with any site."""
    made = []
    for name in ("kofi", "lena", "mate"):
        user = person(name, Role.CUSTODIAN)
        body = OrganisationFactory.create(name=f"body of {name} (fictional)", kind="civil_society")
        EmploymentFactory.create(user=user, organisation=body)
        custody.enrol(custodian=user, organisation=body, passphrase=words(user), at=AT, opslimit=1, memlimit=8192)
        made.append(user)
    return made


@pytest.fixture
def case(keepers: list[User], chain: dict[str, Any], handler: User, supervisor: User) -> Case:
    """A confidential person filed, and Tomas handles the case."""
    told = draft(site_id=chain["mine"].pk, openness="confidential", name=NAME, phone=PHONE, safe_way="call")
    file_grievance(draft=told, nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    Case.objects.update(stage=Stage.ASSESSMENT)
    casework.assign(case=Case.objects.get(), handler=handler, by=supervisor, at=AT)
    return Case.objects.get()


def fresh(user: User) -> User:
    """As the next request meets them: employers and roles are asked once a request."""
    return User.objects.get(pk=user.pk)


def asked(case: Case, by: User, what: Unsealed = Unsealed.NAME) -> Unsealing:
    return unsealing.ask(case=case, filing=case.filings.get(), what=what, reason=UnsealReason.SAFETY, by=by, at=AT)


def request_of(user: User, at: Any = AT + DAY) -> Request | None:
    return next(iter(requests_for(fresh(user), at)), None)


def first_half(row: Unsealing, by: User, other: User, passphrase: str = "", at: Any = AT + DAY) -> None:
    seal = IdentitySeal.objects.get(first__custodian=other, second__custodian=by)
    unsealing.open_outer(unsealing=row, seal=seal, passphrase=passphrase or words(by), by=fresh(by), at=at)


def second_half(row: Unsealing, by: User, passphrase: str = "", at: Any = AT + DAY) -> None:
    row = Unsealing.objects.select_related("second", "case", "by").get(pk=row.pk)
    unsealing.open_inner(unsealing=row, passphrase=passphrase or words(by), by=fresh(by), at=at)


def shown_to(user: User, case: Case, at: Any = AT + DAY) -> dict[str, str]:
    return unsealing.read_unsealed(case=Case.objects.get(pk=case.pk), filing=Filing.objects.get(), by=user, at=at)


# -- A name


def test_two_custodians_of_different_organisations_open_a_name_for_the_handler_who_asked(
    case: Case, keepers: list[User], handler: User, supervisor: User
) -> None:
    kofi, lena, mate = keepers
    row = asked(case, handler)
    assert row.opens_at == AT + DAY
    first_half(row, lena, kofi)
    row.refresh_from_db()
    assert NAME.encode() not in bytes(row.half or b"")
    assert shown_to(handler, case) == {}
    second_half(row, kofi)
    row.refresh_from_db()
    assert (row.half, row.opened_at, row.until_at) == (None, AT + DAY, AT + 4 * DAY)
    assert NAME.encode() not in bytes(row.sealed_result or b"")
    assert shown_to(handler, case) == {"name": NAME}
    assert shown_to(supervisor, case) == {}
    # Every opening is on record, and the person is told in number.
    identity = Opening.objects.filter(what="identity")
    assert sorted(identity.values_list("by__username", flat=True)) == ["kofi", "lena", "tomas"]
    assert readers(Filing.objects.get().grievance) == 3
    kinds = [event.kind for event in case.events.filter(kind__startswith="unseal").order_by("pk")]
    assert kinds == ["unsealing_asked", "unsealing_signed", "unsealed"]
    assert request_of(mate) is None


def test_what_was_opened_is_gone_after_three_days(case: Case, keepers: list[User], handler: User) -> None:
    row = asked(case, handler)
    first_half(row, keepers[1], keepers[0])
    second_half(row, keepers[0])
    assert unsealing.clear(at=AT + 4 * DAY - timedelta(seconds=1)) == 0
    assert shown_to(handler, case, AT + 4 * DAY) == {}  # before any sweep
    assert unsealing.clear(at=AT + 4 * DAY) == 1
    row.refresh_from_db()
    assert row.sealed_result is None
    assert row.opened_at is not None
    assert asked(case, handler).pk != row.pk


def test_a_half_that_nobody_completes_goes_back(case: Case, keepers: list[User], handler: User) -> None:
    row = asked(case, handler)
    first_half(row, keepers[1], keepers[0])
    assert unsealing.clear(at=AT + 4 * DAY) == 1
    row.refresh_from_db()
    assert (row.half, row.first, row.second, row.first_at) == (None, None, None, None)
    first_half(row, keepers[2], keepers[0], at=AT + 5 * DAY)  # another pair
    second_half(row, keepers[0], at=AT + 5 * DAY)
    assert shown_to(handler, case, AT + 5 * DAY) == {"name": NAME}


def test_nothing_opens_before_its_time_unless_somebody_is_in_danger(
    case: Case, keepers: list[User], handler: User
) -> None:
    row = asked(case, handler)
    with pytest.raises(Refused, match="too_early"):
        first_half(row, keepers[1], keepers[0], at=AT + DAY - timedelta(seconds=1))
    unsealing.refuse(unsealing=row, by=keepers[1], at=AT)
    Case.objects.update(urgent_since=AT)
    first_half(asked(case, handler), keepers[1], keepers[0], at=AT)


@pytest.mark.parametrize("who", [0, 1, 2])
def test_a_wrong_passphrase_opens_nothing(case: Case, keepers: list[User], handler: User, who: int) -> None:
    row = asked(case, handler)
    with pytest.raises(Refused, match="wrong_passphrase"):
        first_half(row, keepers[1], keepers[0], passphrase=words(keepers[who]) + ".")
    row.refresh_from_db()
    assert row.half is None
    first_half(row, keepers[1], keepers[0])
    with pytest.raises(Refused, match="wrong_passphrase"):
        second_half(row, keepers[0], passphrase=words(keepers[1]))
    assert shown_to(handler, case) == {}
    assert not Opening.objects.filter(what="identity").exists()


def test_one_custodian_opens_no_more_than_their_own_half(case: Case, keepers: list[User], handler: User) -> None:
    kofi, lena, mate = keepers
    row = asked(case, handler)
    assert request_of(kofi).waits_for_another  # type: ignore[union-attr]
    assert [seal.first.custodian for seal in request_of(mate).seals] == [kofi, lena]  # type: ignore[union-attr]
    with pytest.raises(Refused, match="not_your_half"):
        unsealing.open_outer(unsealing=row, seal=None, passphrase=words(kofi), by=fresh(kofi), at=AT + DAY)
    seal = IdentitySeal.objects.get(first__custodian=kofi, second__custodian=lena)
    with pytest.raises(Refused, match="not_your_half"):
        unsealing.open_outer(unsealing=row, seal=seal, passphrase=words(mate), by=fresh(mate), at=AT + DAY)
    first_half(row, lena, kofi)
    for other in (lena, mate):
        with pytest.raises(Refused, match="not_your_half"):
            second_half(row, other)
    with pytest.raises(Refused, match="not_your_half"):  # the first half is opened once
        first_half(row, mate, kofi)


def test_either_custodian_refuses(case: Case, keepers: list[User], handler: User) -> None:
    for who in (1, 0):
        row = asked(case, handler)
        first_half(row, keepers[1], keepers[0])
        unsealing.refuse(unsealing=row, by=fresh(keepers[who]), at=AT + DAY)
        row.refresh_from_db()
        assert (row.half, row.refused_by) == (None, keepers[who])
        with pytest.raises(Refused, match="no_request"):
            second_half(row, keepers[0])
    assert case.events.filter(kind="unsealing_refused").count() == 2


# -- For whom a request does not exist


def employ(user: User, body: Organisation) -> None:
    Employment.objects.create(user=user, organisation=body, from_on=AT.date())


@pytest.mark.parametrize("party", ["operator", "refiner", "two"])
@pytest.mark.parametrize("who", [0, 1])
def test_a_custodian_of_a_party_is_offered_nothing_and_neither_is_the_half_of_their_pair(
    case: Case, keepers: list[User], handler: User, chain: dict[str, Any], party: str, who: int
) -> None:
    row = asked(case, handler)
    employ(keepers[who], chain[party])
    assert request_of(keepers[who]) is None
    with pytest.raises(Refused, match="no_request"):
        first_half(row, keepers[1], keepers[0]) if who else second_half(row, keepers[0])
    offered = [seal.first.custodian for seal in request_of(keepers[2]).seals]  # type: ignore[union-attr]
    assert keepers[who] not in offered
    assert len(offered) == 1


def test_a_party_that_appears_after_the_first_half_ends_it_for_its_people(
    case: Case, keepers: list[User], handler: User, chain: dict[str, Any]
) -> None:
    row = asked(case, handler)
    first_half(row, keepers[1], keepers[0])
    body = Employment.objects.get(user=keepers[0]).organisation
    Respondent.objects.create(
        case=case, organisation=body, routing=case.routings.get(), tier=1, reference=receipts.new_reference()
    )
    with pytest.raises(Refused, match="no_request"):
        second_half(row, keepers[0])
    assert shown_to(handler, case) == {}


def test_whom_a_case_is_about_and_who_keeps_no_names_any_more_are_offered_nothing(
    case: Case, keepers: list[User], handler: User, supervisor: User
) -> None:
    asked(case, handler)
    Implicated.objects.create(case=case, user=keepers[1], by=supervisor, at=AT)
    assert request_of(keepers[1]) is None
    keepers[0].grants.update(ended_at=AT)
    forget_roles(keepers[0])
    assert request_of(keepers[0]) is None
    assert request_of(keepers[2]) is None  # no counterpart is left


def test_nobody_opens_what_they_asked_for_themselves(
    case: Case, keepers: list[User], supervisor: User, person: Callable[..., User]
) -> None:
    lena = keepers[1]
    lena.grants.create(role=Role.HANDLER, granted_at=AT)
    casework.assign(case=case, handler=fresh(lena), by=supervisor, at=AT)
    row = asked(Case.objects.get(), fresh(lena))
    assert request_of(lena) is None
    assert request_of(keepers[0]) is not None
    with pytest.raises(Refused, match="no_request"):
        first_half(row, lena, keepers[0])


def test_an_unplaced_case_is_opened_by_people_without_an_employer_in_the_industry(
    case: Case, keepers: list[User], handler: User
) -> None:
    asked(case, handler)
    Respondent.objects.all().delete()
    Case.objects.update(site=None)
    assert request_of(keepers[1]) is not None
    employ(keepers[1], OrganisationFactory.create())
    assert request_of(keepers[1]) is None


# -- Who may ask


def test_the_handler_alone_asks_for_what_there_is_and_once(
    case: Case, handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    for other in (supervisor, person("ada", Role.HANDLER)):
        with pytest.raises(Refused, match="not_the_handler"):
            asked(case, other)
    asked(case, handler)
    with pytest.raises(Refused, match="already_asked"):
        asked(case, handler)
    IdentitySeal.objects.all().delete()
    Unsealing.objects.all().delete()
    with pytest.raises(Refused, match="nothing_kept"):
        asked(case, handler)


def test_a_case_handed_on_opens_nothing_for_whoever_asked(
    case: Case, keepers: list[User], handler: User, supervisor: User, person: Callable[..., User]
) -> None:
    row, later = asked(case, handler), person("ada", Role.HANDLER)
    first_half(row, keepers[1], keepers[0])
    casework.assign(case=case, handler=later, by=supervisor, at=AT)
    with pytest.raises(Refused, match="asker_gone"):
        second_half(row, keepers[0])
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    second_half(row, keepers[0])
    casework.assign(case=case, handler=later, by=supervisor, at=AT)
    assert shown_to(later, case) == shown_to(handler, case) == {}


def test_erasure_leaves_no_name_and_no_half(case: Case, keepers: list[User], handler: User) -> None:
    row = asked(case, handler)
    first_half(row, keepers[1], keepers[0])
    Case.objects.update(stage=Stage.CLOSED, closed_at=AT, erase_at=AT + DAY)
    retention.sweep(at=AT + DAY)
    row.refresh_from_db()
    assert row.half is None
    assert request_of(keepers[0]) is None


# -- A contact


def allowed(until: timedelta = 10 * DAY) -> CallGrant:
    return CallGrant.objects.create(complainant=Complainant.objects.get(), given_at=AT, until_at=AT + until)


def test_a_contact_opens_a_day_later_while_the_person_allows_a_call(case: Case, handler: User) -> None:
    allowed(2 * DAY)
    row = asked(case, handler, Unsealed.CONTACT)
    assert unsealing.open_contacts(at=AT + DAY - timedelta(seconds=1)) == 0
    assert unsealing.open_contacts(at=AT + DAY) == 1
    row.refresh_from_db()
    assert (row.opened_at, row.until_at) == (AT + DAY, AT + 2 * DAY)  # no longer than they allowed
    assert PHONE.encode() not in bytes(row.sealed_result or b"")
    assert shown_to(handler, case) == {"phone": PHONE}
    assert set(Opening.objects.filter(what="contact").values_list("by__username", flat=True)) == {"tomas"}
    CallGrant.objects.update(revoked_at=AT + DAY)
    assert shown_to(handler, case, AT + DAY + timedelta(minutes=1)) == {}


def test_without_their_word_nothing_is_asked_and_taken_back_it_opens_nothing(case: Case, handler: User) -> None:
    with pytest.raises(Refused, match="no_call"):
        asked(case, handler, Unsealed.CONTACT)
    grant = allowed(DAY)
    with pytest.raises(Refused, match="no_call"):  # over before the day of waiting is
        asked(case, handler, Unsealed.CONTACT)
    CallGrant.objects.filter(pk=grant.pk).update(until_at=AT + 9 * DAY)
    row = asked(case, handler, Unsealed.CONTACT)
    CallGrant.objects.update(revoked_at=AT + timedelta(hours=1))
    assert unsealing.open_contacts(at=AT + DAY) == 1
    row.refresh_from_db()
    assert (row.opened_at, row.refused_at, row.refused_by) == (None, AT + DAY, None)
    assert not Opening.objects.filter(what="contact").exists()
    assert case.events.filter(kind="unsealing_refused").exists()


def test_a_process_without_the_contact_key_opens_nothing_and_says_so(
    case: Case, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed()
    row = asked(case, handler, Unsealed.CONTACT)
    monkeypatch.setattr(contacts, "RING", replace(RING, contact_private=None))
    with pytest.raises(ExceptionGroup) as raised:
        unsealing.open_contacts(at=AT + DAY)
    assert [str(error) for error in raised.value.exceptions] == ["no_key"]
    row.refresh_from_db()
    assert row.is_open
    monkeypatch.undo()
    assert unsealing.open_contacts(at=AT + DAY) == 1


def test_a_contact_that_was_tampered_with_ends_the_request_and_holds_up_no_other(case: Case, handler: User) -> None:
    allowed()
    row = asked(case, handler, Unsealed.CONTACT)
    Complainant.objects.update(sealed_contact=vault.seal_contact(RING, json.dumps({}).encode())[:-1])
    assert unsealing.open_contacts(at=AT + DAY) == 1
    row.refresh_from_db()
    assert row.refused_at == AT + DAY


# -- The pages


def test_the_custodians_page_shows_no_case(
    client: Client, case: Case, keepers: list[User], handler: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kofi, lena, _mate = keepers
    row = asked(case, handler)
    with time_machine.travel(AT + DAY, tick=False):
        client.force_login(lena)
        page = client.get(PAGE).content.decode()
        assert f"Request {row.reference}" in page
        assert "To protect somebody from danger" in page
        for hidden in (case.reference, case.site.name, handler.username, NAME, str(case.site.operator)):  # type: ignore[union-attr]
            assert hidden not in page
        seal = IdentitySeal.objects.get(first__custodian=kofi, second__custodian=lena)
        wrong = client.post(f"{PAGE}{row.reference}/open/", {"seal": seal.pk, "passphrase": "no"}, follow=True)
        assert "This does not open with that passphrase." in wrong.content.decode()
        half = {"seal": seal.pk, "passphrase": words(lena)}
        assert "Your half is open." in client.post(f"{PAGE}{row.reference}/open/", half, follow=True).content.decode()
        client.force_login(kofi)
        assert "yours opens the name" in client.get(PAGE).content.decode()
        done = client.post(f"{PAGE}{row.reference}/open/", {"passphrase": words(kofi)}, follow=True).content.decode()
        assert "It is open" in done
        for said in (words(kofi), words(lena), NAME):
            assert said not in done + caplog.text
        assert "Nobody asks you to open a name now." in done
        client.force_login(handler)
        shown = client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()
        assert NAME in shown
    with time_machine.travel(AT + 5 * DAY, tick=False):
        assert NAME not in client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()


def test_the_page_is_for_custodians_and_a_request_of_others_does_not_exist(
    client: Client, case: Case, keepers: list[User], handler: User, supervisor: User, chain: dict[str, Any]
) -> None:
    row = asked(case, handler)
    for outsider in (handler, supervisor):
        client.force_login(outsider)
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}{row.reference}/refuse/").status_code == 403
    employ(keepers[1], chain["one"])
    client.force_login(keepers[1])
    assert row.reference not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{row.reference}/refuse/").status_code == 404
    assert client.post(f"{PAGE}{row.reference}/open/", {"passphrase": "x"}).status_code == 404
    client.force_login(keepers[2])
    assert client.get(f"{PAGE}{row.reference}/refuse/").url == PAGE  # type: ignore[attr-defined]
    assert "Refused." in client.post(f"{PAGE}{row.reference}/refuse/", follow=True).content.decode()


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_asks_as_often_for_eight_requests_as_for_one(
    client: Client, case: Case, keepers: list[User], handler: User, chain: dict[str, Any], count: int,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for number in range(count - 1):
        told = draft(site_id=chain["mine"].pk, openness="confidential", name=f"{NAME}{number}")
        file_grievance(draft=told, nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    Case.objects.update(stage=Stage.ASSESSMENT, handler=handler)
    for one in Case.objects.all():
        asked(one, handler)
    client.force_login(keepers[2])
    client.get(PAGE)
    with django_assert_num_queries(21), time_machine.travel(timezone.now(), tick=False):
        assert client.get(PAGE).content.decode().count("Open my half</summary>") == count
