"""Drills of field partners as programme leads see them: which run, and what became of the messages of each."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import ScopedAdmin, acting
from accounts.roles import Role
from grievance.commands.partners.drills import end_drill
from grievance.models import Drill
from grievance.models.partners import READERS


@admin.register(Drill)
class DrillAdmin(ScopedAdmin):
    """Begun from the lists of partners, of their people and of their numbers. It counts messages and shows none: they
    are read by intake officers (`practice`), like everything of which nobody has said yet whom it is about."""

    viewers = READERS
    list_display = ["partner", "whose", "started_by", "started_at", "ends_at", "waiting", "discarded", "real"]
    list_display_links = None
    list_select_related = ["partner", "person__user", "number__code__card", "started_by"]
    list_filter = ["partner"]
    ordering = ["-ends_at", "-pk"]
    sortable_by = ()
    actions = ["end_chosen"]

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, frozenset({Role.LEAD}))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        drills = super().get_queryset(request)
        return drills.with_messages()  # type: ignore[attr-defined,no-any-return]

    @admin.display(description=_("who practises"))
    def whose(self, drill: Drill) -> str:
        if drill.person is not None:
            return str(drill.person.user)
        return drill.number.code.card.label if drill.number is not None else str(_("everybody"))

    @admin.display(description=_("to be read"))
    def waiting(self, drill: Any) -> int:
        return int(drill.waiting)

    @admin.display(description=_("discarded"))
    def discarded(self, drill: Any) -> int:
        return int(drill.discarded)

    @admin.display(description=_("real after all"))
    def real(self, drill: Any) -> int:
        return int(drill.taken)

    @admin.action(description=_("End the chosen drills now"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[Drill]) -> None:
        for drill in queryset.select_related("partner"):
            end_drill(drill=drill, by=acting(request), at=timezone.now())
