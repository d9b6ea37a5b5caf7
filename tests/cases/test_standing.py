"""For whom a person speaks, what they are owed, and where it happened: nobody is turned away at the door."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from cases.codes import Standing, WaivedBecause
from cases.commands import casework, standing
from cases.models import Case
from cases.queries import follow_page
from grievance.commands import following
from grievance.commands.filing import Filed
from tests.cases.conftest import AT, opened, screen

LATER = AT + timedelta(hours=1)


def running(case: Case) -> set[str]:
    return set(case.clocks.filter(stopped_at=None).values_list("kind", flat=True))


@pytest.mark.parametrize("because", list(WaivedBecause))
def test_behaviour_3_an_acknowledgement_that_is_waived_is_neither_owed_nor_counted_as_given(
    client: Client, case: Case, filed: Filed, officer: User, handler: User, because: WaivedBecause
) -> None:
    feedback = case.clocks.get(kind="feedback").due_at
    standing.waive(case=case, filing=case.filings.get(), because=because, by=officer, at=LATER)
    assert running(case) == {"update", "feedback"}
    assert case.clocks.get(kind="feedback").due_at == feedback  # three months from the acknowledgement's last day
    with pytest.raises(Refused, match="waived"):
        casework.acknowledge(case=case, by=handler, at=LATER)
    assert Case.objects.get().acknowledged_at is None
    session = following.open_session(receipt=filed.receipt, at=LATER)
    page = follow_page(following=following.resume(session_key=session, at=LATER), at=LATER)
    assert page.next_word_by == AT + timedelta(days=30)
    client.force_login(handler)
    shown = client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()
    assert "not owed" in shown
    assert str(because.label) in shown
    assert 'id="act-acknowledge"' not in shown
    assert 'id="act-waive"' not in shown


def test_behaviour_3_of_several_people_the_others_are_acknowledged_to(
    case: Case, handler: User, chain: dict[str, Any]
) -> None:
    other = opened(site_id=chain["mine"].pk).filings.get()
    other.case = case
    other.save()
    first = case.filings.exclude(pk=other.pk).get()
    standing.waive(case=case, filing=first, because=WaivedBecause.DANGER, by=handler, at=LATER)
    assert "acknowledge" in running(case)
    casework.acknowledge(case=case, by=handler, at=LATER)
    assert Case.objects.get(pk=case.pk).acknowledged_at == LATER


def test_behaviour_3_waiving_is_recorded_with_its_reason_once(case: Case, handler: User) -> None:
    filing = case.filings.get()
    standing.waive(case=case, filing=filing, because=WaivedBecause.ASKED, by=handler, at=LATER)
    event = case.events.get(kind="acknowledgement_waived")
    assert (event.filing, event.by, event.data) == (filing, handler, {"because": "asked"})
    with pytest.raises(Refused, match="waived"):
        standing.waive(case=case, filing=filing, because=WaivedBecause.DANGER, by=handler, at=LATER)


@pytest.mark.parametrize("speaks", list(Standing))
@pytest.mark.parametrize("seen", [True, False])
def test_behaviour_5_for_whom_they_speak_and_the_authority_that_was_seen_are_on_record(
    client: Client, case: Case, officer: User, speaks: Standing, seen: bool
) -> None:
    client.force_login(officer)
    page = f"/office/admin/cases/case/{case.reference}/"
    given: dict[str, Any] = {"filing": case.filings.get().pk, "standing": speaks}
    client.post(f"{page}do/standing/", given | ({"authority_seen": "on"} if seen else {}))
    filing = case.filings.get()
    assert filing.standing == speaks
    assert (filing.authority_at is not None) == (seen and speaks != Standing.SELF)
    shown = client.get(page).content.decode()
    assert str(speaks.label) in html.unescape(shown)
    assert ("authority not seen" in shown) == (not seen and speaks != Standing.SELF)


def test_behaviour_5_nobody_is_turned_away_for_authority_that_was_not_seen(case: Case, handler: User) -> None:
    standing.record_standing(case=case, filing=case.filings.get(), standing=Standing.UNION, by=handler, at=LATER)
    screen(case, handler)
    casework.acknowledge(case=case, by=handler, at=LATER)
    assert Case.objects.get().stage == "screening"


def test_a_person_who_left_the_case_and_one_of_another_case_are_not_touched(
    case: Case, handler: User, chain: dict[str, Any]
) -> None:
    other = opened(site_id=chain["refiner site"].pk).filings.get()
    with pytest.raises(Refused, match="not_found"):
        standing.waive(case=case, filing=other, because=WaivedBecause.ASKED, by=handler, at=LATER)
    case.filings.update(withdrawn_at=AT)
    with pytest.raises(Refused, match="not_found"):
        standing.record_standing(case=case, filing=case.filings.get(), standing=Standing.UNION, by=handler, at=LATER)


@pytest.mark.parametrize("tier", ["mine", "refiner site", "cells site", "one site"])
def test_behaviour_11_a_site_of_any_tier_opens_a_case(chain: dict[str, Any], handler: User, tier: str) -> None:
    case = opened(site_id=chain[tier].pk)
    assert case.site == chain[tier]
    assert case.respondents.get(tier=0).organisation == chain[tier].operator
    assert case.exists_for(handler)


def test_behaviour_11_an_unknown_site_is_taken_in_the_persons_words(
    client: Client, chain: dict[str, Any], officer: User
) -> None:
    words = "la mine derrière la colline, après le pont cassé"
    case = opened(place=words)
    assert case.site is None
    assert not case.respondents.exists()
    client.force_login(officer)
    assert words in client.get(f"/office/admin/cases/case/{case.reference}/").content.decode()
