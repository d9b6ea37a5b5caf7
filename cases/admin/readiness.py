"""The page that says which gates the present team cannot pass, and what to do about each."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin import acting
from cases.policies import can_read_readiness
from cases.queries import readiness
from grievance.help import to_look_at_again
from grievance.queries import over_budget


@require_safe
def readiness_view(request: HttpRequest) -> HttpResponse:
    """For those who give roles, seats and cases; it names nobody and looks at no case."""
    if not can_read_readiness(acting(request)):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("What the team can do"),
        "is_nav_sidebar_enabled": False,
        "ready": readiness(),
        "texts_waiting": over_budget(timezone.now()),
        "old_numbers": to_look_at_again(timezone.now().date()),
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/readiness.html", context)
