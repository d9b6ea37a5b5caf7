"""What needs no token: the description of the interface, the list of problems, and that there is nothing else."""

import json
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from cases.api.problems import KINDS

HOUR = "public, max-age=3600"


@lru_cache(maxsize=1)
def described(patterns: tuple[Any, ...]) -> bytes:
    """OpenAPI 3.1 of these addresses, in English; made once a process."""
    with translation.override("en"):
        generator = SchemaGenerator(patterns=list(patterns))  # type: ignore[no-untyped-call]
        made = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(made, ensure_ascii=False).encode()


@require_safe
def schema(request: HttpRequest, patterns: tuple[Any, ...]) -> HttpResponse:
    body = described(patterns)
    return HttpResponse(body, content_type="application/vnd.oai.openapi+json", headers={"Cache-Control": HOUR})


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Where the `type` of a problem leads: each code with its status and what it is called."""
    found = {code: {"status": kind.status, "title": str(kind.title)} for code, kind in KINDS.items()}
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


@csrf_exempt
def nothing(request: HttpRequest, path: str = "") -> HttpResponse:
    raise Http404
