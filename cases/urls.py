"""The public address of the cases floor: the follow page, because it shows where a case stands."""

from django.urls import path

from cases import views

urlpatterns = [path("follow/", views.follow, name="follow")]
