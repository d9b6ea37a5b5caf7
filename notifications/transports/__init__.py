"""The ways in which a notice leaves the house, one file each."""

from django.conf import settings

from grievance.models import Gateway
from grievance.queries import sends_texts
from notifications.transports.email import EmailTransport
from notifications.transports.parcel import Parcel, Transport
from notifications.transports.sms import FileTransport, GatewayTransport, OwnGatewayTransport

__all__ = ["Parcel", "Transport", "available", "by_gateway", "transport"]


def available(channel: str) -> bool:
    """Is there a way to send this? An installation in earnest without a gateway writes to nobody's phone."""
    return channel == "email" or bool(settings.SMS_GATEWAY) or not settings.PRODUCTION or sends_texts()


def transport(channel: str) -> Transport:
    """Raises `TransportError` where the settings do not give one."""
    if channel == "email":
        return EmailTransport()
    return GatewayTransport() if settings.SMS_GATEWAY else FileTransport()


def by_gateway(gateway: Gateway) -> Transport:
    """A text by a gateway that the office set up. Raises `TransportError` where what we send with does not open."""
    return OwnGatewayTransport(gateway)
