"""The two-way conversation after a filing."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from grievance import receipts
from grievance.commands.files import attach
from grievance.commands.following import Following
from grievance.keys import data_key_for_office, open_text, seal_text
from grievance.models import Arrival, Grievance, Message
from grievance.rules import PRESSED_TWICE
from grievance.uploads import SealedUpload


@transaction.atomic
def write(
    *,
    following: Following,
    body: str,
    language: str,
    uploads: Iterable[SealedUpload] = (),
    nonce: str = "",
    at: datetime,
) -> Message:
    """The person writes from the follow page, with the files staged under ``nonce``; `cases` hears by the Arrival.

    The same words again within a few minutes are the same message: on a slow line people press twice.
    """
    grievance = Grievance.objects.select_for_update().get(pk=following.grievance.pk)
    message = _just_sent(following, body, at)
    again = message is not None
    message = message or Message.objects.create(
        grievance=grievance,
        language=language,
        sealed_body=seal_text(following.data_key, body, "message"),
        sent_at=at,
    )
    attach(
        grievance=grievance,
        data_key=following.data_key,
        uploads=uploads,
        nonce=receipts.read_nonce(nonce),
        message=message,
        at=at,
    )
    if not again:
        Arrival.objects.create(kind=Arrival.Kind.MESSAGE, grievance=grievance, message=message, at=at)
    return message


def _just_sent(following: Following, body: str, at: datetime) -> Message | None:
    """The newest message of this person, if it says the same and is a few minutes old at most."""
    newest = Message.objects.filter(grievance=following.grievance, author=None).order_by("-sent_at", "-pk").first()
    if newest is None or at - newest.sent_at > PRESSED_TWICE:
        return None
    return newest if open_text(following.data_key, newest.sealed_body, "message") == body else None


@transaction.atomic
def reply(*, grievance: Grievance, author: User, body: str, language: str, read_up_to: int, at: datetime) -> Message:
    """An officer writes, having read up to the message with that id (0: none); called by `cases`, which knows whether
    they may. What came in while they wrote stays unread."""
    data_key = data_key_for_office(grievance.key_id)
    Message.objects.filter(grievance=grievance, author=None, read_at=None, pk__lte=read_up_to).update(read_at=at)
    return Message.objects.create(
        grievance=grievance,
        author=author,
        language=language,
        sealed_body=seal_text(data_key, body, "message"),
        sent_at=at,
        released_at=at,
    )


def mark_read(*, following: Following, at: datetime) -> None:
    """The person has the office's messages before them."""
    Message.objects.filter(grievance=following.grievance, author__isnull=False, read_at=None).update(read_at=at)
