"""The demo shows a remedy in each of its states, made by commands alone, and a login for whoever has a part in it."""

from datetime import datetime

import pytest

from cases import demo
from cases.demo import cast as actors
from cases.demo import words
from cases.models import Case, Rating, RemedyStep, Seat
from cases.states import Outcome

REMEDIES = [story for story in words.STORIES if story.plan]


def test_the_demo_has_a_remedy_on_its_way_and_one_that_was_confirmed_and_rated(
    db: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "STORIES", REMEDIES)
    assert demo.load(at=at) == 2
    delivering, closed = Case.objects.order_by("pk")
    assert (delivering.stage, closed.stage, closed.outcome) == ("remedy_delivery", "closed", Outcome.REMEDIED)
    steps = RemedyStep.objects.order_by("plan__case", "number")
    assert list(steps.values_list("state", flat=True)) == ["confirmed", "disputed", "delivered", "confirmed"]
    assert Rating.objects.get().filing.case == closed
    guests = set(Seat.objects.filter(case=delivering).values_list("user__username", flat=True))
    assert guests == {"vera", "pia"}
    assert all(f"  {guest}" in actors.logins() for guest in guests)
    assert demo.load(at=at) == 0
