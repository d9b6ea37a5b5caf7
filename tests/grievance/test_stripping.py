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

import piexif
import pytest
from PIL import Image, PngImagePlugin

from grievance import stripping
from grievance.stripping import CannotStrip, strip_image

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
    room = Path(stripping.__file__)
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
        "sys.stdout.buffer.write(b'OK 1 1\\n\\xff\\xd8\\xff' + body)\n"
    )
    monkeypatch.setattr(stripping, "__file__", str(seen))
    monkeypatch.setenv("RECOURSE_KEYS", "MARKED FOLDER")
    body = strip_image(b"anything").body[3:].decode()
    assert "MARKED" not in body
    assert body.startswith("('/', {")
    assert "['0', '1', '2', '3'], True, False, 1)" in body  # 3 is the listing itself


@pytest.mark.parametrize(
    "answer",
    [
        "OK 1 1\\nnot a jpeg",
        "OK 99999 1\\n\\xff\\xd8\\xff",
        "OK -1 1\\n\\xff\\xd8\\xff",
        "OK 1\\n\\xff\\xd8\\xff",
        "NO anything_else\\n",
        "",
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    taken = tmp_path / "taken.py"
    taken.write_text(f"import sys\nsys.stdout.buffer.write(b'{answer}')\n")
    monkeypatch.setattr(stripping, "__file__", str(taken))
    with pytest.raises(CannotStrip, match=r"^damaged$"):
        strip_image(b"anything")


def test_a_child_that_floods_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    flood = tmp_path / "flood.py"
    flood.write_text("import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))\n")
    monkeypatch.setattr(stripping, "__file__", str(flood))
    started = time.monotonic()
    with pytest.raises(CannotStrip, match=r"^took_too_long$"):
        strip_image(b"anything")
    assert time.monotonic() - started < 8
