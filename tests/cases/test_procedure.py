"""The public rules of procedure, their versions, and the one that a case keeps (behaviour 10: LkSG §8(2))."""

import gzip
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from cases.commands import casework
from cases.models import Case
from cases.rules import procedure
from cases.rules.packs import rule_for
from cases.rules.procedure import VERSIONS, Version, version_named, version_on
from grievance.commands.filing import Filed
from tests.cases.conftest import AT, opened

NEXT = Version("2099-1", date(2099, 1, 1))


def test_behaviour_10_versions_are_dated_and_each_has_its_text() -> None:
    assert [one.valid_from for one in VERSIONS] == sorted(one.valid_from for one in VERSIONS)
    assert len({one.name for one in VERSIONS}) == len(VERSIONS)
    for one in VERSIONS:
        assert version_named(one.name) == one
        assert version_on(one.valid_from) == one
    assert version_on(VERSIONS[0].valid_from - timedelta(days=1)) == VERSIONS[0]


@pytest.mark.django_db
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_behaviour_10_anybody_reads_the_rules_in_their_language_on_an_old_phone(client: Client, language: str) -> None:
    answer = client.get(f"/{language}/rules/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert len(gzip.compress(answer.content)) < 14_000
    assert "<script" not in answer.content.decode()
    assert client.get(f"/{language}/rules/{VERSIONS[0].name}/").status_code == 200
    assert client.get(f"/{language}/rules/1999-9/").status_code == 404


def test_behaviour_10_the_home_page_the_form_and_the_page_of_the_person_lead_there(
    client: Client, case: Case, filed: Filed
) -> None:
    for place in ("/en/", "/en/file/", "/en/follow/"):
        assert 'href="/en/rules/"' in client.get(place).content.decode(), place
    own = client.post("/en/follow/", {"receipt": filed.receipt}, follow=True).content.decode()
    assert f'href="/en/rules/{case.procedure}/"' in own


def test_behaviour_10_a_case_keeps_the_version_that_it_began_under(
    client: Client, chain: dict[str, Any], handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(site_id=chain["mine"].pk)
    monkeypatch.setattr(procedure, "VERSIONS", (*VERSIONS, NEXT))
    assert version_on(date(2100, 1, 1)) == NEXT
    casework.acknowledge(case=case, by=handler, at=AT)
    assert Case.objects.get().procedure == VERSIONS[0].name
    client.force_login(handler)
    shown = client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()
    assert f'href="/en/rules/{VERSIONS[0].name}/"' in shown


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("acknowledge", "Within {} days a person has read"),
        ("acknowledge_urgent", "within {} hours"),
        ("eligibility", "Within {} days after that"),
        ("assessment", "Within {} days more"),
        ("investigation", "within {} days. Once"),
        ("update", "at least every {} days"),
        ("feedback", "within {} months"),
        ("answer_message", "within {} working days"),
        ("remedy_plan", "follows within {} days"),
        ("appeal_decided", "decide within {} days"),
    ],
)
def test_behaviour_10_the_rules_promise_what_the_clocks_keep(client: Client, clock: str, words: str) -> None:
    """Of the version in force: an older one promises what it did then."""
    shown = client.get("/en/rules/").content.decode()
    assert words.format(rule_for(clock, VERSIONS[-1].valid_from).amount) in shown
