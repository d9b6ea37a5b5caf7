"""The interface for programs of partners: the same commands as on the pages, by a token and a key."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.commands import end_role
from accounts.models import AccessToken, User
from accounts.roles import Role
from accounts.tokens import Scope
from cases.api.problems import KINDS
from cases.commands import intake
from grievance.commands.following import Following, open_session, resume
from grievance.commands.partners import dropping, keeping
from grievance.models import Attachment, CallKey, FieldPartner, Grievance, Message, Relay
from grievance.queries import turns
from tests.cases.pictures import jpeg
from tests.cases.programs import API, KEY, Program, a_body, token_for
from tests.factories import SiteFactory
from tests.grievance.partners import WORDS

OTHER_KEY = "0b9f5f0e-1c8e-4c34-9a54-000000000002"
EMPTY = {"answers": {"statement": ""}, "behalf": {"consent_how": "spoken"}}


@pytest.fixture
def program(neema: User) -> Program:
    return Program(token_for(neema))


def following(receipt: str) -> Following:
    digits = receipt.replace(" ", "")
    return resume(session_key=open_session(receipt=digits, at=timezone.now()), at=timezone.now())


def pointers(body: Any) -> list[str]:
    return [one.get("pointer", one.get("parameter")) for one in body["errors"]]


# -- The door


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


# -- Filing under a key


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


def test_what_stopped_between_the_key_and_the_filing_is_filed_by_the_next_try(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(**_given: object) -> None:
        raise RuntimeError("the process was killed")

    with monkeypatch.context() as broken:
        broken.setattr("grievance.commands.partners.keyed.file_for", dies)
        assert program.post("grievances/", a_body())[0] == 500
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


# -- A list


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


def test_another_list_under_the_same_key_is_refused(program: Program) -> None:
    program.post("batches/", {"rows": [a_body("one")]})
    status, body = program.post("batches/", {"rows": [a_body("one"), a_body("two")]})
    assert (status, body["code"]) == (409, "other_list")
    assert program.post("batches/", {"rows": []})[0] == 422
    assert program.post("batches/", {"rows": [EMPTY] * 101})[0] == 422


# -- Files


def test_files_are_sealed_to_what_was_filed_under_the_key(program: Program, union: FieldPartner) -> None:
    _status, body = program.post("grievances/", a_body())
    where = f"grievances/{body['reference']}/attachments/"
    picture = jpeg()
    for _time in range(2):  # the same file sent again is kept once
        status, said = program.send(where, [SimpleUploadedFile("Furaha.jpg", picture, "image/jpeg")])
        assert status == 201, said
        assert said["files"] == [{"kind": "image/jpeg", "size": len(picture)}]
    kept = Attachment.objects.get()
    assert kept.grievance == Relay.objects.get().grievance
    assert kept.message is not None
    assert Message.objects.count() == 1
    assert "Furaha" not in str(said)


def test_files_come_by_the_key_of_their_own_filing_or_row_alone(program: Program, juma: User, lead: User) -> None:
    _status, body = program.post("grievances/", a_body())
    where = f"grievances/{body['reference']}/attachments/"
    status, said = program.send(where, [SimpleUploadedFile("a.jpg", jpeg())], key=OTHER_KEY)
    assert (status, said["code"]) == (409, "other_key")
    assert Program(token_for(juma)).send(where, [SimpleUploadedFile("a.jpg", jpeg())])[0] == 404
    _status, listed = program.post("batches/", {"rows": [a_body("one"), a_body("two")]}, key=OTHER_KEY)
    second = listed["rows"][1]["filed"]["reference"]
    assert program.send(f"grievances/{second}/attachments/", [SimpleUploadedFile("a.jpg", jpeg())], OTHER_KEY)[0] == 201
    assert Attachment.objects.get().grievance.relay.reference == second


def test_what_is_wrong_with_a_file_is_said_without_its_name(program: Program) -> None:
    _status, body = program.post("grievances/", a_body())
    where = f"grievances/{body['reference']}/attachments/"
    empty = SimpleUploadedFile("Furaha.jpg", b"")
    status, said = program.send(where, [SimpleUploadedFile("a.jpg", jpeg()), empty])
    assert (status, said["code"]) == (422, "invalid")
    assert pointers(said) == ["#/files/1"]
    assert "Furaha" not in str(said)
    assert program.send(where, [])[0] == 422
    assert program.send(where, [SimpleUploadedFile("a.jpg", jpeg())], words="x")[0] == 422
    assert program.send("grievances/nothing/attachments/", [SimpleUploadedFile("a.jpg", jpeg())])[0] == 404
    assert not Attachment.objects.exists()


# -- What they follow


def test_a_partner_sees_what_each_person_allows_and_no_more(program: Program) -> None:
    references = {}
    for number, may_see in enumerate(("nothing", "stage", "answers")):
        _status, body = program.post("grievances/", a_body(behalf={"may_see": may_see}), key=f"{KEY}{number}")
        references[may_see] = body["reference"]
    intake.take_up(at=timezone.now())
    _status, page = program.get("grievances/")
    shown = {one["reference"]: one for one in page["items"]}
    nothing, stage, answers = (shown[references[name]] for name in ("nothing", "stage", "answers"))
    assert (nothing["stage"], nothing["stage_label"], nothing["answers"]) == (None, None, None)
    assert (stage["stage"], stage["answers"]) == ("received", None)
    assert stage["stage_sentence"] == "We have your words. A person will read them soon."
    assert answers["answers"] == 0
    assert nothing["next_word_by"] is None
    assert stage["next_word_by"] > stage["received_at"]
    assert not {"statement", "receipt", "site", "case"} & nothing.keys()


def test_a_partner_sees_nothing_of_another_and_nothing_that_a_person_ended(
    program: Program, juma: User, union: FieldPartner
) -> None:
    _status, body = program.post("grievances/", a_body())
    where = f"grievances/{body['reference']}/"
    other = Program(token_for(juma))
    assert other.get("grievances/")[1] == {"items": [], "next": None}
    assert other.get(where)[0] == 404
    assert other.get("grievances/", after=body["reference"])[0] == 422
    assert program.get(where)[1]["reference"] == body["reference"]
    dropping.drop_partner(following=following(body["receipt"]), at=timezone.now())
    assert program.get(where)[0] == 404
    assert program.get("grievances/")[1]["items"] == []


def test_pages_follow_one_another_without_a_gap(program: Program) -> None:
    filed = [program.post("grievances/", a_body(), key=f"{KEY}{number}")[1]["reference"] for number in range(5)]
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        _status, page = program.get("grievances/", limit=2, **({"after": after} if after else {}))
        seen += [one["reference"] for one in page["items"]]
        after = page["next"]
    assert seen == filed[::-1]
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"limit": "101"}, {"after": "x"}, {"odd": "1"}):
        assert program.get("grievances/", **wrong)[0] == 422


def test_a_page_costs_the_same_whatever_stands_on_it(program: Program, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        program.post("grievances/", a_body(), key=f"{KEY}{number}")
    with django_assert_max_num_queries(9):
        program.get("grievances/")


# -- Sites and questions


def test_sites_are_found_by_name_and_country_with_public_facts_alone(program: Program) -> None:
    for name, country in (("Mto Mine (fictional)", "CD"), ("Ziwa Mine (fictional)", "CD"), ("Mto Plant", "IN")):
        SiteFactory.create(name=name, country=country)
    _status, page = program.get("sites/", q="mto")
    assert [one["name"] for one in page["items"]] == ["Mto Mine (fictional)", "Mto Plant"]
    _status, page = program.get("sites/", country="CD", limit=1)
    assert [one["name"] for one in page["items"]] == ["Mto Mine (fictional)"]
    _status, page = program.get("sites/", country="CD", limit=1, after=page["next"])
    assert [one["name"] for one in page["items"]] == ["Ziwa Mine (fictional)"]
    assert page["next"] is None
    chosen = page["items"][0]["id"]
    assert program.post("grievances/", a_body(answers={"site": chosen}))[0] == 201
    assert Grievance.objects.get().site_id == int(chosen)
    for wrong in ({"country": "cd"}, {"q": "x" * 201}, {"after": "999"}, {"after": "x"}):
        assert program.get("sites/", **wrong)[0] == 422


@pytest.mark.parametrize("language", ["en", "sw", "ar", "fr"])
def test_questions_are_asked_in_every_language(program: Program, language: str) -> None:
    status, body = program.get("questions/", language=language)
    assert status == 200
    assert body["language"] == language
    by_key = {one["key"]: one for one in body["questions"]}
    assert by_key["statement"]["required"]
    assert by_key["authority"]["asked_when"] == {"harmed": ["other", "group"]}
    assert by_key["name"]["asked_when"] == {"openness": ["confidential", "open"]}
    assert {one["key"] for one in body["behalf"]} == {"consent_how", "authority", "may_see"}
    english = {one["key"]: one for one in program.get("questions/", language="en")[1]["questions"]}
    assert (by_key["statement"]["words"] == english["statement"]["words"]) == (language == "en")
    assert program.get("questions/", language="xx")[0] == 422


# -- Problems


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


def test_too_many_calls_of_one_token_wait(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.api.door.CALLS_A_MINUTE", 2)
    statuses = [program.get("sites/")[0] for _time in range(4)]
    assert 429 in statuses
    assert statuses[0] == 200


def test_public_pages_are_as_they_were(db: None) -> None:
    page = Client().get("/en/file/")
    assert not page.cookies
    assert b"swagger" not in page.content
