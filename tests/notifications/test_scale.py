"""The sweep finds what is due by its index, however much waits for later."""

import pytest
from django.db import connection

from notifications.codes import Lane
from notifications.models import Notice
from tests.factories import AT


@pytest.mark.parametrize("lane", list(Lane))
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what is in the table")
def test_due_notices_are_found_by_the_index_in_order(db: None, lane: Lane) -> None:
    plan = Notice.objects.due(AT, [lane])[:50].explain()
    assert "SEARCH notifications_notice USING INDEX notice_due" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what is in the table")
def test_whether_anything_is_due_or_waits_for_its_letter_is_asked_of_an_index(db: None) -> None:
    assert "SEARCH notifications_notice USING" in (plan := Notice.objects.due(AT, Lane).order_by().explain())
    assert "notice_due" in plan
    assert "notice_daily" in Notice.objects.of_day(AT).explain()
