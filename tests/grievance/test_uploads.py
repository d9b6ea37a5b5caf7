"""A file is sealed before it rests anywhere, and a bad file costs the person nothing else that they sent."""

import base64
import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django.fixtures import Settings

from grievance import uploads, vault
from grievance.kinds import kind_of, stored_kind
from grievance.rules import file_largest
from grievance.uploads import SealedUpload

BOUNDARY = "a-boundary"
MARK = b"MARKED PLAINTEXT "
MEGABYTE = 1024 * 1024

Part = tuple[str, str | None, str, bytes]  # field, file name, type, body
Post = Callable[..., HttpRequest]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_HANDLERS = ["grievance.uploads.SealingUploadHandler"]
    return tmp_path


@pytest.fixture
def post(folder: Path) -> Iterator[Post]:
    made: list[HttpRequest] = []

    def post(*parts: Part, **extra: Any) -> HttpRequest:
        request = RequestFactory().generic(
            "POST", "/", _body(parts), content_type=f"multipart/form-data; boundary={BOUNDARY}", **extra
        )
        made.append(request)
        return request

    yield post
    for request in made:
        request.close()


def _body(parts: tuple[Part, ...]) -> bytes:
    lines = []
    for field, name, kind, body in parts:
        file = "" if name is None else f'; filename="{name}"'
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"{file}\r\nContent-Type: {kind}\r\n\r\n'
        lines.append(head.encode() + body + b"\r\n")
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


def _photo(extra: int = 0, kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind)
    return target.getvalue() + (MARK * (extra // len(MARK) + 1))[:extra]


def _claim(width: int, height: int) -> bytes:
    """The start of a PNG that claims a size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + bytes(100)


def _picture(body: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> Part:
    return "pictures", name, kind, body


def _sent(request: HttpRequest) -> list[SealedUpload]:
    files = request.FILES.getlist("pictures")
    assert all(isinstance(file, SealedUpload) for file in files)
    return [file for file in files if isinstance(file, SealedUpload)]


def _opened(upload: SealedUpload) -> bytes:
    return b"".join(vault.open_file(upload.file_key, upload.sealed_chunks()))


@pytest.mark.parametrize("extra", [0, 64 * 1024, 3 * MEGABYTE])
def test_a_photo_arrives_sealed_and_opens_with_its_key(post: Post, extra: int) -> None:
    photo = _photo(extra)
    (upload,) = _sent(post(_picture(photo, "Kolwezi été.jpg")))
    assert (upload.problem, upload.kind.media, upload.size) == (None, "image/jpeg", len(photo))
    assert upload.name == "Kolwezi été.jpg"
    chunks = list(upload.sealed_chunks())
    assert len(chunks) == -(-len(photo) // vault.CHUNK_BYTES)
    assert MARK not in b"".join(chunks)
    assert _opened(upload) == _opened(upload) == photo


def test_the_same_file_sent_twice_is_known_though_its_seals_differ(post: Post) -> None:
    one, same, other = _sent(post(_picture(_photo(100)), _picture(_photo(100), "copy.jpg"), _picture(_photo(101))))
    assert one.digest == same.digest != other.digest
    assert one.file_key != same.file_key
    assert list(one.sealed_chunks()) != list(same.sealed_chunks())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_of_picture_is_known_by_its_content(post: Post, kind: str) -> None:
    """Whatever it is called: phones and messengers misname pictures all the time."""
    (upload,) = _sent(post(_picture(_photo(kind=kind), "image.bin", "application/octet-stream")))
    assert (upload.problem, upload.kind.media) == (None, f"image/{kind.lower()}")


@pytest.mark.parametrize(
    ("body", "name", "kind", "found", "lies"),
    [
        (b"MZ\x90 a program that says it is a picture", "photo.jpg", "image/jpeg", "", True),
        (b"<script>alert(1)</script>", "photo.PNG", "text/html", "", True),
        (b"%PDF-1.7 a letter", "photo.pdf", "image/png", "application/pdf", True),
        (b"%PDF-1.7 a letter", "letter.pdf", "application/pdf", "application/pdf", False),
        (b"words", "words.txt", "text/plain", "", False),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_1.HEIC", "image/heic", "image/heic", False),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1", "a.jpg", "image/jpeg", "image/avif", False),
        (b"II*\0\x08\0\0\0 and more words", "scan.tif", "image/tiff", "image/tiff", False),
        (b"\0\0\0\x18ftypisom\0\0\0\0 a video", "film.mp4", "video/mp4", "video/mp4", False),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0 a voice", "film.3gp", "video/3gpp", "video/3gpp", False),
        (b"\x1a\x45\xdf\xa3\x01\x42\x82\x84webm", "film.webm", "video/webm", "video/webm", False),
        (b"\x1a\x45\xdf\xa3\x01\x42\x82\x88matroska", "film.mkv", "", "video/x-matroska", False),
        (b"OggS\0\x02 a voice", "voice.opus", "audio/ogg", "audio/ogg", False),
        (b"ID3\x04 a voice", "voice.mp3", "audio/mpeg", "audio/mpeg", False),
        (b"\xff\xfb\x90\x00 a voice", "voice", "", "audio/mpeg", False),
        (b"\xff\xf1\x50\x80 a voice", "voice", "", "audio/aac", False),
        (b"#!AMR\n a voice", "voice.amr", "audio/amr", "audio/amr", False),
        (b"RIFF\0\0\0\0WAVEfmt ", "voice.wav", "audio/wav", "audio/wav", False),
        (b"PK\x03\x04 a sheet", "wages.xlsx", "", "application/zip", False),
        (_claim(60_000, 60_000), "map.png", "image/png", "image/png", False),
    ],
)
def test_every_file_is_taken_and_known_by_its_content(
    post: Post, body: bytes, name: str, kind: str, found: str, lies: bool
) -> None:
    (upload,) = _sent(post(_picture(body, name, kind)))
    assert (upload.problem, upload.kind.media, upload.kind.lies) == (None, found, lies)
    assert _opened(upload) == body
    assert len(upload.kind.stored) <= 40
    assert stored_kind(upload.kind.stored).lies == lies


@given(head=st.binary(max_size=200), name=st.text(max_size=30))
def test_no_content_and_no_name_is_a_fault(head: bytes, name: str) -> None:
    kind = kind_of(head, name=name)
    assert stored_kind(kind.stored).media == kind.media


def test_an_empty_file_says_so_and_keeps_nothing(post: Post) -> None:
    request = post(_picture(b""), ("statement", None, "text/plain", b"what happened"))
    (upload,) = _sent(request)
    assert (upload.problem, upload.size, upload.name, upload.file_key) == ("empty", 0, "photo.jpg", b"")
    with pytest.raises(ValueError, match=r"^no sealed file$"):
        list(upload.sealed_chunks())
    assert request.POST["statement"] == "what happened"


def test_the_fields_after_a_file_of_30_megabytes_still_arrive(post: Post) -> None:
    request = post(
        ("before", None, "text/plain", b"first"),
        _picture(_photo(30 * MEGABYTE)),
        _picture(_photo(), "small.jpg"),
        ("statement", None, "text/plain", "ce qui s’est passé".encode()),
    )
    large, small = _sent(request)
    assert (large.problem, (large.size or 0) > 30 * MEGABYTE, large.file_key) == ("too_large", True, b"")
    assert small.problem is None
    assert _opened(small) == _photo()
    assert dict(request.POST.items()) == {"before": "first", "statement": "ce qui s’est passé"}


def test_20_megabytes_are_accepted_to_the_byte(post: Post) -> None:
    photo = _photo(file_largest("picture") - len(_photo()))
    assert len(photo) == file_largest("picture")
    assert [upload.problem for upload in _sent(post(_picture(photo)))] == [None]
    assert [upload.problem for upload in _sent(post(_picture(photo + b"x")))] == ["too_large"]


def test_of_six_files_five_are_kept_and_a_bad_one_takes_no_place(post: Post) -> None:
    six = [_picture(_photo(number)) for number in range(6)]
    request = post(*six, ("statement", None, "text/plain", b"words"))
    assert [upload.problem for upload in _sent(request)] == [None] * 5 + ["too_many"]
    assert request.POST["statement"] == "words"
    bad = _picture(b"", "words.txt", "text/plain")
    assert [upload.problem for upload in _sent(post(bad, *six[:5]))] == ["empty"] + [None] * 5


def test_an_empty_choice_of_files_is_no_file(post: Post) -> None:
    request = post(("pictures", "", "application/octet-stream", b""), ("statement", None, "text/plain", b"words"))
    assert not request.FILES
    assert request.POST["statement"] == "words"


def test_a_recording_may_be_longer_than_a_picture(post: Post) -> None:
    voice = b"OggS" + bytes(21 * MEGABYTE)
    assert [upload.problem for upload in _sent(post(_picture(voice, "voice.ogg", "audio/ogg")))] == [None]


def test_a_request_beyond_the_limit_stops_before_it_is_read(post: Post, settings: Settings) -> None:
    settings.UPLOAD_REQUEST_LARGEST = MEGABYTE
    request = post(_picture(_photo()), CONTENT_LENGTH=MEGABYTE + 1)
    with pytest.raises(RequestDataTooBig):
        _ = request.POST


def test_a_sealed_upload_shows_neither_content_nor_name(post: Post) -> None:
    (upload,) = _sent(post(_picture(_photo(), "Marie Kabila.jpg")))
    assert repr(upload) == str(upload) == f"{upload}" == "<SealedUpload>"
    assert bool(upload)
    ways: list[Callable[[], object]] = [
        upload.read,
        upload.chunks,
        upload.open,
        upload.readline,
        upload.readlines,
        upload.multiple_chunks,
        lambda: iter(upload),
        lambda: upload.seek(0),
    ]
    for way in ways:
        with pytest.raises(io.UnsupportedOperation):
            way()


def test_a_base64_part_is_sealed_decoded(post: Post) -> None:
    (upload,) = _sent(post(("pictures", "a.png", "image/png\r\nContent-Transfer-Encoding: base64", _base64(_photo()))))
    assert _opened(upload) == _photo()


def _base64(body: bytes) -> bytes:
    return base64.encodebytes(body)


# -- No plaintext rests anywhere


def _resting(folder: Path) -> Iterator[bytes]:
    """Every byte that this process keeps in a folder, by name or only by an open handle."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()
    for handle in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{handle}")
        except FileNotFoundError:
            continue
        if target.startswith(f"{folder}/"):
            yield os.pread(int(handle), 64 * MEGABYTE, 0)


def test_no_plaintext_is_in_the_temporary_folder_at_any_moment(
    post: Post, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting: list[bytes] = []
    receive = uploads.SealingUploadHandler.receive_data_chunk
    chunks = iter(range(1000))

    def watch(handler: uploads.SealingUploadHandler, raw_data: bytes, start: int) -> bytes | None:
        left = receive(handler, raw_data, start)
        if next(chunks) % 16 == 0:
            resting.extend(_resting(folder))
        return left

    monkeypatch.setattr(uploads.SealingUploadHandler, "receive_data_chunk", watch)
    request = post(_picture(_photo(3 * MEGABYTE)), _picture(b"MZ" + MARK * 9999), _picture(_photo(30 * MEGABYTE)))
    kept, *_refused = _sent(request)
    resting.extend(_resting(folder))
    assert max(map(len, resting)) > MEGABYTE  # it did rest there
    assert not any(MARK in body or body.startswith(b"\xff\xd8") for body in resting)
    assert len(list(kept.sealed_chunks())) > 40
    request.close()
    assert not list(_resting(folder))


def test_an_upload_that_breaks_off_leaves_nothing(post: Post, folder: Path) -> None:
    whole = _body((_picture(_photo(3 * MEGABYTE)),))
    cut = whole[: 2 * MEGABYTE]
    request = RequestFactory().generic("POST", "/", cut, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    request.FILES  # noqa: B018 - reading it parses
    request.close()
    assert not list(_resting(folder))


def test_what_django_expects_of_a_file_in_a_form_is_there(post: Post) -> None:
    (upload,) = _sent(post(_picture(_photo(), "../../etc/photo.jpg")))
    assert isinstance(upload, UploadedFile)
    assert upload.name == "photo.jpg"
    assert upload.content_type == "image/jpeg"
    assert upload.size == len(_photo())
