"""Headers that hold on every page, the door of the office, and the one place where a refusal that nobody caught becomes
a page."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from accounts.errors import Refused
from accounts.middleware import SecondFactorMiddleware
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role
from cases.policies import is_guest
from config.errors import refused_page
from config.policy import OFFICE, OFFICE_PREFIX, PERMISSIONS, PUBLIC

# No page adds to its policy, so each is put into words once and not at every answer.
OFFICE_POLICY, PUBLIC_POLICY = build_policy(OFFICE), build_policy(PUBLIC)


class PolicyMiddleware(MiddlewareMixin):
    """Content policy by kind of page; no cache keeps a page of the office, nor a public one that did not ask."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        # The door may be found by whoever looks for it; what lies behind it is in no search engine.
        if request.path_info.count("/") > 2:
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if _is_office(request):
            if "no-store" not in headers.get("Cache-Control", ""):
                headers["Cache-Control"] = "no-store, private"
            # With no-referrer a browser posts "Origin: null", and the office's forms would all fail their CSRF check.
            headers["Referrer-Policy"] = "same-origin"
        elif not request.path_info.startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")
        headers.setdefault(HEADER, OFFICE_POLICY if _is_office(request) else PUBLIC_POLICY)
        return response


class OnionMiddleware:
    """Around `SecurityMiddleware`. The onion service is encrypted to the end by its own protocol and answers over plain
    HTTP: whoever came by it counts as encrypted and is never sent to the open web, and every public page elsewhere says
    where it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _came_by_onion(request):
            request._get_scheme = lambda: "https"  # type: ignore[attr-defined]  # what `is_secure` goes by
            response = self.get_response(request)
            response.headers.pop("Strict-Transport-Security", None)  # of TLS, which is not spoken here
            return response
        response = self.get_response(request)
        if settings.ONION_HOST and _is_page_of_the_public(request):
            response.headers["Onion-Location"] = settings.ONION + request.get_full_path()
        return response


class EntranceMiddleware(SecondFactorMiddleware):
    """The second factor, asked of a guest with a seat on a case and of a field partner as of everybody who works on
    cases."""

    def works_here(self, user: User) -> bool:
        return super().works_here(user) or Role.PARTNER in roles_of(user) or is_guest(user)


class RefusalMiddleware:
    """A `Refused` that no view caught is answered with its message, in the reader's language, and nothing more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused_page(request, error) if isinstance(error, Refused) else None


def _came_by_onion(request: HttpRequest) -> bool:
    """By the name that the browser asked for; `ALLOWED_HOSTS` has the last word on it."""
    host = request.headers.get("Host", "")
    return bool(settings.ONION_HOST) and host.partition(":")[0] == settings.ONION_HOST


def _is_page_of_the_public(request: HttpRequest) -> bool:
    """Of people with a browser: what programs and gateways call may hold in its path what no answer repeats."""
    path = f"{request.path_info}/"
    return not (_is_office(request) or path.startswith(("/static/", "/api/", "/sms/", "/healthz/", "/readyz/")))


def _is_office(request: HttpRequest) -> bool:
    return request.path_info.startswith(OFFICE_PREFIX)
