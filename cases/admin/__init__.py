"""The officers' desk: the queue, the page of a case, canned texts, and the access log."""

from cases.admin.canned import CannedTextAdmin
from cases.admin.custody import UnsealingAdmin
from cases.admin.openings import OpeningAdmin
from cases.admin.queue import CaseAdmin

__all__ = ["CannedTextAdmin", "CaseAdmin", "OpeningAdmin", "UnsealingAdmin"]
