"""The access log: who opened whose words, and when; oversight alone reads it."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ScopedAdmin, acting
from accounts.roles import Role
from cases.queries import openings_seen_by
from grievance.models import Opening


@admin.register(Opening)
class OpeningAdmin(ScopedAdmin):
    """Stands on this floor, not on that of the words: only here it is known for whom a case does not exist."""

    viewers = frozenset({Role.OVERSIGHT})
    list_display = ["at", "by", "what", "reason", "case"]
    list_display_links = None
    list_filter = ["what", "reason"]
    list_select_related = ["by", "grievance__filing__case"]
    search_fields = ["by__username"]
    search_help_text = _("Search by user name")
    sortable_by = ()
    ordering = ["-pk"]

    class Media:
        css = {"all": ["case.css"]}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return openings_seen_by(acting(request))

    @admin.display(description=_("case"))
    def case(self, opening: Opening) -> str:
        return str(opening.grievance.filing.case)
