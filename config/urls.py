"""Every address: the public pages under a language, the office under /office/, and those for machines."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

import cases.urls
from cases.admin.figures import figures_view
from cases.admin.readiness import readiness_view
from cases.admin.week import deadlines_view
from config import health
from config.site import door_view
from grievance import urls as public
from notifications.admin.texts import texts_view

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]

# A worker answers no request; it writes the addresses of the office's pages into emails.
if settings.SERVES_OFFICE or settings.ROLE == "worker":
    urlpatterns += [
        path("office/", door_view, name="office"),
        path("office/account/", include("accounts.urls")),
        path("office/partners/", include(cases.urls.for_partners)),
        path(
            "office/admin/deadlines/",
            admin.site.admin_view(deadlines_view),
            {"marked": health.marked},
            name="deadlines",
        ),
        path("office/admin/figures/", admin.site.admin_view(figures_view), name="figures"),
        path("office/admin/texts/", admin.site.admin_view(texts_view), name="sms_texts"),
        path("office/admin/readiness/", admin.site.admin_view(readiness_view), name="readiness"),
        path("office/admin/", admin.site.urls),
    ]

if settings.SERVES_PUBLIC:
    urlpatterns += [
        path("", include(public.chooser)),
        path("", include(public.machines)),
        path("", include(cases.urls.for_programs)),
        *i18n_patterns(path("", include("grievance.urls")), path("", include("cases.urls"))),
    ]
