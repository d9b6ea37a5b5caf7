"""The public pages as a browser without scripts meets them: languages, errors that lose nothing, receipts, leaving."""

import gzip
import re
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from PIL import Image

from accounts.models import RoleGrant, User
from accounts.roles import Role
from grievance.commands.custody import enrol
from grievance.models import Attachment, Complainant, Grievance, IdentitySeal, Message, SealedFile, StagedFile
from grievance.questions import FAMILIES
from supplychain.models import Employment, Organisation, Site

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
RIGHT = {"statement": "Paa la shimo liliporomoka.", "openness": "anonymous", "safe_way": "none"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhashed")]


@pytest.fixture
def unhashed(settings: Any) -> None:
    """Pages name their style sheet; no test run collects and hashes it."""
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": static}


def picture(name: str = "mgodi.jpg", colour: str = "red", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    body = BytesIO()
    Image.new("RGB", size, colour).save(body, "JPEG")
    return SimpleUploadedFile(name, body.getvalue(), "image/jpeg")


def bad(name: str, body: bytes, kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, kind)


def nonce_in(page: str) -> str:
    return str(re.findall(r'name="nonce" value="([\w-]{43})"', page)[0])


def receipt_in(page: str) -> str:
    found = re.search(r'<p class="code" dir="ltr">(.*?)</p>', page, re.DOTALL)
    return "".join(re.findall(r"<span>(\d{4})</span>", found[1])) if found else ""


def post(client: Client, *, photos: list[Any] | None = None, **typed: Any) -> str:
    """A form posted as it stands in the page; returns the page that answers."""
    if "nonce" not in typed:
        typed["nonce"] = nonce_in(client.get("/en/file/").text)
    response = client.post("/en/file/", {**RIGHT, **typed, "photos": photos or []})
    assert response.status_code == 200
    return response.text


# -- Languages and headers


def test_the_chooser_offers_every_language_the_likeliest_first(client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "ar,en;q=0.5"})
    assert page.status_code == 200
    codes = {code for code, _name in project.LANGUAGES}
    assert set(re.findall(r'hreflang="([\w-]+)"', page.text)) < codes
    if "ar" in codes:
        assert '<html lang="ar" dir="rtl">' in page.text
        assert 'class="button" href="/ar/"' in page.text
        assert '<a href="/en/" lang="en" hreflang="en" dir="ltr">English</a>' in page.text


@pytest.mark.parametrize("code", [code for code, _name in project.LANGUAGES])
def test_a_page_says_its_language_and_its_direction(client: Client, code: str) -> None:
    direction = "rtl" if code in project.LANGUAGES_BIDI else "ltr"
    for place in ("", "file/", "follow/", "calendar/"):
        assert f'<html lang="{code}" dir="{direction}">' in client.get(f"/{code}/{place}").text


@pytest.mark.parametrize("place", ["/", "/en/", "/en/file/", "/en/follow/", "/en/calendar/", "/en/rules/"])
def test_no_page_sets_a_cookie_runs_a_script_or_stays_in_a_cache(client: Client, place: str) -> None:
    page = client.get(place)
    assert not page.cookies
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]
    for never in ("<script", "style=", "http://", "https://", "onclick"):
        assert never not in page.text


@pytest.mark.parametrize("code", [code for code, _name in project.LANGUAGES])
def test_the_form_stays_light_in_every_language(client: Client, code: str) -> None:
    files = [project.BASE_DIR / "static" / name for name in ("public.css", "notes.svg")]
    body = client.get(f"/{code}/file/").content
    weight = sum(len(gzip.compress(part)) for part in (body, *(file.read_bytes() for file in files)))
    assert weight + 3 * 800 < 14_000  # three answers with their headers


def test_every_family_is_shown_with_its_drawing(client: Client) -> None:
    page = client.get("/en/file/").text
    for family in FAMILIES:
        assert f'value="{family.code}"' in page
        assert family.drawing in page


# -- Filing


def test_a_filing_is_answered_with_its_receipt_in_groups_of_four(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        page = post(client, families=["OS", "WG"], day="2026-02-27", place="Mgodi wa Kwetu", photos=[picture()])
    assert len(receipt_in(page)) == 20
    assert "Write it on paper now" in page
    with time_machine.travel(AT, tick=False):
        assert "9 March 2026" in client.post("/en/follow/written/", {"nonce": nonce_in(page)}).text
    grievance = Grievance.objects.get()
    assert (grievance.families, grievance.language, grievance.happened_on) == (["OS", "WG"], "en", date(2026, 2, 27))
    assert Attachment.objects.filter(grievance=grievance).count() == 1


def test_the_same_form_again_shows_the_same_receipt_and_changed_words_are_added(client: Client) -> None:
    nonce = nonce_in(client.get("/en/file/").text)
    first = receipt_in(post(client, nonce=nonce))
    again = post(client, nonce=nonce)
    assert receipt_in(again) == first
    assert "still your number" in again
    assert "was added" not in again
    changed = post(client, nonce=nonce, statement="Watu wawili wameumia.")
    assert receipt_in(changed) == first
    assert "was added to what you sent before" in changed
    assert Grievance.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_nonce_that_is_none_costs_nobody_their_words(client: Client) -> None:
    assert len(receipt_in(post(client, nonce="made up"))) == 20
    assert Grievance.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"statement": ""}, "Please write what happened."),
        ({"statement": "x" * 50_000}, "This is 10000 letters too long."),
        ({"day": (date.today() + timedelta(days=40)).strftime("%d/%m/%Y")}, "This day is still to come."),  # noqa: DTZ011
        ({"day": "31/02/2026"}, "We cannot read this day."),
        ({"name": "Amina (made up)"}, "You chose “Anonymous”, but this tells who you are."),
        ({"openness": "confidential", "name": "Amina (made up)"}, "Nobody here can keep a name in confidence today."),
        ({"openness": ""}, "Please choose one of these."),
    ],
)
def test_an_error_is_said_and_everything_typed_is_still_there(client: Client, typed: dict[str, str], said: str) -> None:
    kept: dict[str, Any] = {
        "statement": "Paa la shimo <b>",
        "place": "Mgodi wa Kwetu",
        "families": ["OS", "EN"],
        "urgent": "on",
    }
    page = post(client, **{**kept, **typed})
    assert 'role="alert"' in page
    assert said in page
    assert receipt_in(page) == ""
    assert Grievance.objects.count() == Complainant.objects.count() == 0
    filled = {**kept, **typed}
    assert f"\n{str(filled['statement']).replace('<b>', '&lt;b&gt;')}</textarea>" in page
    assert 'value="Mgodi wa Kwetu"' in page
    assert re.findall(r'name="families" value="(\w+)" checked', page) == ["OS", "EN"]
    assert 'name="urgent" checked' in page
    for name in {"day", "name"} & set(typed):
        assert f'value="{typed[name]}"' in page


def test_an_unknown_site_is_as_good_as_a_known_one(client: Client) -> None:
    operator = Organisation.objects.create(name="Kito Mining (fictional)", kind="operator", country="CD")
    site = Site.objects.create(name="Kito Pit", kind="mine", operator=operator, country="CD", poster="kito1")
    page = client.get("/en/file/?site=kito1").text
    assert 'name="poster" value="kito1"' in page
    assert 'value="Kito Pit"' in page
    assert receipt_in(post(client, poster="kito1", place="Kito Pit"))
    assert receipt_in(post(client, place="a place that nobody knows"))
    assert [grievance.site_id for grievance in Grievance.objects.order_by("pk")] == [site.pk, None]


def test_good_pictures_wait_sealed_while_the_form_is_corrected(client: Client) -> None:
    nonce = nonce_in(client.get("/en/file/").text)
    wrong = [picture("mgodi.jpg"), bad("note.jpg", b""), bad("doc.txt", bytes(21_000_000), "text/plain")]
    page = post(client, nonce=nonce, statement="", photos=[*wrong, picture("pili.jpg", "blue")])
    assert "“note.jpg” was not added: there is nothing in this file." in page
    assert "“doc.txt” was not added: it is larger than 20 MB." in page
    assert re.findall(r"<bdi>(.*?)</bdi>", page) == ["mgodi.jpg", "pili.jpg"]
    assert 'name="nothing_waits"' not in page
    remove = re.findall(r'name="remove" value="(\d+)"', page)
    page = post(client, nonce=nonce, statement="", remove=remove[:1])
    assert re.findall(r"<bdi>(.*?)</bdi>", page) == ["pili.jpg"]
    assert receipt_in(post(client, nonce=nonce))
    assert Attachment.objects.count() == SealedFile.objects.count() == 1
    assert StagedFile.objects.count() == 0


def test_a_page_without_waiting_pictures_says_so_and_none_is_looked_for(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    page = client.get("/en/file/").text
    assert 'name="nothing_waits" value="1"' in page
    with django_assert_max_num_queries(9):  # two of them only begin and end the test's own savepoint
        page = post(client, nonce=nonce_in(page), nothing_waits="1", photos=[])
    assert receipt_in(page)


def test_six_pictures_keep_five_and_name_the_sixth(client: Client) -> None:
    photos = [picture(f"{number}.jpg", colour) for number, colour in enumerate("red blue green gold pink teal".split())]
    page = post(client, photos=photos)
    assert "“5.jpg” was not added: five files are the most." in page
    assert re.findall(r"<bdi>(.*?)</bdi>", page) == [f"{number}.jpg" for number in range(5)]
    assert Grievance.objects.count() == 0


def test_thirty_megabytes_are_too_many_and_the_rest_still_arrives(client: Client) -> None:
    image = picture().read()
    page = post(client, photos=[bad("huge.jpg", image + b"\0" * 30_000_000), picture("good.jpg")])
    assert "“huge.jpg” was not added: it is larger than 20 MB." in page
    assert re.findall(r"<bdi>(.*?)</bdi>", page) == ["good.jpg"]
    assert RIGHT["statement"] in page


def test_every_kind_of_file_is_taken(client: Client) -> None:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4) + (60_000).to_bytes(4) + b"\x08\x02\0\0\0\0\0\0\0"
    sent = [
        bad("bomb.png", head + b"\0" * 64, "image/png"),
        bad("a.txt", b"words", "text/plain"),
        bad("b.jpg", b"MZ\x90"),
    ]
    assert receipt_in(post(client, photos=sent))
    assert [one.state for one in Attachment.objects.order_by("pk")] == ["waiting", "kept", "kept"]


def test_a_file_during_which_the_line_breaks_costs_no_word(client: Client) -> None:
    nonce = nonce_in(client.get("/en/file/").text)
    body = encode_multipart("edge", {**RIGHT, "nonce": nonce, "photos": [picture("whole.jpg"), picture("half.jpg")]})
    page = client.post("/en/file/", body[:-200], content_type="multipart/form-data; boundary=edge").text
    assert "“half.jpg” was not added: the connection stopped before all of it was here." in page
    assert RIGHT["statement"] in page
    assert re.findall(r"<bdi>(.*?)</bdi>", page) == ["whole.jpg"]
    assert Grievance.objects.count() == 0
    assert receipt_in(post(client, nonce=nonce_in(page)))
    assert Attachment.objects.count() == 1


def test_what_arrives_broken_or_too_big_is_said_on_a_page_of_its_own(client: Client) -> None:
    broken = client.post("/en/file/", b"--x\r\nnothing", content_type="multipart/form-data; boundary=")
    assert broken.status_code == 400
    assert "came here broken" in broken.text
    big = client.post("/en/file/", {"statement": "x" * 3_000_000})
    assert big.status_code == 413
    assert "too big for one page" in big.text


def test_confidential_is_offered_once_two_custodians_can_keep_a_name(client: Client) -> None:
    assert 'value="confidential"' not in client.get("/en/file/").text
    for name in ("one", "two"):
        body = Organisation.objects.create(name=f"{name} (fictional)", kind="civil_society", country="CD")
        custodian = User.objects.create(username=name)
        RoleGrant.objects.create(user=custodian, role=Role.CUSTODIAN, granted_at=AT)
        Employment.objects.create(user=custodian, organisation=body, from_on=AT.date())
        enrol(custodian=custodian, organisation=body, passphrase="a long passphrase", at=AT)
    assert 'value="confidential"' in client.get("/en/file/").text
    assert receipt_in(post(client, openness="confidential", name="Amina (made up)"))
    assert IdentitySeal.objects.count() == 1
    assert Complainant.objects.get().sealed_name is None


# -- Leaving


def test_leaving_clears_the_browser_and_shows_a_calendar_of_nobody(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        left = client.post("/en/leave/")
        assert (left.status_code, left.headers["Location"]) == (303, "/en/calendar/")
        assert left.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        page = client.get("/en/calendar/").text
    assert "<title>March 2026</title>" in page
    assert '<td class="today">2</td>' in page
    for ours in ("Recourse", "number", "icon.svg", "notes.svg", "/file/", "/follow/"):
        assert ours not in page


@pytest.mark.parametrize(
    ("asked", "shown"), [("2027-01", "January 2027"), ("1900-01", "January 1900"), ("x", "March 2026")]
)
def test_the_calendar_turns_its_pages(client: Client, asked: str, shown: str) -> None:
    with time_machine.travel(AT, tick=False):
        assert f"<h1>{shown}</h1>" in client.get("/en/calendar/", {"month": asked}).text
