"""A program of a partner, for tests: its token, and calls as it makes them."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.commands import make_token
from accounts.models import User
from accounts.tokens import Scope
from grievance.commands.following import Following, open_session, resume

API = "/api/v1/"
KEY = "0b9f5f0e-1c8e-4c34-9a54-000000000001"
OTHER_KEY = "0b9f5f0e-1c8e-4c34-9a54-000000000002"
EMPTY = {"answers": {"statement": ""}, "behalf": {"consent_how": "spoken"}}
ALL = tuple(Scope)


def token_for(user: User, *scopes: Scope, lasts: timedelta = timedelta(days=90)) -> str:
    _token, secret = make_token(name="Server", scopes=scopes or ALL, lasts=lasts, by=user, at=timezone.now())
    return secret


class Program:
    """Calls with one token; an answer is (status, body) after it was looked at for what holds of every answer."""

    def __init__(self, secret: str, language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {secret}", "Accept-Language": language}

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        return looked_at(self.client.get(API + path, query, headers=self.headers))

    def post(self, path: str, body: Any, key: str | None = KEY) -> tuple[int, Any]:
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        return looked_at(self.client.post(API + path, body, content_type="application/json", headers=headers))

    def send(self, path: str, files: list[Any], key: str = KEY, **more: Any) -> tuple[int, Any]:
        headers = self.headers | {"Idempotency-Key": key}
        return looked_at(self.client.post(API + path, {"files": files, **more}, headers=headers))


def looked_at(response: Any) -> tuple[int, Any]:
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Language"]
    expected = "application/json" if response.status_code < 400 else "application/problem+json"
    assert response["Content-Type"] == expected, response["Content-Type"]
    body = response.json()
    if response.status_code >= 400:
        assert body["status"] == response.status_code
        assert {"type", "title", "code"} <= body.keys()
        assert body["type"].endswith(f"/api/v1/problems/#{body['code']}")
    return response.status_code, body


def a_body(statement: str = "Vumbi la mashine linatuua, taa ya zafarani", **more: Any) -> dict[str, Any]:
    answers = {"statement": statement, "families": ["OS"], "ongoing": True, **more.pop("answers", {})}
    behalf = {"consent_how": "spoken", "authority": "asked", "call_back_safe": False, "may_see": "stage"}
    return {"answers": answers, "behalf": behalf | more.pop("behalf", {}), "language": "sw", **more}


def following(receipt: str) -> Following:
    digits = receipt.replace(" ", "")
    return resume(session_key=open_session(receipt=digits, at=timezone.now()), at=timezone.now())


def pointers(body: Any) -> list[str]:
    return [one.get("pointer", one.get("parameter")) for one in body["errors"]]
