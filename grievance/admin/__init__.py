"""The office pages of this floor: who keeps names, the hours at which somebody reads, gateways, field partners."""

from grievance.admin.custody import CustodyKeyAdmin
from grievance.admin.drills import DrillAdmin
from grievance.admin.gateways import GatewayAdmin
from grievance.admin.partners import FieldPartnerAdmin, PartnerCardAdmin, PartnerNumberAdmin, PartnerPersonAdmin
from grievance.admin.practice import PracticeAdmin
from grievance.admin.rota import ReadingHoursAdmin

__all__ = [
    "CustodyKeyAdmin",
    "DrillAdmin",
    "FieldPartnerAdmin",
    "GatewayAdmin",
    "PartnerCardAdmin",
    "PartnerNumberAdmin",
    "PartnerPersonAdmin",
    "PracticeAdmin",
    "ReadingHoursAdmin",
]
