"""The page of deadlines: what the coming week will bring, per person, and what the sweep did in the last day."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin import acting
from accounts.models import User
from cases.policies import can_read_deadlines
from cases.queries.week import Part, swept, week_of


@require_safe
def deadlines_view(request: HttpRequest, marked: Callable[[], datetime | None]) -> HttpResponse:
    """Among the cases that exist for whoever looks. ``marked``: says when clock and worker last did their work."""
    user, at = acting(request), timezone.now()
    if not can_read_deadlines(user):
        raise PermissionDenied
    week = week_of(user, at)
    context = {
        **admin.site.each_context(request),
        "title": _("Deadlines of the coming week"),
        "is_nav_sidebar_enabled": False,
        "now": at,
        "week": week,
        "parts": [(part, _queue_of(part, user)) for part in week.parts],
        "swept": swept(user, at),
        "ran_at": marked(),
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/deadlines.html", context)


def _queue_of(part: Part, user: User) -> str:
    """The address of the queue with this person's cases."""
    queue = reverse("admin:cases_case_changelist")
    if part.person is None:
        return f"{queue}?show=unassigned"
    return f"{queue}?show=mine" if part.person == user else f"{queue}?handler={part.person.pk}"
