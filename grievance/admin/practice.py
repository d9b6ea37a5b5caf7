"""What came in during drills: read by an intake officer, and then discarded, or taken for real after all."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import ScopedAdmin, acting, refusable
from grievance.codes import DiscardedBecause
from grievance.commands.partners.drills import discard, has_read, take_for_real
from grievance.commands.reading import open_words
from grievance.models import Practice


class DiscardForm(forms.Form):
    because = forms.ChoiceField(label=_("Why"), choices=DiscardedBecause.choices())


@admin.register(Practice)
class PracticeAdmin(ScopedAdmin):
    viewers = Practice.READERS
    list_display = ["id", "partner", "received", "urgent", "read_at", "read_by", "real", "discarded_because"]
    list_select_related = ["drill__partner", "grievance", "read_by"]
    list_filter = [("read_at", admin.EmptyFieldListFilter), "real"]
    ordering = [models.F("read_at").desc(nulls_first=True), "-grievance__urgent", "pk"]
    sortable_by = ()

    class Media:
        css = {"all": ["case.css"]}

    @admin.display(description=_("field partner"))
    def partner(self, practice: Practice) -> str:
        return practice.drill.partner.name

    @admin.display(description=_("received"))
    def received(self, practice: Practice) -> Any:
        return practice.grievance.received_at

    @admin.display(description=_("somebody is in danger"), boolean=True)
    def urgent(self, practice: Practice) -> bool:
        return practice.grievance.urgent

    @refusable
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """One page in place of the stock form: read, then decide. Refusals become messages, as on every page."""
        return self._page(request, str(object_id))

    def _page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        practice = self.get_object(request, object_id)
        if request.method == "POST" and request.POST.get("do") in {"discard", "real"}:
            return self._decide(request, practice)
        words = None
        if request.method == "POST" and practice.read_at is None:
            words = open_words(grievance=practice.grievance, by=acting(request), at=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Message of a drill"),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "media": self.media,
            "practice": practice,
            "words": words,
            "may_decide": practice.read_at is None and has_read(practice.grievance, acting(request)),
            "form": DiscardForm(),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/grievance/practice/page.html", context)

    def _decide(self, request: HttpRequest, practice: Practice) -> HttpResponse:
        at, by = timezone.now(), acting(request)
        if request.POST.get("do") == "real":
            take_for_real(practice=practice, by=by, at=at)
            messages.success(request, _("It is taken up as any other. Its clocks run from when it was received."))
        else:
            discard(practice=practice, because=request.POST.get("because", ""), by=by, at=at)
            messages.success(request, _("It is discarded."))
        return HttpResponseRedirect(reverse("admin:grievance_practice_changelist"))
