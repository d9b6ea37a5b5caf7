"""The public pages of a case: the door where the number is typed, the page behind it, and the rules."""

from cases.views.follow import follow
from cases.views.lost import lost
from cases.views.rules import rules
from cases.views.written import written

__all__ = ["follow", "lost", "rules", "written"]
