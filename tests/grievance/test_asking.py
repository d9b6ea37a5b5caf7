"""The filing form as a person meets it: one table of questions, two ways through it, a search, a preview, no loss."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client
from django.utils import translation

from grievance.commands.following import open_session, resume
from grievance.keys import data_key_for_office, open_json
from grievance.models import Complainant, Consent, Grievance, Message, StagedFile
from grievance.queries import answers_of
from grievance.questions import BY_KEY, QUESTIONS, STEPS, Kind, Stored, questions_of
from grievance.receipts import new_nonce
from supplychain.models import LocalName, Organisation, Site
from tests.grievance.test_views import picture, receipt_in, unhashed

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
# An answer to every question, each with a mark of its own.
EVERYTHING: dict[str, Any] = {
    "statement": "Zwj-statement", "place": "Zwj-place", "country": "CD", "position": "-10.71666, 25.47888",
    "day": "27/2/2026", "about": "Zwj-about", "ongoing": "on", "harmed": "group", "authority": "Zwj-authority",
    "families": ["OS", "WG"], "urgent": "on", "wanted": "Zwj-wanted", "openness": "open", "name": "Zwj-name",
    "safe_way": "trusted", "phone": "+15550109999", "email": "zwj@example.org", "trusted": "Zwj-trusted",
    "times": "Zwj-times", "word": "Zwj-word", "tell_operator": "yes", "tell_buyers": "no", "tell_automakers": "ask",
    "tell_helpers": "yes", "tell_authorities": "no",
}  # fmt: skip
LANGUAGES = [code for code, _name in project.LANGUAGES]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhashed")]
__all__ = ["unhashed"]


@pytest.fixture
def site() -> Site:
    operator = Organisation.objects.create(name="Kito Mining (fictional)", kind="operator", country="CD")
    made = Site.objects.create(name="Kito Pit", kind="mine", operator=operator, country="CD", place="Kolwezi")
    LocalName.objects.create(site=made, name="حفرة كيتو")
    return made


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of this page, without a button: everything that is filled in or chosen."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page.partition("<main>")[2]):
        name, value = re.search(r'name="([\w-]+)"', tag), re.search(r'value="([^"]*)"', tag)
        loose = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and 'type="file"' not in tag and (not loose or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "on")
    for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL):
        found[name] = [unescape(text)]
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found[name] = re.findall(r'value="(\w*)" selected', options)
    return found


def press(client: Client, page: str, do: str, *, code: str = "en", **typed: Any) -> str:
    """Type into the page and press a button of it, which must stand there."""
    assert f'name="do" value="{do}"' in page, do
    answer = client.post(f"/{code}/file/", {**fields(page), **typed, "do": do})
    assert answer.status_code == 200
    return answer.text


def start(client: Client, code: str = "en") -> str:
    return client.get(f"/{code}/file/").text


def sealed() -> dict[str, str]:
    kept = Grievance.objects.get()
    words: dict[str, str] = open_json(data_key_for_office(kept.key_id), kept.sealed_statement, "statement")
    return words


# -- One table


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_question_is_asked_previewed_kept_and_shown_to_the_office(client: Client, code: str, site: Site) -> None:
    with time_machine.travel(AT, tick=False):
        page = press(client, start(client, code), "search", code=code, place="kito", country="CD")
        for question in QUESTIONS:
            with translation.override(code):
                assert f'name="{question.key}"' in page, question.key
                assert str(question.words) in unescape(page), question.key
        answers = {**EVERYTHING, "site": str(site.pk), "photos": [picture("Zwj-file.jpg")]}
        preview = press(client, page, "preview", code=code, **answers)
        for question in QUESTIONS:
            assert f'value="change-{question.key}"' in preview, question.key
        for mark in re.findall(r"Zwj-[\w.]+", str({**EVERYTHING, "photos": "Zwj-file.jpg"})):
            assert mark in preview, mark
        assert '<bdi dir="ltr">-10.72, 25.48</bdi>' in preview
        assert "25.4788" not in preview
        assert receipt_in(press(client, preview, "send", code=code))
    kept, words = Grievance.objects.get(), sealed()
    told = {answer.question.key: " ".join(map(str, answer.lines)) for answer in answers_of(grievance=kept, words=words)}
    for question in QUESTIONS:
        if question.stored == Stored.SEALED:
            assert words[question.stored_as], question.key
        elif question.stored == Stored.COLUMN:
            assert getattr(kept, question.stored_as), question.key
        if question.stored in {Stored.SEALED, Stored.COLUMN, Stored.WAY} and question.key != "statement":
            assert told[question.key], question.key
    assert kept.site == site
    assert {"Zwj-name", "Zwj-trusted", "Zwj-word", "+15550109999"}.isdisjoint(str(told).split())
    given = dict(Consent.objects.values_list("kind", "given"))
    assert given == {"operator": True, "buyers": False, "helpers": True, "authorities": False}
    assert "tell_automakers" not in told
    person = Complainant.objects.get()
    assert (person.safe_way, person.sealed_contact is not None, person.sealed_name is not None) == (
        "trusted", True, True,
    )  # fmt: skip


def test_each_question_belongs_to_a_step_and_has_a_place_of_its_own() -> None:
    assert [question for step in STEPS for question in questions_of(step.key)] == list(QUESTIONS)
    places = [(question.stored, question.stored_as) for question in QUESTIONS]
    assert len(set(places)) == len(places) == len(BY_KEY)
    assert [question.key for question in QUESTIONS if question.required] == ["statement", "openness"]
    assert {choice.value for choice in BY_KEY["openness"].choices} == set(Grievance.Openness.values)
    assert [(one.value, one.label) for one in BY_KEY["safe_way"].choices] == Complainant.Safe.choices
    shorts = [question.short for question in QUESTIONS if question.short]
    assert len(set(shorts)) == len(shorts)


def test_no_answer_to_whom_we_may_tell_is_ticked_beforehand(client: Client) -> None:
    page = start(client)
    assert not [name for name in fields(page) if name.startswith("tell_")]
    assert receipt_in(press(client, page, "send", statement="Zwj"))
    assert not Consent.objects.exists()


def test_what_happened_is_all_that_has_to_be_said(client: Client) -> None:
    answer = client.post("/en/file/", {"nonce": new_nonce(), "statement": "Zwj"})
    assert receipt_in(answer.text)
    assert Grievance.objects.get().openness == "anonymous"


# -- Two ways


def test_one_question_at_a_time_comes_to_the_same_preview_and_loses_nothing(client: Client) -> None:
    page = press(client, start(client), "one")
    assert "Is it safe to write here now?" in page
    given = {key: value for key, value in EVERYTHING.items() if BY_KEY[key].kind != Kind.SITE}
    seen = []
    while "This is what will be sent" not in page:
        step = fields(page)["step"][0]
        seen.append(step)
        here = {
            one.key: given[one.key] for one in questions_of(step) if one.key in given and f'name="{one.key}"' in page
        }
        page = press(client, page, "next", **here)
    assert seen == [step.key for step in STEPS]
    kept = fields(page)
    assert {key: kept[key] for key in ("statement", "families", "tell_buyers", "trusted")} == {
        "statement": ["Zwj-statement"], "families": ["OS", "WG"], "tell_buyers": ["no"], "trusted": ["Zwj-trusted"],
    }  # fmt: skip
    assert receipt_in(press(client, page, "send"))


def test_who_stays_unknown_is_not_asked_how_to_be_reached(client: Client) -> None:
    page = press(client, start(client), "one", statement="Zwj")
    while fields(page)["step"] != ["openness"]:
        page = press(client, page, "next")
    page = press(client, page, "next")
    assert fields(page)["step"] == ["consent"]
    assert fields(press(client, page, "back"))["step"] == ["openness"]


def test_the_way_can_be_changed_at_any_point(client: Client) -> None:
    page = press(client, start(client), "one", statement="Zwj", wanted="Zwj-wanted", families=["OS", "EN"])
    page = press(client, press(client, page, "next"), "all")
    kept = fields(page)
    assert (kept["statement"], kept["wanted"], kept["families"]) == (["Zwj"], ["Zwj-wanted"], ["OS", "EN"])


def test_a_wrong_field_shows_its_step_again_with_everything_kept(client: Client) -> None:
    page = press(client, start(client), "one", statement="Zwj", wanted="Zwj-wanted")
    while fields(page)["step"] != ["when"]:
        page = press(client, page, "next")
    page = press(client, page, "next", day="31/02/2026")
    assert "We cannot read this day." in page
    assert fields(page)["step"] == ["when"]
    assert (fields(page)["day"], fields(page)["wanted"]) == (["31/02/2026"], ["Zwj-wanted"])
    assert fields(press(client, page, "next", day="27/02/2026"))["step"] == ["who"]


def test_a_name_behind_the_back_of_anonymous_is_shown_again_and_not_dropped(client: Client) -> None:
    typed = {"way": "one", "step": "consent", "statement": "Zwj", "openness": "anonymous", "name": "Zwj-name"}
    page = client.post("/en/file/", {"nonce": new_nonce(), **typed, "do": "next"}).text
    assert "this tells who you are" in page
    assert fields(page)["step"] == ["contact"]


def test_files_of_any_step_wait_and_stand_in_the_preview(client: Client) -> None:
    page = press(client, start(client), "one", statement="Zwj", photos=[picture("mgodi.jpg")])
    assert StagedFile.objects.count() == 1
    preview = press(client, page, "preview") if 'value="preview"' in page else press(client, page, "next")
    assert "mgodi.jpg" in preview or 'name="nothing_waits"' not in preview
    preview = press(client, press(client, preview, "all"), "preview")
    assert "mgodi.jpg" in preview
    assert receipt_in(press(client, preview, "send"))
    assert StagedFile.objects.count() == 0


def test_one_answer_is_changed_from_the_preview(client: Client) -> None:
    preview = press(client, start(client), "preview", statement="Zwj-first", wanted="Zwj-wanted")
    page = press(client, preview, "change-statement")
    assert 'name="wanted" value="Zwj-wanted"' in page
    preview = press(client, page, "preview", statement="Zwj-second")
    assert "Zwj-second" in preview
    assert "Zwj-first" not in preview
    assert not Grievance.objects.exists()


def test_sending_again_gives_the_same_number_and_adds_what_was_changed(client: Client) -> None:
    preview = press(client, start(client), "preview", statement="Zwj")
    first = receipt_in(press(client, preview, "send"))
    assert receipt_in(press(client, preview, "send")) == first
    assert not Message.objects.exists()
    again = press(client, preview, "send", wanted="Zwj-wanted")
    assert receipt_in(again) == first
    assert "was added to what you sent before" in again
    page = resume(session_key=open_session(receipt=first, at=AT), at=AT)
    assert Message.objects.get().grievance == page.grievance


# -- Where


@pytest.mark.parametrize("words", ["kito pit", "KITÓ", "حفرة كيتو", "kolwezi", "Kito Mining"])
def test_a_place_is_found_by_any_name_and_by_its_company(client: Client, site: Site, words: str) -> None:
    page = press(client, start(client), "search", place=words, statement="Zwj")
    assert f'name="site" value="{site.pk}"' in page
    assert fields(page)["statement"] == ["Zwj"]
    assert receipt_in(press(client, page, "send", site=str(site.pk)))
    assert Grievance.objects.get().site == site
    assert sealed()["place"] == words


def test_who_finds_too_many_is_asked_to_be_more_exact(client: Client, site: Site) -> None:
    for number in range(25):
        Site.objects.create(name=f"Kito {number}", kind="mine", operator=site.operator, country="CD")
    page = press(client, start(client), "search", place="kito")
    assert len(re.findall(r'name="site" value="[1-9]\d*"', page)) == 20
    assert "Please be more exact" in page
    assert receipt_in(press(client, page, "send", statement="Zwj", site="0"))
    assert Grievance.objects.get().site is None


def test_an_unknown_place_stays_words_and_never_becomes_a_site(client: Client) -> None:
    page = press(client, start(client), "search", place="behind the third hill", statement="Zwj")
    assert "We know no place of this name." in page
    assert receipt_in(press(client, page, "send", position="١٠٫٧١٦٦، ٢٥٫٤٧٨٨"))
    assert not Site.objects.exists()
    assert (sealed()["place"], sealed()["position"]) == ("behind the third hill", "10.72, 25.48")


@pytest.mark.parametrize("typed", ["near Kolwezi", "-10.71", "91, 25", "10, 181", "1,2,3", "nan, inf"])
def test_what_is_no_position_is_said_to_be_none(client: Client, typed: str) -> None:
    page = press(client, start(client), "preview", statement="Zwj", position=typed)
    assert "We cannot read this position." in page
    assert fields(page)["position"] == [typed]


@pytest.mark.parametrize("made_up", ["999999", "x", "-1", "9" * 40])
def test_a_site_that_is_not_on_record_stops_nobody(client: Client, made_up: str) -> None:
    assert receipt_in(press(client, start(client), "send", statement="Zwj", site=made_up))
    assert Grievance.objects.get().site is None


# -- What tells who somebody is


def test_numbers_and_addresses_in_the_words_are_pointed_out_with_the_place_where_they_stand(client: Client) -> None:
    page = press(
        client, start(client), "preview", statement="Call +243 991 234 567, badge KM-884213.", country="CD",
        wanted="Write a@b.example",
    )  # fmt: skip
    warned = page.partition('<div class="alert">')[2].partition("</div>")[0]
    assert re.findall(r"<li>(.*?) <bdi dir", warned) == ["What happened?", "What do you want to happen?"]
    assert re.findall(r"<b>(.*?)</b>", warned) == ["+243 991 234 567", "KM-884213", "a@b.example"]
    assert receipt_in(press(client, page, "send"))


def test_days_and_money_are_nothing_that_tells_who_somebody_is(client: Client) -> None:
    page = press(client, start(client), "preview", statement="On 27/02/2026 they paid 150000 and not 300 000.")
    assert "This may tell who somebody is" not in page


def test_no_words_stand_in_the_log(client: Client, capsys: Any, caplog: Any) -> None:
    press(client, start(client), "preview", statement="Call +243 991 234 567", place="Zwj-place")
    assert "991 234" not in caplog.text + str(capsys.readouterr())
    assert "Zwj" not in caplog.text


@pytest.mark.parametrize("typed", ["-10.714567, 25.473999", "−١٠٫٧١٤٥٦٧، ٢٥٫٤٧٣٩٩٩"])
def test_a_position_is_kept_to_about_a_kilometre_and_sealed(client: Client, typed: str) -> None:
    press(client, press(client, start(client), "preview", statement="Zwj", position=typed), "send")
    assert sealed()["position"] == "-10.71, 25.47"


def test_the_phones_own_camera_and_recorder_open(client: Client) -> None:
    page = start(client)
    assert re.search(r'<input id="camera" name="photos" type="file" accept="image/\*" capture="environment">', page)
    assert re.search(r'<input id="voice" name="photos" type="file" accept="audio/\*" capture>', page)
