"""What a person reads when a page can not be had, and what a program is told in its place; never a detail of why."""

import re
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.errors import Refused
from cases.api.problems import KINDS, MEDIA, Trouble, of_refusal, written, wrongs

API_PREFIX = "/api/"
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What rest_framework and Django raise, by the code of our own table.
CODES: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.ParseError, "malformed"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (PermissionDenied, "not_yours"),
    (RequestDataTooBig, "too_large"),
    (TooManyFieldsSent, "malformed"),
    (TooManyFilesSent, "too_large"),
    (UnreadablePostError, "malformed"),
)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """For rest_framework: whatever ended a call as a problem (RFC 9457); None for an error of ours, which Django logs
    and answers by `server_error`."""
    trouble = _trouble(error)
    if trouble is None:
        return None
    status = KINDS[trouble.code].status
    return Response(_whole(trouble), status=status, headers=dict(trouble.headers), content_type=MEDIA)


def _trouble(error: Exception) -> Trouble | None:
    if isinstance(error, Trouble):
        return error
    if isinstance(error, Refused):
        return of_refusal(error)
    if isinstance(error, exceptions.ValidationError):
        return Trouble("invalid", errors=list(wrongs(error.detail)))
    return next((Trouble(code) for kind, code in CODES if isinstance(error, kind)), None)


def _whole(trouble: Trouble) -> dict[str, Any]:
    """``instance`` is what this call is named in our log; drawn by chance, it says nothing of the call."""
    known = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    return written(trouble) | ({"instance": f"urn:uuid:{known}"} if REQUEST_ID.fullmatch(known) else {})


def _is_call(request: HttpRequest) -> bool:
    return f"{request.path_info}/".startswith(API_PREFIX)


def _told(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """As `problem`, for what ended before rest_framework had it; perhaps before anybody asked for its language."""
    with translation.override(translation.get_language_from_request(request)):
        body, language = _whole(trouble), translation.get_language() or ""
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    answer = JsonResponse(body, status=KINDS[trouble.code].status, content_type=MEDIA, headers=headers)
    patch_vary_headers(answer, ("Accept-Language",))
    return answer


def _answered(request: HttpRequest, code: str, template: str) -> HttpResponse:
    if _is_call(request):
        return _told(request, Trouble(code))
    return render(request, template, status=KINDS[code].status)


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    if _is_call(request):
        return _told(request, of_refusal(refused))
    return render(request, "403.html", {"message": refused.message}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``reason`` is Django's own, for developers; the reader needs to know what to do."""
    if _is_call(request):
        return _told(request, Trouble("not_yours"))
    message = _("This page was open for too long. Go back, load it again, and send it once more.")
    return render(request, "403.html", {"message": message}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answered(request, "malformed", "400.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answered(request, "not_yours", "403.html")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answered(request, "not_found", "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    return _answered(request, "server_error", "500.html")
