"""What the queue can be narrowed to; nothing here tells of a case that the officer does not see."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import acting
from cases.forms.office import language_names
from cases.policies import tracks_of
from cases.queries import sites_of
from cases.queries.attention import ATTENTION
from cases.queries.desk import handler_seen
from cases.states import LABELS, Track

Choices = Sequence[tuple[str, Any]]


class SiteFilter(admin.SimpleListFilter):
    """Sites of visible cases alone: a longer list would say where the hidden ones are."""

    title = _("site")
    parameter_name = "site"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> Choices:
        return [*((str(site.pk), site.name) for site in sites_of(acting(request))), ("none", _("not known yet"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() is None:
            return queryset
        offered = {str(key) for key, _name in self.lookup_choices}
        if self.value() not in offered:
            return queryset.none()
        return queryset.filter(site=None if self.value() == "none" else self.value())


class LanguageFilter(admin.SimpleListFilter):
    """Each language by its own name."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> Choices:
        return language_names()

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(language=self.value())


class TrackFilter(admin.SimpleListFilter):
    """The queues of the tracks that this person works on; nobody else is told that there are any."""

    title = _("track")
    parameter_name = "track"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> Choices:
        tracks = tracks_of(acting(request))
        return [(track, LABELS[track]) for track in tracks] if len(tracks) > 1 else []

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() is None:
            return queryset
        # The index of the tracks of their own is found by saying that it is none of the ordinary ones.
        apart = queryset if self.value() == Track.STANDARD else queryset.exclude(track=Track.STANDARD)
        return apart.filter(track=self.value())


class HandlerFilter(admin.SimpleListFilter):
    """By address alone, from the page of deadlines: a list of all who handle something would be counted anew for each
    look at the queue. It names nobody who handles no case that the officer sees."""

    title = _("handler")
    parameter_name = "handler"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> Choices:
        person = handler_seen(acting(request), self.value() or "")
        return [(str(person.pk), person.get_full_name() or person.username)] if person else []

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        offered = [str(key) for key, _name in self.lookup_choices]
        return queryset.filter(handler=self.value()) if self.value() in offered else queryset


class ForMeFilter(admin.SimpleListFilter):
    """What waits for somebody: the same table as the tiles of the desk (`cases.queries.attention`)."""

    title = _("attention")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> Choices:
        user = acting(request)
        return [(one.key, one.label) for one in ATTENTION if one.concerns(user)]

    def queryset(self, request: HttpRequest, queryset: Any) -> models.QuerySet[Any]:
        user = acting(request)
        chosen = next((one for one in ATTENTION if one.key == self.value() and one.concerns(user)), None)
        return queryset if chosen is None else chosen.narrow(queryset, user, timezone.now())
