"""Text messages through a gateway of the office, or that of the settings; into files where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path

from django.conf import settings

from grievance import vault
from grievance.gateways import KINDS
from grievance.gateways.errors import GatewayError, NoGateway
from grievance.gateways.generic import outbound
from grievance.gateways.setup import STATUS, Setup, address_of
from grievance.keys import open_contact_json
from grievance.models import Gateway
from notifications.errors import TransportError
from notifications.transports.parcel import Parcel

PATIENCE = 15.0  # seconds for a gateway to answer


class GatewayTransport:
    def __init__(self) -> None:
        try:
            self.gateway = outbound.configured(settings.SMS_GATEWAY)
        except NoGateway:
            raise TransportError("gateway_settings") from None

    def ready(self) -> None:
        """Each text has a connection of its own."""

    def send(self, parcel: Parcel) -> str:
        with _told_as_transport():
            return outbound.send(self.gateway, to=parcel.to, text=parcel.body, uuid=short_id(parcel))

    def close(self) -> None:
        return None


class OwnGatewayTransport:
    """A gateway that the office set up; what we send with is opened here, in a worker."""

    def __init__(self, gateway: Gateway) -> None:
        self.kind = KINDS[gateway.kind]
        status = address_of(gateway.slug, STATUS) if settings.PUBLIC_URL else ""
        try:
            credentials = open_contact_json(gateway.sealed_credentials or b"") if gateway.sealed_credentials else {}
        except vault.CannotOpen:
            raise TransportError("credentials") from None
        self.setup = Setup(options={"status_url": status, **gateway.options}, credentials=credentials)

    def ready(self) -> None:
        """Each text has a connection of its own."""

    def send(self, parcel: Parcel) -> str:
        with _told_as_transport():
            return self.kind.send(self.setup, to=parcel.to, text=parcel.body, uuid=short_id(parcel), timeout=PATIENCE)

    def close(self) -> None:
        return None


@contextmanager
def _told_as_transport() -> Iterator[None]:
    try:
        yield
    except GatewayError as error:
        raise TransportError(
            error.code, permanent=error.permanent, unknown=error.unknown, stopped=error.stopped
        ) from None
    except NoGateway:
        raise TransportError("gateway_settings") from None


class FileTransport:
    """What would have been sent, one file each; the same text again goes to the same file."""

    def ready(self) -> None:
        try:
            Path(settings.OUTBOX_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise TransportError("outbox") from None

    def send(self, parcel: Parcel) -> str:
        message = EmailMessage(policy=SMTPUTF8)
        message["To"], message["Message-ID"] = parcel.to, parcel.message_id
        message.set_content(parcel.body, cte="8bit")
        path = Path(settings.OUTBOX_DIR) / f"sms-{short_id(parcel)}.eml"
        try:
            path.write_bytes(message.as_bytes())
        except OSError:
            raise TransportError("outbox") from None
        return ""

    def close(self) -> None:
        return None


def short_id(parcel: Parcel) -> str:
    """The part of the id that is ours: 32 hexadecimal digits."""
    return parcel.message_id.strip("<>").partition("@")[0]
