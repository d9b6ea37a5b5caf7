"""What a program reads: where its filings stand, as far as each person allows; sites and questions."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from cases.commands import intake
from grievance.commands.partners import dropping
from grievance.models import FieldPartner, Grievance
from tests.cases.programs import KEY, Program, a_body, following, token_for
from tests.factories import SiteFactory


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
