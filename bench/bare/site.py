"""The one view, its address and its application; run as a module, it makes its table."""

import os

import django
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.bare.settings")
application = get_wsgi_application()

from bench.bare.models import Line  # noqa: E402 - a model needs Django to be set up


def insert(request: HttpRequest) -> HttpResponse:
    line = Line.objects.create(words=request.POST["statement"])
    return HttpResponse(f"<!doctype html><title>Thank you</title><p>{line.pk}")


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("", insert), path("healthz", healthz)]

if __name__ == "__main__":
    django.setup()
    with connection.schema_editor() as editor:
        editor.create_model(Line)
