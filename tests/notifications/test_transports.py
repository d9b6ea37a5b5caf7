"""Email against a real SMTP server on loopback, and the files that the demo writes."""

import smtplib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifications.errors import TransportError
from notifications.transports.email import EmailTransport
from notifications.transports.files import written
from notifications.transports.parcel import Parcel
from notifications.transports.sms import FileTransport, GatewayTransport
from tests.notifications.servers import Mailbox, free_port, mail_server, says, web_server

PARCEL = Parcel("tomas@recourse.invalid", "Recourse: something", "Reference: K7\n\nسلام\n", "<c0ffee@recourse.invalid>")
TEXT = Parcel("+15550100001", "", "Recourse K7: مرحبا", "<c0ffee@recourse.invalid>")


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mailbox.port, 5
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield mailbox


@pytest.fixture
def transport(mailbox: Mailbox) -> Iterator[EmailTransport]:
    transport = EmailTransport()
    transport.ready()
    yield transport
    transport.close()


def refused(transport: Any, parcel: Parcel = PARCEL) -> tuple[str, bool, bool]:
    with pytest.raises(TransportError) as caught:
        transport.send(parcel)
    error = caught.value
    assert "tomas" not in str(error)
    return error.code, error.permanent, error.unknown


def test_an_email_arrives_with_its_id_and_says_that_a_machine_wrote_it(
    transport: EmailTransport, mailbox: Mailbox
) -> None:
    transport.send(PARCEL)
    (message,) = mailbox.received
    assert message["Message-ID"] == PARCEL.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == PARCEL.subject
    assert message["To"] == PARCEL.to
    assert "سلام" in message.get_content()
    assert message.get_content_type() == "text/plain"


def test_one_connection_carries_many(transport: EmailTransport, mailbox: Mailbox) -> None:
    server = transport.backend.connection  # type: ignore[attr-defined]
    for _number in range(3):
        transport.ready()
        transport.send(PARCEL)
    assert len(mailbox.received) == 3
    assert transport.backend.connection is server  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such person tomas", True), ("451 later", False), ("452 full", False)]
)
def test_a_recipient_refused(transport: EmailTransport, mailbox: Mailbox, answer: str, permanent: bool) -> None:
    mailbox.rcpt = answer
    assert refused(transport) == (answer[:3], permanent, False)
    mailbox.rcpt = ""
    transport.ready()
    transport.send(PARCEL)


@pytest.mark.parametrize(("answer", "permanent"), [("554 not this", True), ("451 later", False)])
def test_words_refused(transport: EmailTransport, mailbox: Mailbox, answer: str, permanent: bool) -> None:
    mailbox.data = answer
    assert refused(transport) == (answer[:3], permanent, False)


def test_a_break_after_the_words_leaves_a_doubt_and_the_next_one_goes_through(
    transport: EmailTransport, mailbox: Mailbox
) -> None:
    mailbox.drop = True
    assert refused(transport) == ("disconnected", False, True)
    mailbox.drop = False
    transport.ready()
    transport.send(PARCEL)
    assert mailbox.ids() == [PARCEL.message_id] * 2


def test_a_connection_that_went_to_sleep_is_opened_again_before_it_is_used(
    transport: EmailTransport, mailbox: Mailbox
) -> None:
    transport.backend.connection.sock.close()  # type: ignore[attr-defined]
    transport.backend.connection.file = None  # type: ignore[attr-defined]
    transport.ready()
    transport.send(PARCEL)
    assert len(mailbox.received) == 1


def test_a_break_before_the_words_leaves_none(
    transport: EmailTransport, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPServerDisconnected("tomas")

    monkeypatch.setattr(transport.backend.connection, "rcpt", gone)  # type: ignore[attr-defined]
    assert refused(transport) == ("disconnected", False, False)


def test_nobody_there(settings: Any, mailbox: Mailbox) -> None:
    settings.EMAIL_PORT = free_port()
    transport = EmailTransport()
    with pytest.raises(TransportError) as caught:
        transport.ready()
    assert (caught.value.code, caught.value.unknown) == ("connection", False)
    transport.close()


def test_an_address_that_is_none_is_given_up(transport: EmailTransport, mailbox: Mailbox) -> None:
    address = "tomas@recourse.invalid\nBcc: all@recourse.invalid"
    _code, permanent, unknown = refused(transport, Parcel(address, "s", "b", "<c0ffee@recourse.invalid>"))
    assert not unknown
    assert permanent
    assert mailbox.received == []


class TestFiles:
    @pytest.fixture(autouse=True)
    def _folder(self, settings: Any, tmp_path: Path) -> None:
        settings.OUTBOX_DIR = tmp_path / "out"
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = str(tmp_path / "out")

    def test_emails_and_texts_can_be_read_back(self) -> None:
        email = EmailTransport()
        for number in range(2):
            email.ready()
            email.send(Parcel(PARCEL.to, PARCEL.subject, PARCEL.body, f"<{number}@recourse.invalid>"))
        email.close()
        texts = FileTransport()
        texts.ready()
        texts.send(TEXT)
        texts.send(TEXT)
        found = {one.message_id: one for one in written()}
        assert set(found) == {"<0@recourse.invalid>", "<1@recourse.invalid>", TEXT.message_id}
        assert found["<1@recourse.invalid>"].subject == PARCEL.subject
        assert found["<1@recourse.invalid>"].body.strip() == PARCEL.body.strip()
        assert found[TEXT.message_id].body.strip() == TEXT.body

    def test_an_empty_outbox_is_empty(self) -> None:
        assert list(written()) == []


def test_a_text_goes_through_the_configured_gateway(settings: Any) -> None:
    with web_server(says(400)) as web:
        settings.SMS_GATEWAY = {"url": web.url, "body": "to={{to}}&text={{text}}&id={{uuid}}"}
        transport = GatewayTransport()
        transport.ready()
        assert refused(transport, TEXT) == ("400", True, False)
    assert "id=c0ffee" in web.asked[0].body


def test_a_gateway_with_broken_settings_is_said_as_a_code(settings: Any) -> None:
    settings.SMS_GATEWAY = {"url": "nowhere"}
    with pytest.raises(TransportError, match="gateway_settings"):
        GatewayTransport()
