"""Sites by name and country: what is public of them, and nothing of any case."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tokens import Scope
from cases.api.door import LANGUAGE, Door, answers, asked, invalid, number_in, only
from supplychain.models import Site
from supplychain.names import country_name
from supplychain.queries import sites_after

if TYPE_CHECKING:
    Base = serializers.Serializer[Any]
else:
    Base = serializers.Serializer

MOST = 100


class SiteShape(Base):
    id = serializers.CharField(help_text="What `answers.site` takes.")
    name = serializers.CharField()
    local_names = serializers.ListField(child=serializers.CharField())
    kind = serializers.ChoiceField(choices=Site.Kind.values)
    kind_label = serializers.CharField()
    company = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2")
    country_name = serializers.CharField()
    place = serializers.CharField(allow_blank=True)


class SitesShape(Base):
    items = SiteShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="What `after` takes for the next page.")


class Sites(Door):
    scope = Scope.READ

    @extend_schema(
        operation_id="list_sites",
        parameters=[
            OpenApiParameter("q", {"type": "string", "maxLength": 200}, description="Words of a name, in any script."),
            OpenApiParameter("country", {"type": "string", "pattern": "^[A-Z]{2}$"}),
            OpenApiParameter("after", {"type": "string", "pattern": "^[0-9]{1,17}$"}, description="`next` of a page."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}),
            LANGUAGE,
        ],
        responses=answers({200: SitesShape}, "invalid"),
    )
    def get(self, request: Request) -> Response:
        """Sites in the order of their names."""
        only(request, ("q", "country", "after", "limit"))
        words, country = asked(request, "q", r"[^\0]{0,200}"), asked(request, "country", r"[A-Z]{2}")
        after, limit = asked(request, "after", r"[0-9]{1,17}"), number_in(request, "limit", 50, MOST)
        found = sites_after(words, country=country, after=int(after or 0), most=limit)
        if found is None:
            raise invalid("after")
        more = str(found[limit - 1].pk) if len(found) > limit else None
        return Response(SitesShape({"items": [_shown(one) for one in found[:limit]], "next": more}).data)


def _shown(site: Site) -> dict[str, Any]:
    return {
        "id": str(site.pk),
        "name": site.name,
        "local_names": [one.name for one in site.local_names.all()],
        "kind": site.kind,
        "kind_label": site.get_kind_display(),
        "company": site.operator.name,
        "country": site.country,
        "country_name": country_name(site.country, get_language() or "en"),
        "place": site.place,
    }
