"""The door for programs: a bearer token and nothing else. No cookie, no session, no page to click on."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.commands import note_use
from accounts.tokens import Scope
from cases.api.problems import KINDS, MEDIA, Text, Trouble, Wrong
from cases.api.shapes import UNKNOWN, ProblemShape
from cases.queries.programs import Caller, caller
from grievance.budgets import address_of, spend, spend_of
from grievance.rules import CALLS_A_MINUTE, WRONG_TOKENS

MINUTE, TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=10)
KEY_PATTERN = r"^[A-Za-z0-9._~:+/=-]{16,128}$"
_KEY = re.compile(r'"?([A-Za-z0-9._~:+/=-]{16,128})"?', re.ASCII)
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": KEY_PATTERN},
    OpenApiParameter.HEADER,
    required=True,
    description="Chosen anew by the caller for each filing or list, best at random (a UUID). The same call under the "
    "same key is the same filing, for a day.",
)
LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description="In which language the answer speaks."
)
# What every call may be answered with.
ALWAYS = (
    "malformed",
    "no_token",
    "bad_token",
    "not_encrypted",
    "no_scope",
    "not_acceptable",
    "too_many_calls",
    "server_error",
)
# And every call that brings something.
SENT = ("key_missing", "length_required", "too_large", "unsupported_media_type")


def answers(good: dict[int, Any], *codes: str) -> dict[Any, Any]:
    """The documented answers of a call: what it gives, and each status of the problems that it may have."""
    by_status: dict[int, list[str]] = {}
    for code in (*ALWAYS, *codes):
        by_status.setdefault(KINDS[code].status, []).append(code)
    problems = {
        (status, MEDIA): OpenApiResponse(ProblemShape, description=f"`code`: {', '.join(found)}")
        for status, found in sorted(by_status.items())
    }
    return {**good, **problems}


class StrictJSON(JSONParser):
    """JSON of a size that is set, and nothing that is no JSON."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        request = cast(HttpRequest, parser_context["request"]._request)
        try:
            # `body` refuses what is too large before it is read.
            return json.loads(request.body.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError):
            # Without its cause, which quotes what was sent.
            raise ParseError from None


def _refuse(_constant: str) -> Any:
    raise ValueError("not JSON")


class Door(APIView):
    """Every call passes here: `scope` is what its token has to be good for."""

    scope: Scope
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    parser_classes: Any = (StrictJSON,)
    caller: Caller

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if settings.SECURE_SSL_REDIRECT and not request._request.is_secure():
            raise Trouble("not_encrypted")
        if "Transfer-Encoding" in request.headers:  # it has no length, and would be read as nothing
            raise Trouble("length_required")
        self.at = timezone.now()
        self.caller = self._enter(request)
        (calls,) = spend_of("api-calls", windows=(MINUTE,), whose=f"token {self.caller.token.pk}", at=self.at)
        if calls > CALLS_A_MINUTE:
            raise Trouble("too_many_calls", headers={"Retry-After": "60"})
        if self.scope not in self.caller.scopes:
            asked = f'Bearer realm="Recourse", error="insufficient_scope", scope="{self.scope}"'
            raise Trouble("no_scope", headers={"WWW-Authenticate": asked})

    def _enter(self, request: Request) -> Caller:
        """Whoever holds a good token, wherever they call from; of wrong ones a network has a budget."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Trouble("no_token", headers={"WWW-Authenticate": 'Bearer realm="Recourse"'})
        found = caller(secret.strip(), self.at)
        if found is None:
            (wrong,) = spend("wrong-tokens", windows=(TEN_MINUTES,), address=address_of(request._request), at=self.at)
            if wrong > WRONG_TOKENS:
                raise Trouble("too_many_calls", headers={"Retry-After": "600"})
            raise Trouble("bad_token", headers={"WWW-Authenticate": 'Bearer realm="Recourse", error="invalid_token"'})
        note_use(token=found.token, on=self.at.date())
        return found

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def key_of(request: Request) -> str:
    """The key under which a call files; as text or as a structured string (RFC 8941), which are the same."""
    found = _KEY.fullmatch(request.headers.get("Idempotency-Key", ""))
    if found is None:
        raise Trouble("key_missing", errors=[Wrong(KINDS["key_missing"].title, parameter="Idempotency-Key")])
    return found[1]


def asked(request: Request, name: str, pattern: str) -> str:
    """A parameter as it was typed; "" where it is not there."""
    typed = request.query_params.get(name)
    if typed is not None and not re.fullmatch(pattern, typed, re.ASCII | re.DOTALL):
        raise invalid(name)
    return typed or ""


def number_in(request: Request, name: str, usual: int, most: int) -> int:
    typed = request.query_params.get(name, str(usual))
    if not re.fullmatch(r"[0-9]{1,4}", typed, re.ASCII) or not 1 <= int(typed) <= most:
        raise invalid(name, _("This is a whole number from 1 to %(most)s.") % {"most": most})
    return int(typed)


def only(request: Request, names: Sequence[str]) -> None:
    """Nothing is asked that we do not know, and nothing twice: an answer to another question would look like one."""
    for name, values in request.query_params.lists():
        if name not in names or len(values) > 1:
            # An unknown one not by its name, which may be anything.
            raise invalid(name) if name in names else invalid("?", UNKNOWN % {"names": ", ".join(names) or "–"})


def invalid(parameter: str, detail: Text = "") -> Trouble:
    wrong = Wrong(detail or _("This is not as the description of this interface says."), parameter=parameter)
    return Trouble("invalid", errors=[wrong])
