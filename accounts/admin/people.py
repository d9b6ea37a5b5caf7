"""The pages of people and of the roles that they hold."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.scoped import ScopedAdmin, ScopedInline, acting
from accounts.commands import change_user, create_user, drop_second_factor, end_role, grant_role
from accounts.forms import GrantForm, NewPersonForm, PersonForm
from accounts.models import RoleGrant, User
from accounts.roles import Role

ADMINISTERS = frozenset({Role.LEAD})


class GrantInline(ScopedInline):
    model = RoleGrant
    fk_name = "user"
    fields = ["role", "granted_at", "granted_by", "ended_at"]
    ordering = ["-granted_at"]
    viewers = ADMINISTERS
    superuser_too = True


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Accounts; nothing here opens a case, an identity or a password."""

    viewers = adders = changers = ADMINISTERS
    superuser_too = True
    list_display = ["username", "first_name", "last_name", "language", "is_active"]
    list_filter = ["is_active", "language"]
    search_fields = ["username", "first_name", "last_name"]
    ordering = ["username"]
    readonly_fields = ["username"]
    sealed_fields = ["password"]
    inlines = [GrantInline]
    actions = ["drop_second_factors"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{**kwargs, "form": PersonForm if change else NewPersonForm})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["username", "first_name", "last_name", "email", "phone", "language"]
        return [*shown, "is_active"] if obj else [*shown, "password"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> User:
        return create_user(**form.cleaned_data, by=acting(request), at=timezone.now())

    def command_change(self, request: HttpRequest, record: User, form: "ModelForm[Any]") -> None:
        change_user(user=record, **form.cleaned_data, by=acting(request), at=timezone.now())

    @admin.action(description=_("Remove the second factor, because it is lost"), permissions=["change"])
    def drop_second_factors(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        for user in queryset:
            drop_second_factor(user=user, by=acting(request), at=timezone.now())
        self.message_user(request, _("They set up another at their next login."), messages.SUCCESS)


@admin.register(RoleGrant)
class RoleGrantAdmin(ScopedAdmin):
    """Who holds what since when, and who gave it; a grant is ended, never deleted."""

    viewers = frozenset({Role.LEAD, Role.OVERSIGHT})
    adders = ADMINISTERS
    superuser_too = True
    form = GrantForm
    list_display = ["user", "role", "granted_at", "granted_by", "ended_at"]
    list_display_links = None
    list_filter = ["role", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "granted_by"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    autocomplete_fields = ["user"]
    ordering = ["-granted_at", "-pk"]
    actions = ["end_grants"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["user", "role", "granted_at", "granted_by", "ended_at"] if obj else ["user", "role"]

    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> RoleGrant:
        given = form.cleaned_data
        return grant_role(user=given["user"], role=Role(given["role"]), by=acting(request), at=timezone.now())

    @admin.action(description=_("End the chosen roles"), permissions=["add"])
    def end_grants(self, request: HttpRequest, queryset: models.QuerySet[RoleGrant]) -> None:
        at = timezone.now()
        chosen = list(queryset.current().select_related("user"))  # type: ignore[attr-defined]
        for grant in chosen:
            end_role(user=grant.user, role=Role(grant.role), by=acting(request), at=at)
        self.message_user(request, _("Roles ended: %(count)d.") % {"count": len(chosen)}, messages.SUCCESS)
