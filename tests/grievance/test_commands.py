"""Filing, staging, following, conversation, reading and custody: what a person and an auditor would notice."""

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models
from PIL import Image

from accounts.errors import Refused
from accounts.models import RoleGrant, User
from accounts.roles import Role
from grievance import receipts
from grievance.commands import conversation, custody, files, following, pictures, reading
from grievance.commands.draft import Draft
from grievance.commands.filing import Filed, file_grievance
from grievance.commands.together import insert_together
from grievance.keys import open_json
from grievance.models import Arrival, Attachment, Grievance, KeyWrap, Message, Opening, SealedFile, StagedFile
from grievance.queries import custody_pairs, open_file, readers, staged_files, turns
from grievance.rules import READING_BUDGET
from grievance.stripping import strip
from grievance.uploads import SealedUpload
from supplychain.models import Employment, Organisation
from tests.grievance import recordings

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
MARKS = ("Zwj-statement", "Zwj-place", "Zwj-name", "+15550109999", "Zwj-times", "Zwj-file.jpg", "Zwj-message")
DRAFT = Draft(
    channel="web",
    language="sw",
    statement="Zwj-statement",
    place="Zwj-place",
    site_id=None,
    families=("WG",),
    happened_on=date(2026, 2, 1),
    ongoing=False,
    urgent=False,
    openness="open",
    name="Zwj-name",
    phone="+15550109999",
    times="Zwj-times",
    safe_way="sms",
    may_tell=True,
)

pytestmark = pytest.mark.django_db


def picture(colour: str = "red", name: str = "Zwj-file.jpg") -> SealedUpload:
    body = BytesIO()
    Image.new("RGB", (40, 30), colour).save(body, "JPEG")
    upload = SealedUpload(name, "image/jpeg")
    upload.receive(body.getvalue())
    upload.complete()
    MADE.append(upload)
    return upload


MADE: list[SealedUpload] = []


@pytest.fixture(autouse=True)
def closed_uploads() -> Iterator[None]:
    """Django closes a request's uploads at its end."""
    yield
    while MADE:
        MADE.pop().close()


def file(nonce: str | None = None, at: datetime = AT, uploads: tuple[SealedUpload, ...] = (), **changes: Any) -> Filed:
    return file_grievance(
        draft=dataclasses.replace(DRAFT, **changes), nonce=nonce or receipts.new_nonce(), uploads=uploads, at=at
    )


def follow(filed: Filed, at: datetime = AT) -> following.Following:
    return following.resume(session_key=following.open_session(receipt=filed.receipt, at=at), at=at)


@pytest.fixture
def officer() -> User:
    user = User.objects.create_user("tomas")
    RoleGrant.objects.create(user=user, role=Role.HANDLER, granted_at=AT)
    return user


def test_the_receipt_opens_what_was_filed() -> None:
    filed = file(uploads=(picture(),))
    page = follow(filed)
    assert not filed.again
    assert page.grievance == Grievance.objects.get()
    assert Arrival.objects.get().grievance == page.grievance


def test_the_same_form_posted_again_is_one_grievance_with_one_receipt() -> None:
    nonce = receipts.new_nonce()
    first = file(nonce, uploads=(picture(),))
    again = file(nonce, uploads=(picture(),), at=AT + timedelta(minutes=1))
    assert (again.receipt, again.again, again.added) == (first.receipt, True, False)
    assert Grievance.objects.count() == Arrival.objects.count() == Attachment.objects.count() == 1
    assert SealedFile.objects.count() == 1


def test_other_words_under_the_same_form_are_added_once_and_never_dropped() -> None:
    nonce = receipts.new_nonce()
    first = file(nonce)
    for _ in range(2):
        again = file(nonce, statement="I forgot to say more")
    assert again.receipt == first.receipt
    page = follow(first)
    assert [turn.body for turn in turns(grievance=page.grievance, data_key=page.data_key)] == [
        "I forgot to say more\n\nZwj-place"
    ]
    assert Arrival.objects.count() == 2


def test_a_photo_added_to_the_same_form_is_kept_with_a_message() -> None:
    nonce = receipts.new_nonce()
    file(nonce)
    assert file(nonce, uploads=(picture(),)).added
    assert Attachment.objects.get().message is not None


def test_a_filing_that_cannot_be_written_whole_is_not_written_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_a_bad_arrival(*rows: models.Model) -> None:
        insert_together(*rows[:-1], Arrival(kind=Arrival.Kind.MESSAGE, grievance=Grievance.objects.get(), at=AT))

    monkeypatch.setattr("grievance.commands.filing.insert_together", with_a_bad_arrival)
    with pytest.raises(IntegrityError):
        file()
    assert not Grievance.objects.exists()
    assert not KeyWrap.objects.exists()


def test_staged_photos_move_in_and_leave_nothing_behind() -> None:
    nonce = receipts.new_nonce()
    files.stage(nonce=nonce, uploads=[picture(), picture("blue")], at=AT)
    kept = staged_files(nonce=nonce, at=AT)
    assert [row.name for row in kept] == ["Zwj-file.jpg"] * 2
    files.unstage(nonce=nonce, ids=[kept[0].id], at=AT)
    filed = file(nonce, uploads=(picture("green"),))
    page = follow(filed)
    originals = [row.original for row in Attachment.objects.order_by("pk").select_related("original")]
    assert len(originals) == 2
    assert not StagedFile.objects.exists()
    assert all(b"".join(open_file(row, page.data_key)).startswith(b"\xff\xd8") for row in originals)


def test_five_photos_a_form_whenever_they_come() -> None:
    nonce = receipts.new_nonce()
    files.stage(nonce=nonce, uploads=[picture(f"#00000{n}") for n in range(4)], at=AT)
    files.stage(nonce=nonce, uploads=[picture(f"#00100{n}") for n in range(4)], at=AT)
    assert len(staged_files(nonce=nonce, at=AT)) == 5


def test_staged_photos_go_after_a_day() -> None:
    nonce = receipts.new_nonce()
    files.stage(nonce=nonce, uploads=[picture()], at=AT)
    assert files.clear_expired(at=AT + timedelta(hours=23)) == 0
    assert files.clear_expired(at=AT + timedelta(hours=25)) == 1
    assert not SealedFile.objects.exists()


def test_another_form_cannot_open_staged_photos() -> None:
    files.stage(nonce=receipts.new_nonce(), uploads=[picture()], at=AT)
    assert staged_files(nonce=receipts.new_nonce(), at=AT) == []


def test_a_wrong_receipt_says_so_and_opens_nothing() -> None:
    file()
    key = b"k" * 32
    with pytest.raises(Refused, match="unknown_receipt"):
        following.open_session(receipt=receipts.receipt_for(key, b"n" * 32), at=AT)


def test_a_session_ends_after_twenty_idle_minutes_and_on_leaving() -> None:
    filed = file()
    session = following.open_session(receipt=filed.receipt, at=AT)
    for minutes in (15, 30, 45):  # not idle
        following.resume(session_key=session, at=AT + timedelta(minutes=minutes))
    with pytest.raises(Refused, match="session_over"):
        following.resume(session_key=session, at=AT + timedelta(minutes=66))
    session = following.open_session(receipt=filed.receipt, at=AT)
    following.end_session(session_key=session)
    with pytest.raises(Refused, match="session_over"):
        following.resume(session_key=session, at=AT)


def test_an_erased_grievance_opens_for_nobody(officer: User) -> None:
    filed = file()
    KeyWrap.objects.all().delete()
    with pytest.raises(Refused, match="unknown_receipt"):
        following.open_session(receipt=filed.receipt, at=AT)
    with pytest.raises(Refused, match="erased"):
        reading.open_words(grievance=Grievance.objects.get(), by=officer, at=AT)
    assert not Opening.objects.exists()


def test_the_two_talk(officer: User) -> None:
    filed = file()
    conversation.write(following=follow(filed), body="Zwj-message", language="sw", uploads=[picture()], at=AT)
    conversation.reply(
        grievance=Grievance.objects.get(),
        author=officer,
        body="karibu",
        language="sw",
        read_up_to=Message.objects.get().pk,
        at=AT,
    )
    words = reading.open_words(grievance=Grievance.objects.get(), by=officer, at=AT)
    assert [(turn.from_complainant, turn.body) for turn in words.turns] == [(True, "Zwj-message"), (False, "karibu")]
    assert Message.objects.get(author=None).read_at == AT
    page = follow(filed)
    conversation.mark_read(following=page, at=AT)
    assert Message.objects.exclude(author=None).get().read_at == AT


def test_pressing_send_twice_is_one_message() -> None:
    filed = file()
    for seconds in (0, 20):
        conversation.write(
            following=follow(filed), body="Zwj-message", language="sw", at=AT + timedelta(seconds=seconds)
        )
    assert Message.objects.count() == 1
    conversation.write(following=follow(filed), body="Zwj-message", language="sw", at=AT + timedelta(days=1))
    assert Message.objects.count() == 2
    assert Arrival.objects.filter(kind="message").count() == 2


def test_every_opening_is_on_record_and_the_person_learns_how_many(officer: User) -> None:
    filed = file()
    grievance = Grievance.objects.get()
    for _ in range(3):
        reading.open_words(grievance=grievance, by=officer, at=AT)
    assert Opening.objects.filter(by=officer, grievance=grievance, what="words").count() == 3
    assert readers(follow(filed).grievance) == 1


def test_a_daily_budget_stops_a_reader(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READING_BUDGET", 2)
    assert READING_BUDGET > 2
    for _ in range(3):
        file()
    first, second, third = Grievance.objects.order_by("pk")
    for grievance in (first, second, first):
        reading.open_words(grievance=grievance, by=officer, at=AT)
    with pytest.raises(Refused, match="reading_budget_spent"):
        reading.open_words(grievance=third, by=officer, at=AT)
    reading.open_words(grievance=third, by=officer, at=AT + timedelta(days=1))


def test_an_anonymous_person_leaves_no_name_and_no_contact() -> None:
    file(openness="anonymous")
    complainant = Grievance.objects.get().complainant
    assert complainant.sealed_name is None
    assert complainant.sealed_contact is None
    assert complainant.safe_way == "none"


def custodian(username: str, organisation: Organisation, passphrase: str) -> User:
    user = User.objects.create_user(username)
    RoleGrant.objects.create(user=user, role=Role.CUSTODIAN, granted_at=AT)
    Employment.objects.create(user=user, organisation=organisation, from_on=AT.date())
    custody.enrol(custodian=user, organisation=organisation, passphrase=passphrase, at=AT, opslimit=1, memlimit=8192)
    return user


def test_a_confidential_name_opens_for_two_custodians_of_different_organisations() -> None:
    union = Organisation.objects.create(name="union (fictional)", kind="civil_society", country="CD")
    office = Organisation.objects.create(name="office (fictional)", kind="mechanism", country="CD")
    custodian("kofi", office, "the first passphrase")
    custodian("lena", union, "another passphrase")
    custodian("mate", office, "third passphrase")
    assert len(custody_pairs()) == 2  # never two of one organisation
    file(openness="confidential")
    complainant = Grievance.objects.get().complainant
    assert complainant.sealed_name is None
    seal = complainant.seals.get(first__custodian__username="kofi")
    with pytest.raises(Refused, match="wrong_passphrase"):
        custody.open_outer(seal=seal, passphrase="the first passphrase")
    half = custody.open_outer(seal=seal, passphrase="another passphrase")
    assert b"Zwj-name" not in half
    with pytest.raises(Refused, match="wrong_passphrase"):
        custody.open_inner(key=seal.first, half=half, passphrase="another passphrase")
    assert custody.open_inner(key=seal.first, half=half, passphrase="the first passphrase") == "Zwj-name"


def test_no_name_is_taken_that_nobody_could_keep() -> None:
    with pytest.raises(Refused, match="no_custodians"):
        file(openness="confidential")
    assert not Grievance.objects.exists()


def test_a_copy_is_made_and_a_damaged_picture_is_kept(officer: User) -> None:
    broken = SealedUpload("Zwj-file.jpg", "image/jpeg")
    body = BytesIO()
    Image.effect_noise((200, 200), 90).convert("RGB").save(body, "JPEG")
    broken.receive(body.getvalue()[: len(body.getvalue()) // 8])
    broken.complete()
    MADE.append(broken)
    file(uploads=(picture(), broken))
    assert pictures.strip_waiting(at=AT) == 2
    shown, damaged = Attachment.objects.order_by("pk")
    assert (shown.state, damaged.state) == ("shown", "unreadable")
    assert reading.open_picture(attachment=shown, by=officer, at=AT).body.startswith(b"\xff\xd8")
    with pytest.raises(Refused, match="not_ready"):
        reading.open_picture(attachment=damaged, by=officer, at=AT)
    assert pictures.strip_waiting(at=AT) == 0


def test_one_that_cannot_be_opened_stops_no_other_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    file(uploads=(picture(), picture("blue"), picture("green")))
    tampered, failing, good = Attachment.objects.order_by("pk")
    chunk = tampered.original.chunks.get()
    chunk.body = bytes(chunk.body)[:-1] + b"!"
    chunk.save()
    real = strip

    def breaks_once(body: bytes, kind: str) -> Any:
        monkeypatch.setattr(pictures, "strip", real)
        raise OSError

    monkeypatch.setattr(pictures, "strip", breaks_once)
    with pytest.raises(ExceptionGroup):
        pictures.strip_waiting(at=AT)
    states = [row.state for row in Attachment.objects.order_by("pk")]
    assert states == ["unreadable", "waiting", "shown"]
    assert pictures.strip_waiting(at=AT) == 1
    failing.refresh_from_db()
    assert (failing.state, good.pk > failing.pk) == ("shown", True)


def test_no_file_keeps_the_name_that_it_came_with() -> None:
    nonce = receipts.new_nonce()
    files.stage(nonce=nonce, uploads=[picture(), picture("blue")], at=AT)
    assert [one.name for one in staged_files(nonce=nonce, at=AT)] == ["Zwj-file.jpg"] * 2
    filed = file(nonce, uploads=(picture("green"),))
    key = follow(filed).data_key
    labels = [open_json(key, one.sealed_name, "file label") for one in SealedFile.objects.all()]
    assert [set(one) for one in labels] == [{"digest"}] * 3


def other(body: bytes, name: str, kind: str = "") -> SealedUpload:
    upload = SealedUpload(name, kind)
    upload.receive(body)
    upload.complete()
    MADE.append(upload)
    return upload


def test_what_nobody_here_can_look_into_is_kept_as_it_is() -> None:
    sheet = other(b"PK\x03\x04 a sheet of wages", "Zwj-file.xlsx")
    program = other(b"MZ\x90 a program that says picture", "Zwj-file.jpg", "image/jpeg")
    file(uploads=(sheet, program))
    assert pictures.strip_waiting(at=AT) == 0
    assert [(one.state, one.kind.media, one.kind.lies) for one in Attachment.objects.order_by("pk")] == [
        ("kept", "application/zip", False),
        ("kept", "", True),
    ]


def test_a_recording_and_a_paper_get_copies_of_their_own_kind() -> None:
    photo = BytesIO()
    Image.new("RGB", (80, 40), "teal").save(photo, "JPEG")
    voice = other(recordings.sound("ogg", "libopus"), "Zwj-file.ogg")
    file(uploads=(voice, other(recordings.paper(photo.getvalue()), "Zwj-file.pdf")))
    assert pictures.strip_waiting(at=AT) == 2
    kinds = [one.shown_kind.media for one in Attachment.objects.select_related("copy").order_by("pk")]
    assert kinds == ["audio/ogg", "application/pdf"]


def test_nothing_of_it_stands_in_plain_in_any_row(officer: User) -> None:
    filed = file(uploads=(picture(),))
    conversation.write(following=follow(filed), body="Zwj-message", language="sw", at=AT)
    pictures.strip_waiting(at=AT)
    for secret in (*MARKS, filed.receipt, receipts.group(filed.receipt)):
        assert found(secret) == []


def found(secret: str) -> list[str]:
    """Table and column of every place in the whole database where a text stands, in bytes or letters."""
    places = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.concrete_fields:
                if isinstance(field, (models.TextField, models.CharField, models.JSONField, models.BinaryField)):
                    table, column = model._meta.db_table, field.column
                    cursor.execute(f'SELECT "{column}" FROM "{table}"')  # noqa: S608 - names of our own tables
                    for (value,) in cursor.fetchall():
                        raw = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                        if secret.encode() in raw:
                            places.append(f"{table}.{column}")
    return places


def test_the_search_for_plain_text_would_find_some() -> None:
    User.objects.create_user("Zwj-statement")
    assert found("Zwj-statement") == ["accounts_user.username"]
