"""The way into the office: one login, a second factor, and a demo that is easier only at home."""

from http import HTTPStatus
from time import time
from typing import Any, ClassVar

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.adapters import AccountAdapter
from accounts.models import User
from tests.factories import PASSWORD

LOGIN = "/office/account/login/"
ACTIVATE = "/office/account/second/totp/activate/"
REAUTHENTICATE = "/office/account/second/reauthenticate/"
ADMIN = "/office/admin/"


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time()) // 30)))


def log_in(client: Client, user: User) -> str:
    """Username and password; gives where that led."""
    response = client.post(LOGIN, {"login": user.username, "password": PASSWORD})
    assert response.status_code == HTTPStatus.FOUND
    return response["Location"]


@pytest.fixture
def real(settings: Settings) -> None:
    """Not the demo."""
    settings.DEMO = False


def test_the_admin_sends_to_the_one_login_and_back(client: Client, handler: User) -> None:
    response = client.get(f"{ADMIN}accounts/", follow=True)
    assert response.redirect_chain[-1][0] == f"{LOGIN}?next=%2Foffice%2Fadmin%2Faccounts%2F"
    response = client.post(
        LOGIN, {"login": handler.username, "password": PASSWORD, "next": ADMIN}, REMOTE_ADDR="127.0.0.1"
    )
    assert response["Location"] == ADMIN


@pytest.mark.usefixtures("real")
def test_nobody_works_on_cases_without_setting_up_a_second_factor(client: Client, handler: User) -> None:
    log_in(client, handler)
    assert client.get(ADMIN)["Location"] == ACTIVATE
    page = client.get(ACTIVATE)
    assert page.status_code == HTTPStatus.OK
    secret = page.context["form"].secret
    client.post(ACTIVATE, {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=handler, type=Authenticator.Type.TOTP).exists()
    # The secret has been proved to be in the app, but this session has not passed it yet.
    assert client.get(ADMIN)["Location"] == REAUTHENTICATE
    assert client.post(REAUTHENTICATE, {"code": code_of(secret)}).status_code == HTTPStatus.FOUND
    assert client.get(ADMIN).status_code == HTTPStatus.OK


@pytest.mark.usefixtures("real")
def test_login_asks_for_the_code(client: Client, handler: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(handler, secret)
    assert log_in(client, handler) == "/office/account/second/authenticate/"
    assert client.get(ADMIN).status_code == HTTPStatus.FOUND
    wrong = client.post("/office/account/second/authenticate/", {"code": "000000"})
    assert wrong.status_code == HTTPStatus.OK
    response = client.post("/office/account/second/authenticate/", {"code": code_of(secret)}, follow=True)
    assert response.redirect_chain == [("/office/", HTTPStatus.FOUND), (ADMIN, HTTPStatus.FOUND)]
    assert response.status_code == HTTPStatus.OK


@pytest.mark.usefixtures("real")
def test_a_session_that_did_not_pass_the_second_factor_does_not_pass(client: Client, handler: User) -> None:
    TOTP.activate(handler, generate_totp_secret())
    client.force_login(handler)
    assert client.get(ADMIN)["Location"] == REAUTHENTICATE


@pytest.mark.usefixtures("real")
def test_who_hands_out_roles_needs_it_too(client: Client, superuser: User) -> None:
    log_in(client, superuser)
    assert client.get(ADMIN)["Location"] == ACTIVATE


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, HTTPStatus.OK),
        ({"REMOTE_ADDR": "::1"}, HTTPStatus.OK),
        ({"REMOTE_ADDR": "192.0.2.7"}, HTTPStatus.FOUND),
        ({"REMOTE_ADDR": ""}, HTTPStatus.FOUND),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, HTTPStatus.FOUND),
    ],
)
def test_the_demo_is_exempt_on_its_own_machine_alone(
    client: Client, handler: User, headers: dict[str, str], status: HTTPStatus
) -> None:
    client.force_login(handler)
    assert client.get(ADMIN, **headers).status_code == status  # type: ignore[arg-type]


def test_production_knows_no_exemption(client: Client, handler: User, settings: Settings) -> None:
    settings.PRODUCTION = True
    client.force_login(handler)
    assert client.get(ADMIN, REMOTE_ADDR="127.0.0.1").status_code == HTTPStatus.FOUND


def test_the_secret_of_the_second_factor_is_sealed_in_the_table(handler: User) -> None:
    secret = generate_totp_secret()
    kept = TOTP.activate(handler, secret).instance.data["secret"]
    assert secret not in kept
    assert get_adapter().decrypt(kept) == secret


def test_nobody_signs_up_and_nobody_resets_by_email(client: Client, db: None) -> None:
    for path in ("signup/", "password/reset/", "email/"):
        assert client.get(f"/office/account/{path}").status_code == HTTPStatus.NOT_FOUND
    page = client.get(LOGIN).content.decode()
    assert "signup" not in page


def test_guessing_is_slowed_down(client: Client, handler: User) -> None:
    for _ in range(12):
        last = client.post(LOGIN, {"login": handler.username, "password": "wrong"})
    assert last.status_code == HTTPStatus.TOO_MANY_REQUESTS or "Too many" in last.content.decode()
    refused = client.post(LOGIN, {"login": handler.username, "password": PASSWORD})
    assert refused.status_code != HTTPStatus.FOUND


class Remembering(LocMemCache):
    """A cache that says under which keys it was asked to keep something."""

    kept: ClassVar[set[str]] = set()

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        self.kept.add(str(key))
        super().set(key, *args, **kwargs)

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        self.kept.add(str(key))
        return super().add(key, *args, **kwargs)


def test_no_key_of_the_cache_says_from_which_address_somebody_tried(
    client: Client, handler: User, settings: Settings
) -> None:
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Remembering"}}
    Remembering.kept.clear()
    client.post(LOGIN, {"login": handler.username, "password": "wrong"}, REMOTE_ADDR="192.0.2.77")
    counted = {key for key in Remembering.kept if "allauth" in key}
    assert any(":ip:" in key for key in counted)
    assert not any("192.0.2" in key or handler.username in key for key in counted)


@pytest.mark.parametrize(
    ("behind", "one", "other", "same"),
    [
        (False, ("192.0.2.1", ""), ("192.0.2.2", ""), False),
        (False, ("192.0.2.1", "198.51.100.1"), ("192.0.2.1", "198.51.100.2"), True),
        (True, ("10.0.0.1", "6.6.6.6, 198.51.100.1"), ("10.0.0.1", "7.7.7.7, 198.51.100.1"), True),
        (True, ("10.0.0.1", "198.51.100.1"), ("10.0.0.1", "198.51.100.2"), False),
        (False, ("2001:db8::1", ""), ("2001:db8::2", ""), True),
        (False, ("2001:db8::1", ""), ("2001:db8:0:1::1", ""), False),
    ],
)
def test_tries_are_counted_by_the_address_that_a_trusted_machine_saw(
    settings: Settings, behind: bool, one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    settings.BEHIND_PROXY = behind
    asked = [RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=via) for remote, via in (one, other)]
    counted = {AccountAdapter().get_client_ip(request) for request in asked}
    assert len(counted) == (1 if same else 2)


def test_an_account_without_role_is_told_no_and_can_sign_out(client: Client, outsider: User) -> None:
    client.force_login(outsider)
    response = client.get(ADMIN, follow=True)
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "/office/account/logout/" in response.content.decode()


@pytest.mark.parametrize("who", ["partner", "supplier", "automaker"])
def test_people_outside_have_no_office(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(ADMIN, follow=True).status_code == HTTPStatus.FORBIDDEN


def test_the_office_speaks_the_language_of_the_account(client: Client, handler: User, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    handler.language = "ar"
    handler.save()
    client.force_login(handler)
    page = client.get(ADMIN, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert '<html lang="ar" dir="rtl">' in page


def test_an_account_without_password_is_offered_one(client: Client, handler: User) -> None:
    handler.set_unusable_password()
    handler.save()
    client.force_login(handler)
    page = client.get("/office/account/password/", follow=True)
    assert page.status_code == HTTPStatus.OK
    assert "Choose a password" in page.content.decode()
