"""I lost my number: what somebody types here is sealed and answered the same for everybody."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from cases.forms import LostForm
from grievance.budgets import address_of, spend
from grievance.commands.lost import ask
from grievance.rules import LOST_A_NETWORK
from grievance.views import readable

WINDOW = timedelta(minutes=10)


@readable
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Seal the contact for a worker; nothing here knows whether it is anybody's."""
    if request.method != "POST":
        return render(request, "cases/lost.html", {"form": LostForm()})
    form, at = LostForm(request.POST), timezone.now()
    if not form.is_valid():
        return render(request, "cases/lost.html", {"form": form})
    (spent,) = spend("lost-numbers", windows=(WINDOW,), address=address_of(request), at=at)
    if spent > LOST_A_NETWORK:
        response = render(request, "cases/lost.html", {"form": form, "wait": True}, status=429)
        response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
        return response
    language = translation.get_language() or settings.LANGUAGE_CODE
    ask(contact=form.cleaned_data["contact"], language=language, at=at)
    return render(request, "cases/asked.html")
