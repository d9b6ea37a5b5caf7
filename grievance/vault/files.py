"""Files sealed while they stream: fixed chunks whose order, number and end are authenticated."""

import secrets
from collections.abc import Iterable, Iterator

from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
)
from nacl.exceptions import CryptoError

from grievance.vault.keyring import KEY_BYTES
from grievance.vault.sealing import CannotOpen, Sealed

CHUNK_BYTES = 64 * 1024  # of plaintext
HEADER_BYTES = crypto_secretstream_xchacha20poly1305_HEADERBYTES  # 24, in front of the first chunk
SEALED_CHUNK_BYTES = CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES  # + 17


class FileSealer:
    """Seals one file as it arrives (libsodium secretstream, XChaCha20-Poly1305).

    push() and finish() give sealed chunks to be stored in that order: each holds 64 KiB of the file, the last one what
    is left (nothing, for an empty file) and the mark of the end. The first carries the stream's header in front.
    """

    def __init__(self, file_key: bytes) -> None:
        """`file_key`: 32 bytes that seal this one file. Raises ValueError for another length."""
        self._state = crypto_secretstream_xchacha20poly1305_state()
        self._header = crypto_secretstream_xchacha20poly1305_init_push(self._state, file_key)
        self._waiting = bytearray()
        self._finished = False

    @staticmethod
    def new_file_key() -> bytes:
        """32 random bytes for one file."""
        return secrets.token_bytes(KEY_BYTES)

    def push(self, chunk: bytes) -> list[bytes]:
        """Take plaintext of any length; give the sealed chunks that are full."""
        self._waiting += chunk
        sealed = []
        while len(self._waiting) > CHUNK_BYTES:  # a full last chunk waits: it must carry the mark of the end
            sealed.append(self._seal(crypto_secretstream_xchacha20poly1305_TAG_MESSAGE))
        return sealed

    def finish(self) -> list[bytes]:
        """The last sealed chunk. Raises RuntimeError when called twice."""
        if self._finished:
            raise RuntimeError("finished already")
        self._finished = True
        return [self._seal(crypto_secretstream_xchacha20poly1305_TAG_FINAL)]

    def _seal(self, tag: int) -> bytes:
        plaintext = bytes(self._waiting[:CHUNK_BYTES])
        del self._waiting[:CHUNK_BYTES]
        header, self._header = self._header, b""
        return header + crypto_secretstream_xchacha20poly1305_push(self._state, plaintext, None, tag)


def open_file(file_key: bytes, chunks: Iterable[Sealed]) -> Iterator[bytes]:
    """The plaintext of a sealed file, a chunk at a time; how the sealed bytes are cut into `chunks` does not matter.

    Raises CannotOpen: "damaged" at the first chunk that is foreign, changed, out of order or beyond the end,
    "cut_short" after the last chunk when the end is missing. Use nothing of the file before the iterator has ended.
    """
    state = crypto_secretstream_xchacha20poly1305_state()
    started = ended = False
    for piece in _cut(chunks):
        if ended:
            raise CannotOpen("damaged")
        try:
            if not started:
                crypto_secretstream_xchacha20poly1305_init_pull(state, piece, file_key)
                started = True
                continue
            plaintext, tag = crypto_secretstream_xchacha20poly1305_pull(state, piece)
        except CryptoError:
            raise CannotOpen("damaged") from None
        ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL
        yield plaintext
    if not ended:
        raise CannotOpen("cut_short")


def _cut(chunks: Iterable[Sealed]) -> Iterator[bytes]:
    """The header, then sealed chunks of full length, then what is left."""
    waiting = bytearray()
    wanted = HEADER_BYTES
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= wanted:
            yield bytes(waiting[:wanted])
            del waiting[:wanted]
            wanted = SEALED_CHUNK_BYTES
    if waiting:
        yield bytes(waiting)
