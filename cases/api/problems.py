"""Everything that may go wrong in a call, as one table; `config.errors` writes it down (RFC 9457)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused

MEDIA = "application/problem+json"
Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """``title``: the same for every problem of its kind."""

    status: int
    title: Text


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, _("We cannot read this request.")),
    "key_missing": Kind(400, _("The header Idempotency-Key is missing, or is no key.")),
    "no_token": Kind(401, _("This needs an access token.")),
    "bad_token": Kind(401, _("This access token is not good, or not good any more.")),
    "not_encrypted": Kind(
        403, _("This came without encryption (https). End this access token: it was sent in the open.")
    ),
    "no_scope": Kind(403, _("This access token is not good for this.")),
    "not_yours": Kind(403, _("You may not do this.")),
    "not_found": Kind(404, _("There is nothing here.")),
    "method_not_allowed": Kind(405, _("This cannot be done here.")),
    "not_acceptable": Kind(406, _("We answer in JSON alone.")),
    "conflict": Kind(409, _("This does not go together with what was sent before.")),
    "key_spent": Kind(409, _("This key is too old.")),
    "no_drill": Kind(409, _("No drill is running now.")),
    "other_list": Kind(409, _("Another list was sent under this key.")),
    "other_key": Kind(409, _("This was filed under another key.")),
    "length_required": Kind(411, _("Say first how long this is (Content-Length).")),
    "too_large": Kind(413, _("This is larger than one request may be.")),
    "unsupported_media_type": Kind(415, _("We cannot read this kind of request.")),
    "invalid": Kind(422, _("Something in this request is not right.")),
    "key_reused": Kind(422, _("Something else was sent under this key.")),
    "too_many_calls": Kind(429, _("These are too many calls. Please wait a little.")),
    "over_budget": Kind(429, _("Many files came from this network today.")),
    "server_error": Kind(500, _("Something went wrong on our side.")),
    "no_room": Kind(507, _("There is no room for files now.")),
}
# Refusals of the rules that are called otherwise here.
ALSO = {"not_followed": "not_found", "other_form": "conflict", "erased": "conflict", "unknown_code": "invalid"}


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: in the body at ``pointer`` (RFC 6901, as a fragment), or in a ``parameter``."""

    detail: Text
    pointer: str = ""
    parameter: str = ""

    def said(self) -> dict[str, str]:
        where = {"parameter": self.parameter} if self.parameter else {"pointer": self.pointer or "#"}
        return {"detail": str(self.detail), **where}


@dataclass
class Trouble(Exception):
    """A call cannot be answered; ``code`` is one of `KINDS`."""

    code: str
    detail: Text = ""
    errors: Sequence[Wrong] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def of_refusal(refused: Refused) -> Trouble:
    code = ALSO.get(refused.code, refused.code)
    return Trouble(code if code in KINDS else "conflict", refused.message)


def written(trouble: Trouble) -> dict[str, Any]:
    """The members of the problem, in the language of the caller."""
    kind = KINDS[trouble.code]
    body: dict[str, Any] = {
        "type": f"{settings.PUBLIC_URL}/api/v1/problems/#{trouble.code}",
        "title": str(kind.title),
        "status": kind.status,
        "code": trouble.code,
    }
    if trouble.detail:
        body["detail"] = str(trouble.detail)
    if trouble.errors:
        body["errors"] = [one.said() for one in trouble.errors]
    return body


def wrongs(detail: Any, pointer: str = "#") -> Iterator[Wrong]:
    """What a serializer found wrong, each with the place where it stands."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            here = (
                pointer if key == "non_field_errors" else f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            )
            yield from wrongs(inner, here)
    elif isinstance(detail, list | tuple):
        nested = any(isinstance(inner, Mapping | list | tuple) for inner in detail)
        for place, inner in enumerate(detail):
            if not nested or inner:
                yield from wrongs(inner, f"{pointer}/{place}" if nested else pointer)
    else:
        yield Wrong(str(detail), pointer)
