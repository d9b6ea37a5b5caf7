"""Clock arithmetic and ladders, against the calendar and the table of standards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import Rule, Unit, due_at, rungs
from cases.rules.packs import PACKS, rule_for


def rule(amount: int, unit: Unit, ladder: str = "own") -> Rule:
    return Rule("test", amount, unit, ladder, False, "D", "D", date(2020, 1, 1))


@pytest.mark.parametrize(
    ("started", "due"),
    [("2026-08-31", "2026-11-30"), ("2025-11-30", "2026-02-28"), ("2027-11-29", "2028-02-29")],
)
def test_month_ends_are_clamped(started: str, due: str) -> None:
    at = datetime.fromisoformat(f"{started}T12:00:00+00:00")
    assert due_at(rule(3, Unit.MONTHS), at).date().isoformat() == due


@pytest.mark.parametrize(
    ("country", "due"),
    [("", "2026-05-08"), ("DE", "2026-05-11"), ("ZZ", "2026-05-08")],  # 1 May is a holiday in Germany
)
def test_business_days_are_those_of_the_country(country: str, due: str) -> None:
    at = datetime(2026, 4, 30, 9, tzinfo=UTC)  # a Thursday
    plain = due_at(rule(6, Unit.BUSINESS_DAYS), at, country)
    assert plain.date().isoformat() == due


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.clock)
@given(started=st.datetimes(datetime(2022, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_ladder_climbs_in_time_and_passes_its_deadline(pack: Rule, started: datetime) -> None:
    due = due_at(pack, started, "CD")
    ladder = rungs(pack, started, due)
    assert due > started
    assert [rung.at for rung in ladder] == sorted(rung.at for rung in ladder)
    passed = [rung.at for rung in ladder if rung.event == "deadline_passed"]
    assert passed == ([due] if pack.ladder in {"own", "aim", "respondent"} else [])
    assert all(rung.at > started for rung in ladder)


def test_our_own_ladder_is_the_one_of_the_standards() -> None:
    started = datetime(2026, 1, 1, tzinfo=UTC)
    due = started + timedelta(days=30)
    ladder = [(rung.name, (rung.at - due).days, rung.to) for rung in rungs(rule(30, Unit.DAYS), started, due)]
    assert ladder == [
        ("T-7", -7, ("handler",)),
        ("T-2", -2, ("handler",)),
        ("T", 0, ("handler", "supervisor")),
        ("T+3", 3, ("lead",)),
        ("T+7", 7, ("oversight",)),
    ]


def test_a_respondents_ladder_climbs_the_chain() -> None:
    started = datetime(2026, 1, 1, tzinfo=UTC)
    due = started + timedelta(days=14)
    ladder = rungs(rule(14, Unit.DAYS, "respondent"), started, due)
    assert [rung.to for rung in ladder] == [
        ("respondent",),
        ("respondent",),
        ("handler", "supervisor", "respondent"),
        ("buyers",),
        ("automakers",),
        ("oversight",),
    ]


def test_every_rule_names_its_source() -> None:
    assert all(pack.source and pack.regime for pack in PACKS)
    assert rule_for("acknowledge", date(2026, 1, 1)).source == "WBD 9(1)(b)"
    with pytest.raises(KeyError):
        rule_for("acknowledge", date(2000, 1, 1))
