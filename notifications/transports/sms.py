"""Text messages through the configured gateway, or into files where there is none."""

from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

from django.conf import settings

from grievance.gateways import generic
from grievance.gateways.errors import GatewayError, NoGateway
from notifications.errors import TransportError
from notifications.transports.parcel import Parcel


class GatewayTransport:
    def __init__(self) -> None:
        try:
            self.gateway = generic.configured(settings.SMS_GATEWAY)
        except NoGateway:
            raise TransportError("gateway_settings") from None

    def ready(self) -> None:
        """Each text has a connection of its own."""

    def send(self, parcel: Parcel) -> None:
        try:
            generic.send(self.gateway, to=parcel.to, text=parcel.body, uuid=short_id(parcel))
        except GatewayError as error:
            raise TransportError(error.code, permanent=error.permanent, unknown=error.unknown) from None

    def close(self) -> None:
        return None


class FileTransport:
    """What would have been sent, one file each; the same text again goes to the same file."""

    def ready(self) -> None:
        try:
            Path(settings.OUTBOX_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise TransportError("outbox") from None

    def send(self, parcel: Parcel) -> None:
        message = EmailMessage(policy=SMTPUTF8)
        message["To"], message["Message-ID"] = parcel.to, parcel.message_id
        message.set_content(parcel.body, cte="8bit")
        path = Path(settings.OUTBOX_DIR) / f"sms-{short_id(parcel)}.eml"
        try:
            path.write_bytes(message.as_bytes())
        except OSError:
            raise TransportError("outbox") from None

    def close(self) -> None:
        return None


def short_id(parcel: Parcel) -> str:
    """The part of the id that is ours: 32 hexadecimal digits."""
    return parcel.message_id.strip("<>").partition("@")[0]
