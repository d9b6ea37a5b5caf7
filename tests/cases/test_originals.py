"""Downloading an original: for a reason, on record, and as a file that no browser shows."""

import contextlib
import io
from collections.abc import Callable
from typing import Any

import piexif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.roles import Role
from cases.commands import intake
from cases.models import Case
from grievance import receipts
from grievance.codes import OriginalReason
from grievance.commands.filing import file_grievance
from grievance.commands.pictures import strip_waiting
from grievance.models import Attachment, Opening
from grievance.uploads import SealedUpload
from tests.cases.conftest import AT, draft
from tests.cases.pictures import upload
from tests.grievance import recordings

QUEUE = "/office/admin/cases/case/"
LOG = "/office/admin/grievance/opening/"


def sent(site_id: int, *uploads: SealedUpload) -> Case:
    known = set(Case.objects.values_list("pk", flat=True))
    file_grievance(draft=draft(site_id=site_id), nonce=receipts.new_nonce(), uploads=list(uploads), at=AT)
    for one in uploads:
        one.close()
    intake.take_up(at=AT)
    return Case.objects.exclude(pk__in=known).get()


def torn() -> SealedUpload:
    """A picture by its first bytes, of which the rest did not arrive."""
    body = io.BytesIO()
    Image.effect_noise((200, 200), 90).convert("RGB").save(body, "PNG")
    sealed = SealedUpload("Zwjtorn.png", "image/png")
    sealed.receive(body.getvalue()[:300])
    sealed.complete()
    return sealed


@pytest.fixture
def case(chain: dict[str, Any]) -> Case:
    found = sent(chain["mine"].pk, upload("Zwjfile.jpg", words="Zwjexif"))
    strip_waiting(at=AT)
    return found


def page_of(case: Case) -> str:
    return f"{QUEUE}{case.reference}/"


def address(case: Case, attachment: Attachment | None = None) -> str:
    return f"{page_of(case)}original/{(attachment or Attachment.objects.get()).pk}/"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_an_original_downloads_whole_for_a_reason_that_oversight_reads(
    client: Client, case: Case, handler: User, person: Callable[..., User]
) -> None:
    client.force_login(handler)
    shown = text(client.get(page_of(case)))
    assert f'action="{address(case)}"' in shown
    assert "Whether it is genuine is in dispute" in shown
    got = client.post(address(case), {"reason": "authenticity"})
    assert got.status_code == 200
    assert b"Zwjexif" in got.content  # what the copy has lost is here: that is why there is a reason
    assert got["Content-Disposition"] == f'attachment; filename="original-{Attachment.objects.get().pk}.jpg"'
    assert got["Content-Type"] == "image/jpeg"
    assert (got["Content-Security-Policy"], got["X-Content-Type-Options"]) == ("sandbox", "nosniff")
    assert "no-store" in got["Cache-Control"]
    assert "Zwjfile" not in str(got.headers)
    row = Opening.objects.get(what="original")
    assert (row.by, row.reason, row.grievance) == (handler, "authenticity", case.filings.get().grievance)
    client.force_login(person("omar", Role.OVERSIGHT))
    log = text(client.get(LOG))
    assert "Whether it is genuine is in dispute" in log
    assert "original file" in log


def test_an_original_comes_where_no_copy_could_be_made(client: Client, chain: dict[str, Any], handler: User) -> None:
    broken = sent(chain["mine"].pk, torn())
    strip_waiting(at=AT)
    picture = Attachment.objects.get()
    assert picture.state == "unreadable"
    client.force_login(handler)
    assert f'action="{address(broken)}"' in text(client.get(page_of(broken)))
    got = client.post(address(broken), {"reason": OriginalReason.UNREADABLE})
    assert got.content.startswith(b"\x89PNG")
    assert f"original-{picture.pk}.png" in got["Content-Disposition"]


@pytest.mark.parametrize("reason", ["", "spam", "x" * 400])
def test_without_a_reason_of_the_list_nothing_opens(client: Client, case: Case, handler: User, reason: str) -> None:
    client.force_login(handler)
    answer = client.post(address(case), {"reason": reason})
    assert answer.status_code == 302
    assert "Say why you need the original." in text(client.get(answer["Location"]))
    assert not Opening.objects.filter(what="original").exists()


def test_a_look_at_the_address_downloads_nothing(client: Client, case: Case, handler: User) -> None:
    client.force_login(handler)
    assert client.get(address(case), {"reason": "expert"})["Location"] == page_of(case)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(handler)
    assert strict.post(address(case), {"reason": "expert"}).status_code == 403
    assert not Opening.objects.filter(what="original").exists()


def test_roles_without_originals_see_the_copy_alone(client: Client, case: Case, supervisor: User) -> None:
    client.force_login(supervisor)
    shown = text(client.get(page_of(case)))
    assert "<img src=" in shown
    assert "Download the original" not in shown
    answer = client.post(address(case), {"reason": "expert"})
    assert "Your role does not allow this." in text(client.get(answer["Location"]))
    assert not Opening.objects.filter(what="original").exists()


def test_for_whom_the_case_does_not_exist_neither_does_the_original(
    client: Client, case: Case, chain: dict[str, Any], handler: User, outsider: User, person: Callable[..., User]
) -> None:
    other = sent(chain["refiner site"].pk)
    picture = Attachment.objects.get()
    client.force_login(handler)
    assert client.post(address(other, picture), {"reason": "expert"}).status_code == 404
    client.force_login(person("conflicted", Role.HANDLER, works_for=chain["two"]))
    hidden = client.post(address(case), {"reason": "expert"})
    nothing = client.post(address(case).replace(case.reference, "R-0000-0000"), {"reason": "expert"})
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    client.force_login(outsider)
    assert client.post(address(case), {"reason": "expert"}).status_code in {302, 403}
    assert not Opening.objects.filter(what="original").exists()


def test_a_spent_budget_gives_no_original_and_oversight_is_told(
    client: Client, case: Case, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grievance.commands.reading.READING_BUDGET", 0)
    client.force_login(handler)
    answer = client.post(address(case), {"reason": "expert"})
    assert "as many grievances today as one person may" in text(client.get(answer["Location"]))
    assert case.events.filter(kind="reading_budget_spent").count() == 1
    assert not Opening.objects.exists()


def test_the_page_asks_as_often_for_five_pictures_as_for_one(
    client: Client, chain: dict[str, Any], handler: User
) -> None:
    client.force_login(handler)
    asked = []
    for site, count in ((chain["mine"].pk, 1), (chain["refiner site"].pk, 5)):  # two that are not alike
        found = sent(site, *(upload(words=str(number)) for number in range(count)))
        strip_waiting(at=AT)
        client.get(page_of(found))
        with CaptureQueriesContext(connection) as questions:
            assert text(client.get(page_of(found))).count("Download the original") == count
        asked.append(len(questions))
    assert asked[0] == asked[1]


# -- What is no picture


def other(body: bytes, name: str, kind: str) -> SealedUpload:
    sealed = SealedUpload(name, kind)
    sealed.receive(body)
    sealed.complete()
    return sealed


def test_a_recording_is_played_on_the_page_without_its_words(
    client: Client, chain: dict[str, Any], handler: User
) -> None:
    case = sent(chain["mine"].pk, other(recordings.sound("ogg", "libopus"), "Zwjvoice.ogg", "audio/ogg"))
    strip_waiting(at=AT)
    place = f"{page_of(case)}picture/{Attachment.objects.get().pk}/"
    client.force_login(handler)
    page = client.get(page_of(case))
    assert f'<audio controls preload="none" src="{place}"' in text(page)
    assert "media-src 'self'" in page["Content-Security-Policy"]
    whole = client.get(place, headers={"accept-encoding": "gzip"})
    assert (whole.status_code, whole["Content-Type"], whole["X-Content-Type-Options"]) == (200, "audio/ogg", "nosniff")
    assert whole.content.startswith(b"OggS")
    assert recordings.MARK not in whole.content
    assert "no-store" in whole["Cache-Control"]
    assert whole["Content-Disposition"].startswith("inline; ")
    part = client.get(place, headers={"range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert part["Content-Range"] == f"bytes 2-5/{len(whole.content)}"
    assert client.get(place, headers={"range": "bytes=99999999-"}).status_code == 416
    assert client.get(f"{place}?save")["Content-Disposition"].startswith("attachment; ")
    assert set(Opening.objects.filter(by=handler).values_list("what", flat=True)) == {"words", "picture"}


def test_a_paper_downloads_and_is_never_shown(client: Client, chain: dict[str, Any], handler: User) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (80, 40), "teal").save(photo, "JPEG")
    case = sent(chain["mine"].pk, other(recordings.paper(photo.getvalue()), "Zwjpaper.pdf", "application/pdf"))
    strip_waiting(at=AT)
    client.force_login(handler)
    got = client.get(f"{page_of(case)}picture/{Attachment.objects.get().pk}/")
    assert got["Content-Disposition"] == f'attachment; filename="document-{Attachment.objects.get().pk}.pdf"'
    assert recordings.MARK not in got.content


def test_a_file_that_nobody_looked_into_is_shown_as_locked_and_comes_with_a_warning(
    client: Client, chain: dict[str, Any], handler: User
) -> None:
    sheet = b"PK\x03\x04 a sheet of wages"
    case = sent(chain["mine"].pk, other(sheet, "Zwjsheet.xlsx", ""), other(b"MZ\x90 harm", "Zwj.jpg", "image/jpeg"))
    strip_waiting(at=AT)
    first = Attachment.objects.order_by("pk")[0]
    client.force_login(handler)
    shown = text(client.get(page_of(case)))
    assert "Document 1: kept locked, never opened by us (application/zip, 21\xa0bytes)" in shown
    assert shown.count("Its name says picture, but it is none") == 1
    assert shown.count("it can harm the computer on which it is opened") == 2
    assert "Zwj" not in shown
    assert client.get(f"{page_of(case)}picture/{first.pk}/").status_code == 404
    got = client.post(address(case, first), {"reason": "expert"})
    assert got.content == sheet
    assert got["Content-Disposition"] == f'attachment; filename="original-{first.pk}.zip"'


# -- Files of the office


def photo_of_the_office() -> SimpleUploadedFile:
    exif = piexif.dump({"0th": {piexif.ImageIFD.Artist: b"Zwjofficer"}})
    body = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(body, "JPEG", exif=exif)
    return SimpleUploadedFile("Zwjname.jpg", body.getvalue(), "image/jpeg")


def send_reply(client: Client, case: Case, *files: SimpleUploadedFile, language: str = "sw") -> Any:
    given = {"filing": case.filings.get().pk, "read_up_to": 0, "body": "Tazama.", "language": language}
    return client.post(f"{page_of(case)}do/reply/", {**given, "uploads": list(files)})


def as_the_person(receipt: str) -> tuple[Client, Callable[..., Any]]:
    person = Client()
    person.post("/en/follow/", {"receipt": receipt})

    def ask(pk: int, **changed: str) -> Any:
        page = person.get("/en/follow/").content.decode()
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        return person.post("/en/follow/", {"csrf": csrf, "act": "file", "file": str(pk), **changed})

    return person, ask


@pytest.fixture
def filed(chain: dict[str, Any]) -> tuple[Case, str]:
    receipt = file_grievance(
        draft=draft(site_id=chain["mine"].pk), nonce=receipts.new_nonce(), at=timezone.now()
    ).receipt
    intake.take_up(at=timezone.now())
    return Case.objects.get(), receipt


def test_a_file_of_the_office_reaches_the_person_without_what_it_hides(
    client: Client, filed: tuple[Case, str], handler: User
) -> None:
    case, receipt = filed
    client.force_login(handler)
    assert 'enctype="multipart/form-data"' in text(client.get(page_of(case)))
    voice = SimpleUploadedFile("Zwj.ogg", recordings.sound("ogg", "libopus"), "audio/ogg")
    assert send_reply(client, case, photo_of_the_office(), voice).status_code == 302
    picture, sound = Attachment.objects.order_by("pk")
    person, ask = as_the_person(receipt)
    page = text(person.get("/en/follow/"))
    assert "Picture 1: being prepared" in page
    assert "Look at it" not in page
    assert ask(picture.pk).status_code == 404
    strip_waiting(at=AT)
    page = text(person.get("/en/follow/"))
    assert page.count("Look at it") == page.count("Save it on this phone") == 1
    got = ask(picture.pk)
    body = b"".join(got.streaming_content)
    assert (got["Content-Type"], got["Content-Disposition"]) == ("image/jpeg", 'inline; filename="picture.jpg"')
    assert int(got["Content-Length"]) == len(body)
    assert "no-store" in got["Cache-Control"]
    assert not Image.open(io.BytesIO(body)).getexif()
    assert b"Zwj" not in body
    heard = ask(sound.pk)
    assert heard["Content-Disposition"] == 'attachment; filename="sound.ogg"'
    assert recordings.MARK not in b"".join(heard.streaming_content)
    assert not Opening.objects.filter(what="original").exists()


def test_only_this_person_and_only_what_they_are_shown(
    client: Client, filed: tuple[Case, str], chain: dict[str, Any], handler: User
) -> None:
    case, receipt = filed
    client.force_login(handler)
    send_reply(client, case, photo_of_the_office(), language="fr")  # waits for a translation
    strip_waiting(at=AT)
    waits = Attachment.objects.get()
    _person, ask = as_the_person(receipt)
    assert ask(waits.pk).status_code == 404
    with contextlib.closing(upload()) as picture:
        other = file_grievance(
            draft=draft(site_id=chain["refiner site"].pk),
            nonce=receipts.new_nonce(),
            uploads=[picture],
            at=timezone.now(),
        ).receipt
    strip_waiting(at=AT)
    theirs = Attachment.objects.exclude(pk=waits.pk).get()
    assert ask(theirs.pk).status_code == 404
    assert as_the_person(other)[1](theirs.pk).status_code == 404  # their own, which stand there as a list
    for odd in ("", "x", "9" * 40, "\u0663"):
        assert ask(0, file=odd).status_code == 404
    assert ask(waits.pk, csrf="of another visit").status_code == 404
    closed = Client().post("/en/follow/", {"csrf": "x", "act": "file", "file": str(waits.pk)})
    assert 'name="receipt"' in text(closed)


def test_what_cannot_be_stripped_is_not_sent_and_the_words_stay(
    client: Client, filed: tuple[Case, str], handler: User
) -> None:
    case, _receipt = filed
    client.force_login(handler)
    sheet = SimpleUploadedFile("wages.xlsx", b"PK\x03\x04 a sheet of wages", "")
    page = text(send_reply(client, case, sheet))
    assert "“wages.xlsx” cannot be sent: its hidden data cannot be taken out." in page
    assert "Tazama." in page
    assert not Attachment.objects.exists()
