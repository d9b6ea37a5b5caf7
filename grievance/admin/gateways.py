"""The gateways for text messages: set up by programme leads, and seen by nobody else."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Form
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
from accounts.roles import Role
from grievance.admin.gateway_form import GatewayForm, SecretsForm, TestForm
from grievance.commands import gateways
from grievance.gateways.setup import INBOUND, STATUS, address_of
from grievance.models import Gateway
from grievance.queries import lost_files

LIST = "admin:grievance_gateway_changelist"
SECRETS = ("secret", "account", "key", "headers")
SHOWN_TESTS = 5
SHOWN_UNREAD = 20


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@admin.register(Gateway)
class GatewayAdmin(ScopedAdmin):
    """The stock list and form; a page of its own for each gateway, which says what to enter at the provider's."""

    viewers = frozenset({Role.LEAD})
    adders = frozenset({Role.LEAD})
    form = GatewayForm
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "sender", "language", "base_url"]}),
        (
            _("Where texts may go, and what they may cost"),
            {"fields": ["country", "countries", "daily", "daily_country"]},
        ),
        (_("Secrets: never shown again"), {"fields": ["secret", "account", "key"]}),
        (_("Another one, set up by hand"), {"fields": ["preset", "more", "headers"]}),
    ]
    list_display = ["name", "kind", "added_at", "came", "went", "waits", "failed", "unread", "refused", "ended_at"]
    ordering = [models.F("ended_at").desc(nulls_first=True), "name"]
    sortable_by = ()
    change_list_template = "admin/grievance/gateway/change_list.html"
    prepopulated_fields = {"slug": ("name",)}

    class Media:
        css = {"all": ["case.css"]}

    # Columns of `with_traffic`.
    @admin.display(description=_("texts in"))
    def came(self, gateway: Any) -> int:
        return gateway.came  # type: ignore[no-any-return]

    @admin.display(description=_("texts out"))
    def went(self, gateway: Any) -> int:
        return gateway.went  # type: ignore[no-any-return]

    @admin.display(description=_("waiting"))
    def waits(self, gateway: Any) -> int:
        return gateway.waits  # type: ignore[no-any-return]

    @admin.display(description=_("failed"))
    def failed(self, gateway: Any) -> int:
        return gateway.failed  # type: ignore[no-any-return]

    @admin.display(description=_("unreadable"))
    def unread(self, gateway: Any) -> int:
        return gateway.unread  # type: ignore[no-any-return]

    @admin.display(description=_("not proven"))
    def refused(self, gateway: Any) -> int:
        return gateway.refused  # type: ignore[no-any-return]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        found: Any = super().get_queryset(request)
        return found.with_traffic(timezone.now())  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/change/", view(self.page_view), name="grievance_gateway_change"),
            path("<int:pk>/secrets/", view(self.secrets_view), name="grievance_gateway_secrets"),
            path("<int:pk>/test/", view(self.test_view), name="grievance_gateway_test"),
            path("<int:pk>/end/", view(self.end_view), name="grievance_gateway_end"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(sensitive_post_parameters(*SECRETS))
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, extra_context)

    def command_add(self, request: HttpRequest, form: Any) -> Gateway:
        given = form.cleaned_data
        return gateways.add_gateway(
            slug=given["slug"],
            name=given["name"],
            kind=given["kind"],
            options=form.options(),
            secret=given["secret"],
            credentials=form.credentials(given["kind"], given["preset"]),
            by=acting(request),
            at=timezone.now(),
        )

    # -- one gateway
    def page_view(self, request: HttpRequest, pk: int, secrets: Form | None = None) -> HttpResponse:
        gateway = self._gateway(request, pk)
        proof = (gateway.options.get("proof") or {}).get("kind")
        secret = "…" if gateway.kind == Gateway.Kind.AFRICAS_TALKING or proof == "path" else ""
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": gateway.name,
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "media": self.media,
            "gateway": gateway,
            "inbound": address_of(gateway.slug, INBOUND, secret),
            "status": address_of(gateway.slug, STATUS, secret),
            "secret_in_path": bool(secret),
            "options": [(name, _in_words(value)) for name, value in sorted(gateway.options.items())],
            "secrets": secrets or SecretsForm(),
            "test": TestForm(),
            "tests": gateway.replies.filter(test=True).order_by("-pk")[:SHOWN_TESTS],
            "lost": lost_files(gateway),
            "unread": gateway.requests.not_read().order_by("-pk")[:SHOWN_UNREAD],
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/grievance/gateway/page.html", context)

    @method_decorator(sensitive_post_parameters(*SECRETS))
    def secrets_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SecretsForm(request.POST)
        if request.method == "POST" and not form.is_valid():
            return self.page_view(request, pk, secrets=form)

        def change(gateway: Gateway) -> None:
            gateways.change_secrets(
                gateway=gateway,
                secret=form.cleaned_data["secret"],
                credentials=form.credentials(gateway.kind),
                by=acting(request),
                at=timezone.now(),
            )

        return self._do(request, pk, change, _("Changed. What was left empty stays as it was."))

    @method_decorator(sensitive_post_parameters("number"))
    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        number = request.POST.get("number", "")[:30]

        def send(gateway: Gateway) -> None:
            gateways.send_test(gateway=gateway, number=number, by=acting(request), at=timezone.now())

        return self._do(request, pk, send, _("A test is on its way. Look here again in a moment."))

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        def end(gateway: Gateway) -> None:
            gateways.end_gateway(gateway=gateway, by=acting(request), at=timezone.now())

        return self._do(request, pk, end, _("It has ended: nothing comes or goes by it any more."))

    def _do(self, request: HttpRequest, pk: int, what: Callable[[Gateway], None], done: Any) -> HttpResponse:
        gateway = self._gateway(request, pk)
        if request.method == "POST":
            try:
                what(gateway)
            except Refused as refusal:
                messages.error(request, str(refusal.message))
            else:
                messages.success(request, done)
        return redirect("admin:grievance_gateway_change", pk)

    def _gateway(self, request: HttpRequest, pk: int) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found
