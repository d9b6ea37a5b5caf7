"""HELP says who helps where the phone is at home: as many numbers as fit, and nothing of whom they help."""

import pytest

from accounts.models import User
from grievance import help as helping
from grievance.help import LINES, Line, lines_in, listed_by_text
from grievance.models import Reply
from grievance.rules import SEGMENTS_A_TEXT
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway

pytestmark = pytest.mark.django_db
HELPED = "Write what happened, in your own words."


def test_the_numbers_of_the_country_of_the_phone_stand_behind_what_can_be_written(lead: User) -> None:
    (said,) = Phone(a_gateway(lead, language="en"), "+260955123456").write("HELP", AT)
    assert said.startswith(HELPED)
    assert said.endswith("They help: Childline Zambia 116, Lifeline Zambia 933")
    assert not any(str(line.label) in said for line in LINES)


def test_a_phone_from_a_country_without_any_gets_those_of_its_gateway(lead: User) -> None:
    gateway = a_gateway(lead, language="en", country="cd")
    (said,) = Phone(gateway, "+250788123456").write("HELP", AT)
    assert said.endswith("They help: Ligne verte 122 122")


def test_where_none_is_known_none_is_named(lead: User) -> None:
    (said,) = Phone(a_gateway(lead, language="en"), "+250788123456").write("HELP", AT)
    assert said.startswith(HELPED)
    assert "They help" not in said


def test_in_a_conversation_its_question_still_comes_last(lead: User) -> None:
    phone = Phone(a_gateway(lead, language="en"))
    phone.write("Hatujalipwa", AT)
    (said,) = phone.write("HELP", AT)
    assert "Ligne verte 122 122" in said
    assert said.endswith("Answer 1 for yes, 2 for no.")


def test_so_many_as_fit_and_one_at_least(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    line = lines_in("CD")[0]
    many = tuple(Line(**{**vars(line), "number": str(1000 + one)}) for one in range(60))
    monkeypatch.setattr(helping, "LINES", many)
    Phone(a_gateway(lead, language="en")).write("HELP", AT)
    assert Reply.objects.get().segments == SEGMENTS_A_TEXT


def test_one_number_that_helps_two_kinds_of_people_is_said_once() -> None:
    assert listed_by_text(lines_in("ID")) == "SAPA 129 129"
