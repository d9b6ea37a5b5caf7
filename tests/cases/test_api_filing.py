"""Filing for one person and for a list, under a key: the same call again is the same filing."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from grievance.commands.partners import forget_keys
from grievance.models import CallKey, FieldPartner, Grievance, Message, Relay
from grievance.queries import turns
from grievance.rules import CALL_KEY_KEPT
from tests.cases.programs import EMPTY, KEY, Program, a_body, following, pointers, token_for


def test_one_is_filed_and_gets_a_number_of_their_own(program: Program) -> None:
    status, body = program.post("grievances/", a_body())
    assert status == 201, body
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", body["receipt"])
    relay = Relay.objects.get()
    assert body["reference"] == relay.reference
    assert (relay.consent_how, relay.may_see, relay.call_back_safe) == ("spoken", "stage", False)
    held = following(body["receipt"])
    assert held.grievance == relay.grievance
    assert (held.grievance.channel, held.grievance.language, held.grievance.families) == ("partner", "sw", ["OS"])
    assert held.grievance.ongoing


def test_the_same_call_again_gives_the_same_number_and_files_nobody_twice(program: Program) -> None:
    first, again = program.post("grievances/", a_body()), program.post("grievances/", a_body())
    # The same, in another order of its fields and with the key in quotes as RFC 8941 writes it.
    third = program.post("grievances/", dict(reversed(a_body().items())), key=f'"{KEY}"')
    assert (first[0], again[0], third[0]) == (201, 200, 200)
    assert first[1]["receipt"] == again[1]["receipt"] == third[1]["receipt"]
    assert (first[1]["again"], again[1]["again"]) == (False, True)
    assert (Grievance.objects.count(), Relay.objects.count(), Message.objects.count()) == (1, 1, 0)


def test_something_else_under_the_same_key_is_refused_and_added_to_nobody(program: Program) -> None:
    _status, first = program.post("grievances/", a_body())
    status, body = program.post("grievances/", a_body("Somebody else's words"))
    assert (status, body["code"]) == (422, "key_reused")
    held = following(first["receipt"])
    assert turns(grievance=held.grievance, data_key=held.data_key, to_person=True) == []
    assert Grievance.objects.count() == 1


def killed_before_it_files(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(**_given: object) -> None:
        raise RuntimeError("the process was killed")

    with monkeypatch.context() as broken:
        broken.setattr("grievance.commands.partners.keyed.file_for", dies)
        assert program.post("grievances/", a_body())[0] == 500


def test_what_stopped_between_the_key_and_the_filing_is_filed_by_the_next_try(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_before_it_files(program, monkeypatch)
    assert CallKey.objects.count() == 1
    assert program.post("grievances/", a_body())[0] == 201
    assert program.post("grievances/", a_body())[0] == 200
    assert Grievance.objects.count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="calls at the same moment need PostgreSQL")
def test_the_same_call_many_times_at_the_same_moment_is_one_filing(neema: User) -> None:
    secret, bodies = token_for(neema), [a_body(), a_body("Somebody else's words")] * 6

    def call(body: Any) -> tuple[int, Any]:
        try:
            return Program(secret).post("grievances/", body)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(call, bodies))
    good = [body for status, body in answers if status in {200, 201}]
    assert sum(status == 201 for status, _body in answers) == 1
    assert {body["code"] for status, body in answers if status == 422} == {"key_reused"}
    assert len(good) == 6
    assert len({body["receipt"] for body in good}) == 1
    assert (Grievance.objects.count(), Message.objects.count()) == (1, 0)


def test_a_key_gives_a_number_for_a_day_and_not_for_ever(program: Program) -> None:
    program.post("grievances/", a_body())
    CallKey.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    status, body = program.post("grievances/", a_body())
    assert (status, body["code"]) == (409, "key_spent")
    assert "receipt" not in body


def test_a_key_is_forgotten_after_three_days_and_what_was_filed_under_it_is_never_answered_again(
    program: Program,
) -> None:
    program.post("grievances/", a_body())
    later = timezone.now() + CALL_KEY_KEPT - timedelta(minutes=1)
    assert (forget_keys(at=later), CallKey.objects.count()) == (0, 1)
    Relay.objects.update(at=timezone.now() - timedelta(days=3))
    assert forget_keys(at=later + timedelta(minutes=2)) == 1
    status, body = program.post("grievances/", a_body("Somebody else's words"))
    assert (status, body["code"]) == (409, "key_spent")
    CallKey.objects.all().delete()
    status, body = program.post("grievances/", a_body())
    assert (status, body["code"]) == (409, "key_spent")
    rows = {"rows": [a_body("one"), a_body("two")]}
    program.post("batches/", rows)
    Relay.objects.update(at=timezone.now() - timedelta(days=3))
    CallKey.objects.all().delete()
    _status, again = program.post("batches/", rows)
    assert [one["problem"]["code"] for one in again["rows"]] == ["key_spent", "key_spent"]
    assert (Grievance.objects.count(), Message.objects.count()) == (3, 0)


def test_a_key_under_which_nothing_was_filed_may_come_anew_once_it_is_forgotten(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_before_it_files(program, monkeypatch)
    CallKey.objects.update(at=timezone.now() - CALL_KEY_KEPT)
    assert program.post("grievances/", a_body("other words"))[1]["code"] == "key_reused"
    assert forget_keys(at=timezone.now()) == 1
    assert program.post("grievances/", a_body("other words"))[0] == 201


def test_a_key_that_is_forgotten_while_it_comes_again_is_spent(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It was there when the row was to be written, and is gone when it is read.
    monkeypatch.setattr("grievance.models.programs.CallKeyQuerySet.bulk_create", lambda *_given, **_more: [])
    assert program.post("grievances/", a_body())[1]["code"] == "key_spent"
    assert not Grievance.objects.exists()


def test_keys_are_forgotten_the_oldest_first_and_a_few_at_a_time(union: FieldPartner) -> None:
    now = timezone.now()
    ages = (5, 2, 4, 3, 1)
    CallKey.objects.bulk_create(
        CallKey(partner=union, nonce_hash=bytes([age]), body_hash=b"", at=now - timedelta(days=age, seconds=1))
        for age in ages
    )
    assert [forget_keys(at=now, limit=2) for _time in range(3)] == [2, 1, 0]
    assert {bytes(one.nonce_hash)[0] for one in CallKey.objects.all()} == {1, 2}


def test_the_key_is_kept_hashed_and_is_that_of_one_partner(program: Program, juma: User) -> None:
    _status, first = program.post("grievances/", a_body())
    held = repr(list(CallKey.objects.values_list()))
    assert KEY not in held
    assert KEY.encode().hex() not in held
    _status, other = Program(token_for(juma)).post("grievances/", a_body())
    assert other["receipt"] != first["receipt"]
    assert Grievance.objects.count() == 2


@pytest.mark.parametrize("key", [None, "", "short", "a" * 129, "with a space in it", "kéy-kéy-kéy-kéy-kéy"])
def test_nothing_is_filed_without_a_key(program: Program, key: str | None) -> None:
    status, body = program.post("grievances/", a_body(), key=key)
    assert (status, body["code"]) == (400, "key_missing")
    assert pointers(body) == ["Idempotency-Key"]
    assert not Grievance.objects.exists()


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, {"#/answers", "#/behalf"}),
        ([], {"#"}),
        ("null", {"#"}),
        ('"words"', {"#"}),
        (EMPTY, {"#/answers/statement"}),
        (a_body(answers={"statement": 7}), {"#/answers/statement"}),
        (a_body(answers={"ongoing": "yes"}), {"#/answers/ongoing"}),
        (a_body(answers={"families": ["OS", "nothing"]}), {"#/answers/families/1"}),
        (a_body(answers={"day": "yesterday"}), {"#/answers/day"}),
        (a_body(answers={"openness": "open"}), {"#/answers/name"}),
        (a_body(answers={"openness": "anonymous", "name": "Furaha"}), {"#/answers/name"}),
        (a_body(answers={"odd": "x"}), {"#/answers"}),
        (a_body(behalf={"consent_how": "guessed"}), {"#/behalf/consent_how"}),
        (a_body(behalf={"call_back_safe": "no"}), {"#/behalf/call_back_safe"}),
        (a_body(behalf={"consent_how": "none"}, answers={"openness": "open", "name": "F"}), {"#/answers/openness"}),
        (a_body(language="xx"), {"#/language"}),
        (a_body(odd=1), {"#"}),
        (a_body(answers={"statement": "\ud800"}), {"#/answers/statement"}),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(program: Program, body: Any, where: set[str]) -> None:
    status, said = program.post("grievances/", body)
    assert (status, said["code"]) == (422, "invalid"), said
    assert set(pointers(said)) == where
    assert not Grievance.objects.exists()
    assert not CallKey.objects.exists()


def test_who_did_not_agree_is_the_partner_s_own_report(program: Program) -> None:
    status, body = program.post("grievances/", a_body(behalf={"consent_how": "none"}))
    assert status == 201
    relay = Relay.objects.get(reference=body["reference"])
    assert relay.own_report
    assert relay.authority == "own"


def test_of_a_list_who_can_be_filed_for_is_and_the_rest_is_put_right_under_the_same_key(program: Program) -> None:
    rows = [a_body("one"), EMPTY, a_body("three")]
    status, body = program.post("batches/", {"rows": rows})
    assert status == 200
    one, two, three = body["rows"]
    assert [row["row"] for row in body["rows"]] == [1, 2, 3]
    assert two["problem"]["code"] == "invalid"
    assert pointers(two["problem"]) == ["#/rows/1/answers/statement"]
    assert one["filed"]["receipt"] != three["filed"]["receipt"]
    assert Grievance.objects.count() == 2

    rows[1] = a_body("two")
    _status, again = program.post("batches/", {"rows": rows})
    assert [row["filed"]["again"] for row in again["rows"]] == [True, False, True]
    assert again["rows"][0]["filed"]["receipt"] == one["filed"]["receipt"]
    assert list(Relay.objects.order_by("row").values_list("row", flat=True)) == [1, 2, 3]

    rows[2] = a_body("somebody else")
    _status, changed = program.post("batches/", {"rows": rows})
    assert changed["rows"][2]["problem"]["code"] == "key_reused"
    assert Grievance.objects.count() == 3


def test_a_shorter_list_under_the_same_key_is_refused_too(program: Program) -> None:
    rows = [a_body(word) for word in ("one", "two", "three")]
    assert program.post("batches/", {"rows": rows})[0] == 200
    for shorter in (rows[:2], rows[:1]):
        status, body = program.post("batches/", {"rows": shorter})
        assert (status, body["code"]) == (409, "other_list")


def test_another_list_under_the_same_key_is_refused(program: Program) -> None:
    program.post("batches/", {"rows": [a_body("one")]})
    status, body = program.post("batches/", {"rows": [a_body("one"), a_body("two")]})
    assert (status, body["code"]) == (409, "other_list")
    for rows in ([a_body("one")] * 2, [EMPTY] * 3, [a_body("one"), EMPTY]):
        assert program.post("batches/", {"rows": rows})[1]["code"] == "other_list"
    assert program.post("batches/", {"rows": [a_body("one")]})[0] == 200
    assert program.post("batches/", {"rows": []})[0] == 422
    assert program.post("batches/", {"rows": [EMPTY] * 101})[0] == 422
