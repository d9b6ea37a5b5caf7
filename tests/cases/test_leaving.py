"""Withdrawal is the complainant's alone; it ends their filing, asks about pressure, and asks whether they are safe."""

from typing import Any

import pytest

from accounts.errors import Refused
from accounts.models import User
from cases.commands import leaving, many
from cases.models import Case, Filing, Rating, SafetyCheck, Withdrawal
from grievance.commands.filing import Filed
from tests.cases.conftest import AT
from tests.cases.test_many import another, follow


def test_withdrawing_ends_one_filing_and_asks_whether_they_are_safe(
    case: Case, chain: dict[str, Any], handler: User, filed: Filed
) -> None:
    second, theirs = another(chain)
    many.merge(case=second, other=case, by=handler, at=AT)
    leaving.withdraw(following=follow(theirs), pressed=True, words="Msimamizi aliniambia", at=AT)
    left = Filing.objects.get(grievance=follow(theirs).grievance)
    assert left.withdrawn_at == AT
    assert Filing.objects.live().filter(case=case).count() == 1
    case.refresh_from_db()
    assert case.stage == "received"  # the case goes on, without their words
    assert SafetyCheck.objects.get(filing=left).reason == "withdrawal"
    said = Withdrawal.objects.get()
    assert said.pressed is True
    assert b"Msimamizi" not in bytes(said.sealed_words or b"")
    event = case.events.get(kind="filing_withdrawn")
    assert (event.by, event.data) == (None, {"urgent": True})


def test_withdrawing_twice_changes_nothing(case: Case, filed: Filed) -> None:
    leaving.withdraw(following=follow(filed), pressed=None, at=AT)
    with pytest.raises(Refused, match="withdrawn_already"):
        leaving.withdraw(following=follow(filed), pressed=True, at=AT)
    assert Withdrawal.objects.get().pressed is None
    assert case.events.filter(kind="filing_withdrawn").count() == 1


def test_the_handling_is_rated_once_the_case_is_closed(case: Case, filed: Filed) -> None:
    with pytest.raises(Refused, match="not_closed"):
        leaving.rate(following=follow(filed), score=4, at=AT)
    Case.objects.update(stage="closed", closed_at=AT)
    leaving.rate(following=follow(filed), score=4, at=AT)
    leaving.rate(following=follow(filed), score=2, at=AT)
    assert Rating.objects.get().score == 2
    with pytest.raises(Refused, match="no_score"):
        leaving.rate(following=follow(filed), score=9, at=AT)
