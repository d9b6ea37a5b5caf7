"""Addresses of the public pages; `config.urls` puts the language before them, and the chooser before the languages."""

from django.urls import path

from grievance import views

chooser = [path("", views.chooser, name="chooser")]

urlpatterns = [
    path("", views.home, name="home"),
    path("file/", views.file, name="file"),
    path("help/", views.help_page, name="help"),
    path("leave/", views.leave, name="leave"),
    path("calendar/", views.calendar, name="calendar"),
]
