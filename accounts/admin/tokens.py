"""Access tokens of programs: who has which, and an end to what is lost."""

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.scoped import ScopedAdmin, acting
from accounts.commands import end_token
from accounts.models import AccessToken
from accounts.roles import Role


@admin.register(AccessToken)
class AccessTokenAdmin(ScopedAdmin):
    """Made by their owners alone, on the pages of partners; ended here too. No token can be read anywhere."""

    viewers = frozenset({Role.LEAD})
    superuser_too = True
    list_display = ["name", "user", "scopes_shown", "made_at", "expires_at", "used_on", "ended_at"]
    list_display_links = None
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    ordering = ["-made_at", "-pk"]
    actions = ["end_chosen"]
    fields = ["name", "user", "scopes_shown", "made_at", "expires_at", "used_on", "ended_at"]

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.display(description=_("good for"))
    def scopes_shown(self, token: AccessToken) -> str:
        return " · ".join(token.good_for)

    @admin.action(description=_("End the chosen tokens"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[AccessToken]) -> None:
        at = timezone.now()
        for token in queryset.select_related("user"):
            end_token(token=token, by=acting(request), at=at)
        self.message_user(request, _("The chosen tokens are good for nothing any more."), messages.SUCCESS)
