"""The admin site of the office: entered by role or seat, through the one login, without lists that leak."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import OFFICE
from cases.policies import can_read_deadlines, can_read_readiness, is_guest
from cases.queries.desk import Tile, desk_of, drills_to_read
from cases.queries.partners import partner_of
from notifications.queries import dead_letters

# Sends to any row of any model by number, and tells which rows exist.
REMOVED = frozenset({"view_on_site"})


def tiles_for(user: User) -> list[tuple[Tile, str]]:
    """Each tile with its address."""
    queue, notices = reverse("admin:cases_case_changelist"), reverse("admin:notifications_notice_changelist")
    tiles = [(one, f"{queue}?show={one.key}") for one in desk_of(user, timezone.now())]
    if tiles:
        tiles.append((dead_letters(user), f"{notices}?trouble=yes"))
    if drills := drills_to_read(user):
        tiles.append((drills, f"{reverse('admin:grievance_practice_changelist')}?read_at__isempty=1"))
    return tiles


def works_in_the_office(user: User) -> bool:
    return user.is_active and (user.is_superuser or bool(roles_of(user) & OFFICE) or is_guest(user))


@login_required
def door_view(request: HttpRequest) -> HttpResponse:
    """One address to remember: it leads each person to the first pages that are theirs."""
    user = cast(User, request.user)
    if works_in_the_office(user):
        return redirect("admin:index")
    if partner_of(user):
        return redirect("partners")
    raise PermissionDenied


class OfficeSite(admin.AdminSite):
    """Stock admin, opened by a role of the office or a seat on a case (or to a superuser, who finds accounts there and
    no case)."""

    site_title = _("Recourse")
    site_header = _("Recourse")
    index_title = _("Office")
    site_url = None

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what says who may see it (`accounts.admin.ScopedAdmin`): no stock page of Django's or a library's."""
        if hasattr(admin_class, "viewers"):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and works_in_the_office(request.user)

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The desk: what waits for this person, each number a way into the list behind it."""
        user = cast(User, request.user)
        more = {
            "reads_deadlines": can_read_deadlines(user),
            "reads_readiness": can_read_readiness(user),
            "tiles": tiles_for(user),
            "partner": partner_of(user),
        }
        return super().index(request, {**more, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        return [one for one in super().get_urls() if getattr(one, "name", None) not in REMOVED]

    def get_log_entries(self, request: HttpRequest) -> Any:
        return ()

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One way in: allauth, with its limits and the second factor."""
        if request.user.is_authenticated:
            return door_view(request)
        wanted = request.GET.get("next")
        return redirect(reverse("account_login") + (f"?{urlencode({'next': wanted})}" if wanted else ""))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("admin:index")
