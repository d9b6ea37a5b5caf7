"""What goes out to people who filed: sent at least once under one id, held by one worker, and forgotten when done."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from grievance import vault
from grievance.keys import RING, seal_contact
from grievance.models import Reply
from notifications.commands import deliver_replies
from notifications.commands import replies as room
from notifications.commands.sending import BACKOFF, LEASE
from tests.notifications.servers import free_port

pytestmark = pytest.mark.django_db
ID = "0123456789abcdef0123456789abcdef"


def waits(at: datetime, channel: str = "email", to: str = "neema@example.org", **changes: object) -> Reply:
    parcel = seal_contact({"to": to, "subject": "Your code", "body": "1234 5678"})
    given = {"sealed_parcel": parcel, "message_id": ID, "made_at": at, "next_try_at": at} | changes
    return Reply.objects.create(channel=channel, **given)


def test_an_email_goes_out_once_and_is_forgotten(at: datetime) -> None:
    reply = waits(at)
    assert deliver_replies(at=at) == 1
    assert deliver_replies(at=at + timedelta(days=1)) == 0
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["neema@example.org"], "Your code", "1234 5678")
    assert sent.extra_headers["Message-ID"].startswith(f"<{ID}@")
    reply.refresh_from_db()
    assert (reply.state, reply.sealed_parcel, reply.next_try_at, reply.done_at) == ("sent", None, None, at)


def test_a_text_goes_out_by_its_own_way(at: datetime, settings: Any, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path
    waits(at, "sms", "+243812345678")
    assert deliver_replies(at=at) == 1
    (written,) = tmp_path.iterdir()
    assert written.name == f"sms-{ID}.eml"
    assert "1234 5678" in written.read_text()


def test_what_cannot_be_sent_is_tried_again_with_longer_waits_and_given_up(at: datetime, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    reply, now = waits(at), at
    for wait in BACKOFF:
        assert deliver_replies(at=now) == 0
        reply.refresh_from_db()
        assert (reply.state, reply.next_try_at, reply.doubtful) == ("waiting", now + wait, False)
        now += wait
    deliver_replies(at=now)
    reply.refresh_from_db()
    assert (reply.state, reply.sealed_parcel, reply.next_try_at) == ("dead", None, None)


def test_what_a_dead_worker_had_begun_is_sent_once_more_and_no_third_time(at: datetime) -> None:
    reply = waits(at)
    assert room._begin(reply.pk, at) is not None  # and the worker dies here
    assert deliver_replies(at=at + LEASE - timedelta(seconds=1)) == 0
    assert room._begin(reply.pk, at + LEASE) is not None  # and so does the next one
    reply.refresh_from_db()
    assert reply.doubtful
    assert deliver_replies(at=at + 2 * LEASE) == 0
    reply.refresh_from_db()
    assert (reply.state, reply.sealed_parcel) == ("dead", None)
    assert mail.outbox == []


def test_the_second_worker_sends_under_the_same_id(at: datetime) -> None:
    reply = waits(at)
    room._begin(reply.pk, at)
    assert deliver_replies(at=at + LEASE) == 1
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{ID}@")
    reply.refresh_from_db()
    assert (reply.state, reply.doubtful) == ("sent", True)


def test_two_workers_send_one_text(at: datetime) -> None:
    reply = waits(at)
    first = room._begin(reply.pk, at)
    assert first is not None
    assert room._begin(reply.pk, at) is None
    room._end(first, room.Sent(), at)
    assert room._begin(reply.pk, at) is None


def test_what_was_called_back_while_it_was_sent_stays_called_back(at: datetime) -> None:
    reply = waits(at)
    held = room._begin(reply.pk, at)
    assert held is not None
    Reply.objects.filter(pk=reply.pk).update(state="dead", next_try_at=None)
    room._end(held, room.Sent(), at)
    reply.refresh_from_db()
    assert reply.state == "dead"


def test_a_box_that_somebody_else_made_is_given_up_and_delays_nobody(at: datetime) -> None:
    foreign = waits(at, sealed_parcel=b"x" * 80)
    waits(at, message_id="f" * 32)
    assert deliver_replies(at=at) == 1
    foreign.refresh_from_db()
    assert foreign.state == "dead"


def test_only_the_contact_key_opens_a_parcel(at: datetime) -> None:
    sealed = bytes(waits(at).sealed_parcel or b"")
    assert b"neema" not in sealed
    assert json.loads(vault.open_contact(RING, sealed))["to"] == "neema@example.org"
