"""The office's pages of the supply chain: everybody who works on cases reads them, superusers keep them."""

from typing import Any, cast

from django.contrib import admin
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import ScopedAdmin
from accounts.models import User
from accounts.roles import Role
from supplychain import commands, queries
from supplychain.codes import WHYS
from supplychain.forms import EmploymentForm, OrganisationForm, SiteForm, SupplyLinkForm
from supplychain.models import Employment, Organisation, Site, SupplyLink
from supplychain.policies import can_keep_chain
from supplychain.posters import sheets_of


class ChainAdmin(ScopedAdmin):
    """Read by every role of the office, kept by superusers (`supplychain.policies`)."""

    superuser_too = True
    whys = WHYS

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return isinstance(request.user, User) and can_keep_chain(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)


@admin.register(Organisation)
class OrganisationAdmin(ChainAdmin):
    form = OrganisationForm
    list_display = ["name", "kind", "country", "parent"]
    list_filter = ["kind", "country"]
    list_select_related = ["parent"]
    search_fields = ["name", "lei", "gln", "rmi_id", "os_id"]
    autocomplete_fields = ["parent"]

    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> Organisation:
        return commands.add_organisation(**form.cleaned_data, by=_person(request), at=timezone.now())

    def command_change(self, request: HttpRequest, record: Organisation, form: "ModelForm[Any]") -> None:
        commands.change_organisation(organisation=record, by=_person(request), at=timezone.now())


@admin.register(Site)
class SiteAdmin(ChainAdmin):
    form = SiteForm
    list_display = ["name", "kind", "operator", "country", "place", "poster"]
    list_filter = ["kind", "country"]
    list_select_related = ["operator"]
    search_fields = ["name", "place", "poster", "os_id", "local_names__name"]
    autocomplete_fields = ["operator"]

    class Media:
        css = {"all": ["chain.css"]}

    def get_urls(self) -> list[URLPattern]:
        poster = path("<int:pk>/poster/", self.admin_site.admin_view(self.poster), name="supplychain_site_poster")
        return [poster, *super().get_urls()]

    def poster(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A sheet to print and hang up: a QR code for each language, which carries the site into the form."""
        site = self.get_queryset(request).filter(pk=pk).exclude(poster=None).first()
        if site is None or not self.has_view_permission(request, site):
            raise Http404
        return TemplateResponse(request, "supplychain/poster.html", {"site": site, "sheets": sheets_of(site)})

    def get_fields(self, request: HttpRequest, obj: Site | None = None) -> Any:
        fields = [*SiteForm.Meta.fields, "local_names" if self.has_change_permission(request, obj) else "known_as"]
        return [*fields, "poster_sheet", "answers_today"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Site | None = None) -> Any:
        return ["known_as", "poster_sheet", "answers_today"]

    @admin.display(description=_("poster to print"))
    def poster_sheet(self, site: Site) -> str:
        if not site.poster:
            return str(_("Give the site a poster code first."))
        address = reverse("admin:supplychain_site_poster", args=[site.pk])
        return format_html('<a href="{}">{}</a>', address, _("Open the poster"))

    @admin.display(description=_("local names"))
    def known_as(self, site: Site) -> str:
        return ", ".join(name.name for name in site.local_names.all())

    @admin.display(description=_("who answers for this site today"))
    def answers_today(self, site: Site) -> str:
        answers = queries.who_answers(site=site, on=timezone.now().date())
        chart = queries.drawn(site_name=site.name, answers=answers)
        return render_to_string("supplychain/chart.html", {"chart": chart})

    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> Site:
        return commands.add_site(**form.cleaned_data, by=_person(request), at=timezone.now())

    def command_change(self, request: HttpRequest, record: Site, form: "ModelForm[Any]") -> None:
        names = form.cleaned_data["local_names"]
        commands.change_site(site=record, local_names=names, by=_person(request), at=timezone.now())


@admin.register(SupplyLink)
class SupplyLinkAdmin(ChainAdmin):
    """A link is declared and ended; what it said is never rewritten, because cases rest on it."""

    form = SupplyLinkForm
    list_display = ["id", "site", "material", "buyer", "buyer_site", "from_on", "until_on", "claim"]
    list_filter = ["claim", "material", ("until_on", admin.EmptyFieldListFilter)]
    list_select_related = ["site", "buyer", "buyer_site"]
    search_fields = ["site__name", "buyer__name", "material"]
    autocomplete_fields = ["site", "buyer", "buyer_site"]
    ordering = ["-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: SupplyLink | None = None) -> Any:
        return [name for name in SupplyLinkForm.Meta.fields if name != "until_on"] if obj else []

    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> SupplyLink:
        return commands.link_supply(**form.cleaned_data, by=_person(request), at=timezone.now())

    def command_change(self, request: HttpRequest, record: SupplyLink, form: "ModelForm[Any]") -> None:
        commands.end_link(link=record, until_on=record.until_on, by=_person(request), at=timezone.now())


@admin.register(Employment)
class EmploymentAdmin(ChainAdmin):
    """Who works or worked for whom: access to cases hangs on it, so it is ended and never removed."""

    viewers = frozenset({Role.LEAD})
    form = EmploymentForm
    list_display = ["user", "organisation", "unit", "from_on", "until_on"]
    list_filter = [("until_on", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__username", "organisation__name"]
    autocomplete_fields = ["user", "organisation"]
    ordering = ["-from_on", "-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Employment | None = None) -> Any:
        return [name for name in EmploymentForm.Meta.fields if name != "until_on"] if obj else []

    def command_add(self, request: HttpRequest, form: "ModelForm[Any]") -> Employment:
        return commands.employ(**form.cleaned_data, by=_person(request), at=timezone.now())

    def command_change(self, request: HttpRequest, record: Employment, form: "ModelForm[Any]") -> None:
        commands.end_employment(employment=record, until_on=record.until_on, by=_person(request), at=timezone.now())


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
