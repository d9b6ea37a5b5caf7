"""Numbers that can help: sourced, dated, never the police, and shown by country without a third party."""

from datetime import date

import pytest
import time_machine
from django.conf import settings as project
from django.template import Context, Template
from django.test import Client

from accounts.models import User
from grievance.help import LINES, Line, by_place, lines_in, to_look_at_again
from tests.factories import SiteFactory

# Those of the police, or answered by them, in the countries of the list and beside it.
POLICE = {"17", "100 AR", "101", "105", "110", "112", "133", "147", "190", "191", "197", "911", "999", "10111"}


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.country}-{line.kind}")
def test_each_has_a_source_a_place_and_a_number_that_can_be_dialled(line: Line) -> None:
    assert line.sources
    assert all(source.startswith(("https://", "http://")) for source in line.sources)
    assert line.number.isascii()
    assert line.number.isdigit()
    assert len(line.country) == 2
    assert line.place


def test_none_is_of_the_police() -> None:
    assert not {line.number for line in LINES} & POLICE
    assert not {f"{line.number} {line.country}" for line in LINES} & POLICE


def test_after_a_year_a_number_is_looked_at_again_and_stays() -> None:
    peru = lines_in("PE")
    assert peru[0].checked_on is not None
    assert to_look_at_again(date(2026, 12, 25), peru) == []
    assert to_look_at_again(date(2026, 12, 26), peru) == peru
    assert all(line in to_look_at_again(date(2020, 1, 1)) for line in LINES if line.checked_on is None)


@pytest.mark.django_db
@pytest.mark.parametrize("code", [code for code, _name in project.LANGUAGES])
def test_the_page_lists_every_country_and_asks_for_none(client: Client, code: str) -> None:
    page = client.get(f"/{code}/help/")
    assert page.status_code == 200
    for place, lines in by_place():
        assert place in page.text
        for line in lines:
            assert f'href="tel:{line.number}"' in page.text
    for never in ("http://", "https://", "<script", '<form method="get"'):
        assert never not in page.text


@pytest.mark.django_db
def test_every_page_leads_there_and_the_question_of_danger_too(client: Client) -> None:
    for path in ("", "file/", "follow/"):
        assert 'href="/en/help/"' in client.get(f"/en/{path}").text


def test_the_numbers_of_one_country_stand_where_they_are_needed() -> None:
    tag = Template("{% load beside %}{% help_lines country %}")
    assert 'href="tel:122"' in tag.render(Context({"country": "CD"}))
    assert "tel:" not in tag.render(Context({"country": "AQ"}))


def test_whoever_leads_the_programme_reads_which_are_old(client: Client, lead: User) -> None:
    client.force_login(lead)
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        page = client.get("/office/admin/readiness/").text
    assert "Help numbers to check" in page
    assert "Childline South Africa" in page
    assert "Línea 100" not in page


@pytest.mark.django_db
def test_the_question_of_danger_shows_the_numbers_of_the_chosen_country(client: Client) -> None:
    site = SiteFactory.create(country="CD")
    chosen = {"way": "one", "step": "danger", "do": "next", "statement": "x", "country": site.country}
    for way in ("one", "all"):
        asked = {**chosen, "way": way, "do": "all" if way == "all" else "next", "step": "kind"}
        page = client.post("/en/file/", asked).text
        assert "Is somebody in danger now?" in page
        assert 'href="tel:122"' in page
    assert "tel:" not in client.get("/en/file/").text
