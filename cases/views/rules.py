"""The public rules of procedure, each version at its own address (LkSG §8(2))."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.rules.procedure import VERSIONS, version_named, version_on


@require_safe
def rules(request: HttpRequest, name: str = "") -> HttpResponse:
    """The version of that name, or the one in force today."""
    version = version_named(name) if name else version_on(timezone.now().date())
    if version is None:
        raise Http404
    context = {"version": version, "versions": VERSIONS, "text": f"cases/rules/{version.name}.html"}
    return render(request, "cases/rules.html", context)
