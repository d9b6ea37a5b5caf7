"""The page on which an officer opens a case that nobody filed."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin import ScopedAdmin, acting
from accounts.errors import Refused
from cases.commands.own_motion import open_own
from cases.forms.own_motion import OwnMotionForm
from cases.policies import may_open

if TYPE_CHECKING:
    Base = ScopedAdmin
else:
    Base = object


class OpeningPage(Base):
    """Its view, for the admin of cases."""

    def open_view(self, request: HttpRequest) -> HttpResponse:
        user, at = acting(request), timezone.now()
        if not may_open(user):
            raise PermissionDenied
        form = OwnMotionForm(request.POST if request.method == "POST" else None, user=user)
        if request.method == "POST" and form.is_valid():
            try:
                case = open_own(**form.cleaned_data, by=user, at=at)
            except Refused as refusal:
                messages.error(request, str(refusal.message))
            else:
                messages.success(request, _("The case is open, and stands in screening."))
                # Its track may have people of its own, who take it from here.
                if case.exists_for(user):
                    return redirect("admin:cases_case_page", case.reference)
                return redirect("admin:cases_case_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Open a case of our own motion"),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "form": form,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/cases/case/open.html", context)
