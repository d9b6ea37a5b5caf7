"""Filing without a cookie, with a mistake and a crash in the middle: one grievance, one receipt, nothing in plain."""

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from socket import create_connection

import piexif
import pytest
from PIL import Image

from tests.proofs.browser import Browser, Page, multipart
from tests.proofs.installation import HOST, Installation, Server

FILE = "/en/file/"
WORDS = "The water tastes of vitriol, marigold pelican"
NAME = "quarry-gate-by-night.jpg"
CAMERA = b"tell-tale camera 77"

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into other processes through /proc"),
]


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A JPEG larger than what an upload keeps in memory, that says where it was taken, and by what."""
    exif = {
        "0th": {piexif.ImageIFD.Make: CAMERA},
        "GPS": {
            piexif.GPSIFD.GPSLatitudeRef: b"S",
            piexif.GPSIFD.GPSLatitude: ((10, 1), (43, 1), (3377, 100)),
            piexif.GPSIFD.GPSLongitudeRef: b"E",
            piexif.GPSIFD.GPSLongitude: ((25, 1), (28, 1), (1931, 100)),
        },
    }
    target = BytesIO()
    noise = Image.frombytes("RGB", (2400, 1600), os.urandom(2400 * 1600 * 3))
    noise.save(target, "JPEG", quality=95, exif=piexif.dump(exif))
    assert len(target.getvalue()) > 3_000_000
    return target.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    made = Installation(tmp_path, f"sqlite:///{tmp_path / 'var' / 'recourse.sqlite3'}")
    made.lay()
    return made


@pytest.fixture
def server(place: Installation) -> Iterator[Server]:
    dies_once = str(place.folder / "dies-once")
    with place.serving("all", "tests.proofs.dying_wsgi", DIES_ONCE=dies_once, WEB_WORKERS="1") as opened:
        yield opened


def marks(photo: bytes) -> list[bytes]:
    """What must stand nowhere: the words, the file's name, its hidden data, pieces of its picture."""
    pieces = [photo[place : place + 24] for place in range(2000, len(photo) - 24, len(photo) // 40)]
    return [WORDS.encode(), b"marigold", NAME.encode(), CAMERA, b"Exif\0\0", photo[:24], *pieces]


def plain(content: bytes, photo: bytes) -> list[bytes]:
    return [mark for mark in marks(photo) if mark in content]


def rows(place: Installation, table: str) -> int:
    with sqlite3.connect(f"file:{place.var / 'recourse.sqlite3'}?mode=ro", uri=True) as database:
        found = int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608 - a name of ours
    database.close()
    return found


def send_until_answered(person: Browser, fields: dict[str, list[str]]) -> Page:
    """As a person presses the button again while the page does not load."""
    until = time.monotonic() + 60
    while True:
        try:
            return person.send(FILE, fields)
        except (OSError, HTTPException):
            assert time.monotonic() < until
            time.sleep(0.2)


def test_a_mistake_and_a_crash_cost_neither_the_receipt_nor_the_photo(
    place: Installation, server: Server, photo: bytes
) -> None:
    person = Browser(server.port)
    form = person.get(FILE).fields(FILE) | {"statement": [WORDS]}

    # A day that is still to come: the words and the photo wait on the page.
    again = person.send(FILE, form | {"day": ["31/12/2999"]}, (NAME, photo))
    assert "This day is still to come" in again.text
    assert NAME in again.text
    corrected = again.fields(FILE) | {"day": ["1/3/2026"]}
    assert corrected["statement"] == [WORDS]
    assert corrected["nonce"] == form["nonce"]
    assert rows(place, "grievance_grievance") == 0

    # The worker dies once it has committed, before it has answered.
    (place.folder / "dies-once").touch()
    with pytest.raises((OSError, HTTPException)):
        person.send(FILE, corrected)
    assert not (place.folder / "dies-once").exists()
    assert rows(place, "grievance_grievance") == 1

    first, second = send_until_answered(person, corrected), person.send(FILE, corrected)
    assert len(first.receipt) == 20
    assert first.receipt == second.receipt
    assert "This is still your number" in first.text
    counted = {
        table: rows(place, f"grievance_{table}")
        for table in ("grievance", "receipt", "attachment", "sealedfile", "stagedfile", "message", "arrival")
    }
    assert counted == {
        "grievance": 1, "receipt": 1, "attachment": 1, "sealedfile": 1, "stagedfile": 0, "message": 0, "arrival": 1,
    }  # fmt: skip

    assert [page.cookies for page in person.seen if page.cookies] == []
    everything = [path for path in place.folder.rglob("*") if path.is_file()]
    assert place.var / "recourse.sqlite3" in everything
    found = {path.name: plain(path.read_bytes(), photo) for path in everything}
    assert {name: left for name, left in found.items() if left} == {}
    receipt = first.receipt.encode()
    assert [path.name for path in everything if receipt in path.read_bytes()] == []


def test_a_photo_on_its_way_in_is_sealed_before_it_touches_a_disk(
    place: Installation, server: Server, photo: bytes
) -> None:
    form = Browser(server.port).get(FILE).fields(FILE) | {"statement": [WORDS]}
    body, kind = multipart(form, (NAME, photo))
    assert plain(body, photo) == marks(photo)  # what is looked for can be found
    with create_connection((HOST, server.port), timeout=60) as connection:
        head = f"POST {FILE} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body[: len(body) * 3 // 4])
        held = temporary_files(server, place.folder / "tmp")
        connection.sendall(body[len(body) * 3 // 4 :])
        assert connection.recv(12) == b"HTTP/1.1 200"
    assert max(len(content) for content in held) > 1_000_000
    assert [plain(content, photo) for content in held if plain(content, photo)] == []


def temporary_files(server: Server, folder: Path) -> list[bytes]:
    """What the workers have open in their temporary folder, named or not, once a megabyte has come."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        held = [path.read_bytes() for pid in server.pids() for path in opened(pid, folder)]
        if any(len(content) > 1_000_000 for content in held):
            return held
        time.sleep(0.1)
    raise AssertionError("no temporary file of the upload was seen")


def opened(pid: int, folder: Path) -> list[Path]:
    handles = Path(f"/proc/{pid}/fd").iterdir()
    return [handle for handle in handles if os.readlink(handle).startswith(str(folder))]
