"""The filing form: what it refuses, in which words, and the draft that it makes of what is right."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from grievance.forms import FilingForm, picture_problems
from grievance.uploads import PROBLEMS, SealedUpload
from supplychain.models import Organisation, Site

TODAY = date(2026, 3, 2)
RIGHT: dict[str, Any] = {"statement": "The roof of the pit fell.", "openness": "anonymous"}


def form(*, confidential: bool = True, **typed: Any) -> FilingForm:
    data = QueryDict(mutable=True)
    for name, value in {**RIGHT, **typed}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return FilingForm(data, today=TODAY, confidential=confidential)


def said(field: str, **typed: Any) -> str:
    return " ".join(map(str, form(**typed).errors.get(field, [])))


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("statement", {"statement": "  "}, "Please write what happened."),
        ("statement", {"statement": "é" * 40_001}, "This is 1 letter too long."),
        ("statement", {"statement": "x" * 50_000}, "This is 10000 letters too long."),
        ("day", {"day": "4/3/2026"}, "still to come"),
        ("day", {"day": "31/2/2026"}, "cannot read this day"),
        ("day", {"day": "1/1/1066"}, "very long ago"),
        ("openness", {"openness": ""}, "choose one of these"),
        ("openness", {"openness": "public"}, "choose one of these"),
        ("openness", {"openness": "confidential", "confidential": False, "name": "A"}, "choose another way"),
        ("name", {"name": "Amina (made up)"}, "this tells who you are"),
        ("phone", {"phone": "+15550100"}, "this tells who you are"),
        ("email", {"email": "a@example.org"}, "this tells who you are"),
        ("name", {"openness": "open"}, "write your name"),
        ("phone", {"openness": "open", "name": "A", "safe_way": "sms"}, "phone number"),
        ("email", {"openness": "open", "name": "A", "safe_way": "email"}, "email address"),
        ("email", {"openness": "open", "name": "A", "email": "not one"}, "email address"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(field: str, typed: dict[str, Any], words: str) -> None:
    assert words in said(field, **typed)


def test_line_ends_do_not_count_twice() -> None:
    assert form(statement="a\r\n" * 19_999 + "ab").is_valid()


def test_tomorrow_is_today_in_the_far_east() -> None:
    assert form(day="3/3/2026").is_valid()


@pytest.mark.django_db
def test_the_draft_says_what_was_said() -> None:
    filled = form(
        families=["OS", "XX03"], day="٢٨/٢/٢٠٢٦", ongoing="on", urgent="on", tell_operator="yes",
        tell_buyers="no", tell_helpers="ask",
        openness="open", name=" Amina (made up) ", safe_way="call", phone="٠٩٩ ١٢٣ ٤٥٦", times="after six",
    )  # fmt: skip
    assert filled.is_valid(), filled.errors
    draft = filled.draft("sw")
    assert (draft.families, draft.happened_on, draft.ongoing, draft.urgent) == (
        ("OS", "XX03"), date(2026, 2, 28), True, True,
    )  # fmt: skip
    assert (draft.name, draft.phone, draft.safe_way, draft.times) == (
        "Amina (made up)",
        "099 123 456",
        "call",
        "after six",
    )
    assert draft.consents == {"operator": True, "buyers": False}
    assert draft.language == "sw"


@pytest.mark.django_db
def test_an_anonymous_draft_holds_nothing_of_the_person() -> None:
    filled = form(times="at night", safe_way="sms")
    assert filled.is_valid()
    draft = filled.draft("en")
    assert (draft.name, draft.phone, draft.email, draft.times, draft.safe_way) == ("", "", "", "", "none")
    assert draft.consents == {}


@pytest.mark.django_db
def test_a_site_is_known_by_its_poster_or_by_a_name_that_leaves_no_doubt() -> None:
    operator = Organisation.objects.create(name="Kito Mining (fictional)", kind="operator", country="CD")
    first = Site.objects.create(name="Kito Pit", kind="mine", operator=operator, country="CD", poster="kito1")
    twins = [Site.objects.create(name="Twin", kind="mine", operator=operator, country="CD") for _ in range(2)]

    def site(**typed: Any) -> int | None:
        filled = form(**typed)
        assert filled.is_valid()
        return filled.draft("en").site_id

    assert len(twins) == 2
    assert site(place="kito pit") == first.pk
    assert site(poster="kito1", place="Kito Pit") == first.pk
    assert site(poster="kito1") == first.pk
    assert site(poster="kito1", place="the village behind it") is None
    assert site(poster="nothing", place="somewhere") is None
    assert site(place="Twin") is None


@pytest.mark.parametrize("problem", sorted(PROBLEMS))
def test_every_problem_of_a_picture_names_the_picture(problem: str) -> None:
    upload = SealedUpload("mgodi.jpg", "image/jpeg")
    upload.refuse(problem)
    (error,) = picture_problems([upload], 5)
    assert "“mgodi.jpg” was not added" in str(error.messages[0])


def test_a_good_picture_without_room_is_one_too_many() -> None:
    uploads = [SealedUpload(f"{number}.jpg", "image/jpeg") for number in range(3)]
    problems = [error.messages[0] for error in picture_problems(uploads, 2)]
    for upload in uploads:
        upload.close()
    assert problems == ["“2.jpg” was not added: five files are the most."]
