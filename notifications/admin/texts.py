"""The page of every text message that we may send, with what it costs in each language."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin import acting
from cases.policies import can_read_readiness
from notifications.catalogue.messages import costs_of, every_message


@require_safe
def texts_view(request: HttpRequest) -> HttpResponse:
    """For those who pay for texts or translate them; it shows no text that was sent."""
    if not can_read_readiness(acting(request)):
        raise PermissionDenied
    mine = get_language() or settings.LANGUAGE_CODE
    context = {
        **admin.site.each_context(request),
        "title": _("Every text that we send"),
        "is_nav_sidebar_enabled": False,
        "languages": settings.LANGUAGES,
        "rows": [(one, one.put_together(mine), costs_of(one)) for one in every_message()],
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/notifications/texts.html", context)
