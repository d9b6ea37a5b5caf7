"""The office pages of this floor: who keeps names, and the hours at which somebody reads."""

from grievance.admin.custody import CustodyKeyAdmin
from grievance.admin.gateways import GatewayAdmin
from grievance.admin.rota import ReadingHoursAdmin

__all__ = ["CustodyKeyAdmin", "GatewayAdmin", "ReadingHoursAdmin"]
