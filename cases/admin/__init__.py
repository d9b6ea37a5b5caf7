"""The officers' desk: the queue, the page of a case, and the access log."""

from cases.admin.custody import UnsealingAdmin
from cases.admin.openings import OpeningAdmin
from cases.admin.queue import CaseAdmin

__all__ = ["CaseAdmin", "OpeningAdmin", "UnsealingAdmin"]
