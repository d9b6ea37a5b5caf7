"""The public pages of a case: the door where the number is typed, and the page behind it."""

from cases.views.follow import follow

__all__ = ["follow"]
