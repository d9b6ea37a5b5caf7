"""What needs no token: the description of the interface, the list of problems, and that there is nothing else."""

import json
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.api.problems import KINDS

HOUR = "public, max-age=3600"


@lru_cache(maxsize=1)
def described(patterns: tuple[Any, ...]) -> bytes:
    """OpenAPI 3.1 of these addresses, in English; made once a process."""
    with translation.override("en"):
        generator = SchemaGenerator(patterns=list(patterns))  # type: ignore[no-untyped-call]
        made = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(made, ensure_ascii=False).encode()


class AsItIs(BaseContentNegotiation):
    """There is one kind of answer, whatever was asked for."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Schema(APIView):
    content_negotiation_class = AsItIs

    def get(self, request: Request, patterns: tuple[Any, ...]) -> HttpResponse:
        body = described(patterns)
        return HttpResponse(body, content_type="application/vnd.oai.openapi+json", headers={"Cache-Control": HOUR})


class Problems(APIView):
    content_negotiation_class = AsItIs

    def get(self, request: Request) -> Response:
        """Where the `type` of a problem leads: each code with its status and what it is called."""
        return Response({code: {"status": kind.status, "title": str(kind.title)} for code, kind in KINDS.items()})


@csrf_exempt
def nothing(request: HttpRequest, path: str = "") -> HttpResponse:
    raise Http404
