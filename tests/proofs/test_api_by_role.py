"""A partner's program and real processes: the public one files and can open nothing, the office has no such address,
a server that dies in between costs nobody their number, and no log says anything."""

import io
import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cases.programs import KEY, a_body
from tests.grievance.partners import WORDS
from tests.proofs.browser import Browser
from tests.proofs.installation import HOST, Installation, Server

pytestmark = pytest.mark.services


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    made = Installation(tmp_path, f"sqlite:///{tmp_path / 'var' / 'recourse.sqlite3'}")
    made.lay("public", "office", "worker")
    return made


def call(server: Server, method: str, path: str, body: bytes | Iterator[bytes], **headers: str) -> tuple[int, Any]:
    with closing(HTTPConnection(HOST, server.port, timeout=60)) as connection:
        connection.request(
            method, f"/api/v1/{path}", body, {name.replace("_", "-"): said for name, said in headers.items()}
        )
        answer = connection.getresponse()
        assert answer.getheader("Set-Cookie") is None
        return answer.status, json.loads(answer.read())


def test_the_public_process_files_for_a_program_and_the_office_does_not(place: Installation) -> None:
    secret = place.run("-m", "tests.proofs.partner_process", role="office").stdout
    known = {"Authorization": f"Bearer {secret}", "Idempotency_Key": KEY}
    said, kind = json.dumps(a_body()).encode(), {"Content_Type": "application/json"}
    with place.serving("public") as server:
        status, first = call(server, "POST", "grievances/", said, **known, **kind)
        assert status == 201, first
    with place.serving("public") as server:  # it was killed, and the answer was lost
        status, again = call(server, "POST", "grievances/", said, **known, **kind)
        assert (status, again["receipt"]) == (200, first["receipt"])
        where = f"grievances/{first['reference']}/"
        form, boundary = a_form(a_picture())
        files = call(server, "POST", f"{where}attachments/", form, **known, Content_Type=boundary)
        assert files[0] == 201, files
        assert call(server, "GET", where, b"", **known)[1]["stage"] == "received"

        # What comes in chunks has no length, and would be read as nothing.
        in_chunks = call(server, "POST", "grievances/", iter([said]), **known, **kind)
        assert (in_chunks[0], in_chunks[1]["code"]) == (411, "length_required")
        bare = call(server, "POST", "grievances", said, **known, **kind)
        assert (bare[0], bare[1]["receipt"]) == (200, first["receipt"])

        person = Browser(server.port)
        let_in = person.post("/en/follow/", {"receipt": first["receipt"]})
        assert let_in.status == 303
    with place.serving("office") as server:
        status, nothing = call(server, "POST", "grievances/", said, **known, **kind)
        assert (status, nothing["code"]) == (404, "not_found")
    logged = b"".join(path.read_bytes() for path in (place.folder / "log").iterdir()).decode()
    assert "api_grievances" in logged
    for private in (secret, KEY, WORDS, first["receipt"], first["receipt"].replace(" ", ""), first["reference"]):
        assert private not in logged


def a_picture() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(body, "JPEG")
    return body.getvalue()


def a_form(picture: bytes) -> tuple[bytes, str]:
    head = b'--line\r\nContent-Disposition: form-data; name="files"; filename="Furaha.jpg"\r\n\r\n'
    return head + picture + b"\r\n--line--\r\n", "multipart/form-data; boundary=line"
