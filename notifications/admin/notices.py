"""Who was told of what, what became of each attempt, and what was given up."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import ScopedAdmin, ScopedInline
from accounts.models import User
from cases.labels import EVENTS
from notifications.catalogue.letters import letter
from notifications.codes import UNHEARD_READERS
from notifications.commands import tell_again, try_again
from notifications.models import Delivery, Notice, Unheard
from notifications.queries import unheard_in_hidden_cases
from notifications.transports.files import written

DOUBT = _("%(state)s; nobody knows whether an earlier try arrived")
IN_LETTER = _("%(state)s: %(letter)s")
TWICE = _("%(state)s; it may have arrived twice")


class TroubleFilter(admin.SimpleListFilter):
    """The dead letters, and what may have arrived twice."""

    title = _("trouble")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Given up or doubtful"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.needing_a_look() if self.value() == "yes" else queryset  # type: ignore[attr-defined]


class DeliveryInline(ScopedInline):
    model = Delivery
    fields = ("started_at", "ended_at", "outcome", "code")
    readonly_fields = fields
    ordering = ["pk"]
    verbose_name_plural = _("attempts")


class OfAnEvent:
    """Columns of what happened: its kind in words, and its case by the reference."""

    @admin.display(description=_("event"))
    def kind(self, record: Notice | Unheard) -> str:
        return str(EVENTS.get(record.event.kind, record.event.kind))

    @admin.display(description=_("case"))
    def case(self, record: Notice | Unheard) -> str:
        reference = record.event.case.reference
        return format_html('<a href="{}">{}</a>', reverse("admin:cases_case_page", args=[reference]), reference)


@admin.register(Notice)
class NoticeAdmin(OfAnEvent, ScopedAdmin):
    """Read-only; what was given up can be tried again."""

    list_display = ["made_at", "kind", "case", "recipient", "channel", "state_in_words", "tries", "done_at"]
    list_filter = [TroubleFilter, "state", "channel", "urgent"]
    list_select_related = ["event__case", "recipient", "within"]
    ordering = ["-pk"]
    inlines = [DeliveryInline]
    actions = ["start_again"]
    change_list_template = "admin/notifications/notice/change_list.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["kind", "case", "recipient", "respondent", "channel", "urgent", "state_in_words", "tries"]
        shown += ["made_at", "daily_at", "letter_on", "next_try_at", "done_at", "message_id"]
        return [*shown, "says"] if settings.DEMO else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @admin.display(description=_("state"), ordering="state")
    def state_in_words(self, notice: Notice) -> str:
        """Said in words, never by a colour alone."""
        state = notice.get_state_display()
        if notice.within is not None:
            return IN_LETTER % {"state": state, "letter": self.state_in_words(notice.within)}
        if not notice.doubtful:
            return state
        return (TWICE if notice.state == Notice.State.SENT else DOUBT) % {"state": state}

    @admin.display(description=_("what it says"))
    def says(self, notice: Notice) -> str:
        words = letter(notice, [notice, *notice.enclosed.for_sending()] if notice.letter_on else [])
        return format_html('<div dir="auto"><strong>{}</strong><pre>{}</pre></div>', words.subject, words.body)

    @admin.action(description=_("Try again what was given up"))
    def start_again(self, request: HttpRequest, queryset: models.QuerySet[Notice]) -> None:
        at, chosen = timezone.now(), list(queryset)
        for notice in chosen:
            try_again(notice=notice, by=_person(request), at=at)
        told = ngettext("%(count)d notice will be tried again.", "%(count)d notices will be tried again.", len(chosen))
        self.message_user(request, told % {"count": len(chosen)}, messages.SUCCESS)

    # -- the demo sends nothing: its folder is shown instead
    def get_urls(self) -> list[URLPattern]:
        outbox = path("outbox/", self.admin_site.admin_view(self.outbox_view), name="notifications_outbox")
        return [outbox, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {**(extra_context or {}), "demo": settings.DEMO})

    def outbox_view(self, request: HttpRequest) -> HttpResponse:
        """What would have been sent, as far as the notice behind it exists for this person."""
        if not settings.DEMO:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = list(written())
        notices = self.get_queryset(request).select_related("event__case", "recipient")
        known = {one.message_id: one for one in notices.filter(message_id__in=[one.message_id for one in found])}
        context = {
            **self.admin_site.each_context(request),
            "title": _("What would have been sent"),
            "opts": self.opts,
            "letters": [(one, known[one.message_id]) for one in found if one.message_id in known],
        }
        return TemplateResponse(request, "admin/notifications/outbox.html", context)


@admin.register(Unheard)
class UnheardAdmin(OfAnEvent, ScopedAdmin):
    """What nobody could be told of, and of cases that nobody here may see at least the number."""

    viewers = UNHEARD_READERS
    list_display = ["happened", "kind", "case", "at"]
    list_select_related = ["event__case"]
    ordering = ["event__pk"]
    actions = ["listen_again"]
    change_list_template = "admin/notifications/unheard/change_list.html"
    fields = ("happened", "kind", "case", "at")
    readonly_fields = fields

    @admin.display(description=_("when"), ordering="event__pk")
    def happened(self, unheard: Unheard) -> datetime:
        return unheard.event.at

    @admin.action(description=_("Look again for whom to tell"))
    def listen_again(self, request: HttpRequest, queryset: models.QuerySet[Unheard]) -> None:
        count = tell_again(unheard=queryset, by=_person(request), at=timezone.now())
        told = ngettext(
            "%(count)d event goes to whoever can be told now.", "%(count)d events go to whoever can be told now.", count
        )
        self.message_user(request, told % {"count": count}, messages.SUCCESS)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        hidden = unheard_in_hidden_cases() if self.has_view_permission(request) else 0
        return super().changelist_view(request, {**(extra_context or {}), "hidden": hidden})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101
    return request.user
