"""The sweep finds what is due by its index, however much waits for later."""

import pytest
from django.db import connection

from notifications.models import Notice
from tests.factories import AT


@pytest.mark.parametrize("urgent", [True, False])
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what is in the table")
def test_due_notices_are_found_by_the_index_in_order(db: None, urgent: bool) -> None:
    plan = Notice.objects.due(AT, urgent=urgent)[:50].explain()
    assert "SEARCH notifications_notice USING INDEX notice_due" in plan
    assert "TEMP B-TREE" not in plan
