"""The rota: when somebody reads what is urgent, as the public pages promise it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.admin import ScopedAdmin, acting
from accounts.roles import Role
from grievance.commands.rota import add_hours, end_hours
from grievance.models import ReadingHours

if TYPE_CHECKING:
    HoursBase = forms.ModelForm[ReadingHours]
else:
    HoursBase = forms.ModelForm


class HoursForm(HoursBase):
    weekday = forms.TypedChoiceField(label=_("day of the week"), choices=list(WEEKDAYS.items()), coerce=int)
    zone = forms.CharField(label=_("time zone"), max_length=40, help_text=_("Such as Africa/Lubumbashi."))

    class Meta:
        model = ReadingHours
        fields = ("weekday", "from_time", "until_time", "zone")


@admin.register(ReadingHours)
class ReadingHoursAdmin(ScopedAdmin):
    """Rows are added and ended, never changed: what was promised at a time can be found again."""

    viewers = ReadingHours.READERS
    adders = frozenset({Role.LEAD})
    form = HoursForm
    list_display = ["day", "from_time", "until_time", "zone", "added_by", "added_at", "ended_at"]
    list_display_links = None
    list_select_related = ["added_by"]
    ordering = [models.F("ended_at").desc(nulls_first=True), "weekday", "from_time"]
    actions = ["end_chosen"]
    sortable_by = ()

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, self.adders)

    @admin.display(description=_("day of the week"))
    def day(self, hours: ReadingHours) -> str:
        return str(WEEKDAYS[hours.weekday])

    def command_add(self, request: HttpRequest, form: "forms.ModelForm[Any]") -> ReadingHours:
        return add_hours(**form.cleaned_data, by=acting(request), at=timezone.now())

    @admin.action(description=_("End the chosen hours"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[ReadingHours]) -> None:
        for hours in queryset:
            end_hours(hours=hours, by=acting(request), at=timezone.now())
