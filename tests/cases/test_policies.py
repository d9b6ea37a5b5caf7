"""Who a case exists for, and what may be done to it when."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, intake, respondents
from cases.models import Case
from grievance import receipts
from grievance.commands.filing import file_grievance
from grievance.models import Complainant, Consent
from supplychain.models import Employment, Organisation
from tests.cases.conftest import AT, draft, screen


def visible(user: User) -> bool:
    return Case.objects.visible_to(User.objects.get(pk=user.pk)).exists()


@pytest.mark.parametrize("party", ["operator", "refiner", "cells", "one", "two"])
@pytest.mark.parametrize("until", [None, date(2021, 1, 1)])
def test_nobody_sees_a_case_of_an_employer_now_or_then(
    case: Case, chain: dict[str, Any], person: Callable[..., User], party: str, until: date | None
) -> None:
    conflicted = person("claire", Role.HANDLER, Role.INTAKE, Role.SUPERVISOR, works_for=chain[party], until=until)
    assert not visible(conflicted)
    with pytest.raises(Refused, match="not_found"):
        casework.screen(case=case, by=conflicted, at=AT)


def test_a_daughter_company_is_the_party_too(case: Case, chain: dict[str, Any], person: Callable[..., User]) -> None:
    parent = Organisation.objects.create(name="group (fictional)", kind="operator", country="CH")
    chain["operator"].parent = parent
    chain["operator"].save()
    assert not visible(person("claire", Role.HANDLER, works_for=parent))


def test_access_ends_when_a_party_appears(case: Case, handler: User, chain: dict[str, Any]) -> None:
    assert visible(handler)
    Employment.objects.create(user=handler, organisation=chain["two"], from_on=date(2020, 1, 1))
    assert not visible(handler)


def test_a_superuser_has_no_casework(case: Case) -> None:
    root = User.objects.create_superuser("root")
    assert not visible(root)


def test_an_unplaced_case_exists_for_intake_without_an_employer_alone(
    chain: dict[str, Any], person: Callable[..., User], handler: User, officer: User
) -> None:
    file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    assert visible(officer)
    assert not visible(handler)
    elsewhere = Organisation.objects.create(name="other mine (fictional)", kind="operator", country="PE")
    assert not visible(person("paul", Role.INTAKE, works_for=elsewhere))
    union = Organisation.objects.create(name="union (fictional)", kind="civil_society", country="PE")
    assert visible(person("rosa", Role.INTAKE, works_for=union))


def test_a_complaint_about_the_mechanism_goes_to_oversight(
    chain: dict[str, Any], person: Callable[..., User], handler: User, officer: User, supervisor: User
) -> None:
    file_grievance(draft=draft(site_id=chain["mine"].pk, families=("XX03",)), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    assert not any(visible(user) for user in (handler, officer, supervisor))
    assert visible(person("omar", Role.OVERSIGHT))


def test_intake_loses_sight_of_a_case_that_moved_on(case: Case, officer: User) -> None:
    assert visible(officer)
    Case.objects.update(stage="assessment")
    assert not visible(officer)


def test_acknowledging_twice_is_refused_and_changes_nothing(case: Case, handler: User) -> None:
    casework.acknowledge(case=case, by=handler, at=AT)
    events = case.events.count()
    with pytest.raises(Refused, match="already_acknowledged"):
        casework.acknowledge(case=case, by=handler, at=AT + timedelta(hours=1))
    assert case.events.count() == events
    assert Case.objects.get().acknowledged_at == AT


def test_a_stale_button_is_refused(case: Case, handler: User) -> None:
    stale = Case.objects.get()
    screen(case, handler)
    with pytest.raises(Refused, match="not_now"):
        casework.screen(case=stale, by=handler, at=AT)


def test_an_intake_officer_assigns_nobody(case: Case, officer: User, handler: User) -> None:
    with pytest.raises(Refused, match="not_yours"):
        casework.assign(case=case, handler=handler, by=officer, at=AT)


def test_a_conflicted_handler_is_not_assigned(
    case: Case, supervisor: User, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    with pytest.raises(Refused, match="conflicted"):
        casework.assign(case=case, handler=person("claire", Role.HANDLER, works_for=chain["one"]), by=supervisor, at=AT)


def approve(case: Case, by: User, **changes: Any) -> None:
    respondents.approve(
        respondent=case.respondents.order_by("tier")[0],
        by=by,
        at=AT,
        **{"people_who_fit": 40, "safety_checked": True, **changes},
    )


def test_a_company_is_told_after_consent_safety_and_enough_people(case: Case, handler: User) -> None:
    screen(case, handler)
    approve(case, handler)
    respondent = case.respondents.order_by("tier")[0]
    respondents.notify(respondent=respondent, by=handler, facts="wages of the night shift", at=AT)
    respondent.refresh_from_db()
    assert respondent.state == "notified"
    assert AT + timedelta(days=1) <= respondent.notified_at <= AT + timedelta(days=5)  # type: ignore[operator]
    assert case.clocks.get(respondent=respondent).started_at == respondent.notified_at
    assert b"wages" not in bytes(respondent.sealed_facts or b"")


def test_no_consent_no_approval(case: Case, handler: User) -> None:
    screen(case, handler)
    Consent.objects.all().delete()
    with pytest.raises(Refused, match="consent"):
        approve(case, handler)


def test_the_newest_word_counts(case: Case, handler: User) -> None:
    screen(case, handler)
    approve(case, handler)
    Consent.objects.create(complainant=Complainant.objects.get(), given=False, at=AT + timedelta(days=1))
    with pytest.raises(Refused, match="consent"):
        respondents.notify(
            respondent=case.respondents.order_by("tier")[0], by=handler, facts="x", at=AT + timedelta(days=2)
        )


def test_no_safety_check_no_approval(case: Case, handler: User) -> None:
    screen(case, handler)
    with pytest.raises(Refused, match="safety_checked"):
        approve(case, handler, safety_checked=False)


def test_few_people_need_a_second_signature_of_somebody_else(case: Case, handler: User, supervisor: User) -> None:
    screen(case, handler)
    with pytest.raises(Refused, match="enough_people_fit"):  # those who filed do not know how few they are
        approve(case, handler, people_who_fit=4)
    Consent.objects.update(informed=True)
    with pytest.raises(Refused, match="enough_people_fit"):
        approve(case, handler, people_who_fit=4)
    respondent = case.respondents.order_by("tier")[0]
    with pytest.raises(Refused, match="not_yours"):
        respondents.countersign(respondent=respondent, by=handler, people_who_fit=4, at=AT)
    respondents.countersign(respondent=respondent, by=supervisor, people_who_fit=4, at=AT)
    with pytest.raises(Refused, match="same_signature"):
        approve(case, supervisor, people_who_fit=4)
    approve(case, handler, people_who_fit=4)
    assert case.respondents.order_by("tier")[0].state == "approved"


def test_a_second_signature_covers_no_fewer_people_than_it_was_given_for(
    case: Case, handler: User, supervisor: User
) -> None:
    screen(case, handler)
    Consent.objects.update(informed=True)
    respondent = case.respondents.order_by("tier")[0]
    respondents.countersign(respondent=respondent, by=supervisor, people_who_fit=9, at=AT)
    with pytest.raises(Refused, match="enough_people_fit"):
        approve(case, handler, people_who_fit=1)
    assert case.events.filter(kind="respondent_countersigned", respondent=respondent).exists()


def test_an_unplaced_complaint_about_the_mechanism_is_read_and_placed_by_oversight(
    chain: dict[str, Any], person: Callable[..., User], handler: User, officer: User, supervisor: User
) -> None:
    file_grievance(draft=draft(families=("XX03",)), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    omar = person("omar", Role.OVERSIGHT)
    assert visible(omar)
    assert not any(visible(user) for user in (handler, officer, supervisor))
    assert not visible(person("olga", Role.OVERSIGHT, works_for=chain["two"]))
    casework.name_site(case=Case.objects.get(), site=chain["mine"], by=omar, at=AT)
    assert Case.objects.get().site == chain["mine"]


def test_nobody_is_assigned_who_may_not_know_of_the_case(
    chain: dict[str, Any], person: Callable[..., User], handler: User
) -> None:
    file_grievance(draft=draft(), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    both = person("ada", Role.SUPERVISOR, Role.INTAKE)
    with pytest.raises(Refused, match="conflicted"):
        casework.assign(case=Case.objects.get(), handler=handler, by=both, at=AT)
