"""What the office asks of whoever is logged in: a second factor, and their own language."""

import ipaddress
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import translation

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import CASEWORK

OFFICE_PREFIX = "/office/"
# Pages on the way to a second factor; the last of them shows the recovery codes that come with it.
ON_THE_WAY = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_authenticate",
        "mfa_reauthenticate",
    }
)
GetResponse = Callable[[HttpRequest], HttpResponse]


class SecondFactorMiddleware:
    """No page of the office before the second factor, for everyone who works on cases or looks after accounts."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(OFFICE_PREFIX) or not self._asked_of(request):
            return self.get_response(request)
        user = request.user
        active = get_adapter().is_mfa_enabled(user, [Authenticator.Type.TOTP])
        passed = any(record["method"] == "mfa" for record in get_authentication_records(request, user))
        if (active and passed) or resolve(request.path_info).url_name in ON_THE_WAY:
            return self.get_response(request)
        return redirect("mfa_reauthenticate" if active else "mfa_activate_totp")

    def works_here(self, user: User) -> bool:
        """Is this somebody who needs it? Floors above know of more such people."""
        return user.is_superuser or bool(roles_of(user) & CASEWORK)

    def _asked_of(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and self.works_here(user) and not _is_demo_at_home(request)


class OwnLanguageMiddleware:
    """The office speaks the language of the account, not of the browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        own = getattr(request.user, "language", "") if request.path_info.startswith(OFFICE_PREFIX) else ""
        if own in dict(settings.LANGUAGES):
            translation.activate(own)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


def _is_demo_at_home(request: HttpRequest) -> bool:
    """The demo, looked at on the machine that runs it, and not through a proxy that stands on it."""
    if not settings.DEMO or settings.PRODUCTION:
        return False
    if {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"} & request.META.keys():
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
