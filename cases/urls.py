"""The public addresses of the cases floor: where a case stands, and the rules that it goes by."""

from django.urls import path

from cases import views

urlpatterns = [
    path("follow/", views.follow, name="follow"),
    path("follow/written/", views.written, name="written"),
    path("follow/lost/", views.lost, name="lost"),
    path("rules/", views.rules, name="rules"),
    path("rules/<slug:name>/", views.rules, name="rules"),
]
