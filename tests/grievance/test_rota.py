"""By when a human reads it: what the rota says, never sooner, in any zone and in the night that the clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from grievance.commands.rota import add_hours, end_hours
from grievance.models import ReadingHours
from grievance.queries import read_by
from grievance.rota import Hours, next_reading
from grievance.rules import URGENT_ANSWER_WITHIN
from grievance.templatetags.beside import read_by_words
from tests.factories import AT, UserFactory
from tests.grievance.test_views import post

ZONE = "Africa/Lubumbashi"  # two hours ahead of UTC, all year
OFFICE = [Hours(day, time(8), time(18), ZONE) for day in range(5)]
PAGE = "/office/admin/grievance/readinghours/"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-03-02 05:00", "2026-03-02 16:00"),  # Monday before the hours: at their end
        ("2026-03-02 12:00", "2026-03-02 16:00"),  # within them
        ("2026-03-02 15:00", "2026-03-02 16:00"),  # with just enough left
        ("2026-03-02 15:01", "2026-03-03 16:00"),  # with too little left
        ("2026-03-06 17:00", "2026-03-09 16:00"),  # Friday evening: nobody reads at the weekend
    ],
)
def test_it_is_read_by_the_end_of_the_hours_that_come_first(sent: str, read: str) -> None:
    found = next_reading(OFFICE, utc(sent))
    assert found is not None
    assert (found.at, found.zone) == (utc(read), ZONE)


def test_two_teams_share_a_day() -> None:
    manila = [Hours(0, time(8), time(12), "Asia/Manila")]
    found = next_reading([*OFFICE, *manila], utc("2026-03-01 23:00"))
    assert found is not None
    assert (found.at, found.zone) == (utc("2026-03-02 04:00"), "Asia/Manila")


def test_a_single_stretch_that_is_nearly_over_comes_again_in_a_week() -> None:
    found = next_reading([Hours(0, time(8), time(18), ZONE)], utc("2026-03-02 15:30"))
    assert found is not None
    assert found.at == utc("2026-03-09 16:00")


def test_the_clocks_change_and_the_hour_on_the_wall_holds() -> None:
    berlin = [Hours(6, time(9), time(17), "Europe/Berlin")]
    for sent, read in (("2026-03-21 12:00", "2026-03-22 16:00"), ("2026-03-28 12:00", "2026-03-29 15:00")):
        found = next_reading(berlin, utc(sent))
        assert found is not None
        assert found.at == utc(read)


def test_hours_that_a_night_leaves_out_promise_nothing() -> None:
    """On 29 March 2026 there is no time between two and three in Berlin."""
    found = next_reading([Hours(6, time(2), time(3), "Europe/Berlin")], utc("2026-03-28 12:00"))
    assert found is not None
    assert found.at >= utc("2026-03-29 01:00")


@pytest.mark.django_db
def test_without_a_rota_the_general_promise_stands() -> None:
    assert read_by(at=AT, urgent=True).at == AT + URGENT_ANSWER_WITHIN
    assert read_by_words(read_by(at=AT, urgent=True), AT) == "within 24 hours"


def week(lead: User) -> list[ReadingHours]:
    return [
        add_hours(weekday=day, from_time=time(8), until_time=time(18), zone=ZONE, by=lead, at=AT) for day in range(5)
    ]


def test_ended_hours_promise_nothing_any_more(lead: User) -> None:
    monday, *_others = week(lead)
    end_hours(hours=monday, by=lead, at=AT)
    assert read_by(at=AT, urgent=True).at == utc("2026-03-03 16:00")


def test_only_programme_leads_set_them_and_only_what_makes_sense(lead: User, officer: User) -> None:
    right = {"weekday": 0, "from_time": time(8), "until_time": time(18), "zone": ZONE, "at": AT}
    for wrong in ({"zone": "Africa/Nowhere"}, {"until_time": time(8)}):
        with pytest.raises(Refused):
            add_hours(**{**right, **wrong}, by=lead)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        add_hours(**right, by=officer)  # type: ignore[arg-type]
    assert not ReadingHours.objects.exists()


def test_the_form_and_the_receipt_say_the_hour_and_whose_it_is(client: Client, lead: User) -> None:
    week(lead)
    with time_machine.travel(AT, tick=False):
        assert "a person reads today by 18:00, time of Lubumbashi" in client.get("/en/file/").text
        assert "today by 18:00, time of Lubumbashi" in post(client, urgent="on")
        assert "You told us of danger" not in post(client)
    with time_machine.travel(AT + timedelta(hours=8), tick=False):
        assert "tomorrow by 18:00, time of Lubumbashi" in client.get("/en/file/").text
    with time_machine.travel(AT + timedelta(days=4, hours=8), tick=False):
        assert "on Monday 9 March by 18:00, time of Lubumbashi" in client.get("/en/file/").text


def test_the_page_of_the_rota(client: Client, lead: User) -> None:
    client.force_login(lead)
    typed = {"weekday": "0", "from_time": "08:00", "until_time": "18:00", "zone": ZONE}
    client.post(f"{PAGE}add/", typed)
    kept = ReadingHours.objects.get()
    assert (kept.added_by, kept.zone) == (lead, ZONE)
    client.post(f"{PAGE}add/", {**typed, "zone": "Mars"})
    assert ReadingHours.objects.count() == 1
    client.post(PAGE, {"action": "end_chosen", "_selected_action": [kept.pk]})
    assert ReadingHours.objects.get().ended_at is not None


def test_nobody_else_may_change_it(client: Client, officer: User) -> None:
    client.force_login(officer)
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}add/").status_code == 403
    client.force_login(UserFactory.create(roles=[Role.RESPONDENT]))
    assert client.get(PAGE).status_code in {302, 403}
