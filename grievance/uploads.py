"""Uploads sealed while they stream in: no plaintext of a file reaches a disk, and a bad file costs no other field."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from io import UnsupportedOperation
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from grievance.budgets import spend
from grievance.kinds import ENOUGH_BYTES, UNKNOWN, Kind, kind_of
from grievance.rules import DISK_FOR_WORDS, DISK_FOR_WORDS_RETURNING, FILES_A_NETWORK, FILES_MOST, file_largest
from grievance.vault import FileSealer
from grievance.vault.files import HEADER_BYTES, SEALED_CHUNK_BYTES

MEMORY_BYTES = 1024 * 1024  # of ciphertext, before it moves to a temporary file without a name

# What is wrong with a file: the person mends it. The first that is found stands, and nothing of the file is kept.
PROBLEMS = frozenset(
    {
        "too_many",  # as many as a form takes are here already
        "empty",
        "too_large",
        "broken_off",  # the line broke before it was here
    }
)
# Why a good file is left out, and the words are taken without it: no fault of the person.
LEFT_OUT = frozenset(
    {
        "over_budget",  # much came over this network today
        "no_room",  # the disk is full, or nearly
    }
)


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """An uploaded file that exists only sealed: it cannot be read, only handed on with its key.

    file_key: 32 bytes (none where there is a problem); size: plain bytes received; kind: by its content;
    problem: None or one of PROBLEMS or LEFT_OUT; name: as sent, without folders, never to be logged or stored in plain;
    digest: hex BLAKE2b-256 of the plain bytes, by which the same file sent twice is known; stored only sealed.
    """

    def __init__(self, name: str, content_type: str) -> None:
        super().__init__(None, name, content_type, size=0)
        self.kind: Kind = UNKNOWN
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
            self._head += chunk[: ENOUGH_BYTES - len(self._head)]
            self._judge(whole=False)
        if self._received > file_largest(self.kind.family):
            self.refuse("too_large")
        if self._sealer is not None:
            self._digest.update(chunk)
            self._keep(self._sealer.push(chunk))

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def complete(self) -> None:
        """The file has ended: judge what is still open, and seal its end."""
        self.size = self._received
        if self._sealer is not None and not self._judged:
            self._judge(whole=True)
        if self._sealer is not None:
            self._keep(self._sealer.finish())
            self._sealer = None
        self._head.clear()

    def refuse(self, problem: str) -> None:
        """Drop what was sealed, and the key, for one of PROBLEMS or LEFT_OUT."""
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

    def _keep(self, sealed: list[bytes]) -> None:
        try:
            self._sink.writelines(sealed)
        except OSError:  # the disk of temporary files is full
            self.refuse("no_room")

    def _judge(self, *, whole: bool) -> None:
        """Say what it is by the head of the file, as soon as it shows enough or is all that there is."""
        if whole and not self._head:
            self.refuse("empty")
        elif whole or len(self._head) >= ENOUGH_BYTES:
            self._judged = True
            self.kind = kind_of(bytes(self._head), name=self.name or "", claimed=self.content_type or "")


class SealingUploadHandler(FileUploadHandler):
    """Gives request.FILES of SealedUpload: a refused file is there with its problem, and later fields still arrive."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._kept: list[SealedUpload] = []
        self.broken: SealedUpload | None = None  # the one during which the line broke, if it did
        self.file: SealedUpload  # the name by which Django closes it when the upload stops

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> "tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]] | None":
        """Raises RequestDataTooBig (Django answers 400) before anything of a request beyond the limit is read."""
        if content_length > settings.UPLOAD_REQUEST_LARGEST:
            raise RequestDataTooBig("The request is larger than one may be.")
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
        if sum(upload.problem is None for upload in self._kept) >= FILES_MOST:
            self.file.refuse("too_many")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.file.receive(raw_data)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        self.file.complete()
        self._kept.append(self.file)
        return self.file

    def upload_complete(self) -> None:
        """All that came was read. A file whose end never came is no file; what stood before it is whole."""
        if hasattr(self, "file") and self.file not in self._kept:
            self.file.refuse("broken_off")
            self.broken = self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def uploads_in(request: HttpRequest, field: str) -> list[SealedUpload]:
    """What came in a field of files, the one that broke off at its end among them."""
    whole = [upload for upload in request.FILES.getlist(field) if isinstance(upload, SealedUpload)]
    handlers = [one for one in request.upload_handlers if isinstance(one, SealingUploadHandler)]
    return [*whole, *(one.broken for one in handlers if one.broken is not None and one.field_name == field)]


def hold_to_budget(uploads: Iterable[SealedUpload], *, address: str, returning: bool, at: datetime) -> None:
    """Leave out what is beyond the day's budget of its network, or for which the disk has no room. ``returning``: sent
    with a number, from its page; counted apart, and with a reserve of the disk."""
    what, least = ("files-back", DISK_FOR_WORDS_RETURNING) if returning else ("files", DISK_FOR_WORDS)
    for upload in uploads:
        if upload.problem is not None:
            continue
        size = upload.size or 0
        (sent,) = spend(what, windows=(timedelta(days=1),), address=address, amount=size, at=at)
        if sent > FILES_A_NETWORK:
            upload.refuse("over_budget")
        elif _free() - size < least:
            upload.refuse("no_room")


def left_out(uploads: Iterable[SealedUpload]) -> str:
    """Why the first file that was left out is not here; "" where none was."""
    return next((upload.problem for upload in uploads if upload.problem in LEFT_OUT), "")


def _free() -> int:
    """Bytes that are free where the data is kept; a process without data of its own looks at its temporary files."""
    folder = settings.VAR_DIR if settings.VAR_DIR.is_dir() else tempfile.gettempdir()
    return shutil.disk_usage(folder).free
