"""Canned texts: supervisors write them, everybody who works on cases reads them and puts them into replies."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import ScopedAdmin, acting
from accounts.roles import CASEWORK, Role
from cases.admin.filters import LanguageFilter
from cases.codes.languages import language_name
from cases.commands.canned import keep_text, take_away
from cases.forms.desk import CannedTextForm
from cases.models import CannedText

WRITERS = frozenset({Role.SUPERVISOR, Role.OVERSIGHT})


@admin.register(CannedText)
class CannedTextAdmin(ScopedAdmin):
    viewers = CASEWORK
    adders = changers = WRITERS
    form = CannedTextForm
    fields = ("name", "language", "body")
    list_display = ["name", "in_language", "begins"]
    list_filter = [LanguageFilter]
    search_fields = ["name"]
    ordering = ["name", "language"]
    actions = ["take_away_chosen"]

    @admin.display(description=_("language"), ordering="language")
    def in_language(self, text: CannedText) -> str:
        return language_name(text.language)

    @admin.display(description=_("text"))
    def begins(self, text: CannedText) -> str:
        return text.body if len(text.body) <= 80 else f"{text.body[:80]}…"

    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> CannedText:
        return keep_text(text=None, **form.cleaned_data, by=acting(request), at=timezone.now())

    def command_change(self, request: HttpRequest, record: CannedText, form: "ModelForm[Any]") -> None:
        keep_text(text=record, **form.cleaned_data, by=acting(request), at=timezone.now())

    @admin.action(description=_("Take away the chosen texts"), permissions=["change"])
    def take_away_chosen(self, request: HttpRequest, queryset: models.QuerySet[CannedText]) -> None:
        chosen = list(queryset)
        for text in chosen:
            take_away(text=text, by=acting(request), at=timezone.now())
        told = ngettext("%(count)d text is offered no more.", "%(count)d texts are offered no more.", len(chosen))
        self.message_user(request, told % {"count": len(chosen)}, messages.SUCCESS)
