"""Pictures re-made without anything but their pixels, in a child process with no keys, files or time to spare.

The parent half runs this very file as the child: it must import neither Django nor anything of this product.
"""

import contextlib
import math
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, MpoImagePlugin, TiffImagePlugin, UnidentifiedImageError

LONG_SIDE = 2400  # pixels of the stripped copy, at most
MAX_PIXELS = 50_000_000
MAX_ANSWER = 16 * 1024 * 1024  # bytes of a stripped copy; a real one has a few megabytes at most
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
CODES = frozenset({"not_a_picture", "too_many_pixels", "damaged", "took_too_long", "too_much_memory"})

TURNS = {  # EXIF 2.32, tag 0x0112; 1 is upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_PIPE_BYTES = 64 * 1024
_LAZY = (MpoImagePlugin, TiffImagePlugin)  # Pillow imports them when a phone's picture needs them: no file opens then


class CannotStrip(ValueError):
    """A file from which no copy can be made. `code` is one of CODES and the whole message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Stripped:
    """A picture's pixels as a JPEG without metadata, upright, at most 2400 px on the long side."""

    body: bytes = field(repr=False)
    width: int
    height: int


def strip_image(original: bytes, *, seconds: float = 10, megabytes: int = 512) -> Stripped:
    """Decode `original` (JPEG, PNG, WebP, first frame of a GIF) in a child process and give its pixels alone.

    `seconds` bounds the child's wall and processor time, `megabytes` its address space. Nothing is written to disk.
    Raises CannotStrip.
    """
    # -I: no environment, no user site, no current folder; -B: no bytecode is written.
    command = [sys.executable, "-I", "-B", str(Path(__file__).resolve()), str(math.ceil(seconds)), str(megabytes)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could quote the file
        env={},
        cwd="/",
        close_fds=True,
        start_new_session=True,
    ) as child:
        try:
            answer = _converse(child, original, time.monotonic() + seconds)
            status = child.wait(timeout=1)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise CannotStrip("took_too_long") from None
        finally:
            if child.poll() is None:  # not reaped, so the number is still its own
                os.killpg(child.pid, signal.SIGKILL)
    return _understand(answer, status)


def _converse(child: subprocess.Popen[bytes], question: bytes, deadline: float) -> bytes:
    """Feed the child and read its answer, both without waiting for the other; TimeoutError at the deadline."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child has no pipes")
    answer = bytearray()
    rest = memoryview(question)
    os.set_blocking(child.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdin, selectors.EVENT_WRITE)
        selector.register(child.stdout, selectors.EVENT_READ)
        while child.stdout in selector.get_map():
            remaining = deadline - time.monotonic()
            if remaining <= 0 or len(answer) > MAX_ANSWER:
                raise TimeoutError
            for ready, _events in selector.select(remaining):
                if ready.fileobj is child.stdout:
                    piece = os.read(ready.fd, _PIPE_BYTES)
                    answer += piece
                    if not piece:
                        selector.unregister(child.stdout)
                elif not (rest := rest[_write(ready.fd, rest) :]):
                    selector.unregister(child.stdin)
                    child.stdin.close()
    return bytes(answer)


def _write(handle: int, rest: memoryview) -> int:
    try:
        return os.write(handle, rest[:_PIPE_BYTES])
    except BrokenPipeError:  # the child gave up early: its answer says why
        return len(rest)


def _understand(answer: bytes, status: int) -> Stripped:
    """The child's answer: "OK width height" or "NO code" in the first line, the JPEG after it."""
    if status == -signal.SIGXCPU:
        raise CannotStrip("took_too_long")
    if status == -signal.SIGKILL:  # not ours: the machine ran out of memory
        raise CannotStrip("too_much_memory")
    head, _newline, body = answer.partition(b"\n")
    words = head[:40].decode("ascii", "replace").split()
    if words[:1] == ["NO"] and words[1:] and words[1] in CODES:
        raise CannotStrip(words[1])
    if status or words[:1] != ["OK"] or len(words) != 3 or not all(word.isdecimal() for word in words[1:]):
        raise CannotStrip("damaged")
    width, height = int(words[1]), int(words[2])
    if not (0 < width <= LONG_SIDE and 0 < height <= LONG_SIDE and body.startswith(b"\xff\xd8\xff")):
        raise CannotStrip("damaged")
    return Stripped(body, width, height)


# -- Below here runs in the child.


def confine(seconds: int, megabytes: int) -> None:
    """Take from this process, for good: time, memory, every file, socket and process it does not have yet."""
    space = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # SIGXCPU, then SIGKILL for who ignores it
    for limit, value in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 1),  # 1, not 0: a core piped to a collector ignores 0 (Linux core(5), fs/coredump.c)
        (resource.RLIMIT_NOFILE, 0),  # the open pipes stay; nothing else opens, a key file neither
    ):
        resource.setrlimit(limit, (value, value))


def answer_for(original: bytes) -> bytes:
    """What the child writes: see _understand. What Pillow raises beyond this ends the child, which is an answer too."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        picture = _pixels(original)
        target = BytesIO()
        picture.save(target, "JPEG", quality=QUALITY)
    except UnidentifiedImageError:
        return b"NO not_a_picture\n"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return b"NO too_many_pixels\n"
    except MemoryError:
        return b"NO too_much_memory\n"
    except (OSError, ValueError, SyntaxError, EOFError):
        return b"NO damaged\n"
    return b"OK %d %d\n" % picture.size + target.getvalue()


def _pixels(original: bytes) -> Image.Image:
    """The first frame, small enough, upright, on white, in a new image that has never had any metadata."""
    with Image.open(BytesIO(original), formats=FORMATS) as picture:
        picture.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a large JPEG is decoded small at once
        picture.load()
        turn = _turn(picture)
        small = _reduced(picture)
    small.thumbnail((LONG_SIDE, LONG_SIDE))
    upright = small if turn is None else small.transpose(turn)
    fresh = Image.new("RGB", upright.size, "white")
    fresh.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return fresh


def _reduced(picture: Image.Image) -> Image.Image:
    """The picture as RGB or RGBA; what can be made smaller is so before it is converted, to spare memory."""
    factor = max(picture.size) // LONG_SIDE
    if factor > 1 and picture.mode in {"RGB", "RGBA", "L", "LA"}:
        picture = picture.reduce(factor)
    if picture.mode == "I;16":  # 16 bits of grey: Pillow would cut them off instead of scaling
        picture = picture.point(lambda value: value * (1 / 256))
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """How to turn it upright, by its EXIF orientation."""
    with contextlib.suppress(Exception):  # damaged metadata must not cost the picture
        return TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    return None


def main() -> None:
    seconds, megabytes = int(sys.argv[1]), int(sys.argv[2])
    Image.preinit()
    Image.init()
    confine(seconds, megabytes)
    sys.stdout.buffer.write(answer_for(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
