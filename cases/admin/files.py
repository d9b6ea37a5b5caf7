"""How a file of a case goes to the browser of an officer: under a neutral name, kept by no cache, never guessed at."""

import re

from django.http import HttpRequest, HttpResponse

from grievance.commands.reading import Opened
from grievance.kinds import Family, Kind, stored_kind

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")  # RFC 9110, 14.2; of several ranges the whole file is the answer
# Shown and played on the page; what else there is only downloads, so that no paper opens itself.
_SHOWN = frozenset({Family.PICTURE, Family.SOUND, Family.FILM})


def copy_response(request: HttpRequest, copy: Opened, pk: int) -> HttpResponse:
    """The stripped copy, whole or the part that a player asked for."""
    kind = stored_kind(copy.kind)
    shown = kind.family in _SHOWN and "save" not in request.GET
    response = _response(copy.body, kind, f"{kind.family}-{pk}", shown=shown)
    if kind.family != Family.PICTURE:
        # Not packed once more on the way: a part of it is counted in its own bytes.
        response["Accept-Ranges"], response["Content-Encoding"] = "bytes", "identity"
        _cut(request, response, copy.body)
    return response


def original_response(original: Opened, pk: int) -> HttpResponse:
    """The file as it came: downloaded, never shown."""
    response = _response(original.body, stored_kind(original.kind), f"original-{pk}", shown=False)
    response["Content-Security-Policy"] = "sandbox"
    return response


def _response(body: bytes, kind: Kind, name: str, *, shown: bool) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=kind.media or "application/octet-stream",
        headers={
            "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}.{kind.ending}"',
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _cut(request: HttpRequest, response: HttpResponse, body: bytes) -> None:
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None:
        return
    start, end = int(asked[1]), min(int(asked[2] or len(body)), len(body) - 1)
    if start > end:
        response.status_code, response.content = 416, b""
        response["Content-Range"] = f"bytes */{len(body)}"
        return
    response.status_code, response.content = 206, body[start : end + 1]
    response["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
