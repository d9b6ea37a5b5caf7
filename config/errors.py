"""What a person reads when a page can not be had; never a detail of why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.errors import Refused


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    return render(request, "403.html", {"message": refused.message}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``reason`` is Django's own, for developers; the reader needs to know what to do."""
    message = _("This page was open for too long. Go back, load it again, and send it once more.")
    return render(request, "403.html", {"message": message}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
