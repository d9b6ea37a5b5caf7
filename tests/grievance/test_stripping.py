"""What officers see of a picture is its pixels; what a picture does to its decoder stays in the child."""

import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path

import hypothesis
import piexif
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from grievance import stripping
from grievance.stripping import CannotStrip, strip, strip_image
from tests.grievance import recordings

pytestmark = pytest.mark.long

RED, BLUE = (200, 30, 30), (30, 30, 200)


def _picture(kind: str, size: tuple[int, int] = (80, 40), **options: object) -> bytes:
    """Left half red, right half blue."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    target = BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def _exif(orientation: int) -> bytes:
    kolwezi = {
        piexif.GPSIFD.GPSLatitudeRef: b"S",
        piexif.GPSIFD.GPSLatitude: ((10, 1), (43, 1), (0, 1)),
        piexif.GPSIFD.GPSLongitudeRef: b"E",
        piexif.GPSIFD.GPSLongitude: ((25, 1), (28, 1), (0, 1)),
    }
    named = {piexif.ImageIFD.Orientation: orientation, piexif.ImageIFD.Make: b"MARKED MAKER"}
    return bytes(piexif.dump({"0th": named, "GPS": kolwezi}))


def _open(stripped: stripping.Stripped) -> Image.Image:
    picture = Image.open(BytesIO(stripped.body))
    picture.load()
    assert picture.format == "JPEG"
    assert picture.mode == "RGB"
    assert picture.size == (stripped.width, stripped.height)
    return picture


def _near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=True))


def test_a_photo_loses_its_place_its_maker_its_comment_and_stands_upright() -> None:
    original = _picture("JPEG", exif=_exif(6), comment=b"MARKED COMMENT", icc_profile=b"MARKED PROFILE", quality=95)
    assert piexif.load(original)["GPS"]
    picture = _open(strip_image(original))
    assert picture.size == (40, 80)
    assert _near(picture.getpixel((20, 10)), RED)
    assert _near(picture.getpixel((20, 70)), BLUE)
    body = strip_image(original).body
    assert b"MARKED" not in body
    assert b"Exif" not in body
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_viewers_turn_it(orientation: int) -> None:
    original = _picture("JPEG", exif=_exif(orientation), quality=95)
    picture = _open(strip_image(original))
    assert picture.size == ((80, 40) if orientation < 5 else (40, 80))
    red_at_the_start = orientation in {1, 4, 5, 6}
    assert _near(picture.getpixel((5, 5)), RED if red_at_the_start else BLUE)


def test_a_drawing_loses_its_texts_and_lies_on_white() -> None:
    drawing = Image.new("RGBA", (30, 20), (0, 0, 0, 0))
    drawing.paste((*RED, 255), (0, 0, 15, 20))
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "MARKED AUTHOR")
    texts.add_itxt("Description", "MARKED DESCRIPTION", zip=True)
    target = BytesIO()
    drawing.save(target, "PNG", pnginfo=texts, exif=_exif(1))
    stripped = strip_image(target.getvalue())
    assert b"MARKED" not in stripped.body
    assert _near(_open(stripped).getpixel((3, 10)), RED)
    assert _near(_open(stripped).getpixel((27, 10)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_is_read(kind: str) -> None:
    assert _near(_open(strip_image(_picture(kind))).getpixel((10, 20)), RED)


def test_only_the_first_frame_of_a_moving_picture_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    target = BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    assert _near(_open(strip_image(target.getvalue())).getpixel((10, 10)), RED)


def test_sixteen_bits_of_grey_are_scaled_and_not_cut_off() -> None:
    grey = Image.frombytes("I;16", (16, 16), (128 * 256).to_bytes(2, "little") * 256)
    target = BytesIO()
    grey.save(target, "PNG")
    assert _near(_open(strip_image(target.getvalue())).getpixel((8, 8)), (128, 128, 128))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_gets_a_smaller_copy(kind: str) -> None:
    picture = _open(strip_image(_picture(kind, (6000, 3000))))
    assert picture.size == (2400, 1200)


def test_damaged_metadata_do_not_cost_the_picture() -> None:
    original = _picture("JPEG", exif=b"Exif\0\0" + b"MM\0*\0\0\0\x08" + b"\xff" * 40)
    assert _open(strip_image(original)).size == (80, 40)


def _bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("original", "code"),
    [
        (_bomb(60_000, 60_000), "too_many_pixels"),
        (_bomb(10_000, 5_001), "too_many_pixels"),
        (_bomb(5000, 5000), "damaged"),
        (_picture("JPEG", (800, 800))[:3000], "damaged"),
        (_picture("PNG", (800, 800))[:200], "damaged"),
        (_picture("TIFF"), "not_a_picture"),
        (_picture("BMP"), "not_a_picture"),
        (b"%PDF-1.7 of no picture at all", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (b"", "not_a_picture"),
        (b"\xff\xd8\xff", "not_a_picture"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_code_alone(original: bytes, code: str) -> None:
    with pytest.raises(CannotStrip) as caught:
        strip_image(original)
    assert caught.value.code == code
    assert caught.value.args == (code,)


def test_a_file_larger_than_the_pipes_is_refused_without_a_hang() -> None:
    with pytest.raises(CannotStrip, match=r"^not_a_picture$"):
        strip_image(os.urandom(1000) + bytes(8_000_000))


def test_memory_is_bounded() -> None:
    with pytest.raises(CannotStrip, match=r"^too_much_memory$"):
        strip_image(_picture("PNG", (7000, 7000)), megabytes=200)


def test_time_is_bounded_and_no_child_is_left() -> None:
    started = time.monotonic()
    with pytest.raises(CannotStrip, match=r"^took_too_long$"):
        strip_image(_picture("PNG", (4000, 4000)), seconds=0.01)
    assert time.monotonic() - started < 5
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def _confined(code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process that has taken the child's limits, the way the child takes them."""
    room = stripping.CHILD
    start = f"import os, socket, runpy\nrunpy.run_path({str(room)!r}, run_name='child')['confine'](1, 512)\n"
    return subprocess.run([sys.executable, "-I", "-c", start + code], capture_output=True, text=True, check=False)


def test_a_child_that_spins_is_ended_by_the_processor_limit() -> None:
    assert _confined("while True: pass").returncode == -signal.SIGXCPU


@pytest.mark.parametrize(
    "attempt",
    ["open('/etc/hostname')", "socket.socket()", "os.pipe()", "os.open('/tmp', os.O_TMPFILE | os.O_RDWR)"],
)
def test_a_child_opens_nothing(attempt: str) -> None:
    ended = _confined(f"try:\n    {attempt}\nexcept OSError as error: print(error.errno)")
    assert ended.stdout.strip() == "24", ended  # EMFILE


def test_a_child_has_no_environment_no_keys_and_no_product(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The child's command, kept as it is, runs a file that tells what it can see."""
    seen = tmp_path / "seen.py"
    seen.write_text(
        "import os, sys\n"
        "body = repr((os.getcwd(), dict(os.environ), sorted(os.listdir('/proc/self/fd')), os.getsid(0) == os.getpid(),"
        " 'django' in sys.modules, sys.flags.isolated)).encode()\n"
        "sys.stdin.buffer.read()\n"
        "sys.stdout.buffer.write(b'OK image/jpeg 1 1\\n\\xff\\xd8\\xff' + body)\n"
    )
    monkeypatch.setattr(stripping, "CHILD", seen)
    monkeypatch.setenv("RECOURSE_KEYS", "MARKED FOLDER")
    body = strip_image(b"anything").body[3:].decode()
    assert "MARKED" not in body
    assert body.startswith("('/', {")
    assert "['0', '1', '2', '3'], True, False, 1)" in body  # 3 is the listing itself


@pytest.mark.parametrize(
    "answer",
    [
        "OK image/jpeg 1 1\\nnot a jpeg",
        "OK image/jpeg 99999 1\\n\\xff\\xd8\\xff",
        "OK image/jpeg -1 1\\n\\xff\\xd8\\xff",
        "OK image/jpeg 1\\n\\xff\\xd8\\xff",
        "OK text/html 1 1\\n<script>",
        "OK audio/ogg 0 0\\nOggS",
        "NO anything_else\\n",
        "",
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    taken = tmp_path / "taken.py"
    taken.write_text(f"import sys\nsys.stdout.buffer.write(b'{answer}')\n")
    monkeypatch.setattr(stripping, "CHILD", taken)
    with pytest.raises(CannotStrip, match=r"^damaged$"):
        strip_image(b"anything")


def test_a_child_that_floods_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    flood = tmp_path / "flood.py"
    flood.write_text("import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))\n")
    monkeypatch.setattr(stripping, "CHILD", flood)
    started = time.monotonic()
    with pytest.raises(CannotStrip, match=r"^took_too_long$"):
        strip_image(b"anything")
    assert time.monotonic() - started < 8


# -- Papers, sound and film


def _copy_or_code(original: bytes, media: str) -> stripping.Stripped | str:
    try:
        return strip(original, media)
    except CannotStrip as refusal:
        return refusal.code


@pytest.mark.parametrize(
    ("media", "container", "codec", "rate", "kind"),
    [
        ("audio/ogg", "ogg", "libopus", 48_000, "audio/ogg"),
        ("audio/mpeg", "mp3", "libmp3lame", 44_100, "audio/mpeg"),
        ("audio/mp4", "ipod", "aac", 44_100, "audio/mp4"),
        ("audio/wav", "wav", "pcm_s16le", 8_000, "audio/wav"),
        ("audio/flac", "flac", "flac", 44_100, "audio/flac"),
        ("video/3gpp", "3gp", "aac", 44_100, "audio/mp4"),  # a voice recorder's
        ("video/quicktime", "mov", "alac", 44_100, "audio/mp4"),
        ("video/x-matroska", "matroska", "libopus", 48_000, "audio/ogg"),
    ],
)
def test_a_recording_keeps_its_sound_and_no_word_about_it(
    media: str, container: str, codec: str, rate: int, kind: str
) -> None:
    original = recordings.sound(container, codec, rate)
    assert recordings.MARK in original
    copy = strip(original, media)
    assert copy.kind == kind
    assert recordings.MARK not in copy.body
    # Of an MP3 the silence at both ends, which its words say to leave out, is heard: a twentieth of a second.
    assert 0 <= recordings.samples(copy.body) - recordings.samples(original) <= rate // 20


@pytest.mark.parametrize(
    ("media", "container", "codec", "kind"),
    [
        ("video/mp4", "mp4", "libx264", "video/mp4"),
        ("video/mp4", "mp4", "mpeg4", "video/mp4"),
        ("video/quicktime", "mov", "libx264", "video/mp4"),
        ("video/x-matroska", "matroska", "libx264", "video/mp4"),
        ("video/webm", "webm", "libvpx", "video/webm"),
        ("video/3gpp", "3gp", "mpeg4", "video/mp4"),
    ],
)
def test_a_film_keeps_its_pictures_and_no_word_about_them(media: str, container: str, codec: str, kind: str) -> None:
    original = recordings.film(container, codec)
    assert recordings.MARK in original
    copy = strip(original, media)
    assert copy.kind == kind
    assert recordings.MARK not in copy.body
    assert not any(word in copy.body for word in (b"Lavc", b"x264"))  # what stands between the pictures
    assert recordings.pictures(copy.body) == recordings.pictures(original)


def test_an_apple_place_in_a_film_goes() -> None:
    original = recordings.film("mov", "libx264")
    assert b"\xa9xyz" in original
    assert b"\xa9xyz" not in strip(original, "video/quicktime").body


def test_words_behind_the_frames_of_an_mp3_go() -> None:
    plain = recordings.sound("mp3", "libmp3lame", 44_100)
    hidden = b"TAG" + recordings.MARK.ljust(125, b"\0")
    apes = b"APETAGEX" + recordings.MARK * 9
    assert recordings.MARK not in strip(plain + apes + hidden, "audio/mpeg").body


def _photo_with_words() -> bytes:
    return _picture("JPEG", exif=_exif(1), comment=b"MARKED COMMENT", quality=95)


def _photo_in(made: pikepdf.Pdf) -> Image.Image:
    found = made.pages[0].Resources.XObject.Photo
    assert isinstance(found, pikepdf.Stream)
    return pikepdf.PdfImage(found).as_pil_image()


def test_a_paper_keeps_its_pages_and_photos_and_nothing_else() -> None:
    original = recordings.paper(_photo_with_words())
    assert all(word in original for word in (recordings.MARK, b"MARKED MAKER", b"JavaScript", b"/OpenAction"))
    copy = strip(original, "application/pdf")
    assert copy.kind == "application/pdf"
    with pikepdf.open(BytesIO(copy.body)) as made:
        assert set(made.Root.keys()) == {"/Type", "/Pages"}
        everything = b"".join(
            one.unparse() + (one.read_raw_bytes() if isinstance(one, pikepdf.Stream) else b"") for one in made.objects
        )
        photo = _photo_in(made)
        assert _near(photo.getpixel((10, 20)), RED)
    for word in (b"MARKED", b"JavaScript", b"Exif", b"/Annots", b"/URI", b"/Metadata", b"/Info", b"/EF"):
        assert word not in copy.body + everything


def test_what_is_filled_into_a_form_of_a_paper_is_still_seen() -> None:
    with pikepdf.open(BytesIO(strip(recordings.filled_paper(), "application/pdf").body)) as made:
        page = made.pages[0]
        assert b" Do" in page.Contents.read_bytes() if not isinstance(page.Contents, pikepdf.Array) else page.Contents
        assert "/Annots" not in page
        assert any(b"(Wages of March)" in one.read_bytes() for one in page.Resources.XObject.values())


@pytest.mark.parametrize("cut", [20, 300, 900])
@pytest.mark.parametrize(
    "media", ["application/pdf", "audio/ogg", "audio/mp4", "audio/mpeg", "video/mp4", "video/webm", "audio/amr"]
)
def test_a_file_that_breaks_off_is_a_copy_or_a_code_and_never_more(media: str, cut: int) -> None:
    whole = {
        "application/pdf": lambda: recordings.paper(_photo_with_words()),
        "audio/ogg": lambda: recordings.sound("ogg", "libopus"),
        "audio/mp4": lambda: recordings.sound("ipod", "aac", 44_100),
        "audio/mpeg": lambda: recordings.sound("mp3", "libmp3lame", 44_100),
        "video/mp4": lambda: recordings.film("mp4"),
        "video/webm": lambda: recordings.film("webm", "libvpx"),
        "audio/amr": lambda: b"#!AMR\n" + bytes(2000),
    }[media]()
    copy = _copy_or_code(whole[:cut], media)
    assert copy in stripping.CODES if isinstance(copy, str) else recordings.MARK not in copy.body


@pytest.mark.parametrize("media", ["application/zip", "text/html", ""])
def test_other_kinds_are_never_opened(media: str) -> None:
    with pytest.raises(CannotStrip, match=r"^not_known$"):
        strip(b"PK\x03\x04", media)


def test_a_paper_that_grows_without_end_ends_its_child() -> None:
    with pytest.raises(CannotStrip):
        strip(recordings.swelling_paper(), "application/pdf", stripping.Limits(10, 300, 1024 * 1024))


@given(
    body=st.binary(max_size=3000), media=st.sampled_from(["application/pdf", "audio/ogg", "video/mp4", "audio/mpeg"])
)
@hypothesis.settings(max_examples=12)
def test_noise_never_harms_whoever_asked(body: bytes, media: str) -> None:
    marks = {"application/pdf": b"%PDF-1.7\n", "audio/ogg": b"OggS", "video/mp4": b"\0\0\0\x18ftypisom"}
    copy = _copy_or_code(marks.get(media, b"\xff\xfb\x90\x00") + body, media)
    assert not isinstance(copy, str) or copy in stripping.CODES
