"""`ScopedAdmin`, on which every admin of the product builds: nobody is shown a row that does not exist for them."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.admin.refusals import refusable
from accounts.admin.versions import Whys, versions_of
from accounts.commands import log_act
from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import OFFICE, Role

if TYPE_CHECKING:
    BaseAdmin = admin.ModelAdmin[Any]
    BaseInline = admin.TabularInline[Any, Any]
    BasePaginator = Paginator[Any]
else:
    BaseAdmin, BaseInline, BasePaginator = admin.ModelAdmin, admin.TabularInline, Paginator


def acting(request: HttpRequest) -> User:
    """Who is at work: behind the admin's door nobody is anonymous."""
    return cast(User, request.user)


def scoped(queryset: models.QuerySet[Any], user: Any) -> models.QuerySet[Any]:
    """What of ``queryset`` exists for this person; nothing at all where the model does not say."""
    narrow = getattr(queryset, "visible_to", None)
    return narrow(user) if narrow else queryset.none()


class Capped(int):
    """A count that stopped counting, and says so where it is shown."""

    def __str__(self) -> str:
        return f"{int.__repr__(self - 1)}+"


class CappedPaginator(BasePaginator):
    """Counts up to 1,001 rows, so that a list of a million opens as fast as one of ten."""

    CAP = 1000
    # Along the order of the list, where an index has that order for every filter: a database that may count in any
    # order is tempted to read the whole table.
    in_order = False

    @cached_property
    def count(self) -> int:
        if not isinstance(self.object_list, models.QuerySet):
            return len(self.object_list)
        rows = self.object_list if self.in_order else self.object_list.order_by()
        found = rows.values("pk")[: self.CAP + 1].count()
        return Capped(found) if found > self.CAP else found


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """Offers only the related rows that exist for this person."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        visible = scoped(field.remote_field.model._default_manager.all(), request.user)
        return field.get_choices(  # type: ignore[no-any-return]
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to={"pk__in": visible.order_by().values("pk")},
        )


class Permits:
    """Permissions from roles, never from Django's permission tables; a superuser sees no casework by being one."""

    viewers: frozenset[Role] = OFFICE
    adders: frozenset[Role] = frozenset()
    changers: frozenset[Role] = frozenset()
    superuser_too = False

    def allows(self, request: HttpRequest, roles: frozenset[Role]) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return False
        if self.superuser_too and user.is_superuser and roles:
            return True
        return bool(roles & roles_of(user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.viewers)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, self.viewers)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.adders)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.changers)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScopedChoices:
    """Querysets, and the choices of foreign keys and of fields that complete themselves, scoped to the person."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return scoped(super().get_queryset(request), request.user)  # type: ignore[misc]

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        ordered = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        rows = db_field.remote_field.model._default_manager.all() if ordered is None else ordered
        return scoped(rows, request.user)


class ScopedInline(ScopedChoices, Permits, BaseInline):
    """Rows of a record, read-only unless the parent routes them to a command in `command_inlines`."""

    extra = 0
    show_change_link = False


class ScopedAdmin(ScopedChoices, Permits, BaseAdmin):
    """Read-only by default. To add or change, name the roles and route the form to a command:

    ``adders``/``changers``, `command_add`, `command_change`, `command_inlines`. Refusals become messages.
    """

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 50
    view_on_site = False
    versions_template = "admin/versions.html"
    # Fields whose values a history page never shows; binary (sealed) ones never are.
    sealed_fields: Sequence[str] = ()
    # What the codes of its commands are called where a history page says why.
    whys: Whys = MappingProxyType({})

    # -- what a subclass with ``adders`` or ``changers`` writes
    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> models.Model:
        """Call ONE command with ``form.cleaned_data``; give what it made."""
        raise NotImplementedError

    def command_change(self, request: HttpRequest, record: Any, form: "ModelForm[Any]") -> None:
        """Call ONE command; ``record`` carries the form's values already, unsaved."""
        raise NotImplementedError

    def command_inlines(self, request: HttpRequest, record: Any, formsets: list[Any]) -> None:
        """Call the command for changed rows of inlines, if this admin has any that may change."""

    # -- routed to commands
    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self.command_change(request, obj, form)
            return
        made = self.command_add(request, form)
        obj.pk, obj._state.adding, obj._state.db = made.pk, False, made._state.db
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        self.command_inlines(request, form.instance, formsets)

    @refusable
    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(*args, **kwargs)

    @refusable
    def changelist_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().changelist_view(*args, **kwargs)

    # -- the admin's own log says who and which row, nothing else
    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        log_act(record=obj, added=True, by=acting(request), at=timezone.now())

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        log_act(record=obj, added=False, by=acting(request), at=timezone.now())

    # -- scoped
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """404 for what does not exist for this person: the same answer as for what does not exist."""
        record = super().get_object(request, object_id, from_field)
        if record is None:
            raise Http404
        return record

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [self._scoped_filter(item) for item in super().get_list_filter(request)]

    def _scoped_filter(self, item: Any) -> Any:
        if isinstance(item, str) and get_fields_from_path(self.model, item)[-1].is_relation:
            return (item, ScopedRelatedFilter)
        return item

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what a filter of this list offers: a free lookup would be a way to guess at hidden fields."""
        offered = {"id", "pk", *(self._filter_paths(request) if request else ())}
        named = any(lookup == path or lookup.startswith(f"{path}__") for path in offered)
        return named and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def _filter_paths(self, request: HttpRequest) -> set[str]:
        paths = {str(self.date_hierarchy)} if self.date_hierarchy else set()
        for item in self.get_list_filter(request):
            if isinstance(item, str | tuple):
                paths.add(item if isinstance(item, str) else str(item[0]))
            else:
                paths.add(item.parameter_name)
        return paths

    # -- history: our own, read-only
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(record)s") % {"record": record},
            "versions": versions_of(
                record, sealed=self.sealed_fields, show=lambda rows: scoped(rows, request.user), whys=self.whys
            ),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": record,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.versions_template, context)
