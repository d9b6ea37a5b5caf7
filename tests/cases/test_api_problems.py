"""Whatever goes wrong is a problem (RFC 9457), in the language of the call, and says nothing of anybody."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.errors import Refused
from accounts.models import User
from cases.api.problems import KINDS
from config.errors import csrf_failure, refused_page
from grievance.models import Grievance
from tests.cases.programs import API, EMPTY, KEY, Program, a_body, pointers, token_for
from tests.grievance.partners import WORDS

SECRET = "zafarani"  # stands in whatever is sent, and in no answer
JSON = "application/json"
ONE, MANY, FILES = f"{API}grievances/", f"{API}batches/", f"{API}grievances/R-{SECRET}/attachments/"
DEEP = f'{{"{SECRET}": ' + "[" * 100_000
Ask = Callable[..., Any]
# How it is asked, by whom it is refused, and by which code: before rest_framework, in it, and by our own shapes.
TABLE: list[tuple[str, str, Callable[[Ask], Any]]] = [
    ("no such host", "malformed", lambda ask: ask("POST", ONE, SERVER_NAME=f"{SECRET}.example")),
    ("no such host, read", "malformed", lambda ask: ask("GET", f"{API}problems/", SERVER_NAME="evil.example")),
    ("no address", "not_found", lambda ask: ask("POST", f"{API}{SECRET}/")),
    ("no version", "not_found", lambda ask: ask("PUT", f"/api/v2/{SECRET}")),
    ("the root", "not_found", lambda ask: ask("POST", "/api/")),
    ("the root without a slash", "not_found", lambda ask: ask("POST", "/api")),
    ("twice a slash", "not_found", lambda ask: ask("POST", "/api//v1/grievances/")),
    ("a NUL in the address", "not_found", lambda ask: ask("GET", f"{ONE}%00{SECRET}/")),
    ("an address in no encoding", "not_found", lambda ask: ask("GET", f"{ONE}%ff{SECRET}/")),
    ("a NUL in the query", "invalid", lambda ask: ask("GET", f"{API}sites/?q=%00{SECRET}")),
    ("a question that nobody knows", "invalid", lambda ask: ask("GET", f"{API}sites/?{SECRET}=1")),
    ("six hundred questions", "malformed", lambda ask: ask("GET", f"{API}sites/?" + "&".join([f"{SECRET}=1"] * 600))),
    ("no token", "no_token", lambda ask: ask("POST", ONE, HTTP_AUTHORIZATION="")),
    ("a wrong token", "bad_token", lambda ask: ask("POST", ONE, HTTP_AUTHORIZATION=f"Bearer {SECRET}")),
    ("a token in other letters", "bad_token", lambda ask: ask("POST", ONE, HTTP_AUTHORIZATION=f"Bearer {SECRET}\xe9")),
    ("another method", "method_not_allowed", lambda ask: ask("DELETE", ONE)),
    ("a method of their own", "method_not_allowed", lambda ask: ask("ZAFARANI", ONE)),
    ("what may be done here", "method_not_allowed", lambda ask: ask("OPTIONS", ONE)),
    ("a form to the description", "method_not_allowed", lambda ask: ask("POST", f"{API}schema/", SECRET)),
    ("a form to the list of problems", "method_not_allowed", lambda ask: ask("PUT", f"{API}problems/", SECRET)),
    ("a page asked for", "not_acceptable", lambda ask: ask("GET", ONE, HTTP_ACCEPT="text/html")),
    ("text", "unsupported_media_type", lambda ask: ask("POST", ONE, SECRET, kind="text/plain")),
    ("no kind", "unsupported_media_type", lambda ask: ask("POST", ONE, SECRET, kind="")),
    (
        "a form",
        "unsupported_media_type",
        lambda ask: ask("POST", ONE, f"{SECRET}=1", kind="application/x-www-form-urlencoded"),
    ),
    ("JSON for files", "unsupported_media_type", lambda ask: ask("POST", FILES, f'"{SECRET}"')),
    ("a form without its border", "malformed", lambda ask: ask("POST", FILES, SECRET, kind="multipart/form-data")),
    ("no JSON", "malformed", lambda ask: ask("POST", ONE, f"{{{SECRET}")),
    ("nothing", "invalid", lambda ask: ask("POST", ONE, "")),
    ("no number", "malformed", lambda ask: ask("POST", ONE, "NaN")),
    ("too long a number", "malformed", lambda ask: ask("POST", ONE, "1" * 5_000)),
    ("too deep", "malformed", lambda ask: ask("POST", ONE, DEEP)),
    ("too deep a list", "malformed", lambda ask: ask("POST", MANY, DEEP)),
    (
        "UTF-16",
        "malformed",
        lambda ask: ask("POST", ONE, f'"{SECRET}"'.encode("utf-16"), kind=f"{JSON}; charset=utf-16"),
    ),
    (
        "Latin-1",
        "malformed",
        lambda ask: ask("POST", ONE, f'"{SECRET}é"'.encode("latin-1"), kind=f"{JSON}; charset=latin-1"),
    ),
    ("no charset", "invalid", lambda ask: ask("POST", ONE, f'"{SECRET}"', kind=f"{JSON}; charset={SECRET}")),
    ("in chunks", "length_required", lambda ask: ask("POST", ONE, SECRET, HTTP_TRANSFER_ENCODING="chunked")),
    ("too large", "too_large", lambda ask: ask("POST", ONE, f'"{SECRET}{"x" * 2_600_000}"')),
    ("no key", "key_missing", lambda ask: ask("POST", ONE, "{}", HTTP_IDEMPOTENCY_KEY=SECRET)),
    ("no object", "invalid", lambda ask: ask("POST", ONE, f'"{SECRET}"')),
    ("a field of their own", "invalid", lambda ask: ask("POST", ONE, f'{{"{SECRET}": 1}}')),
    ("a NUL in the words", "invalid", lambda ask: ask("POST", ONE, a_body(f"{SECRET}\0"))),
    ("half a letter", "invalid", lambda ask: ask("POST", ONE, a_body(f"{SECRET}\ud800"))),
]


class Wire:
    """Calls as they come from outside, where a form of another site is refused; with a good token unless it says so."""

    def __init__(self, secret: str, language: str) -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.known = {
            "HTTP_AUTHORIZATION": f"Bearer {secret}", "HTTP_ACCEPT_LANGUAGE": language, "HTTP_IDEMPOTENCY_KEY": KEY,
        }  # fmt: skip

    def __call__(self, method: str, path: str, body: Any = "{}", *, kind: str = JSON, **more: Any) -> Any:
        sent = json.dumps(body) if isinstance(body, dict) else body
        return self.client.generic(method, path, sent, content_type=kind, **(self.known | more))


def a_problem(answer: Any, code: str, language: str) -> Any:
    """What holds of every problem, however early it ended."""
    assert answer.status_code == KINDS[code].status, answer.content[:200]
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    body = answer.json()
    with translation.override(language):
        assert body["title"] == str(KINDS[code].title)
    assert (body["code"], body["status"]) == (code, KINDS[code].status)
    assert body["type"].endswith(f"/api/v1/problems/#{code}")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", body["instance"])
    assert body.keys() <= {"type", "title", "status", "code", "detail", "instance", "errors"}
    said = answer.content.decode() + repr(answer.headers)
    assert SECRET not in said.casefold()
    return body


@pytest.mark.parametrize(("code", "how"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_whatever_goes_wrong_is_a_problem_in_every_language(neema: User, code: str, how: Callable[[Ask], Any]) -> None:
    secret = token_for(neema)
    for language, _name in project.LANGUAGES:
        answer = how(Wire(secret, language))
        a_problem(answer, code, language)
        if code == "method_not_allowed":
            assert answer["Allow"]
        if answer.status_code == 401:
            assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not Grievance.objects.exists()


def test_what_is_wrong_with_single_letters_is_said_where_they_stand(program: Program) -> None:
    for wrong in (f"{SECRET}\0", f"{SECRET}\ud800"):
        status, body = program.post("grievances/", a_body(wrong))
        assert (status, pointers(body)) == (422, ["#/answers/statement"])
        assert body["errors"][0]["detail"] == "This is not text."


def test_what_is_wrong_says_what_would_be_right(program: Program) -> None:
    def detail(answer: tuple[int, Any]) -> str:
        assert answer[0] == 422
        return str(answer[1]["errors"][0]["detail"])

    unknown = detail(program.post("grievances/", a_body() | {SECRET: 1}))
    assert unknown == "There is a field here that we do not know. We know: answers, behalf, language, drill."
    assert detail(program.post("grievances/", a_body(behalf={"consent_how": SECRET}))).endswith(
        "these: spoken, written, thumbprint, recorded, phone, none."
    )
    assert detail(program.get("grievances/", limit="abc")) == "This is a whole number from 1 to 100."
    assert detail(program.get("grievances/", **{SECRET: 1})).endswith("We know: after, limit.")
    assert detail(program.get("sites/", country="Congo")) == "This is not as the description of this interface says."


def test_two_calls_have_two_names_and_the_log_knows_them(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    names = [program.get(f"grievances/{SECRET}/")[1]["instance"] for _time in range(2)]
    assert len(set(names)) == 2
    assert all(name.removeprefix("urn:uuid:") in caplog.text for name in names)


def test_what_a_middleware_refuses_is_a_problem_here_and_a_page_elsewhere(db: None) -> None:
    refused = Refused("conflict", "Not now.")
    for path, kind in ((ONE, "application/problem+json"), ("/en/file/", "text/html; charset=utf-8")):
        request = RequestFactory().post(path)
        for answer in (csrf_failure(request, SECRET), refused_page(request, refused)):
            assert answer["Content-Type"] == kind
            assert SECRET not in answer.content.decode()


def test_nothing_is_read_that_was_sent_in_the_open(program: Program, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^api(/|$)"]  # as in production
    status, body = program.post("grievances/", a_body())
    assert (status, body["code"]) == (403, "not_encrypted")
    assert not Grievance.objects.exists()
    answer = program.client.post(
        ONE, a_body(), content_type=JSON, headers=program.headers | {"Idempotency-Key": KEY}, secure=True
    )
    assert answer.status_code == 201


def test_an_address_is_the_same_without_its_last_slash(program: Program) -> None:
    _status, first = program.post("grievances", a_body())
    status, again = program.post("grievances/", a_body())
    assert (status, again["receipt"]) == (200, first["receipt"])
    assert program.get(f"grievances/{first['reference']}")[0] == 200
    for path in ("sites", "questions", "grievances"):
        assert program.get(path) == program.get(f"{path}/")
    assert program.post("batches", {"rows": [a_body()]})[0] == 200
    for path in ("schema", "problems"):
        assert program.client.get(API + path).status_code == 200


def test_problems_speak_the_language_of_the_call(neema: User) -> None:
    secret = token_for(neema)
    for language in ("en", "sw", "ar", "fr"):
        answer = Program(secret, language).client.get(
            f"{API}sites/", headers={"Accept-Language": f"{language}, en;q=0.5"}
        )
        assert answer["Content-Language"] == language
        assert "Accept-Language" in answer["Vary"]
    # Translated already, because the form of the public pages says it too.
    said = Program(secret, "sw").post("grievances/", EMPTY)[1]["errors"][0]["detail"]
    assert said
    assert said != Program(secret, "en").post("grievances/", EMPTY)[1]["errors"][0]["detail"]


def test_every_way_to_fail_is_a_problem(program: Program, neema: User) -> None:
    client, good = program.client, program.headers | {"Idempotency-Key": KEY}
    url = f"{API}grievances/"
    found = {
        "malformed": client.post(url, "{", content_type="application/json", headers=good),
        "unsupported_media_type": client.post(url, "x", content_type="text/plain", headers=good),
        "not_acceptable": client.get(url, headers=good | {"Accept": "text/html"}),
        "method_not_allowed": client.delete(url, headers=good),
        "not_found": client.get(f"{API}nothing/", headers=good),
        "too_large": client.post(url, '"' + "x" * 2_600_000 + '"', content_type="application/json", headers=good),
    }
    for code, answer in found.items():
        assert answer.status_code == KINDS[code].status, code
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == code
    for body in ("[" * 100_000, "NaN", "1" * 5_000, '{"answers": "\\ud800"}', "\ufeff{}"):
        answer = client.post(url, body, content_type="application/json", headers=good)
        assert answer.status_code in {400, 422}, body[:20]
    assert client.options(url, headers=good).status_code == 405
    for path in ("/api/", "/api/v2/sites/", f"{API}sites/1/"):
        assert client.post(path, "{}", content_type="application/json").status_code == 404
    listed = client.get(f"{API}problems/").json()
    assert listed.keys() == KINDS.keys()


def test_an_error_of_ours_says_nothing(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_given: object, **_more: object) -> None:
        raise RuntimeError(WORDS)

    monkeypatch.setattr("cases.api.grievances.file_under_key", breaks)
    status, body = program.post("grievances/", a_body())
    assert (status, body["code"]) == (500, "server_error")
    assert WORDS not in str(body)
    assert "detail" not in body
