"""Files have a budget and leave room for words: beyond it, or on a full disk, the words are kept without them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from grievance import receipts, uploads
from grievance.commands import conversation, files, following
from grievance.commands.filing import Filed, file_grievance
from grievance.models import Attachment, Grievance, Message, SealedFile, StagedFile
from grievance.queries import first_words, staged_files
from grievance.uploads import SealedUpload
from tests.factories import AT
from tests.grievance.test_commands import DRAFT
from tests.grievance.test_views import RIGHT, nonce_in, receipt_in

MEGABYTE = 1024 * 1024
NUMBERS = count()


def thing(name: str = "voice.ogg", size: int = 3 * MEGABYTE) -> SimpleUploadedFile:
    """No two are alike: the same file sent twice is kept once."""
    return SimpleUploadedFile(name, b"OggS" + next(NUMBERS).to_bytes(8, "big") + bytes(size), "audio/ogg")


def post(client: Client, *files: SimpleUploadedFile, **typed: Any) -> str:
    given = {**RIGHT, "nonce": receipts.new_nonce(), **typed, "photos": list(files)}
    return client.post("/en/file/", given, REMOTE_ADDR="203.0.113.9").text


@pytest.fixture
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "FILES_A_NETWORK", 7 * MEGABYTE)


# -- A budget for each network


@pytest.mark.django_db
@pytest.mark.usefixtures("small_budget")
def test_beyond_the_budget_words_are_kept_and_the_page_says_what_to_do(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        assert "Your files were not kept" not in post(client, thing(), thing())
        page = post(client, thing())
        assert receipt_in(page)
        assert "Your files were not kept: many files came over your network today." in page
        assert "Send the files later, from the page where you come back with your number." in page
        elsewhere = client.post(
            "/en/file/", {**RIGHT, "nonce": receipts.new_nonce(), "photos": [thing()]}, REMOTE_ADDR="198.51.100.7"
        )
        assert "Your files were not kept" not in elsewhere.text
    with time_machine.travel(AT + timedelta(days=1), tick=False):
        assert "Your files were not kept" not in post(client, thing())
    assert (Grievance.objects.count(), Attachment.objects.count()) == (4, 4)


@pytest.mark.django_db
@pytest.mark.usefixtures("small_budget")
def test_a_form_that_is_corrected_says_that_its_files_were_left_out(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        post(client, thing(), thing())
        page = post(client, thing("third.ogg"), statement="")
        assert "Your files were not kept" in page
        assert "third.ogg" not in page
        assert StagedFile.objects.count() == 0
        assert receipt_in(post(client, nonce=nonce_in(page)))


@pytest.mark.django_db
@pytest.mark.usefixtures("small_budget")
def test_who_comes_back_with_a_number_has_a_budget_of_their_own(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        receipt = receipt_in(post(client, thing(), thing()))
        client.post("/en/follow/", {"receipt": receipt}, REMOTE_ADDR="203.0.113.9")
        page = client.get("/en/follow/").text
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        for place in ("#sent", "#sent", "#sent-alone"):
            given = {
                "csrf": token,
                "act": "write",
                "nonce": receipts.new_nonce(),
                "body": f"Ndiyo {place} {Message.objects.count()}",
            }
            sent = client.post("/en/follow/", {**given, "photos": [thing()]}, REMOTE_ADDR="203.0.113.9")
            assert sent["Location"].endswith(place)
    assert (Message.objects.count(), Attachment.objects.count()) == (3, 4)
    assert "We have your words, but not your files" in page


@pytest.mark.django_db
def test_files_leave_the_disk_room_for_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "DISK_FOR_WORDS", 1 << 60)  # more than any disk has
    page = post(client, thing())
    assert receipt_in(page)
    assert "Your files were not kept: there is no room for files here just now." in page
    assert SealedFile.objects.count() == 0


# -- A database without room


SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="its limit of pages is SQLite's own")


@contextmanager
def full_after(free: int) -> Iterator[None]:
    """The database may grow by so many bytes and no more."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what was deleted before would be room
        pages, size = (cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        cursor.execute(f"PRAGMA max_page_count = {pages + free // size}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def sealed(size: int) -> SealedUpload:
    upload = SealedUpload("voice.ogg", "audio/ogg")
    upload.receive(b"OggS" + bytes(size))
    upload.complete()
    return upload


def filed(**given: Any) -> Filed:
    return file_grievance(draft=DRAFT, nonce=given.pop("nonce", None) or receipts.new_nonce(), at=AT, **given)


@SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_full_database_keeps_the_words_without_the_files() -> None:
    voice = sealed(4 * MEGABYTE)
    with full_after(MEGABYTE):
        first = filed(uploads=[voice])
    assert (first.left_out, voice.problem) == ("no_room", "no_room")
    assert SealedFile.objects.count() == 0
    page = following.resume(session_key=following.open_session(receipt=first.receipt, at=AT), at=AT)
    assert first_words(grievance=page.grievance, data_key=page.data_key)["statement"] == DRAFT.statement

    again = sealed(4 * MEGABYTE)
    with full_after(MEGABYTE):
        conversation.write(following=page, body="Asante", language="sw", uploads=[again], at=AT)
    assert (again.problem, Message.objects.count(), Attachment.objects.count()) == ("no_room", 1, 0)

    with_room = sealed(4 * MEGABYTE)
    conversation.write(following=page, body="Tena", language="sw", uploads=[with_room], at=AT)
    assert Attachment.objects.count() == 1
    for upload in (voice, again, with_room):
        upload.close()


@SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_full_database_stages_nothing_and_breaks_nothing() -> None:
    nonce, voice = receipts.new_nonce(), sealed(4 * MEGABYTE)
    with full_after(MEGABYTE):
        files.stage(nonce=nonce, uploads=[voice], at=AT)
    assert (voice.problem, staged_files(nonce=nonce, at=AT), SealedFile.objects.count()) == ("no_room", [], 0)


def test_a_full_disk_of_temporary_files_costs_the_file_alone() -> None:
    voice = SealedUpload("voice.ogg", "audio/ogg")
    voice._sink.close()
    with open("/dev/full", "wb", buffering=0) as full:  # every write to it finds no room
        voice._sink = full
        voice.receive(b"OggS" + bytes(MEGABYTE))
        voice.complete()
    assert voice.problem == "no_room"
    assert voice.file_key == b""
