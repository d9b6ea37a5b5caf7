"""Addresses of the public pages; `config.urls` puts the language before them, and the chooser before the languages."""

from django.urls import path

from grievance import api, views

chooser = [path("", views.chooser, name="chooser")]

# For machines: no language stands before these.
machines = [
    path("sms/<slug:slug>/inbound", api.text, name="sms_inbound"),
    path("sms/<slug:slug>/inbound/<str:secret>", api.text, name="sms_inbound_secret"),
    path("sms/<slug:slug>/status", api.text, name="sms_status"),
    path("sms/<slug:slug>/status/<str:secret>", api.text, name="sms_status_secret"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("file/", views.file, name="file"),
    path("help/", views.help_page, name="help"),
    path("leave/", views.leave, name="leave"),
    path("calendar/", views.calendar, name="calendar"),
]
