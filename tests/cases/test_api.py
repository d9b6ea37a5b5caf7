"""The door of the interface for programs of partners: a token, its scopes and its end; and what no log holds."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.commands import end_role
from accounts.models import AccessToken, User
from accounts.roles import Role
from accounts.tokens import Scope
from grievance.commands.partners import keeping
from grievance.models import FieldPartner
from tests.cases.programs import API, EMPTY, KEY, Program, a_body, token_for
from tests.grievance.partners import WORDS


def test_nobody_comes_in_without_a_good_token(neema: User, program: Program) -> None:
    for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer rcs_x"}):
        answer = Client().get(f"{API}sites/", headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert program.get("sites/")[0] == 200
    # The session of somebody who is logged in is nothing here.
    inside = Client()
    inside.force_login(neema)
    assert inside.get(f"{API}sites/").status_code == 401


def test_a_token_is_good_for_its_scopes_alone(neema: User) -> None:
    allowed = {
        Scope.READ: [("get", "sites/"), ("get", "questions/")],
        Scope.FOLLOW: [("get", "grievances/"), ("get", "grievances/R-0000-0000/")],
        Scope.FILE: [("post", "grievances/"), ("post", "batches/"), ("post", "grievances/R-0000-0000/attachments/")],
    }
    for held in Scope:
        one = Program(token_for(neema, held))
        for scope, calls in allowed.items():
            for method, path in calls:
                status, body = one.get(path) if method == "get" else one.post(path, {})
                refused = status == 403 and body["code"] == "no_scope"
                assert refused == (scope != held), (held, method, path, status)


def test_a_token_ends_with_its_time_its_role_and_its_work(
    neema: User, union: FieldPartner, clinic: FieldPartner, lead: User, superuser: User
) -> None:
    short = Program(token_for(neema, lasts=timedelta(microseconds=1)))
    assert short.get("sites/")[0] == 401
    one = Program(token_for(neema))
    assert one.get("sites/")[0] == 200
    person = union.people.get(user=neema)
    keeping.end_person(person=person, by=lead, at=timezone.now())
    assert one.get("sites/")[0] == 401
    # At work for another partner, the old token does not speak for that one.
    keeping.add_person(partner=clinic, user=neema, by=lead, at=timezone.now())
    assert one.get("sites/")[0] == 401
    two = Program(token_for(neema))
    assert two.get("sites/")[0] == 200
    end_role(user=neema, role=Role.PARTNER, by=superuser, at=timezone.now())
    assert two.get("sites/")[0] == 401


def test_wrong_tokens_have_a_budget_and_good_ones_are_not_hindered_by_it(program: Program) -> None:
    wrong = Program("rcs_" + "A" * 43)
    codes = [wrong.get("sites/")[1]["code"] for _time in range(32)]
    assert codes[:30] == ["bad_token"] * 30
    assert codes[-1] == "too_many_calls"
    assert program.get("sites/")[0] == 200


def test_of_the_use_of_a_token_a_day_is_kept(program: Program) -> None:
    program.get("sites/")
    assert AccessToken.objects.get().used_on == timezone.now().date()


def test_too_many_calls_of_one_token_wait(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.api.door.CALLS_A_MINUTE", 2)
    statuses = [program.get("sites/")[0] for _time in range(4)]
    assert 429 in statuses
    assert statuses[0] == 200


def test_no_log_holds_a_token_a_number_a_key_or_a_word(
    program: Program, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _status, body = program.post("grievances/", a_body())
    program.post("grievances/", EMPTY | {"odd": WORDS})
    program.get(f"grievances/{body['reference']}/")

    def breaks(*_given: object, **_more: object) -> None:
        raise RuntimeError(WORDS)

    with monkeypatch.context() as broken:
        broken.setattr("cases.api.grievances.file_under_key", breaks)
        program.post("grievances/", a_body())
    logged = "".join(capfd.readouterr())
    secret = program.headers["Authorization"].removeprefix("Bearer ")
    for private in (
        secret,
        body["receipt"],
        body["receipt"].replace(" ", ""),
        body["reference"],
        KEY,
        WORDS,
        "zafarani",
    ):
        assert private not in logged


def test_public_pages_are_as_they_were(db: None) -> None:
    page = Client().get("/en/file/")
    assert not page.cookies
    assert b"swagger" not in page.content
