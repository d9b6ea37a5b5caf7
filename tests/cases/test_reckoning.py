"""How a deadline is reckoned: pauses, moves, calendars; and that no outage keeps a step from being taken."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Refused
from accounts.models import User
from cases.codes import PauseBecause, Result, Risk
from cases.commands import assessing, casework, clocks, closing, deadlines, escalating, urgency
from cases.commands.appeals import file_appeal
from cases.models import Breach, Case, CaseEvent, Clock
from cases.rules import LADDERS, Pause, Rule, Unit, due_at, next_rung, packs, reckoned, rungs
from cases.rules.calendars import day_there, end_of_day, zones_of
from cases.rules.packs import PACKS, rule_for
from cases.states import AsideReason, Outcome, Severity, Stage
from grievance.commands.filing import Filed
from tests.cases.conftest import AT
from tests.cases.inquiry import coming_back, found, standing_in, written

DAY = timedelta(days=1)
MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
COUNTRIES = st.sampled_from(["", "CD", "CN", "US", "CL", "FI", "IN", "ZZ"])


def rule(amount: int = 30, unit: Unit = Unit.DAYS, ladder: str = "own") -> Rule:
    return Rule("test", amount, unit, ladder, True, "D", "D", date(2020, 1, 1), extension=10)


# -- Pure


@given(
    started=MOMENTS, country=COUNTRIES, unit=st.sampled_from(list(Unit)), ladder=st.sampled_from(["own", "respondent"])
)
def test_a_pause_only_ever_moves_a_deadline_later_and_by_no_more_than_a_weekend_beyond_its_length(
    started: datetime, country: str, unit: Unit, ladder: str
) -> None:
    given_rule = rule(20, unit, ladder)
    plain = reckoned(given_rule, started, country=country)
    pause = Pause(started + timedelta(hours=1), started + timedelta(days=9, hours=1))
    moved = reckoned(given_rule, started, country=country, pauses=[pause])
    assert moved >= plain
    if unit == Unit.DAYS and ladder == "respondent":
        stood = day_there(pause.until_at, country) - day_there(pause.from_at, country)
        assert day_there(moved, country) - day_there(plain, country) == stood
        assert abs(stood - 9 * DAY) <= DAY
    elif unit != Unit.BUSINESS_DAYS:
        assert moved - plain == 9 * DAY


@pytest.mark.parametrize(
    ("started", "due"),
    [
        # In Finland the clocks go back on 30 October 2022, and forward on 29 March 2026.
        (datetime(2022, 10, 1, tzinfo=UTC), date(2022, 10, 30)),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), date(2026, 3, 30)),
    ],
)
def test_a_pause_over_the_change_of_the_clocks_gives_back_its_days_and_no_more(started: datetime, due: date) -> None:
    pause = Pause(started + timedelta(hours=1), started + timedelta(days=9, hours=1))
    moved = reckoned(rule(20, Unit.DAYS, "respondent"), started, country="FI", pauses=[pause])
    assert moved == end_of_day(moved, "FI")
    assert day_there(moved, "FI") == due


@given(started=MOMENTS, country=COUNTRIES)
def test_a_pause_after_the_day_moves_nothing(started: datetime, country: str) -> None:
    due = reckoned(rule(), started, country=country)
    assert reckoned(rule(), started, country=country, pauses=[Pause(due, due + 9 * DAY)]) == due


def test_a_pause_over_a_weekend_gives_back_its_working_days_alone() -> None:
    started = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
    five = rule(5, Unit.BUSINESS_DAYS)
    assert reckoned(five, started).date() == date(2026, 3, 9)
    over_the_weekend = Pause(datetime(2026, 3, 6, 9, tzinfo=UTC), datetime(2026, 3, 8, 9, tzinfo=UTC))
    assert reckoned(five, started, pauses=[over_the_weekend]).date() == date(2026, 3, 9)
    two_days = Pause(datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 5, 9, tzinfo=UTC))
    assert reckoned(five, started, pauses=[two_days]).date() == date(2026, 3, 11)


@given(started=MOMENTS, country=COUNTRIES)
def test_what_a_company_owes_is_due_when_the_day_is_over_everywhere_in_its_country(
    started: datetime, country: str
) -> None:
    due = due_at(rule(14, Unit.DAYS, "respondent"), started, country)
    assert due >= started + 13 * DAY
    for zone in zones_of(country):
        assert due.astimezone(zone) + timedelta(seconds=1) >= datetime.combine(
            (started + 14 * DAY).astimezone(zone).date(), datetime.min.time(), zone
        )


@pytest.mark.parametrize(
    ("country", "moment", "end"),
    [
        ("FI", "2026-03-28T12:00", "2026-03-28T21:59:59"),  # winter time
        ("FI", "2026-03-29T12:00", "2026-03-29T20:59:59"),  # the day on which summer time begins
        ("FI", "2026-10-25T12:00", "2026-10-25T21:59:59"),  # and on which it ends
        ("CN", "2026-05-01T02:00", "2026-05-01T17:59:59"),  # Ürümqi
        ("US", "2026-05-01T12:00", "2026-05-02T09:59:59"),  # Honolulu
        ("", "2026-05-01T12:00", "2026-05-01T23:59:59"),
    ],
)
def test_the_end_of_a_day_follows_daylight_saving(country: str, moment: str, end: str) -> None:
    at = datetime.fromisoformat(f"{moment}:00+00:00")
    assert end_of_day(at, country) == datetime.fromisoformat(f"{end}+00:00")


def test_working_days_keep_their_hour_over_the_change_of_clocks() -> None:
    friday = datetime(2026, 3, 27, 8, tzinfo=UTC)  # ten o'clock in Helsinki
    due = due_at(rule(1, Unit.BUSINESS_DAYS), friday, "FI")
    assert due == datetime(2026, 3, 30, 7, tzinfo=UTC)  # ten o'clock in Helsinki


@given(
    started=MOMENTS, length=st.timedeltas(timedelta(0), timedelta(days=400)), ladder=st.sampled_from(sorted(LADDERS))
)
def test_a_ladder_has_the_same_places_however_long_its_clock_is(
    started: datetime, length: timedelta, ladder: str
) -> None:
    made = rungs(replace(rule(ladder=ladder), target=2), started, started + length)
    assert len(made) == len(LADDERS[ladder])
    assert [rung.at for rung in made] == sorted(rung.at for rung in made)
    taken = [made[level] for level in range(next_rung(made, 0, started), len(made))]
    assert all(rung in taken for rung in made if rung.event != "deadline_neared")


# -- Pausing


@pytest.fixture
def clock(case: Case) -> Clock:
    return clocks.start(case, "investigation", at=AT)


def pause(clock: Clock, by: User, at: datetime, until: datetime) -> None:
    deadlines.pause(clock=clock, reason=PauseBecause.AUTHORITY, until=until, by=by, at=at)


def test_a_deadline_that_stands_still_reminds_nobody_and_runs_on_by_itself(
    case: Case, clock: Clock, supervisor: User
) -> None:
    pause(clock, supervisor, AT + 50 * DAY, AT + 80 * DAY)
    clock.refresh_from_db()
    assert (clock.due_at, clock.next_step_at) == (AT + 90 * DAY, AT + 83 * DAY)
    clocks.sweep(at=AT + 82 * DAY)
    assert not clock.events.exists()
    clocks.sweep(at=AT + 90 * DAY)
    assert [event.data["rung"] for event in clock.events.order_by("level")] == ["T-7", "T-2", "T"]
    paused = case.events.get(kind="clock_paused")
    until = (AT + 80 * DAY).isoformat()
    assert paused.data == {"of": "investigation", "reason": "authority", "until": until}


def test_a_reminder_that_would_fall_into_a_pause_comes_when_it_is_over(clock: Clock, supervisor: User) -> None:
    pause(clock, supervisor, AT + 58 * DAY, AT + 70 * DAY)
    clock.refresh_from_db()
    assert clock.next_step_at == AT + 70 * DAY  # seven days before its new day it still stood still
    clocks.sweep(at=AT + 69 * DAY)
    assert not clock.events.filter(level=0).exists()


def test_what_runs_on_early_is_due_earlier_again(case: Case, clock: Clock, supervisor: User) -> None:
    pause(clock, supervisor, AT + 10 * DAY, AT + 40 * DAY)
    deadlines.run_on(clock=clock, by=supervisor, at=AT + 15 * DAY)
    clock.refresh_from_db()
    assert clock.due_at == AT + 65 * DAY
    with pytest.raises(Refused, match="not_paused"):
        deadlines.run_on(clock=clock, by=supervisor, at=AT + 15 * DAY)
    pause(clock, supervisor, AT + 20 * DAY, AT + 25 * DAY)
    clock.refresh_from_db()
    assert clock.due_at == AT + 70 * DAY
    assert clock.pauses.count() == 2
    assert Case.objects.get(pk=case.pk).next_due_at is not None


def test_a_pause_has_its_limits(clock: Clock, handler: User, supervisor: User) -> None:
    with pytest.raises(Refused, match="not_yours"):
        pause(clock, handler, AT, AT + 10 * DAY)
    with pytest.raises(Refused, match="pause_too_long"):
        pause(clock, supervisor, AT, AT + 91 * DAY)
    with pytest.raises(Refused, match="pause_too_long"):
        pause(clock, supervisor, AT, AT)
    with pytest.raises(Refused, match="too_late"):
        pause(clock, supervisor, AT + 60 * DAY, AT + 61 * DAY)
    pause(clock, supervisor, AT, AT + 10 * DAY)
    with pytest.raises(Refused, match="paused_already"):
        pause(clock, supervisor, AT + DAY, AT + 12 * DAY)


def test_a_stopped_deadline_is_not_paused(case: Case, clock: Clock, supervisor: User) -> None:
    clocks.stop(case, "investigation", at=AT)
    with pytest.raises(Refused, match="not_found"):
        pause(clock, supervisor, AT, AT + 10 * DAY)


# -- Moving


def test_a_deadline_moves_with_the_severity_of_its_case(
    case: Case, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = standing_in(case, Stage.ASSESSMENT)
    clock = clocks.start(case, "assessment", at=AT)
    sooner = replace(rule_for("assessment", AT.date()), amount=10, severities=frozenset({Severity.CRITICAL}))
    monkeypatch.setattr(packs, "PACKS", (*PACKS, sooner))
    grade = {"scope": 1, "irremediability": 1, "imminent": False, "retaliation": Risk.LOW, "by": handler}
    assessing.assess(case=case, scale=5, at=AT + DAY, **grade)  # type: ignore[arg-type]
    clock.refresh_from_db()
    assert clock.due_at == AT + 10 * DAY
    assessing.assess(case=case, scale=4, at=AT + 2 * DAY, **grade)  # type: ignore[arg-type]
    clock.refresh_from_db()
    assert clock.due_at == AT + 30 * DAY


def test_of_several_rules_the_one_that_is_due_first_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    month = replace(rule_for("assessment", AT.date()), amount=1, unit=Unit.MONTHS, regime="other")
    weeks = replace(rule_for("assessment", AT.date()), amount=20, unit=Unit.BUSINESS_DAYS, regime="another")
    monkeypatch.setattr(packs, "PACKS", (month, weeks, *PACKS))
    assert rule_for("assessment", date(2026, 3, 2)).regime == "another"
    ended = replace(weeks, valid_until=date(2026, 1, 1))
    monkeypatch.setattr(packs, "PACKS", (month, ended, *PACKS))
    assert rule_for("assessment", date(2026, 2, 2)).regime == "other"


def test_a_missed_day_that_moves_ahead_keeps_its_breach_and_warns_anew(
    case: Case, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks.sweep(at=AT + 61 * DAY)
    assert Breach.objects.filter(clock=clock, mended_at=None).exists()
    longer = [one if one.clock != "investigation" else replace(one, amount=90) for one in PACKS]
    monkeypatch.setattr(packs, "PACKS", tuple(longer))
    deadlines.reckon_case(case=case, at=AT + 62 * DAY)
    old, new = Clock.objects.filter(case=case, kind="investigation").order_by("pk")
    assert (old.stopped_at, Breach.objects.get(clock=old).mended_at) == (AT + 62 * DAY, AT + 62 * DAY)
    assert (new.due_at, new.level, new.stopped_at) == (AT + 90 * DAY, 0, None)
    clocks.sweep(at=AT + 90 * DAY)
    assert [event.data["rung"] for event in new.events.order_by("level")] == ["T-7", "T-2", "T"]


def test_a_day_that_moves_into_the_past_is_a_breach_at_the_next_sweep(case: Case, clock: Clock) -> None:
    clocks.bring_forward(case, "investigation", due=AT + 20 * DAY, at=AT + 30 * DAY)
    clocks.sweep(at=AT + 30 * DAY)
    assert clock.events.filter(data__rung="T+7").exists()
    assert Breach.objects.get(clock=clock).due_at == AT + 20 * DAY


# -- Outages


def test_after_any_outage_every_missed_level_has_its_event(case: Case, clock: Clock) -> None:
    assert clocks.sweep(at=AT + 400 * DAY) > 0
    for one in case.clocks.exclude(next_step_at__isnull=False):
        ladder = LADDERS[rule_for(one.kind, one.started_at.date()).ladder]
        assert one.events.count() == len(ladder), one.kind
        assert one.breach.due_at == one.due_at
    assert clocks.sweep(at=AT + 400 * DAY) == 0


def test_what_is_done_late_during_an_outage_is_on_record_all_the_same(case: Case, handler: User) -> None:
    casework.acknowledge(case=case, by=handler, at=AT + 9 * DAY)  # no sweep came by since the receipt
    clock = case.clocks.get(kind="acknowledge")
    assert [event.data["rung"] for event in clock.events.order_by("level")] == ["target", "50%", "80%", "T", "+25%"]
    breach = Breach.objects.get(clock=clock)
    assert (breach.due_at, breach.mended_at) == (AT + 7 * DAY, AT + 9 * DAY)


def test_setting_aside_ends_no_breach_for_good(case: Case, handler: User) -> None:
    clocks.sweep(at=AT + 8 * DAY)
    casework.set_aside(case=case, reason=AsideReason.TEST, by=handler, at=AT + 9 * DAY)
    assert Breach.objects.get().mended_at == AT + 9 * DAY
    casework.bring_back(case=case, by=handler, at=AT + 10 * DAY)
    assert Breach.objects.get().mended_at is None


def test_a_sweep_works_in_chunks_until_nothing_is_due(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalating, "CHUNK", 2)
    for _ in range(5):
        clocks.start(case, "investigation", at=AT)
    assert clocks.sweep(at=AT + 70 * DAY) >= 5
    assert CaseEvent.objects.filter(clock__kind="investigation", data__rung="T").count() == 5
    assert Breach.objects.filter(clock__kind="investigation").count() == 5


# -- Urgency


def test_an_acknowledgement_is_due_sooner_in_danger_and_in_the_laws_time_when_it_is_over(
    case: Case, handler: User, officer: User
) -> None:
    urgency.mark_urgent(case=case, by=officer, at=AT + DAY)
    assert not case.clocks.running().filter(kind="acknowledge").exists()
    assert case.clocks.running().get(kind="acknowledge_urgent").due_at == AT + 2 * DAY
    urgency.end_urgent(case=case, plan="They moved away", by=handler, at=AT + 3 * DAY)
    assert Breach.objects.get(clock__kind="acknowledge_urgent").mended_at == AT + 3 * DAY
    assert case.clocks.running().get(kind="acknowledge").due_at == AT + 7 * DAY


def test_feedback_is_owed_again_when_an_appeal_opens_a_closed_case(case: Case, filed: Filed, handler: User) -> None:
    case = standing_in(case, Stage.INVESTIGATION)
    found(case, handler, result=Result.UNSUBSTANTIATED)
    written(case, handler)
    closing.close(case=case, outcome=Outcome.UNSUBSTANTIATED, by=handler, at=AT + DAY)
    assert not case.clocks.owed().exists()
    at = AT + 2 * DAY
    file_appeal(following=coming_back(filed, at), grounds="Si kweli", at=at)
    assert case.clocks.running().get(kind="feedback").started_at == at
