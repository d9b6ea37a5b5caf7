"""The custodians' page: who keeps names in confidence, and where a custodian makes and retires a key of their own."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.admin import ScopedAdmin, acting
from accounts.errors import Refused
from accounts.queries import roles_of
from accounts.roles import Role
from grievance.commands import custody
from grievance.forms import CustodyKeyForm
from grievance.models import CustodyKey
from grievance.queries import custody_keys_in_use, custody_pairs, own_custody_key
from supplychain.queries import employers_now

PAGE = "admin:grievance_custodykey_changelist"


@admin.register(CustodyKey)
class CustodyKeyAdmin(ScopedAdmin):
    """One page instead of the stock list and form. It counts no names: for a custodian whom a case concerns, a number
    that grows would say that there is one."""

    viewers = CustodyKey.READERS

    class Media:
        css = {"all": ["case.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The stock pages of one row are not there: their addresses lead nowhere."""
        view = self.admin_site.admin_view
        return [
            path("", view(self.page_view), name="grievance_custodykey_changelist"),
            path("make/", view(self.make_view), name="grievance_custodykey_make"),
            path("<int:pk>/retire/", view(self.retire_view), name="grievance_custodykey_retire"),
        ]

    def page_view(self, request: HttpRequest) -> HttpResponse:
        self._check(request)
        return self._page(request, self._form(request))

    @method_decorator(sensitive_post_parameters("passphrase", "again"))
    def make_view(self, request: HttpRequest) -> HttpResponse:
        self._check(request)
        form = self._form(request)
        if request.method != "POST" or form is None:
            return redirect(PAGE)
        if not form.is_valid():
            return self._page(request, form)
        given = form.cleaned_data
        try:
            custody.enrol(
                custodian=acting(request),
                organisation=given["organisation"],
                passphrase=given["passphrase"],
                at=timezone.now(),
            )
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Your key is made. Keep its passphrase where nobody else finds it."))
        return redirect(PAGE)

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._check(request)
        if request.method != "POST":
            return redirect(PAGE)
        key = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            custody.retire(key=key, by=acting(request), at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Your key is retired. No name is sealed to it from now on."))
        return redirect(PAGE)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _form(self, request: HttpRequest) -> CustodyKeyForm | None:
        """None for whoever keeps no keys, or works for nobody for whom they could."""
        user = acting(request)
        if Role.CUSTODIAN not in roles_of(user):
            return None
        employers = employers_now(user, timezone.now().date())
        return CustodyKeyForm(request.POST or None, employers=employers) if employers else None

    def _page(self, request: HttpRequest, form: CustodyKeyForm | None) -> HttpResponse:
        user = acting(request)
        keys = self.get_queryset(request).select_related("custodian", "organisation")
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Keepers of names"),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "media": self.media,
            "keys": keys.order_by(models.F("retired_at").asc(nulls_first=True), "made_at"),
            "in_use": custody_keys_in_use(),
            "possible": bool(custody_pairs()),
            "is_custodian": Role.CUSTODIAN in roles_of(user),
            "own": own_custody_key(user),
            "form": form,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/grievance/custodykey/page.html", context)
