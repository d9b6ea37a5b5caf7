"""Handing a file of the office to the person on their page: no number of it stands in an address or a history."""

from datetime import datetime

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from accounts.errors import Refused
from cases.views.door import closed
from grievance.commands.following import resume
from grievance.kinds import Family
from grievance.queries import office_copy, open_file
from grievance.views import follow_key

FILE = "file"  # the act of the button beside a file


def hand_out(request: HttpRequest, at: datetime) -> HttpResponseBase:
    """The copy without hidden data, chunk by chunk, opened with the key of the person's own session."""
    try:
        following = resume(session_key=follow_key(request) or b"", at=at)
    except Refused as refusal:
        return closed(request, refusal)
    asked = request.POST.get("file", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 18
    found = office_copy(grievance=following.grievance, pk=int(asked)) if known else None
    if found is None or found.copy is None or not constant_time_compare(request.POST["csrf"], following.csrf):
        raise Http404
    kind = found.shown_kind
    # A picture is looked at in the browser and leaves nothing behind; what needs a program of its own is downloaded.
    shown = "inline" if kind.family == Family.PICTURE else "attachment"
    return StreamingHttpResponse(
        open_file(found.copy, following.data_key),
        content_type=kind.media,
        headers={
            "Content-Disposition": f'{shown}; filename="{kind.family}.{kind.ending}"',
            "Content-Length": str(found.copy.size),
            "Content-Encoding": "identity",  # not packed once more on the way
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
