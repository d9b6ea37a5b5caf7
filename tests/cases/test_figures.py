"""The figures of UNGP 31: parts with their wholes, claimed and confirmed apart, over what exists for whoever looks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, intake
from cases.figures import Ratio, percentile, share_out, stays
from cases.models import Case, Filing, Rating
from cases.queries import figures
from grievance import receipts
from grievance.commands.filing import file_grievance
from tests.cases.conftest import AT, draft, screen
from tests.cases.test_admin import at_desk, text

DAY = timedelta(days=1)


def test_a_share_of_nothing_is_none_and_the_gap_is_what_is_left() -> None:
    assert Ratio("x", 0, 0).percent is None
    assert (Ratio("x", 1, 3).percent, Ratio("x", 1, 3).gap) == (33, 2)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_one_of_the_values_and_enough_do_not_exceed_it(days: list[float], share: float) -> None:
    found = percentile(days, share)
    assert found in days
    assert sum(day <= found for day in days) >= share * len(days) - 1e-9


def test_a_stay_that_goes_on_is_left_out_and_a_version_without_a_move_is_no_move() -> None:
    moves = [(1, "received", AT), (1, "received", AT + DAY), (1, "screening", AT + 2 * DAY), (2, "received", AT)]
    assert stays(moves) == {"received": [2.0]}


def test_parts_beyond_the_largest_still_count_in_the_whole() -> None:
    share = share_out("by site", [(str(number), 1) for number in range(20)], most=5)
    assert (len(share.parts), share.whole, share.parts[0].whole) == (5, 20, 20)


def another(chain: dict[str, Any], at: Any, **changes: Any) -> Case:
    given_ = {"site_id": chain["mine"].pk, **changes}
    file_grievance(draft=draft(**given_), nonce=receipts.new_nonce(), at=at)
    intake.take_up(at=at)
    return Case.objects.order_by("-pk")[0]


def by_label(user: User) -> dict[str, tuple[int, int]]:
    found = figures(user=user, since=AT - DAY, until=AT + 60 * DAY)
    return {
        str(row.label): (row.part, row.whole) for row in [*found.ratios, found.steps, found.silent_sites, found.rated]
    }


def test_each_figure_has_its_denominator(
    case: Case, chain: dict[str, Any], handler: User, supervisor: User, client: Client
) -> None:
    screen(case, handler)
    casework.acknowledge(case=case, by=handler, at=AT + 3 * DAY)
    late = another(chain, AT, openness="open", language="fr")
    casework.acknowledge(case=late, by=handler, at=AT + 9 * DAY)
    another(chain, AT)  # nobody acknowledged it
    aside = another(chain, AT)
    Case.objects.filter(pk=aside.pk).update(stage="set_aside")
    Case.objects.filter(pk=case.pk).update(stage="closed", closed_at=AT)
    Rating.objects.create(filing=Filing.objects.get(case=case), score=4, at=AT)
    rows = by_label(supervisor)
    assert rows["Acknowledged within seven days / due"] == (1, 3)
    assert rows["Anonymous / filed"] == (2, 3)
    assert rows["Answered how the handling was / closed"] == (1, 1)
    assert rows["Remedy steps confirmed by the people / claimed delivered"] == (0, 0)
    assert rows["Sites with no case at all / sites"][0] == rows["Sites with no case at all / sites"][1] - 1
    found = figures(user=supervisor, since=AT - DAY, until=AT + 60 * DAY)
    assert (found.cases, found.set_aside, found.satisfaction) == (3, 1, 4)
    languages = next(share for share in found.shares if str(share.label) == "By language")
    assert [(str(part.label), part.part, part.whole) for part in languages.parts] == [
        ("Kiswahili", 2, 3),
        ("français", 1, 3),
    ]


def test_what_does_not_exist_for_somebody_is_not_counted(
    case: Case, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    partial = person("sven", Role.SUPERVISOR, works_for=chain["one"])
    assert figures(user=partial, since=AT - DAY, until=AT + DAY).cases == 0


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.LEAD, 200), (Role.HANDLER, 403)])
def test_the_page_is_for_those_who_answer_for_the_mechanism(
    client: Client, case: Case, person: Callable[..., User], role: Role, status: int
) -> None:
    desk = at_desk(client, person("lia", role))
    assert ('href="/office/admin/figures/"' in text(desk.get("/office/admin/"))) == (status == 200)
    answer = desk.get("/office/admin/figures/?days=1095")
    assert answer.status_code == status
    if status == 200:
        shown = text(answer)
        assert "More cases is not failure" in shown
        assert "<svg" in shown
        assert "Remedy steps confirmed by the people / claimed delivered" in shown
