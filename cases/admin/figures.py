"""The page of the figures of UNGP 31: each with its denominator, as a chart and as a table."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.admin import acting
from cases.policies import can_read_readiness
from cases.queries import figures

PERIODS = {
    "90": (90, gettext_lazy("the last 90 days")),
    "365": (365, gettext_lazy("the last year")),
    "1095": (1095, gettext_lazy("the last three years")),
}
STANDARD = "365"


@require_safe
def figures_view(request: HttpRequest) -> HttpResponse:
    """Over the cases that exist for whoever looks; no single case, and no person, stands in it."""
    user = acting(request)
    if not can_read_readiness(user):  # the same people answer for both
        raise PermissionDenied
    chosen = request.GET.get("days", STANDARD)
    days, label = PERIODS.get(chosen, PERIODS[STANDARD])
    until = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": _("How the mechanism works"),
        "is_nav_sidebar_enabled": False,
        "figures": figures(user=user, since=until - timedelta(days=days), until=until),
        "period": label,
        "periods": [(key, name) for key, (_days, name) in PERIODS.items()],
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/figures.html", context)
