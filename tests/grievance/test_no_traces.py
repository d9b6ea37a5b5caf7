"""Nothing about a visitor's address, network, browser or way here is in any table, log line or cache."""

import io
import ipaddress
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client

from config import gunicorn, logs
from tests.grievance.test_flooding import fill, held_in
from tests.grievance.test_views import RIGHT, nonce_in, picture, receipt_in

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
ADDRESS, CLAIMED = "203.0.113.77", "198.51.100.66"
MARKED = {
    "REMOTE_ADDR": ADDRESS,
    "HTTP_X_FORWARDED_FOR": CLAIMED,
    "HTTP_X_REAL_IP": CLAIMED,
    "HTTP_USER_AGENT": "PlumOtterBrowser/7.31",
    "HTTP_REFERER": "https://came-from.plumotter.example/there",
    "HTTP_ACCEPT_LANGUAGE": "x-plumotter,rw;q=0.3",
    "HTTP_COOKIE": "plumotter=1",
}
TRACES = [
    *(trace for address in (ADDRESS, CLAIMED) for trace in (address, address.rpartition(".")[0])),
    "plumotter",
    "rw;q",
]
RAW = [ipaddress.ip_address(address).packed for address in (ADDRESS, CLAIMED)]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that production would write into its log, down to what is meant for developers."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(production=True))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def rows() -> Iterator[tuple[str, Any]]:
    """(table, value) of every value in the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own tables
            for row in cursor.fetchall():
                yield from ((table, value) for value in row)


def traces_in(value: object) -> list[str]:
    if isinstance(value, bytes | memoryview):
        body = bytes(value)
        return [trace for trace in TRACES if trace.encode() in body.lower()] + [str(raw) for raw in RAW if body == raw]
    return [trace for trace in TRACES if trace in str(value).lower()]


@pytest.mark.django_db
@pytest.mark.parametrize("behind_proxy", [False, True])
def test_a_whole_visit_leaves_nothing_of_the_visitor(settings: Any, written: io.StringIO, behind_proxy: bool) -> None:
    settings.BEHIND_PROXY = behind_proxy
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "traces"}}
    visitor = Client(raise_request_exception=False, **MARKED)  # type: ignore[arg-type]
    with time_machine.travel(AT, tick=False):
        form = visitor.get("/en/file/?site=NONE").text
        first = visitor.post("/en/file/", {**RIGHT, "nonce": nonce_in(form), "photos": [picture()]}).text
        fill(address=CLAIMED if behind_proxy else ADDRESS)
        again = visitor.post("/en/file/", {**RIGHT, "nonce": nonce_in(visitor.get("/en/file/").text)}).text
        assert receipt_in(visitor.post("/en/file/", held_in(again)).text)
        for number in ("1" * 20, receipt_in(first)):
            visitor.post("/en/follow/", {"receipt": number})
        visitor.get("/en/follow/")
        visitor.get("/en/nothing/")
        visitor.post("/en/file/", data=b"broken", content_type="multipart/form-data; boundary=x")
        visitor.post("/en/leave/")
    assert [(table, found) for table, value in rows() if (found := traces_in(value))] == []
    assert written.getvalue().count("request_finished") > 8
    assert traces_in(written.getvalue()) == []
    kept = caches["default"]._cache  # type: ignore[attr-defined]
    assert kept
    assert traces_in(" ".join([*kept, *map(repr, kept.values())])) == []


def test_the_server_keeps_no_log_of_who_came() -> None:
    assert gunicorn.accesslog is None
    assert logging.getLogger("gunicorn.access").level >= logging.CRITICAL
