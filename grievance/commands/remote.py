"""Files that came with texts: fetched from their gateway and kept like any upload; its own copy is struck out."""

import json
import threading
import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from grievance import vault
from grievance.commands.answering import language_of
from grievance.commands.bytext import file_alone
from grievance.commands.conversation import write
from grievance.commands.files import attach
from grievance.commands.following import Following
from grievance.gateways import media
from grievance.gateways.errors import GatewayError
from grievance.gateways.setup import Setup
from grievance.gateways.wire import Text
from grievance.keys import RING, data_key_for_office, open_contact_json
from grievance.models import Grievance, InboundText, Remote
from grievance.rules import FILE_LARGEST_ELSE, FILES_MOST
from grievance.uploads import SealedUpload

State, Kind = Remote.State, Remote.Kind
LEASE = timedelta(minutes=5)  # longer than any fetch takes
LONGEST_RUN = 30.0  # seconds
TRIES_MOST = 12
LONGEST_WAIT = timedelta(hours=6)
_RUNNING = threading.Lock()


def keep_remotes(text: InboundText, parsed: Text, *, at: datetime) -> None:
    """What of this text lies at its gateway still; in the transaction that keeps the text."""
    rows = [Remote(text=text, kind=Kind.FILE, sealed_address=_sealed(url)) for url in parsed.media[:FILES_MOST]]
    if parsed.provider_id and text.request.gateway.kind in media.HOSTS:
        rows.append(Remote(text=text, kind=Kind.WORDS, sealed_address=_sealed(parsed.provider_id)))
    for row in rows:
        row.next_try_at = at
    Remote.objects.bulk_create(rows)


def fetch_remotes(*, at: datetime, limit: int = 20) -> int:
    """Do the next thing about each that is due, oldest first; returns how many were looked at. One run at a time in a
    process: a gateway that hangs holds one thread, and nothing else waits for these files."""
    if not _RUNNING.acquire(blocking=False):
        return 0
    try:
        return _fetch(at, limit)
    finally:
        _RUNNING.release()


def _fetch(at: datetime, limit: int) -> int:
    began, done, errors = time.monotonic(), 0, []
    for pk in list(Remote.objects.alone(at).values_list("text", flat=True)[:limit]):
        try:
            _file_alone(pk, at)
        except Exception as error:  # noqa: BLE001 - as below
            Remote.objects.filter(text=pk).update(next_try_at=at + LEASE)
            errors.append(error)
    for pk in list(Remote.objects.due(at).values_list("pk", flat=True)[:limit]):
        if time.monotonic() - began > LONGEST_RUN:
            break
        remote = _begin(pk, at)
        if remote is None:
            continue
        done += 1
        try:
            _next(remote, at)
        except GatewayError as error:
            _again(remote, error, at)
        except (vault.CannotOpen, Refused):  # damaged, or erased at its date
            _again(remote, GatewayError("cannot_keep", permanent=True), at)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next person's file must not wait for it
            _again(remote, GatewayError("error"), at)
            errors.append(error)
    if errors:
        raise ExceptionGroup("files at gateways", errors)
    return done


@transaction.atomic
def _file_alone(pk: int, at: datetime) -> None:
    """Somebody sent a picture, and with it nothing that we keep: it is a grievance all the same, and a person looks."""
    text = InboundText.objects.select_for_update(of=("self",)).select_related("writer__gateway").get(pk=pk)
    if text.session_id is None and text.grievance_id is None:
        text.session = file_alone(text.writer, "", language=language_of(text.writer), sent=text.at, at=at)
        text.save(update_fields=["session"])


@transaction.atomic
def _begin(pk: int, at: datetime) -> Remote | None:
    skip = connection.features.has_select_for_update_skip_locked
    held = Remote.objects.due(at).select_for_update(of=("self",), skip_locked=skip)
    remote = (
        held.select_related("text__request__gateway", "text__session__grievance", "text__grievance")
        .filter(pk=pk)
        .first()
    )
    if remote is None:  # another worker has it
        return None
    remote.tries, remote.next_try_at = remote.tries + 1, at + LEASE
    remote.save(update_fields=["tries", "next_try_at"])
    return remote


def _next(remote: Remote, at: datetime) -> None:
    gateway = remote.text.request.gateway
    credentials = open_contact_json(gateway.sealed_credentials) if gateway.sealed_credentials else {}
    setup = Setup(options=gateway.options, credentials=credentials)
    address = str(open_contact_json(remote.sealed_address or b""))
    if remote.kind == Kind.WORDS:
        media.strike_words(gateway.kind, address, setup)
    else:
        if remote.state == State.WAITING:
            _keep(remote, address, gateway.kind, setup, at)
        media.delete_file(gateway.kind, address, setup)
    _over(remote, State.DONE)


def _keep(remote: Remote, address: str, kind: str, setup: Setup, at: datetime) -> None:
    """Sealed as it streams in; from here on it is like any file of the person."""
    grievance = _grievance_of(remote)
    data_key = data_key_for_office(grievance.key_id)
    upload = SealedUpload("file", "")
    try:
        upload.content_type = media.fetch(
            address,
            hosts=media.hosts_of(kind, setup),
            headers=media.headers_for(kind, setup, address),
            most=FILE_LARGEST_ELSE,
            take=upload.receive,
        )
        upload.complete()
        if upload.problem is not None:
            raise GatewayError(upload.problem, permanent=upload.problem != "no_room")
        with transaction.atomic():
            if remote.text.grievance is None:
                attach(grievance=grievance, data_key=data_key, uploads=[upload], nonce=None, message=None, at=at)
            else:  # whoever handles the case is told of it, as of words
                back = Following(grievance, data_key, "")
                write(following=back, body="", language=grievance.language, uploads=[upload], at=at)
            if upload.problem is not None:
                raise GatewayError(upload.problem)
            remote.state = State.KEPT
            remote.save(update_fields=["state"])
    finally:
        upload.close()


def _grievance_of(remote: Remote) -> Grievance:
    text = remote.text
    grievance = text.grievance or (text.session.grievance if text.session else None)
    if grievance is None:
        raise Refused("no_grievance", _("This text belongs to no grievance."))
    return grievance


def _again(remote: Remote, error: GatewayError, at: datetime) -> None:
    """It waits longer after each try. What is kept here and gone there is done."""
    if error.permanent and remote.state == State.KEPT:
        _over(remote, State.DONE)
    elif error.permanent or remote.tries >= TRIES_MOST:
        _over(remote, State.LOST, error.code)
    else:
        wait = min(timedelta(minutes=2**remote.tries), LONGEST_WAIT)
        Remote.objects.filter(pk=remote.pk).update(next_try_at=at + wait, code=error.code[:40])


def _over(remote: Remote, state: str, code: str = "") -> None:
    Remote.objects.filter(pk=remote.pk).update(state=state, next_try_at=None, sealed_address=None, code=code[:40])


def _sealed(address: str) -> bytes:
    return vault.seal_contact(RING, json.dumps(address).encode())
