"""The two-way conversation after a filing."""

from collections.abc import Iterable
from datetime import datetime

from django.db import OperationalError, transaction

from accounts.models import User
from grievance import receipts
from grievance.commands.arrivals import message_arrived
from grievance.commands.files import attach, is_full, leave_out
from grievance.commands.following import Following
from grievance.keys import data_key_for_office, open_text, seal_text
from grievance.models import Grievance, Message, TextReceipt
from grievance.rules import PRESSED_TWICE
from grievance.uploads import SealedUpload


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

    The same words again within a few minutes are the same message: on a slow line people press twice. Where there is no
    room for the files the words are kept without them, and each of ``uploads`` says so.
    """
    kept = list(uploads)
    try:
        return _write(following, body, language, kept, receipts.read_nonce(nonce), at)
    except OperationalError as error:
        if not is_full(error):
            raise
        leave_out(kept)
        return _write(following, body, language, [], None, at)


@transaction.atomic
def _write(
    following: Following,
    body: str,
    language: str,
    uploads: list[SealedUpload],
    nonce: bytes | None,
    at: datetime,
) -> Message:
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
        nonce=nonce,
        message=message,
        at=at,
    )
    if not again:
        message_arrived(message=message, at=at)
    return message


def _just_sent(following: Following, body: str, at: datetime) -> Message | None:
    """The newest message of this person, if it says the same and is a few minutes old at most."""
    newest = Message.objects.filter(grievance=following.grievance, author=None).order_by("-sent_at", "-pk").first()
    if newest is None or at - newest.sent_at > PRESSED_TWICE:
        return None
    return newest if open_text(following.data_key, newest.sealed_body, "message") == body else None


@transaction.atomic
def reply(
    *,
    grievance: Grievance,
    author: User,
    body: str,
    language: str,
    read_up_to: int,
    uploads: Iterable[SealedUpload] = (),
    at: datetime,
) -> Message:
    """An officer writes, having read up to the message with that id (0: none); called by `cases`, which knows whether
    they may. In the person's language it is shown at once; in another it waits, and answers nothing yet. Of ``uploads``
    the person gets the copies, once they are made: nothing hidden in a file of the office reaches them."""
    data_key = data_key_for_office(grievance.key_id)
    own = Message.objects.of_person().filter(grievance=grievance, pk__lte=read_up_to)
    message = Message.objects.create(
        grievance=grievance,
        author=author,
        language=language,
        sealed_body=seal_text(data_key, body, "message"),
        sent_at=at,
        answers=own.order_by("-pk").first(),
    )
    attach(grievance=grievance, data_key=data_key, uploads=uploads, nonce=None, message=message, at=at)
    if language == grievance.language:
        release(message=message, at=at)
    return message


def release(*, message: Message, at: datetime) -> bool:
    """Show it on the person's page; what they said up to the message that it answers is read by that. What came in
    while the officer wrote stays unread. False where it is shown already."""
    if not Message.objects.waiting().filter(pk=message.pk).update(released_at=at):
        return False
    message.released_at = at
    read = Message.objects.of_person().filter(grievance=message.grievance_id, read_at=None)
    read.filter(pk__lte=message.answers_id or 0).update(read_at=at)
    return True


def mark_read(*, following: Following, at: datetime) -> None:
    """The person has the office's messages before them, on a page or a phone, without those that wait for a
    translation."""
    shown = Message.objects.shown_to_person().filter(grievance=following.grievance, author__isnull=False)
    shown.filter(read_at=None).update(read_at=at)
    TextReceipt.objects.filter(grievance=following.grievance).update(read_at=at)
