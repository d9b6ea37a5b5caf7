"""What a person reads when a page can not be had, and what a program is told in its place; never a detail of why."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.errors import Refused
from cases.api.problems import KINDS, MEDIA, Trouble, of_refusal, written, wrongs

API_PREFIX = "/api/"
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
    (TooManyFieldsSent, "too_large"),
    (TooManyFilesSent, "too_large"),
    (UnreadablePostError, "malformed"),
)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """For rest_framework: whatever ended a call as a problem (RFC 9457); None for an error of ours, which Django logs
    and answers by `server_error`."""
    trouble = _trouble(error)
    if trouble is None:
        return None
    return Response(
        written(trouble), status=KINDS[trouble.code].status, headers=dict(trouble.headers), content_type=MEDIA
    )


def _trouble(error: Exception) -> Trouble | None:
    if isinstance(error, Trouble):
        return error
    if isinstance(error, Refused):
        return of_refusal(error)
    if isinstance(error, exceptions.ValidationError):
        return Trouble("invalid", errors=list(wrongs(error.detail)))
    return next((Trouble(code) for kind, code in CODES if isinstance(error, kind)), None)


def _answered(request: HttpRequest, code: str, template: str) -> HttpResponse:
    status = KINDS[code].status
    if request.path_info.startswith(API_PREFIX):
        return JsonResponse(written(Trouble(code)), status=status, content_type=MEDIA)
    return render(request, template, status=status)


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    return render(request, "403.html", {"message": refused.message}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``reason`` is Django's own, for developers; the reader needs to know what to do."""
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
