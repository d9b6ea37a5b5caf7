"""What the admin shows and to whom: one scope for lists, pages, choices, filters, autocomplete and history."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.admin import CappedPaginator, ScopedAdmin, ScopedInline, ScopedRelatedFilter, scoped
from accounts.admin.versions import versions_of
from accounts.history import keep
from accounts.models import RoleGrant, User
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.models import DataKey
from tests.factories import AT, OrganisationFactory, UserFactory

PEOPLE = "/office/admin/accounts/user/"
GRANTS = "/office/admin/accounts/rolegrant/"
REGISTERED = [model_admin for model_admin in admin.site._registry.values() if isinstance(model_admin, ScopedAdmin)]


def ask(user: User) -> HttpRequest:
    request = RequestFactory().get("/office/admin/")
    request.user = user
    return request


# -- rules that hold for every admin of the product


def test_every_admin_builds_on_the_scoped_one() -> None:
    assert len(REGISTERED) == len(admin.site._registry)
    admin.site.register(Group, admin.ModelAdmin)
    assert not admin.site.is_registered(Group), "a stock admin asks Django's permissions, not our roles"


@pytest.mark.parametrize("one", REGISTERED, ids=str)
def test_every_admin_keeps_to_the_rules(one: ScopedAdmin, superuser: User, outsider: User) -> None:
    assert not one.raw_id_fields, "a raw id shows the name of a row that may not exist for the reader"
    assert "delete_selected" not in one.get_actions(ask(superuser))
    for user in (superuser, outsider):
        assert not one.has_delete_permission(ask(user))
    assert not one.has_view_permission(ask(outsider))
    assert all(issubclass(inline, ScopedInline) for inline in one.inlines)
    for item in one.get_list_filter(ask(superuser)):
        if isinstance(item, tuple) and item[1] is not admin.EmptyFieldListFilter:
            assert issubclass(item[1], ScopedRelatedFilter)
        elif isinstance(item, str):
            assert not _is_relation(one, item)


def _is_relation(one: ScopedAdmin, name: str) -> bool:
    try:
        return bool(one.opts.get_field(name).is_relation)
    except FieldDoesNotExist:
        return False


# -- who sees what


def test_a_superuser_sees_accounts_and_no_case(client: Client, superuser: User) -> None:
    client.force_login(superuser)
    page = client.get("/office/admin/").content.decode()
    assert PEOPLE in page
    assert "/office/admin/cases/" not in page
    for model, one in admin.site._registry.items():
        if model._meta.app_label in {"cases", "grievance"}:
            assert not one.has_view_permission(ask(superuser)), model


def test_a_handler_has_no_business_with_accounts(client: Client, handler: User, lead: User) -> None:
    client.force_login(handler)
    assert PEOPLE not in client.get("/office/admin/").content.decode()
    assert client.get(PEOPLE).status_code == HTTPStatus.FORBIDDEN
    there = client.get(f"{PEOPLE}{lead.pk}/change/")
    nowhere = client.get(f"{PEOPLE}999999/change/")
    assert (there.status_code, nowhere.status_code) == (HTTPStatus.NOT_FOUND, HTTPStatus.NOT_FOUND)
    assert there.content == nowhere.content


@pytest.mark.parametrize("path", ["change", "history", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_does_not_exist_for_you_does_not_exist(
    client: Client, oversight: User, handler: User, path: str, method: str
) -> None:
    client.force_login(oversight)
    answers = [
        getattr(client, method)(reverse(f"admin:accounts_user_{path}", args=[pk])) for pk in (handler.pk, 999_999)
    ]
    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    assert answers[0].content == answers[1].content


@pytest.mark.usefixtures("handler")
def test_nobody_deletes(client: Client, superuser: User, handler: User) -> None:
    client.force_login(superuser)
    assert client.post(f"{PEOPLE}{handler.pk}/delete/", {"post": "yes"}).status_code == HTTPStatus.FORBIDDEN
    data = {"action": "delete_selected", "_selected_action": [handler.pk], "index": 0}
    client.post(PEOPLE, data)
    assert User.objects.filter(pk=handler.pk).exists()


def test_a_model_that_does_not_say_who_sees_it_shows_nothing(superuser: User) -> None:
    DataKey.objects.create(made_at=AT)
    assert not scoped(DataKey.objects.all(), superuser).exists()


def test_the_shortcut_to_any_row_by_number_is_gone(client: Client, superuser: User) -> None:
    client.force_login(superuser)
    assert client.get("/office/admin/r/1/1/").status_code == HTTPStatus.NOT_FOUND


# -- choices


def test_autocomplete_offers_only_whom_you_may_see(client: Client, lead: User, handler: User, outsider: User) -> None:
    wanted = {"app_label": "accounts", "model_name": "rolegrant", "field_name": "user", "term": ""}
    client.force_login(lead)
    found = client.get("/office/admin/autocomplete/", wanted).json()["results"]
    assert str(outsider.pk) in {one["id"] for one in found}
    client.force_login(handler)
    assert client.get("/office/admin/autocomplete/", wanted).status_code == HTTPStatus.FORBIDDEN


def test_the_choices_of_a_foreign_key_and_of_a_filter_are_scoped(handler: User, lead: User) -> None:
    grants = admin.site.get_model_admin(RoleGrant)
    field = RoleGrant._meta.get_field("user")
    for user, seen in ((handler, {handler}), (lead, {handler, lead})):
        form_field: Any = grants.formfield_for_foreignkey(field, ask(user))
        assert set(form_field.queryset) == seen
        offered = ScopedRelatedFilter.field_choices(_bare_filter(), field, ask(user), grants)
        assert {pk for pk, _name in offered} == {one.pk for one in seen}


def _bare_filter() -> Any:
    return ScopedRelatedFilter.__new__(ScopedRelatedFilter)


def test_a_list_can_not_be_filtered_by_what_it_does_not_offer(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert client.get(PEOPLE, {"password__startswith": "scrypt"}).status_code == HTTPStatus.BAD_REQUEST
    assert client.get(PEOPLE, {"is_active__exact": "1"}).status_code == HTTPStatus.OK


# -- doing


def test_a_lead_makes_an_account_and_gives_it_a_role(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert client.get(f"{PEOPLE}add/").status_code == HTTPStatus.OK
    person = {"username": "nia", "language": "en", "phone": "+243 81 234 5678", "password": "a-password-that-is-long"}
    response = client.post(f"{PEOPLE}add/", person)
    made = User.objects.get(username="nia")
    assert response.status_code == HTTPStatus.FOUND
    assert made.phone == "+243812345678"
    client.post(f"{GRANTS}add/", {"user": made.pk, "role": "handler"})
    assert roles_of(User.objects.get(pk=made.pk)) == {Role.HANDLER}
    page = client.get(f"{PEOPLE}{made.pk}/change/")
    assert "Case handler" in page.content.decode()
    data = {"action": "end_grants", "_selected_action": [RoleGrant.objects.get(user=made).pk], "index": 0}
    client.post(GRANTS, data)
    assert roles_of(User.objects.get(pk=made.pk)) == frozenset()


def test_a_weak_password_and_a_half_number_are_said_beside_the_field(client: Client, lead: User) -> None:
    client.force_login(lead)
    person = {"username": "nia", "language": "en", "phone": "812", "password": "short"}
    page = client.post(f"{PEOPLE}add/", person)
    assert page.status_code == HTTPStatus.OK
    assert set(page.context["adminform"].form.errors) == {"phone", "password"}


def test_a_refusal_is_a_message_and_nothing_is_written(client: Client, lead: User) -> None:
    client.force_login(lead)
    page = client.post(f"{GRANTS}add/", {"user": lead.pk, "role": "handler"}, follow=True)
    assert "Nobody gives a role to themselves" in page.content.decode()
    assert roles_of(User.objects.get(pk=lead.pk)) == {Role.LEAD}
    assert not LogEntry.objects.exists()


def test_changing_an_account(client: Client, lead: User, handler: User) -> None:
    client.force_login(lead)
    data = {
        "first_name": "Tomás",
        "language": "en",
        "email": "tomas@recourse.invalid",
        "is_active": "on",
        "username": "other",
    }
    data |= {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
    response = client.post(f"{PEOPLE}{handler.pk}/change/", data)
    assert response.status_code == HTTPStatus.FOUND
    handler.refresh_from_db()
    assert (handler.first_name, handler.username) == ("Tomás", "tomas")


def test_a_lost_second_factor_is_removed_by_somebody_else(client: Client, lead: User, handler: User) -> None:
    for user in (lead, handler):
        TOTP.activate(user, generate_totp_secret())
    client.force_login(lead)
    data = {"action": "drop_second_factors", "_selected_action": [handler.pk], "index": 0}
    client.post(PEOPLE, data)
    assert [one.user for one in Authenticator.objects.all()] == [lead]
    page = client.post(PEOPLE, {**data, "_selected_action": [lead.pk]}, follow=True)
    assert "Ask somebody else" in page.content.decode()
    assert Authenticator.objects.filter(user=lead).exists()


def test_the_admin_log_names_the_row_and_nothing_in_it(client: Client, lead: User) -> None:
    client.force_login(lead)
    person = {"username": "marked-secret", "language": "en", "password": "a-password-that-is-long"}
    client.post(f"{PEOPLE}add/", person)
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == (entry.object_id, "")
    client.get("/office/admin/")  # says once that it was done
    assert "marked-secret" not in client.get("/office/admin/").content.decode()


# -- lists


def test_a_long_list_stops_counting(client: Client, lead: User) -> None:
    User.objects.bulk_create(User(username=f"many{number}") for number in range(1_050))
    paginator = CappedPaginator(User.objects.order_by("username"), 50)
    assert str(paginator.count) == "1000+"
    client.force_login(lead)
    assert "1000+" in client.get(PEOPLE).content.decode()


def test_a_short_list_is_counted(db: None) -> None:
    UserFactory.create_batch(3)
    assert CappedPaginator(User.objects.order_by("pk"), 2).count == 3


# -- history


def test_history_says_who_when_why_and_what_went_to_what(client: Client, superuser: User, at: datetime) -> None:
    parent = OrganisationFactory.create(name="Group (fictional)")
    company = OrganisationFactory.create(name="Old name (fictional)")
    company.name, company.parent = "New name (fictional)", parent
    keep(company, by=superuser, at=at, why="merger")
    client.force_login(superuser)
    page = client.get(reverse("admin:supplychain_organisation_history", args=[company.pk])).content.decode()
    for said in ("root", "merger", "Old name (fictional)", "New name (fictional)", "Group (fictional)"):
        assert said in page


def test_history_shows_no_sealed_value_and_no_name_of_an_unseen_row(db: None, at: datetime) -> None:
    company = OrganisationFactory.create(name="Before (fictional)")
    company.name, company.parent = "After (fictional)", OrganisationFactory.create(name="Hidden (fictional)")
    keep(company, by=None, at=at, why="merger")
    versions = list(_versions(company, sealed=["name"]))
    said = {change.field: (change.old, change.new) for version in versions for change in version.changes}
    assert said == {"Name": (None, None), "Parent company": ("", "…")}


def _versions(record: Any, sealed: list[str]) -> Any:
    return versions_of(record, sealed=sealed, show=lambda rows: rows.none(), whys={})


def test_an_account_keeps_no_versions_and_says_so(client: Client, lead: User, handler: User) -> None:
    client.force_login(lead)
    page = client.get(f"{PEOPLE}{handler.pk}/history/").content.decode()
    assert "No earlier versions" in page
