"""The page of access tokens: shown once, ended by its owner, seen by nobody else."""

import re

from django.test import Client

from accounts.models import AccessToken, User
from accounts.queries import token_called
from grievance.models import FieldPartner
from tests.grievance.partners import at_work

PAGE = "/office/partners/programs/"
SAID = {"name": "Server", "scopes": ["read", "file"], "days": "90"}


def entered(user: User) -> Client:
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.force_login(user)
    return client


def test_a_token_is_shown_once_and_is_good(neema: User) -> None:
    client = entered(neema)
    answer = client.post(PAGE, SAID)
    (secret,) = re.findall(r"rcs_[A-Za-z0-9_-]{43}", answer.content.decode())
    made = AccessToken.objects.get()
    assert token_called(secret, made.made_at) == made
    assert made.scopes == ["file", "read"]
    again = client.get(PAGE).content.decode()
    assert secret not in again
    assert "Server" in again
    assert "no-store" in answer["Cache-Control"]


def test_it_is_ended_by_its_owner_alone(neema: User, union: FieldPartner, lead: User) -> None:
    entered(neema).post(PAGE, SAID)
    token = AccessToken.objects.get()
    stranger = entered(at_work(union, lead, "asha"))
    assert "Server" not in stranger.get(PAGE).content.decode()
    assert stranger.post(PAGE, {"token": str(token.pk)}).status_code == 404
    assert entered(neema).post(PAGE, {"token": str(token.pk)}).status_code == 302
    token.refresh_from_db()
    assert token.ended_at is not None
    for odd in ("", "x", "9" * 40):
        assert entered(neema).post(PAGE, {"token": odd}).status_code == 404


def test_what_is_wrong_is_said_and_nothing_is_made(neema: User) -> None:
    client = entered(neema)
    for wrong in ({**SAID, "days": "366"}, {**SAID, "scopes": ["admin"]}, {**SAID, "name": ""}):
        answer = client.post(PAGE, wrong)
        assert answer.status_code == 200
        assert 'class="wrong"' in answer.content.decode()
    assert not AccessToken.objects.exists()


def test_the_office_ends_what_is_lost_and_reads_none(neema: User, lead: User) -> None:
    entered(neema).post(PAGE, SAID)
    token = AccessToken.objects.get()
    office, where = entered(lead), "/office/admin/accounts/accesstoken/"
    page = office.get(where).content.decode()
    assert "Server" in page
    assert bytes(token.lookup).hex() not in page
    office.post(where, {"action": "end_chosen", "_selected_action": [str(token.pk)]})
    token.refresh_from_db()
    assert token.ended_at is not None


def test_what_a_program_may_call_is_read_behind_the_login_alone(neema: User, outsider: User) -> None:
    page = entered(neema).get(f"{PAGE}calls/")
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page.content.decode()
    described = entered(neema).get(f"{PAGE}calls.json").json()
    assert "/api/v1/grievances/" in described["paths"]
    for path in ("calls/", "calls.json"):
        assert Client().get(PAGE + path).status_code == 302
        assert entered(outsider).get(PAGE + path).status_code == 403
