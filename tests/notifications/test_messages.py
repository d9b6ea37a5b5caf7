"""Every text that goes out is in one list, with its cost; none is long in any language."""

import ast
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from grievance.keywords import Keyword, word_for
from grievance.rules import SEGMENTS_A_TEXT
from grievance.texts import TEXTS
from notifications.catalogue.messages import Message, costs_of, every_message

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/office/admin/texts/"
# Where rows of the outbox are made, and from which words: `answering` by name, the others as the test below says.
OUTBOX = {"grievance/commands/answering.py", "grievance/commands/gateways.py", "grievance/commands/recovering.py"}
SAY = {"say", "worded", "say_and_ask"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for app in ("grievance", "cases", "notifications"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
                yield from ((str(path.relative_to(ROOT)), node) for node in found)


def test_nothing_but_these_makes_a_text() -> None:
    made = {path for path, call in calls() if ast.unparse(call.func) in {"Reply.objects.create", "Reply"}}
    assert made == OUTBOX
    for path in OUTBOX - {"grievance/commands/answering.py"}:
        assert 'TEXTS["' in (ROOT / path).read_text(), path


def test_what_is_said_to_a_phone_has_a_name_in_the_list() -> None:
    named = [
        (path, word.value)
        for path, call in calls()
        if ast.unparse(call.func).rpartition(".")[2] in SAY
        for word in call.args
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    ]
    assert named
    assert [one for one in named if one[1] not in TEXTS] == []
    begun = {
        ast.unparse(word.values[0])
        for _path, call in calls()
        if ast.unparse(call.func).rpartition(".")[2] in SAY
        for word in ast.walk(call)
        if isinstance(word, ast.JoinedStr)
    }
    assert all(any(name.startswith(beginning.strip("'")) for name in TEXTS) for beginning in begun)


def test_free_words_go_out_only_as_the_list_words_them() -> None:
    """`send` takes words: only those of `worded` are given to it, or what somebody with their PIN asked to read."""
    for path, call in calls():
        if path == "cases/commands/texted.py":
            assert "asked=True" in ast.unparse(call) or ast.unparse(call.func) != "send"
        elif ast.unparse(call.func) in {"send", "answering.send"} and "answering" in (ROOT / path).read_text():
            assert "worded(" in ast.unparse(call), path


@pytest.mark.parametrize("message", every_message(), ids=lambda message: message.name)
def test_no_text_is_longer_than_three_segments_in_any_language(message: Message) -> None:
    costs = costs_of(message)
    assert [cost.language for cost in costs] == [code for code, _name in settings.LANGUAGES]
    assert [cost for cost in costs if cost.segments > SEGMENTS_A_TEXT] == []


def test_the_list_is_a_page_and_a_command(client: Client, lead: User, officer: User) -> None:
    client.force_login(lead)
    page = client.get(PAGE).content.decode()
    for words in ("You get texts from us again.", "gsm-7", "ucs-2", "new_case"):
        assert words in page
    client.force_login(officer)
    assert client.get(PAGE).status_code == 403
    said = StringIO()
    call_command("sms_texts", stdout=said)
    assert len(said.getvalue().splitlines()) == len(every_message())
    assert "started: en 1 gsm-7" in said.getvalue()


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_list_shows_the_words_that_people_write(language: str) -> None:
    shown = {one.name: one.put_together(language) for one in every_message()}
    assert [name for name, words in shown.items() if "XXXXX" in words] == []
    safe = shown["are_you_safe"]
    assert word_for(Keyword.SAFE, language).upper() in safe
    assert word_for(Keyword.UNSAFE, language).upper() in safe
    assert word_for(Keyword.CONFIRM, language).upper() in shown["step_asked"]
    assert "2026" in shown["latest"].translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))


def test_the_desk_leads_to_the_list_of_texts_for_those_who_may(client: Client, lead: User, handler: User) -> None:
    client.force_login(lead)
    assert f'href="{PAGE}"' in client.get("/office/admin/").content.decode()
    client.force_login(handler)
    assert f'href="{PAGE}"' not in client.get("/office/admin/").content.decode()
