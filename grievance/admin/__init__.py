"""The office pages of this floor: who keeps names, and the hours at which somebody reads."""

from grievance.admin.custody import CustodyKeyAdmin
from grievance.admin.rota import ReadingHoursAdmin

__all__ = ["CustodyKeyAdmin", "ReadingHoursAdmin"]
