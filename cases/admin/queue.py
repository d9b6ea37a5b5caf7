"""The queue: every case that exists for an officer, what is due soonest on top."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import CappedPaginator, ScopedAdmin, acting
from accounts.queries import roles_of
from accounts.roles import SEES, Field, Role
from cases.admin.filters import ForMeFilter, HandlerFilter, LanguageFilter, SiteFilter, TrackFilter
from cases.admin.opening import OpeningPage
from cases.admin.page import CasePages
from cases.admin.together import SUPERVISING, TogetherPages
from cases.models import Case
from cases.policies import is_guest, may_open
from cases.queries import queue_of, search
from cases.templatetags import case_marks


class QueuePaginator(CappedPaginator):
    """Along the queue: the index of each filter has its order."""

    in_order = True


class QueueList(ChangeList):
    """Its rows lead to the page of a case."""

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:cases_case_page", args=[result.reference])


@admin.register(Case)
class CaseAdmin(CasePages, OpeningPage, TogetherPages, ScopedAdmin):
    """The stock list, and instead of the stock form the case page; nothing here is added or deleted by hand."""

    viewers = frozenset(role for role in Role if Field.CASE in SEES.get(role, {}))
    list_display = ["name", "due", "stage_mark", "severity_mark", "site", "language_name", "handler_name"]
    list_display_links = ["name"]
    list_filter = [ForMeFilter, TrackFilter, "stage", "severity", SiteFilter, LanguageFilter, HandlerFilter]
    list_select_related = ["site", "handler"]
    search_fields = ["reference"]
    search_help_text = _(
        "A reference or its beginning, a site, a company, or a legal code such as WG02. Never a name of a person or "
        "their words: this search stands in the address."
    )
    # One order alone, by one index: what is due soonest.
    ordering = ["due_order", "pk"]
    paginator = QueuePaginator
    list_per_page = 25  # a screen and a half, and half the wait on a slow line
    sortable_by = ()
    actions = ["assign_many", "reply_many", "bulk_many", "aside_many"]
    actions_selection_counter = False
    change_list_template = "admin/cases/case/change_list.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A guest's seat opens the one case, and the list of which it is all that they see."""
        return super().has_view_permission(request, obj) or is_guest(acting(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    class Media:
        css = {"all": ["case.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The stock pages of one row (add, change, delete, history) are not there: their addresses lead nowhere."""
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="cases_case_changelist"),
            *self.beside_urls(),
            path("open/", view(self.open_view), name="cases_case_open"),
            path("<str:reference>/", view(self.case_view), name="cases_case_page"),
            path("<str:reference>/do/<slug:slug>/", view(self.do_view), name="cases_case_do"),
            path("<str:reference>/picture/<int:pk>/", view(self.picture_view), name="cases_case_picture"),
            path("<str:reference>/original/<int:pk>/", view(self.original_view), name="cases_case_original"),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueueList

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return queue_of(acting(request))

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        return search(queryset, search_term, acting(request)), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        # The list of models at the side would take the room of two columns.
        hands_over = bool(roles_of(acting(request)) & SUPERVISING)
        shown = {
            "title": _("Cases, what is due first on top"),
            "is_nav_sidebar_enabled": False,
            "hands_over": hands_over,
            "may_open": may_open(acting(request)),
        }
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    @admin.display(description=_("case"))
    def name(self, case: Case) -> str:
        return case_marks.name_mark(case)

    @admin.display(description=_("due next"))
    def due(self, case: Case) -> str:
        return case_marks.due_mark(case, timezone.now())

    @admin.display(description=_("stage"))
    def stage_mark(self, case: Case) -> str:
        return case_marks.stage_mark(case)

    @admin.display(description=_("severity"))
    def severity_mark(self, case: Case) -> str:
        return case_marks.severity_mark(case)

    @admin.display(description=_("language"))
    def language_name(self, case: Case) -> str:
        return case_marks.language_mark(case)

    @admin.display(description=_("handler"))
    def handler_name(self, case: Case) -> str:
        return case_marks.handler_mark(case)

    def action_checkbox(self, case: Case) -> SafeString:
        """The stock box without its template: of a list of fifty it takes a tenth of the time."""
        label = gettext("Choose %(case)s") % {"case": case.reference}
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME, case.pk, label,
        )  # fmt: skip
