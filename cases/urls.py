"""The public addresses of the cases floor: where a case stands, and the rules that it goes by."""

from django.urls import path

from cases import views
from cases.views import partners

urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("follow/written/", views.written, name="written"),
    path("follow/lost/", views.lost, name="lost"),
    path("rules/", views.rules, name="rules"),
    path("rules/<slug:name>/", views.rules, name="rules"),
]

# Under /office/partners/, behind the office's login: its cookies go nowhere else.
for_partners = [
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
    path("export/", partners.export, name="partner_export"),
    path("one/<str:reference>/", partners.one, name="partner_one"),
]
