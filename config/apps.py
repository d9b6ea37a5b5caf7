"""Puts the office's own site where the stock admin looks for one."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdminConfig(AdminConfig):
    default_site = "config.site.OfficeSite"
