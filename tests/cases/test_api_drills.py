"""Practice over the interface: only what a call itself says is practice, and only while a drill runs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from grievance.commands.partners import drills
from grievance.models import Arrival, Drill, FieldPartner, Practice
from tests.cases.programs import KEY, OTHER_KEY, Program, a_body


@pytest.fixture
def drill(union: FieldPartner, neema: User) -> Drill:
    return drills.start_drill(partner=union, by=neema, at=timezone.now())


def test_what_does_not_say_so_is_real_whoever_practises_meanwhile(program: Program, drill: Drill) -> None:
    status, body = program.post("grievances/", a_body())
    assert (status, body["drill"]) == (201, False)
    _status, many = program.post("batches/", {"rows": [a_body("one"), a_body("two", drill=False)]}, key=OTHER_KEY)
    assert [row["filed"]["drill"] for row in many["rows"]] == [False, False]
    assert not Practice.objects.exists()
    assert Arrival.objects.count() == 3


def test_what_says_so_in_a_drill_is_practice_message_by_message(program: Program, drill: Drill) -> None:
    status, body = program.post("grievances/", a_body(drill=True))
    assert (status, body["drill"]) == (201, True)
    _status, many = program.post("batches/", {"rows": [a_body("one", drill=True), a_body("two")]}, key=OTHER_KEY)
    assert [row["filed"]["drill"] for row in many["rows"]] == [True, False]
    assert set(Practice.objects.values_list("drill", flat=True)) == {drill.pk}
    assert Arrival.objects.count() == 1
    _status, stands = program.get(f"grievances/{body['reference']}/")
    assert stands["drill"] is True


def test_nothing_is_practice_without_a_drill_and_none_of_a_list_is_kept(program: Program) -> None:
    status, body = program.post("grievances/", a_body(drill=True))
    assert (status, body["code"]) == (409, "no_drill")
    rows = [a_body("one"), a_body("two", drill=True)]
    status, body = program.post("batches/", {"rows": rows}, key=OTHER_KEY)
    assert (status, body["code"]) == (409, "no_drill")
    assert not Practice.objects.exists()
    assert not Arrival.objects.exists()


def test_the_same_call_after_the_drill_gives_what_it_gave(program: Program, drill: Drill) -> None:
    first = program.post("grievances/", a_body(drill=True), key=KEY)[1]
    Drill.objects.update(ends_at=timezone.now() - timedelta(seconds=1), started_at=timezone.now() - timedelta(hours=1))
    status, again = program.post("grievances/", a_body(drill=True), key=KEY)
    assert (status, again["receipt"], again["drill"]) == (200, first["receipt"], True)
