"""What custodians are asked to open: one page that shows no case, only the request, its reason, and their own half."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.admin import ScopedAdmin, acting
from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import unsealing
from cases.forms.unsealing import HalfForm
from cases.models import Unsealing
from cases.queries.unsealing import Request, requests_for

PAGE = "admin:cases_unsealing_changelist"
# After one half, and after both.
_DONE = {
    False: _("Your half is open. The other custodian is asked for theirs."),
    True: _("It is open: the handler who asked reads it for three days."),
}


@dataclass(frozen=True)
class Asked:
    """``form`` is None where this custodian has nothing to open now."""

    request: Request
    form: HalfForm | None


@admin.register(Unsealing)
class UnsealingAdmin(ScopedAdmin):
    """Instead of the stock pages: what does not concern a custodian does not exist for them."""

    viewers = frozenset({Role.CUSTODIAN})

    class Media:
        css = {"all": ["case.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.page_view), name="cases_unsealing_changelist"),
            path("<str:reference>/open/", view(self.open_view), name="cases_unsealing_open"),
            path("<str:reference>/refuse/", view(self.refuse_view), name="cases_unsealing_refuse"),
        ]

    def page_view(self, request: HttpRequest) -> HttpResponse:
        self._check(request)
        return self._page(request, None)

    @method_decorator(sensitive_post_parameters("passphrase"))
    def open_view(self, request: HttpRequest, reference: str) -> HttpResponse:
        asked = self._asked(request, reference)
        if request.method != "POST":
            return redirect(PAGE)
        form = HalfForm(request.POST, reference=reference, seals=asked.seals)
        if not form.is_valid():
            return self._page(request, Asked(asked, form))
        try:
            _open_half(asked, form.cleaned_data, acting(request), timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _DONE[asked.finishes])
        return redirect(PAGE)

    def refuse_view(self, request: HttpRequest, reference: str) -> HttpResponse:
        asked = self._asked(request, reference)
        if request.method != "POST":
            return redirect(PAGE)
        try:
            unsealing.refuse(unsealing=asked.unsealing, by=acting(request), at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Refused. Nothing was opened."))
        return redirect(PAGE)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _asked(self, request: HttpRequest, reference: str) -> Request:
        """404 for a request that does not exist for this custodian, as for one that does not exist."""
        self._check(request)
        for one in requests_for(acting(request), timezone.now()):
            if one.unsealing.reference == reference:
                return one
        raise Http404

    def _page(self, request: HttpRequest, posted: Asked | None) -> HttpResponse:
        rows = requests_for(acting(request), timezone.now())
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Names that you are asked to open"),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "media": self.media,
            "now": timezone.now(),
            "asked": [self._with_form(one, posted) for one in rows],
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/cases/unsealing/page.html", context)

    @staticmethod
    def _with_form(one: Request, posted: Asked | None) -> Asked:
        if posted is not None and posted.request.unsealing == one.unsealing:
            return posted
        mine = not one.early and (one.finishes or one.seals)
        return Asked(one, HalfForm(reference=one.unsealing.reference, seals=one.seals) if mine else None)


def _open_half(asked: Request, given: dict[str, Any], by: User, at: datetime) -> None:
    row, passphrase = asked.unsealing, given["passphrase"]
    if asked.finishes:
        unsealing.open_inner(unsealing=row, passphrase=passphrase, by=by, at=at)
    else:
        # Without a seal to choose there is no half of theirs: the command says so.
        unsealing.open_outer(unsealing=row, seal=given.get("seal"), passphrase=passphrase, by=by, at=at)
