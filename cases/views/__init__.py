"""The public pages of a case: the door where the number is typed, the page behind it, and the rules."""

from cases.views.follow import follow
from cases.views.rules import rules

__all__ = ["follow", "rules"]
