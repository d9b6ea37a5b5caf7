"""Uploads sealed while they stream in: no plaintext of a file reaches a disk, and a bad file costs no other field."""

import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from io import BytesIO, UnsupportedOperation
from typing import IO, Any, NoReturn

import imagesize
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from grievance.vault import FileSealer
from grievance.vault.files import HEADER_BYTES, SEALED_CHUNK_BYTES

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FILES = 5  # good ones in a request
MAX_REQUEST_BYTES = 130 * 1024 * 1024
MAX_PIXELS = 50_000_000
MEMORY_BYTES = 1024 * 1024  # of ciphertext, before it moves to a temporary file without a name
HEAD_BYTES = 256 * 1024  # looked at for type and dimensions, in memory

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
OTHER_PICTURES = frozenset({"image/heic", "image/avif", "image/tiff", "image/bmp"})
EXTENSIONS = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "heic", "heif", "avif", "tif", "tiff", "bmp"}
)

# What is wrong with a file. The first that is found stands, and nothing of the file is kept.
PROBLEMS = frozenset(
    {
        "too_many",  # five are here already
        "empty",
        "not_a_picture",  # by its content, or one too damaged to have a size
        "lying_type",  # its name or type says picture, its content does not
        "unsupported_picture",  # recognised, but of a kind that is not decoded here: HEIC, AVIF, TIFF, BMP
        "too_many_pixels",
        "too_large",
    }
)

# Content at the start of a file, by kind: (offset, bytes).
_MAGIC: tuple[tuple[str, tuple[tuple[int, bytes], ...]], ...] = (
    ("image/jpeg", ((0, b"\xff\xd8\xff"),)),
    ("image/png", ((0, b"\x89PNG\r\n\x1a\n"),)),
    ("image/webp", ((0, b"RIFF"), (8, b"WEBP"))),
    ("image/gif", ((0, b"GIF87a"),)),
    ("image/gif", ((0, b"GIF89a"),)),
    ("image/tiff", ((0, b"II*\0"),)),
    ("image/tiff", ((0, b"MM\0*"),)),
    ("image/bmp", ((0, b"BM"), (6, b"\0\0\0\0"))),
    ("application/pdf", ((0, b"%PDF-"),)),
    ("application/zip", ((0, b"PK\x03\x04"),)),
)
# ISO 14496-12 brands (bytes 8 to 12 after "ftyp") of the still-picture formats of ISO 23008-12.
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
}


def kind_of(head: bytes) -> str:
    """The media type that the first bytes of a file show, or "" for none known."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "")
    for kind, marks in _MAGIC:
        if all(head[at : at + len(mark)] == mark for at, mark in marks):
            return kind
    return ""


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """An uploaded file that exists only sealed: it cannot be read, only handed on with its key.

    file_key: 32 bytes (none where there is a problem); size: plain bytes received; kind: media type by content,
    or ""; problem: None or one of PROBLEMS; name: as sent, without folders, never to be logged or stored in plain;
    digest: hex BLAKE2b-256 of the plain bytes, by which the same file sent twice is known; stored only sealed.
    """

    def __init__(self, name: str, content_type: str) -> None:
        super().__init__(None, name, content_type, size=0)
        self.kind = ""
        self.problem: str | None = None
        self.file_key = FileSealer.new_file_key()
        self._sealer: FileSealer | None = FileSealer(self.file_key)
        self._sink: IO[bytes] = tempfile.SpooledTemporaryFile(MEMORY_BYTES, dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - closed by close()
        self._digest = blake2b(digest_size=32)
        self._head = bytearray()
        self._received = 0
        self._judged = False

    def __repr__(self) -> str:
        return "<SealedUpload>"

    __str__ = __repr__

    def receive(self, chunk: bytes) -> None:
        """Seal the next plain bytes of the file; once there is a problem they are only counted."""
        self._received += len(chunk)
        if self._sealer is None:
            return
        if not self._judged:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            self._judge(whole=False)
        if self._received > MAX_FILE_BYTES:
            self.refuse("too_large")
        if self._sealer is not None:
            self._digest.update(chunk)
            self._sink.writelines(self._sealer.push(chunk))

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def complete(self) -> None:
        """The file has ended: judge what is still open, and seal its end."""
        self.size = self._received
        if self._sealer is not None and not self._judged:
            self._judge(whole=True)
        if self._sealer is not None:
            self._sink.writelines(self._sealer.finish())
            self._sealer = None
        self._head.clear()

    def refuse(self, problem: str) -> None:
        """Drop what was sealed, and the key, for one of PROBLEMS."""
        self.problem = problem
        self.file_key = b""
        self._sealer = None
        self._head.clear()
        self._sink.close()

    def sealed_chunks(self) -> Iterator[bytes]:
        """The sealed chunks, as vault.FileSealer made them, each to be stored in order; may be called again.

        Raises ValueError for a file with a problem, one that is not complete, or a closed one.
        """
        if self.problem or self._sealer is not None:
            raise ValueError("no sealed file")
        self._sink.seek(0)
        wanted = HEADER_BYTES + SEALED_CHUNK_BYTES
        while chunk := self._sink.read(wanted):
            yield chunk
            wanted = SEALED_CHUNK_BYTES

    def close(self) -> None:
        """Drop the ciphertext; Django does it at the end of the request."""
        self._sink.close()

    def read(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused, like every other way to the content: there is none in plain."""
        raise UnsupportedOperation("a sealed upload is not read")

    open = chunks = multiple_chunks = readline = readlines = readinto = seek = __iter__ = read

    def _judge(self, *, whole: bool) -> None:
        """Decide by the head of the file, as soon as it shows enough or is all that there is."""
        if not self._head and whole:
            self._judged = True
            self.refuse("empty")
            return
        if len(self._head) < 16 and not whole:
            return
        self.kind = kind_of(bytes(self._head[:16]))
        if self.kind not in PICTURES:
            self._judged = True
            self.refuse(self._not_ours())
            return
        width, height = imagesize.get(BytesIO(self._head), exif_rotation=False)
        if width > 0 and height > 0:
            self._judged = True
            if width * height > MAX_PIXELS:
                self.refuse("too_many_pixels")
        elif whole:
            self._judged = True
            self.refuse("not_a_picture")
        elif len(self._head) >= HEAD_BYTES:
            self._judged = True  # dimensions beyond a long preamble: the child that decodes it has the last word

    def _not_ours(self) -> str:
        if self.kind in OTHER_PICTURES:
            return "unsupported_picture"
        claimed = (self.content_type or "").startswith("image/")
        return "lying_type" if claimed or self._extension() in EXTENSIONS else "not_a_picture"

    def _extension(self) -> str:
        return (self.name or "").rpartition(".")[2].lower()


class SealingUploadHandler(FileUploadHandler):
    """Gives request.FILES of SealedUpload: a refused file is there with its problem, and later fields still arrive."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._kept: list[SealedUpload] = []
        self.file: SealedUpload  # the name by which Django closes it when the upload stops

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> "tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]] | None":
        """Raises RequestDataTooBig (Django answers 400) before anything of a request beyond 130 MB is read."""
        if content_length > MAX_REQUEST_BYTES:
            raise RequestDataTooBig("The request is larger than five files can be.")
        return None

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        self.file = SealedUpload(file_name, content_type)
        if sum(upload.problem is None for upload in self._kept) >= MAX_FILES:
            self.file.refuse("too_many")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.file.receive(raw_data)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        self.file.complete()
        self._kept.append(self.file)
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
