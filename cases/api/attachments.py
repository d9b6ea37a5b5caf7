"""Files for what was filed: sealed while they stream in, as on the pages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tokens import Scope
from cases.api.door import KEY, LANGUAGE, SENT, Door, answers, key_of, only
from cases.api.grievances import REFERENCE, called
from cases.api.problems import Trouble, Wrong
from cases.api.shapes import MISSING, Base
from grievance.budgets import address_of
from grievance.commands.partners import add_files
from grievance.forms import PICTURE_PROBLEMS
from grievance.rules import FILES_MOST, file_largest
from grievance.uploads import LEFT_OUT, SealedUpload, hold_to_budget, uploads_in

FIELD = "files"


class FilesShape(Base):
    files = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=FILES_MOST)


class FileShape(Base):
    """A file as we see it, by what is in it; not by its name, which may say who somebody is and is kept nowhere."""

    kind = serializers.CharField(allow_blank=True, help_text="Its media type; empty where we know none.")
    size = serializers.IntegerField(min_value=1)


class AddedShape(Base):
    files = FileShape(many=True)


class Attachments(Door):
    scope = Scope.FILE
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="add_files",
        request={"multipart/form-data": FilesShape},
        parameters=[REFERENCE, KEY, LANGUAGE],
        responses=answers({201: AddedShape}, *SENT, "not_found", "other_key", "invalid", "over_budget", "no_room"),
    )  # fmt: skip
    def post(self, request: Request, reference: str, **_more: Any) -> Response:
        """Add files, five at a time, under the key of the filing or of its list. All of them are kept, or none; the
        same file sent again is kept once."""
        only(request, ())
        key = key_of(request)
        if set(request.data) - set(request.FILES):
            raise Trouble("invalid", errors=[Wrong(MISSING["required"], f"#/{FIELD}")])
        uploads = uploads_in(request._request, FIELD)
        hold_to_budget(uploads, address=address_of(request._request), returning=True, at=self.at)
        check(uploads)
        add_files(
            partner=self.caller.partner,
            by=self.caller.user,
            reference=called(reference),
            key=key,
            uploads=uploads,
            at=self.at,
        )
        return Response(AddedShape({"files": [_seen(one) for one in uploads]}).data, status=201)


def check(uploads: list[SealedUpload]) -> None:
    wrong = [Wrong(_problem(one), f"#/{FIELD}/{place}") for place, one in enumerate(uploads) if one.problem]
    if not uploads:
        wrong = [Wrong(MISSING["required"], f"#/{FIELD}")]
    if wrong:
        left_out = next((one.problem for one in uploads if one.problem in LEFT_OUT), None)
        raise Trouble(left_out or "invalid", errors=wrong)


def _problem(upload: SealedUpload) -> str:
    """What is wrong with it, without its name."""
    words = PICTURE_PROBLEMS.get(upload.problem or "")
    if words is None:
        return ""
    return str(words) % {"name": "", "most": file_largest(upload.kind.family) // (1024 * 1024)}


def _seen(upload: SealedUpload) -> dict[str, Any]:
    return {"kind": upload.kind.media, "size": upload.size or 0}
