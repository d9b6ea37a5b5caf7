"""A village that files together is not hindered; a flood loses nothing, wakes nobody, and costs one page more."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client

from grievance.budgets import network_of, spend
from grievance.models import Attachment, Grievance
from grievance.rules import FILINGS_A_NETWORK
from tests.grievance.test_views import RIGHT, nonce_in, picture, receipt_in

AT = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
MOST = FILINGS_A_NETWORK[timedelta(minutes=10)]
HERE = "127.0.0.1"  # the test client


def fill(amount: int = MOST, *, address: str = HERE, at: datetime = AT) -> None:
    """So many were filed from this network already."""
    spend("filings", windows=tuple(FILINGS_A_NETWORK), address=address, amount=amount, at=at)


def send(client: Client, *, photos: list[Any] | None = None, **typed: Any) -> str:
    typed = {"nonce": nonce_in(client.get("/en/file/").text), **typed}
    return client.post("/en/file/", {**RIGHT, **typed, "photos": photos or []}).text


def held_in(page: str) -> dict[str, list[str]]:
    """What the page would send again, as a browser does."""
    held: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
        held.setdefault(name, []).append(unescape(value))
    return held


@pytest.mark.django_db
def test_a_hundred_from_one_address_in_ten_minutes_are_all_stored_and_answered(client: Client) -> None:
    receipts = set()
    for number in range(100):
        with time_machine.travel(AT + number * timedelta(seconds=5), tick=False):
            receipts.add(receipt_in(send(client, statement=f"Kesi ya {number}")))
    assert len(receipts - {""}) == 100
    assert Grievance.objects.filter(bulk=False).count() == 100


@pytest.mark.django_db
def test_beyond_the_budget_send_is_pressed_once_more_and_nothing_is_lost(client: Client) -> None:
    said = 'Mistari miwili,\n"na" <alama> & 100 %'
    with time_machine.travel(AT, tick=False):
        fill()
        page = send(client, statement=said, families=["WG", "OS"], urgent="on", photos=[picture()])
        assert "Press “Send” once more" in page
        assert not Grievance.objects.exists()
        held = held_in(page)
        assert held["statement"] == [said]
        assert held["families"] == ["WG", "OS"]
        answer = client.post("/en/file/", held).text
    assert len(receipt_in(answer)) == 20
    kept = Grievance.objects.get()
    assert (kept.bulk, kept.urgent, kept.families) == (True, True, ["WG", "OS"])
    assert Attachment.objects.filter(grievance=kept).count() == 1


@pytest.mark.django_db
def test_a_ticket_is_for_one_form_and_for_a_day(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        fill()
        held = held_in(send(client))
        other = send(client, once_more=held["once_more"][0])
        assert "Press “Send” once more" in other
        assert "Press “Send” once more" in send(client, once_more="x")
    later = AT + timedelta(days=1, seconds=1)
    with time_machine.travel(later, tick=False):
        fill(at=later)
        assert "Press “Send” once more" in client.post("/en/file/", held).text
    assert not Grievance.objects.exists()


@pytest.mark.django_db
def test_other_networks_go_on_and_so_does_this_one_when_the_time_is_over(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        fill(address="192.0.2.1")
        assert receipt_in(send(client))
        fill()
        assert not receipt_in(send(client))
    with time_machine.travel(AT + timedelta(minutes=10), tick=False):
        assert receipt_in(send(client))
    assert not Grievance.objects.filter(bulk=True).exists()


@pytest.mark.django_db
def test_the_day_has_a_budget_too(client: Client) -> None:
    with time_machine.travel(AT, tick=False):
        for hour in range(1, 6):
            fill(at=AT - timedelta(hours=hour))
        assert not receipt_in(send(client))


@pytest.mark.django_db
def test_a_cache_that_is_away_keeps_nothing_from_being_stored(client: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    assert spend("filings", windows=(timedelta(days=1),), address=HERE, amount=10_000, at=AT) == (0,)
    assert receipt_in(send(client))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "none"),
        ("unix:", "none"),
    ],
)
def test_who_shares_a_network_shares_its_budget(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_count_of_a_network_is_forgotten_with_the_day_and_says_nothing_of_it(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "own"}}
    windows = (timedelta(minutes=10), timedelta(days=1))
    evening = AT.replace(hour=23, minute=59)
    assert spend("filings", windows=windows, address="192.0.2.7", at=evening) == (1, 1)
    assert spend("filings", windows=windows, address="192.0.2.200", at=evening) == (2, 2)
    assert spend("filings", windows=windows, address="198.51.100.1", at=evening) == (1, 1)
    keys = " ".join(cache._cache)  # type: ignore[attr-defined]
    assert "192.0.2" not in keys
    secret = cache.get(f"budgets-{evening.date().isoformat()}")
    assert secret
    assert project.SECRET_KEY not in secret
    assert spend("filings", windows=windows, address="192.0.2.7", at=evening + timedelta(minutes=1)) == (1, 1)
    assert cache.get(f"budgets-{AT.date() + timedelta(days=1)}") != secret
