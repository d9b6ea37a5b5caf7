"""No log line repeats what a person wrote: not from a view, a task, a library, a template of words or a path."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from celery import Celery
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from config import logs
from config.celery import LoggedTask

SECRET = "Mwajuma-of-the-washing-plant"
NUMBER = "243970000001"


class Broken(Exception):
    pass


def broken(_request: HttpRequest, word: str) -> HttpResponse:
    local = f"{SECRET} {word}"
    raise Broken(local) from ValueError(SECRET, {"phone": NUMBER})


def whole(_request: HttpRequest, word: str) -> HttpResponse:
    return HttpResponse(word)


urlpatterns = [path("broken/<word>/", broken, name="broken"), path("whole/<word>/", whole, name="whole")]


@pytest.fixture(params=[True, False], ids=["json", "text"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(production=request.param))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=["config.logs.RequestLog"])
def visit(address: str) -> int:
    client = Client(raise_request_exception=False)
    return client.get(address, query_params={"q": SECRET}, headers={"user-agent": SECRET}).status_code


def test_a_view_that_fails_is_logged_by_type_place_method_and_route(written: io.StringIO) -> None:
    assert visit(f"/broken/{SECRET}/") == 500
    text = written.getvalue()
    assert SECRET not in text
    assert NUMBER not in text
    for kept in ("Broken", "builtins.ValueError", "test_logs.py", "broken", "GET", "500"):
        assert kept in text


def test_a_request_is_logged_by_the_name_of_its_route(written: io.StringIO) -> None:
    visit(f"/whole/{SECRET}/")
    visit(f"/nowhere/{SECRET}/")
    text = written.getvalue()
    assert SECRET not in text
    assert "127.0.0.1" not in text
    assert "whole" in text
    assert "404" in text


def test_a_task_that_fails_is_logged_by_name_type_and_place(written: io.StringIO) -> None:
    app = Celery("probe", task_cls=LoggedTask, set_as_current=False)
    app.conf.update(broker_url="memory://", task_always_eager=True)

    @app.task(name="probe.task", shared=False)
    def probe(word: str) -> None:
        local = word * 2
        raise Broken(local)

    probe.delay(SECRET)
    text = written.getvalue()
    assert SECRET not in text
    assert "probe.task" in text
    assert "Broken" in text


@pytest.mark.parametrize(
    "say",
    [
        lambda log: log.error("could not send to %s", SECRET),
        lambda log: log.error(f"could not send to {SECRET}"),  # noqa: G004 - what a library might do
        lambda log: log.error(SECRET.upper().title()),
        lambda log: log.warning("stopped", extra={"data": {"args": SECRET}}),
        lambda log: log.error("stopped", stack_info=True),
    ],
)
def test_a_library_keeps_its_constant_words_only(written: io.StringIO, say: Any) -> None:
    say(logging.getLogger("some.library"))
    assert SECRET.casefold() not in written.getvalue().casefold()
    assert "some.library" in written.getvalue()


def test_facts_are_kept_under_known_names_and_in_harmless_shapes(written: io.StringIO) -> None:
    log = structlog.get_logger("tests")
    log.warning("delivery_failed", channel="sms", attempt=3, code=NUMBER, kind=f"to {SECRET}", statement=SECRET)
    text = written.getvalue()
    assert SECRET not in text
    assert NUMBER not in text
    assert "delivery_failed" in text
    assert "sms" in text
    if text.startswith("{"):
        line = json.loads(text)
        assert line["attempt"] == 3
        assert line["code"] == line["kind"] == "withheld"
        assert "statement" not in line


def test_the_key_of_our_own_row_is_kept_however_long_and_nothing_else_in_its_place(written: io.StringIO) -> None:
    log = structlog.get_logger("tests")
    log.warning("nobody_to_tell", kind="case_opened", event_id=1_234_567)
    log.warning("nobody_to_tell", event_id=NUMBER)
    text = written.getvalue()
    assert "1234567" in text
    assert "case_opened" in text
    assert NUMBER not in text


def test_no_logger_keeps_a_handler_of_its_own() -> None:
    logs.configure_logs(production=True)
    try:
        others = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
        own = [one.name for one in others if any(type(h) is not logging.NullHandler for h in one.handlers)]
        assert own == []
    finally:
        logs.configure_logs(production=False)


def test_what_nobody_caught_reaches_stderr_by_type_and_place_alone() -> None:
    code = (
        "import threading, warnings\n"
        "from config import logs\n"
        "logs.configure_logs(production=True)\n"
        "logs.log_uncaught()\n"
        f"def broken(): raise LookupError({SECRET!r})\n"
        "thread = threading.Thread(target=broken); thread.start(); thread.join()\n"
        f"warnings.warn({SECRET!r})\n"
        "broken()\n"
    )
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert SECRET not in ended.stdout + ended.stderr
    assert [json.loads(line)["level"] for line in ended.stderr.splitlines()] == ["critical", "warning", "critical"]
    assert ended.stderr.count("builtins.LookupError") == 2
