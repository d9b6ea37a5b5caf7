"""What stands in the headers of every page, and that the public is given no cookie."""

from http import HTTPStatus
from typing import Any

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import gettext_lazy as _

from accounts.admin import refusable
from accounts.errors import Refused
from accounts.models import User
from config.errors import bad_request, page_not_found, server_error
from config.middleware import RefusalMiddleware

PUBLIC = ["/", "/en/", "/en/file/", "/en/follow/", "/en/calendar/", "/en/nothing-here/", "/nothing-here/"]
OFFICE = ["/office/account/login/", "/office/admin/", "/office/nothing-here/"]


def policy(page: Any) -> dict[str, set[str]]:
    parts = [part.split() for part in page["Content-Security-Policy"].split(";")]
    return {part[0]: set(part[1:]) for part in parts if part}


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_runs_on_a_public_page_and_no_cookie_is_set(client: Client, db: None, path: str) -> None:
    page = client.get(path)
    rules = policy(page)
    assert rules["default-src"] == rules["script-src"] == {"'none'"}
    assert rules["style-src"] == {"'self'"}
    assert rules["frame-ancestors"] == rules["base-uri"] == {"'none'"}
    assert rules["form-action"] == {"'self'"}
    assert not page.cookies
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"]
    assert "geolocation=()" in page["Permissions-Policy"]
    assert "<script" not in page.content.decode()


@pytest.mark.parametrize("path", OFFICE)
def test_an_office_page_runs_our_own_files_alone_and_is_kept_nowhere(client: Client, lead: User, path: str) -> None:
    client.force_login(lead)
    for page in (Client().get(path, follow=True), client.get(path, follow=True)):
        rules = policy(page)
        assert rules["script-src"] == rules["style-src"] == {"'self'"}
        assert rules["default-src"] == {"'none'"}
        assert "no-store" in page["Cache-Control"]
        # With no-referrer the browser would post "Origin: null", which no CSRF check lets through.
        assert page["Referrer-Policy"] == "same-origin"
        assert page["X-Frame-Options"] == "DENY"


def test_no_policy_allows_what_is_inline(client: Client, db: None) -> None:
    for path in [*PUBLIC, *OFFICE]:
        assert "unsafe" not in client.get(path)["Content-Security-Policy"]


def test_the_cookies_of_the_office_stay_in_the_office(client: Client, lead: User) -> None:
    page = client.get("/office/account/login/")
    client.post("/office/account/login/", {"login": lead.username, "password": "not-a-secret-of-anybody"})
    cookies = {**page.cookies, **client.cookies}
    assert {"sessionid", "csrftoken"} <= cookies.keys()
    assert {cookie["path"] for cookie in cookies.values()} == {"/office/"}
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Strict"}


def test_a_form_posted_from_elsewhere_is_told_so_in_plain_words(lead: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    page = client.post("/office/admin/accounts/user/add/", {"username": "nia"})
    assert page.status_code == HTTPStatus.FORBIDDEN
    assert "open for too long" in page.content.decode()


def refuse(_request: HttpRequest) -> HttpResponse:
    raise Refused("too_late", _("This can no longer be done."))


def test_a_refusal_that_nobody_caught_is_a_page_with_its_message(db: None) -> None:
    request = RequestFactory().get("/en/")
    page = RefusalMiddleware(refuse).process_exception(request, Refused("too_late", "This can no longer be done."))
    assert page is not None
    assert page.status_code == HTTPStatus.FORBIDDEN
    assert "This can no longer be done." in page.content.decode()
    assert "too_late" not in page.content.decode()
    assert RefusalMiddleware(refuse).process_exception(request, ValueError("marked-secret")) is None


def test_a_refusable_view_goes_back_with_the_message(lead: User) -> None:
    client = Client()
    client.force_login(lead)
    request = client.get("/office/admin/").wsgi_request
    messages.get_messages(request)
    answer = refusable(refuse)(request)
    assert answer["Location"] == "/office/admin/"
    assert [str(message) for message in messages.get_messages(request)] == ["This can no longer be done."]
    assert refusable(refuse, back=lambda _request: "/office/")(request)["Location"] == "/office/"
    assert refusable(back=lambda _request: "/office/")(refuse)(request)["Location"] == "/office/"


@pytest.mark.parametrize(("status", "said"), [(400, "could not be read"), (404, "no such page"), (500, "went wrong")])
def test_an_error_page_says_nothing_of_the_error(status: int, said: str, db: None) -> None:
    request = RequestFactory().get("/en/nothing-here/")
    error = ValueError("marked-secret")
    page = {400: lambda: bad_request(request, error), 404: lambda: page_not_found(request, error)}.get(
        status, lambda: server_error(request)
    )()
    assert page.status_code == status
    assert said in page.content.decode()
    assert "marked-secret" not in page.content.decode()
