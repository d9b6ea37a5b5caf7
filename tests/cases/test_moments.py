"""Moments in words, as an officer reads them."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from cases import labels
from cases.events import KINDS
from cases.moments import due_in_words, past_in_words, urgency
from cases.rules import LADDERS
from cases.rules.packs import PACKS

NOW = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


@pytest.mark.parametrize(
    ("hours", "words", "mark"),
    [
        (72, "in 3 days", ""),
        (47, "in 47 hours", "soon"),
        (0.5, "in 30 minutes", "soon"),
        (-0.001, "1 minute late", "overdue"),
        (-30, "30 hours late", "overdue"),
        (-49, "2 days late", "overdue"),
    ],
)
def test_a_deadline_says_how_far_away_it_is(hours: float, words: str, mark: str) -> None:
    due = NOW + timedelta(hours=hours)
    assert due_in_words(due, NOW) == words
    assert urgency(due, NOW) == mark


def test_the_past_is_told_from_now() -> None:
    assert past_in_words(NOW - timedelta(seconds=5), NOW) == "just now"
    assert past_in_words(NOW - timedelta(days=20), NOW) == "20 days ago"
    assert past_in_words(NOW + timedelta(days=4), NOW) == "in 4 days"


def test_every_code_that_the_office_shows_has_words() -> None:
    assert set(labels.EVENTS) == {str(kind) for kind in KINDS}
    assert {rule.clock for rule in PACKS} <= set(labels.CLOCKS)
    for step in (step for ladder in LADDERS.values() for step in ladder):
        assert set(step.to) <= set(labels.AUDIENCES)
        with translation.override("en"):
            assert labels.rung_in_words(step.name) != step.name
            assert labels.rung_in_words(step.short) != step.short


@pytest.mark.parametrize(
    ("rung", "words"),
    [("T", "on its day"), ("T-7", "7 days before"), ("T+3", "3 days after"), ("50%", "50 % of its time gone"),
     ("+25%", "25 % past its time")],
)  # fmt: skip
def test_a_rung_of_the_ladder_is_told_in_words(rung: str, words: str) -> None:
    assert labels.rung_in_words(rung) == words
