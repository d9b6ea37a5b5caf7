"""A stolen copy of the database, of every file, and of what the public process holds tells no word and no contact."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from grievance.questions import QUESTIONS, Kind
from tests.proofs.browser import Browser
from tests.proofs.installation import Installation

FILE = "/en/file/"
NAME = "saffron-heron-papers.xyz"
CONTENT = b"copper lantern in a file, " * 50

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into other processes through /proc"),
]


def marked() -> dict[str, str]:
    """An answer to each question that takes words, each with a mark of its own."""
    given = {}
    for number, question in enumerate(one for one in QUESTIONS if one.kind in {Kind.WORDS, Kind.LINE}):
        given[question.key] = f"marigold{number}pelican{question.key}"
    return given | {"phone": "+243 81 555 01 99", "email": "plum.otter@example.org", "position": "-10.71, 25.47"}


SECRETS = [
    *(value.encode() for value in marked().values() if value.startswith("marigold")),
    b"815550199", b"81 555 01 99", b"plum.otter", NAME.encode(), b"copper lantern", b"25.47",
]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    made = Installation(tmp_path, f"sqlite:///{tmp_path / 'var' / 'recourse.sqlite3'}")
    made.lay("public", "office", "worker")
    return made


def blobs(database: Path) -> Iterator[bytes]:
    """Every sealed thing in every table."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names of our own tables
            yield from (bytes(value) for value in row if isinstance(value, bytes) and len(value) > 16)
    connection.close()


def opens(blob: bytes, key: bytes) -> bool:
    """Anything that libsodium offers for 32 bytes and a box, wherever in the blob the box may begin."""
    for skip in range(3):
        for attempt in (SecretBox(key).decrypt, SealedBox(PrivateKey(key)).decrypt):
            try:
                attempt(blob[skip:])
            except (CryptoError, ValueError, TypeError):
                continue
            return True
    return False


def test_a_stolen_copy_tells_nothing(place: Installation) -> None:
    with place.serving("public", WEB_WORKERS="1") as server:
        person = Browser(server.port)
        form = person.get(FILE).fields(FILE) | {key: [value] for key, value in marked().items()}
        form |= {"openness": ["open"], "safe_way": ["sms"], "harmed": ["group"], "do": ["send"]}
        page = person.send(FILE, form, (NAME, CONTENT))
        assert len(page.receipt) == 20, page.text
        place.run("-m", "tests.proofs.role_process", "take_up", role="worker")
        let_in = person.post("/en/follow/", {"receipt": page.receipt})
        person.cookie = let_in.cookies[0].partition(";")[0]
        assert person.get("/en/follow/").status == 200
        environment = b"".join(Path(f"/proc/{pid}/environ").read_bytes() for pid in server.pids())

    stolen = [path for path in place.folder.rglob("*") if path.is_file() and "keys" not in path.parts]
    assert place.var / "recourse.sqlite3" in stolen
    held = {path.name: path.read_bytes() for path in place.keys("public").iterdir()}
    everything = [path.read_bytes() for path in stolen] + [environment, *held.values()]
    secrets = [*SECRETS, page.receipt.encode(), person.cookie.partition("=")[2].encode()]
    found = [secret for secret in secrets if any(secret in content for content in everything)]
    assert found == []

    # What the public process holds opens none of it either.
    keys = [bytes.fromhex(content.decode().strip()) for content in held.values()]
    sealed = list(blobs(place.var / "recourse.sqlite3"))
    assert len(sealed) > 10
    assert not any(opens(blob, key) for blob in sealed for key in keys)
