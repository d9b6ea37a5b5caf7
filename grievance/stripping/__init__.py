"""Copies of files without anything but what they show, made in a child process with no keys, files or time to spare."""

import math
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

CODES = frozenset({"not_known", "not_a_picture", "too_many_pixels", "damaged", "took_too_long", "too_much_memory"})
CHILD = Path(__file__).resolve().parent / "child.py"
LONG_SIDE = 2400  # pixels of the copy of a picture, at most

_MEGABYTE = 1024 * 1024
_PIPE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """``seconds`` bounds the child's wall and processor time, ``megabytes`` its address space, ``answer`` the bytes
    that it may give back."""

    seconds: float
    megabytes: int
    answer: int


# By the room of this package that makes the copy; our defaults.
LIMITS = {
    "pictures": Limits(10, 512, 16 * _MEGABYTE),
    "documents": Limits(30, 768, 40 * _MEGABYTE),
    "recordings": Limits(30, 768, 80 * _MEGABYTE),
}
# What the child may give back: (offset, bytes) by which each kind begins.
ANSWERS: dict[str, dict[str, tuple[int, bytes]]] = {
    "pictures": {"image/jpeg": (0, b"\xff\xd8\xff")},
    "documents": {"application/pdf": (0, b"%PDF-")},
    "recordings": {
        "audio/ogg": (0, b"OggS"),
        "audio/mpeg": (0, b"\xff"),
        "audio/aac": (0, b"\xff"),
        "audio/amr": (0, b"#!AMR"),
        "audio/wav": (0, b"RIFF"),
        "audio/flac": (0, b"fLaC"),
        "audio/mp4": (4, b"ftyp"),
        "audio/3gpp": (4, b"ftyp"),
        "audio/webm": (0, b"\x1a\x45\xdf\xa3"),
        "video/mp4": (4, b"ftyp"),
        "video/3gpp": (4, b"ftyp"),
        "video/webm": (0, b"\x1a\x45\xdf\xa3"),
    },
}


class CannotStrip(ValueError):
    """A file from which no copy can be made. `code` is one of CODES and the whole message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Stripped:
    """The copy: a picture's pixels as an upright JPEG, a paper's pages, a recording's sound and film; nothing else.
    ``width`` and ``height`` of a picture, at most 2400; else 0."""

    kind: str
    body: bytes = field(repr=False)
    width: int = 0
    height: int = 0


def strip(original: bytes, kind: str, limits: Limits | None = None) -> Stripped:
    """The copy of ``original``, whose content is of the media type ``kind``. Nothing is written to disk. Raises
    CannotStrip."""
    room = _room(kind)
    allowed = limits or LIMITS[room]
    # -I: no environment, no user site, no current folder; -B: no bytecode is written.
    seconds = str(math.ceil(allowed.seconds))
    command = [sys.executable, "-I", "-B", str(CHILD), seconds, str(allowed.megabytes), room, kind]
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
            answer = _converse(child, original, time.monotonic() + allowed.seconds, allowed.answer)
            status = child.wait(timeout=1)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise CannotStrip("took_too_long") from None
        finally:
            if child.poll() is None:  # not reaped, so the number is still its own
                os.killpg(child.pid, signal.SIGKILL)
    return _understand(answer, status, ANSWERS[room])


def strip_image(original: bytes, *, seconds: float = 10, megabytes: int = 512) -> Stripped:
    """The copy of a picture: JPEG, PNG, WebP, the first frame of a GIF. Raises CannotStrip."""
    return strip(original, "image/", Limits(seconds, megabytes, LIMITS["pictures"].answer))


def _room(kind: str) -> str:
    if kind.startswith("image/"):
        return "pictures"
    if kind == "application/pdf":
        return "documents"
    if kind.startswith(("audio/", "video/")):
        return "recordings"
    raise CannotStrip("not_known")


def _converse(child: subprocess.Popen[bytes], question: bytes, deadline: float, most: int) -> bytes:
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
            if remaining <= 0 or len(answer) > most:
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


def _understand(answer: bytes, status: int, kinds: dict[str, tuple[int, bytes]]) -> Stripped:
    """The child's answer: "OK kind width height" or "NO code" in the first line, the copy after it. A child that was
    taken over by a file is not believed."""
    if status == -signal.SIGXCPU:
        raise CannotStrip("took_too_long")
    if status == -signal.SIGKILL:  # not ours: the machine ran out of memory
        raise CannotStrip("too_much_memory")
    head, _newline, body = answer.partition(b"\n")
    words = head[:80].decode("ascii", "replace").split()
    if words[:1] == ["NO"] and words[1:] and words[1] in CODES:
        raise CannotStrip(words[1])
    if status or words[:1] != ["OK"] or len(words) != 4 or not all(word.isdecimal() for word in words[2:]):
        raise CannotStrip("damaged")
    kind, width, height = words[1], int(words[2]), int(words[3])
    at, mark = kinds.get(kind, (0, b""))
    if not mark or body[at : at + len(mark)] != mark:
        raise CannotStrip("damaged")
    if kind == "image/jpeg" and not (0 < width <= LONG_SIDE and 0 < height <= LONG_SIDE):
        raise CannotStrip("damaged")
    return Stripped(kind, body, width, height)
