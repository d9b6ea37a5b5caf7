"""The office's admin: what every admin page of the product builds on, and the pages of people and roles."""

from accounts.admin.people import RoleGrantAdmin, UserAdmin
from accounts.admin.refusals import refusable
from accounts.admin.scoped import CappedPaginator, ScopedAdmin, ScopedInline, ScopedRelatedFilter, acting, scoped
from accounts.admin.tokens import AccessTokenAdmin

__all__ = [
    "AccessTokenAdmin",
    "CappedPaginator",
    "RoleGrantAdmin",
    "ScopedAdmin",
    "ScopedInline",
    "ScopedRelatedFilter",
    "UserAdmin",
    "acting",
    "refusable",
    "scoped",
]
