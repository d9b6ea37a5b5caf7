"""Deadlines on the page of a case: what is due and why, what stands still, what was missed, and what may be done."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cases.codes import PauseBecause
from cases.commands import clocks, deadlines
from cases.models import Breach, Case, Clock, ClockPause
from cases.states import Stage
from tests.cases.inquiry import found, standing_in
from tests.cases.test_admin import at_desk, do, more_cases, page_of, text

DAY = timedelta(days=1)
NOW = timezone.now()


@pytest.fixture
def looked_into(case: Case, handler: User) -> Case:
    """Its investigation began a day ago."""
    Case.objects.filter(pk=case.pk).update(handler=handler)
    case = standing_in(case, Stage.INVESTIGATION)
    clocks.start(case, "investigation", at=NOW - DAY)
    return case


@pytest.fixture
def desk(client: Client, looked_into: Case, supervisor: User) -> Client:
    return at_desk(client, supervisor)


def due(response: Any) -> str:
    """The part of the page on what is due, in plain words."""
    shown = text(response)
    part = shown[shown.index('id="due"') : shown.index('id="said"')]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)))


def until(days: int) -> str:
    return (timezone.localtime(NOW) + days * DAY).date().isoformat()


def running(case: Case, kind: str) -> Clock:
    return Clock.objects.running().get(case=case, kind=kind)


# -- What is due


def test_each_deadline_says_its_day_and_where_it_comes_from(desk: Client, looked_into: Case) -> None:
    company = looked_into.respondents.select_related("organisation").order_by("tier")[0]
    clocks.start(looked_into, "respondent_answers", at=NOW, respondent=company, country="CD")
    shown = due(desk.get(page_of(looked_into)))
    assert "Investigation in 59 days" in shown
    assert "our own rule" in shown
    assert "WBD 9(1)(b)" in shown  # of the acknowledgement that is owed
    assert f"Company answers {company.organisation}" in shown
    assert "calendar of CD" in shown
    assert re.search(r"in 1[45] days [0-9]+ \w+ [0-9]{4} · our own rule · calendar of CD", shown)  # a day, and no hour


def test_what_the_people_may_still_do_stands_apart_and_is_never_late(
    desk: Client, looked_into: Case, handler: User
) -> None:
    found(looked_into, handler, at=NOW - DAY)
    shown = due(desk.get(page_of(looked_into)))
    ours, _heading, theirs = shown.partition("What the people who filed may still do")
    assert "The person's time for an appeal" in theirs
    assert "appeal" not in ours
    Clock.objects.filter(kind="appeal_filed").update(started_at=NOW - 61 * DAY, due_at=NOW - DAY)
    assert "appeal" not in due(desk.get(page_of(looked_into)))


def test_a_missed_deadline_stays_on_the_page_for_good(desk: Client, looked_into: Case, handler: User) -> None:
    Clock.objects.filter(kind="investigation").update(
        started_at=NOW - 70 * DAY, due_at=NOW - 10 * DAY, next_step_at=NOW - 10 * DAY
    )
    clocks.sweep(at=NOW)
    assert "still missed" in due(desk.get(page_of(looked_into))).partition("Missed deadlines")[2]
    clocks.stop(looked_into, "investigation", at=NOW)
    Breach.objects.exclude(clock__kind="investigation").delete()
    missed = due(desk.get(page_of(looked_into))).partition("Missed deadlines")[2]
    assert "Investigation done 10 days late" in missed
    assert "still missed" not in missed


def test_a_page_asks_as_often_for_many_deadlines_as_for_few(
    desk: Client, looked_into: Case, handler: User, chain: dict[str, Any]
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page_of(looked_into)).status_code == 200
        return len(asked)

    found(looked_into, handler, at=NOW - DAY)
    clock = clocks.start(looked_into, "eligibility", at=NOW)
    ClockPause.objects.create(clock=clock, from_at=NOW, until_at=NOW + DAY, reason="agreed", by=handler)
    Breach.objects.create(clock=clock, case=looked_into, due_at=NOW, noted_at=NOW)
    before = cost()
    for one in more_cases(chain["mine"].pk, 3):
        one.filings.update(case=looked_into)
    clocks.start_appeals(looked_into, looked_into.filings.all(), at=NOW - DAY)
    for _number in range(4):
        more = clocks.start(looked_into, "assessment", at=NOW)
        ClockPause.objects.create(clock=more, from_at=NOW, until_at=NOW + DAY, reason="agreed", by=handler)
        Breach.objects.create(clock=more, case=looked_into, due_at=NOW, noted_at=NOW)
    assert cost() == before
    assert "4 people until" in due(desk.get(page_of(looked_into)))


# -- Standing still


def test_a_supervisor_lets_a_deadline_stand_still_and_run_on(desk: Client, looked_into: Case) -> None:
    clock = running(looked_into, "investigation")
    before = clock.due_at
    answer = do(desk, looked_into, "pause", clock=clock.pk, reason="authority", until=until(10))
    assert answer.status_code == 302
    shown = due(desk.get(page_of(looked_into)))
    assert "stands still" in shown
    assert "Waits for an authority or a court – irene" in shown
    assert "Waits for an authority or a court · until" in text(desk.get(page_of(looked_into)))  # the timeline
    clock.refresh_from_db()
    assert clock.due_at > before + 8 * DAY
    assert 'id="act-run-on"' in text(desk.get(page_of(looked_into)))
    do(desk, looked_into, "run-on", clock=clock.pk)
    assert "stands still" not in due(desk.get(page_of(looked_into)))
    clock.refresh_from_db()
    assert clock.due_at - before < DAY


def test_a_pause_that_is_refused_keeps_what_was_typed_and_says_why(desk: Client, looked_into: Case) -> None:
    clock = running(looked_into, "investigation")
    answer = do(desk, looked_into, "pause", clock=clock.pk, reason="agreed", until=until(200))
    assert "at most 90 days from now" in text(answer)
    assert f'value="{until(200)}"' in text(answer)
    assert not ClockPause.objects.exists()


def test_what_may_never_stand_still_cannot_be_chosen(desk: Client, looked_into: Case) -> None:
    shown = text(desk.get(page_of(looked_into)))
    form = shown[shown.index('id="act-pause"') :].partition("</form>")[0]
    assert "Investigation – due" in form
    assert "Acknowledge" not in form
    assert "Feedback" not in form


def test_each_persons_time_for_an_appeal_may_stand_still(desk: Client, looked_into: Case, handler: User) -> None:
    found(looked_into, handler, at=NOW - DAY)
    assert "The person&#x27;s time for an appeal – Person 1 who filed" in text(desk.get(page_of(looked_into)))
    clock = running(looked_into, "appeal_filed")
    do(desk, looked_into, "pause", clock=clock.pk, reason="disaster", until=until(10))
    assert "stands still until" in due(desk.get(page_of(looked_into))).partition("may still do")[2]


def test_a_handler_has_no_button_for_it(client: Client, looked_into: Case, handler: User) -> None:
    shown = text(at_desk(client, handler).get(page_of(looked_into)))
    assert "act-pause" not in shown
    assert "act-feedback" in shown


# -- Feedback


def test_behaviour_2_feedback_ends_by_saying_that_it_was_given(
    client: Client, looked_into: Case, handler: User
) -> None:
    desk = at_desk(client, handler)
    do(desk, looked_into, "feedback")
    assert not Clock.objects.running().filter(kind="feedback").exists()
    shown = text(desk.get(page_of(looked_into)))
    assert "Feedback given" in shown
    assert "act-feedback" not in shown


def reply(desk: Client, case: Case, **changes: Any) -> Any:
    given = {"filing": case.filings.get().pk, "body": "Tumeuliza kampuni.", "language": "sw", "read_up_to": 0}
    return do(desk, case, "reply", **{**given, **changes})


def test_behaviour_2_a_reply_may_be_the_feedback(client: Client, looked_into: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    reply(desk, looked_into)
    assert Clock.objects.running().filter(kind="feedback").exists()
    reply(desk, looked_into, feedback="on")
    assert not Clock.objects.running().filter(kind="feedback").exists()


def test_behaviour_2_what_they_cannot_read_yet_is_no_feedback(client: Client, looked_into: Case, handler: User) -> None:
    desk = at_desk(client, handler)
    answer = reply(desk, looked_into, feedback="on", language="fr", body="Nous avons parlé.")
    assert "They cannot read this yet" in text(answer)
    assert "Nous avons parlé." in text(answer)
    assert Clock.objects.running().filter(kind="feedback").exists()
    assert not looked_into.events.filter(kind="reply_written").exists()


def test_behaviour_2_what_is_written_to_all_may_be_the_feedback(
    client: Client, looked_into: Case, handler: User, chain: dict[str, Any]
) -> None:
    (other,) = more_cases(chain["mine"].pk, 1)
    other.filings.update(case=looked_into)
    desk = at_desk(client, handler)
    assert 'id="reply-feedback"' not in text(desk.get(page_of(looked_into)))
    do(desk, looked_into, "reply-all", text_en="We asked the company.", feedback="on")
    assert not Clock.objects.running().filter(case=looked_into, kind="feedback").exists()


def test_a_programme_lead_reads_of_deadlines_and_not_of_safety(
    client: Client, looked_into: Case, person: Callable[..., User], handler: User
) -> None:
    clocks.start(looked_into, "safety_check", at=NOW - DAY)
    assert "whether they are safe" in due(at_desk(client, handler).get(page_of(looked_into)))
    shown = text(at_desk(client, person("marta", Role.LEAD)).get(page_of(looked_into)))
    assert "Investigation" in shown
    assert "The person&#x27;s answer whether they are safe" not in shown


def test_a_pause_is_told_by_the_person_who_made_it(looked_into: Case, supervisor: User) -> None:
    clock = running(looked_into, "investigation")
    deadlines.pause(clock=clock, reason=PauseBecause.AGREED, until=NOW + 5 * DAY, by=supervisor, at=NOW)
    event = looked_into.events.get(kind="clock_paused")
    assert event.data["of"] == "investigation"
    assert event.by == supervisor
