"""The public addresses of the cases floor: where a case stands, and the rules that it goes by."""

from functools import partial

from django.urls import URLPattern, URLResolver, include, path

from cases import api, views
from cases.views import partners

urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("follow/written/", views.written, name="written"),
    path("follow/lost/", views.lost, name="lost"),
    path("rules/", views.rules, name="rules"),
    path("rules/<slug:name>/", views.rules, name="rules"),
]

calls = [
    path("sites/", api.Sites.as_view(), name="api_sites"),
    path("questions/", api.Questions.as_view(), name="api_questions"),
    path("grievances/", api.Grievances.as_view(), name="api_grievances"),
    path("grievances/<str:reference>/", api.OneGrievance.as_view(), name="api_grievance"),
    path("grievances/<str:reference>/attachments/", api.Attachments.as_view(), name="api_attachments"),
    path("batches/", api.Batches.as_view(), name="api_batches"),
]
described = (path("api/v1/", include(calls)),)
open_to_all = [
    path("schema/", api.Schema.as_view(), {"patterns": described}, name="api_schema"),
    path("problems/", api.Problems.as_view(), name="api_problems"),
]
# A program that leaves out the last slash is answered all the same: led on to it, most come without what they sent.
without_slash = [
    path(str(one.pattern).removesuffix("/"), one.callback, one.default_args, name=one.name)
    for one in [*calls, *open_to_all]
]

# Under /office/partners/, behind the office's login: its cookies go nowhere else.
for_partners: list[URLPattern | URLResolver] = [
    path("", partners.home, name="partners"),
    path("file/", partners.file, name="partner_file"),
    path("list/", partners.many, name="partner_many"),
    path("list/empty.csv", partners.empty_list, name="partner_empty_list"),
    path("slips/", partners.slips, name="partner_slips"),
    path("drill/", partners.drill, name="partner_drill"),
    path("numbers/", partners.numbers, name="partner_numbers"),
    path("guide/", partners.guide, name="partner_guide"),
    path("guide/<slug:language>.pdf", partners.guide, name="partner_guide"),
    path("programs/", partners.programs, name="partner_programs"),
    path("programs/calls/", partners.calls, name="partner_calls"),
    path(
        "programs/calls.json",
        partners.description,
        {"describe": partial(api.described, described)},
        name="partner_description",
    ),
    path("language/", partners.language, name="partner_language"),
    path("export/", partners.export, name="partner_export"),
    path("one/<str:reference>/", partners.one, name="partner_one"),
]

# For programs of partners, on the public side: they come in by a token and can only seal.
for_programs: list[URLPattern | URLResolver] = [
    *described,
    path("api/v1/", include([*open_to_all, *without_slash])),
    path("api", api.nothing),
    path("api/", api.nothing),
    path("api/<path:path>", api.nothing),
]
