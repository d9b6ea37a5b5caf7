"""Email through Django's mail backends, one connection for each run."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from notifications.errors import TransportError
from notifications.transports.parcel import Parcel

# No pixels, no links that count, no answers by machines to a machine (RFC 3834).
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
# Told for good: this mailbox is not there, this address is none. Other refusals may be about us and pass.
RECIPIENT_REFUSED = range(500, 600)


class _Noting:
    """Notes when the words themselves are handed over: what breaks after that may have arrived."""

    handed_over = False

    def data(self, msg: Any) -> Any:
        self.handed_over = True
        return super().data(msg)  # type: ignore[misc]


class _Plain(_Noting, smtplib.SMTP):
    pass


class _Tls(_Noting, smtplib.SMTP_SSL):
    pass


class NotingBackend(EmailBackend):
    """Django's SMTP backend, which can say how far a failed send had come."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Tls if self.use_ssl else _Plain


class EmailTransport:
    def __init__(self) -> None:
        self.backend: BaseEmailBackend = (
            NotingBackend()
            if settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
            else mail.get_connection()
        )

    def ready(self) -> None:
        server = self._server()
        if server is not None and not _alive(server):
            self.close()
        with _told_as_codes():
            self.backend.open()

    def send(self, parcel: Parcel) -> str:
        server = self._server()
        if isinstance(server, _Noting):
            server.handed_over = False
        try:
            with _told_as_codes():
                self.backend.send_messages([_message(parcel)])
        except TransportError as error:
            if error.code in BROKEN:
                error.unknown = isinstance(server, _Noting) and server.handed_over
                self.close()
            raise
        return ""

    def close(self) -> None:
        server = self._server()
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            if server is not None:
                server.close()

    def _server(self) -> Any:
        """The connection of `NotingBackend`; None while closed, and of backends that have none."""
        return getattr(self.backend, "connection", None)


BROKEN = frozenset({"timeout", "disconnected", "connection"})


def _alive(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _message(parcel: Parcel) -> mail.EmailMessage:
    headers = {**HEADERS, "Message-ID": parcel.message_id}
    return mail.EmailMessage(subject=parcel.subject, body=parcel.body, to=[parcel.to], headers=headers)


@contextmanager
def _told_as_codes() -> Iterator[None]:
    """The words of a server may repeat an address: only its number goes on."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise TransportError(str(code), permanent=code in RECIPIENT_REFUSED) from None
    except smtplib.SMTPDataError as error:
        raise TransportError(str(error.smtp_code), permanent=error.smtp_code in RECIPIENT_REFUSED) from None
    except smtplib.SMTPResponseException as error:  # sender, login, greeting: ours to mend, so that it is tried again
        raise TransportError(str(error.smtp_code)) from None
    except smtplib.SMTPServerDisconnected:
        raise TransportError("disconnected") from None
    except smtplib.SMTPException:
        raise TransportError("smtp") from None
    except TimeoutError:
        raise TransportError("timeout") from None
    except OSError:
        raise TransportError("connection") from None
    except ValueError:  # Django refuses an address that cannot be one
        raise TransportError("bad_address", permanent=True) from None
