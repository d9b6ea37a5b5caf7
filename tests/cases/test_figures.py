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
from cases.commands import casework, clocks, deadlines, intake
from cases.figures import Ratio, percentile, share_out, stays
from cases.models import Case, Filing, Rating
from cases.queries import figures
from cases.states import AsideReason
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


# -- Deadlines kept


def kept(user: User, label: str, *, at: timedelta) -> tuple[int, int]:
    found = figures(user=user, since=AT - DAY, until=AT + at)
    ratios = {str(one.label): one for one in [*found.ratios, *found.deadlines]}
    return (ratios[label].part, ratios[label].whole) if label in ratios else (0, 0)


FEEDBACK = "Feedback within three months / due"


def test_behaviour_2_feedback_is_owed_once_however_often_its_time_began(
    case: Case, handler: User, supervisor: User
) -> None:
    assert kept(supervisor, FEEDBACK, at=30 * DAY) == (0, 0)  # not due yet
    casework.acknowledge(case=case, by=handler, at=AT + DAY)
    assert kept(supervisor, FEEDBACK, at=30 * DAY) == (0, 0)
    assert kept(supervisor, FEEDBACK, at=100 * DAY) == (0, 1)
    deadlines.give_feedback(case=case, by=handler, at=AT + 40 * DAY)
    assert kept(supervisor, FEEDBACK, at=100 * DAY) == (1, 1)
    assert kept(supervisor, "Feedback to the person", at=100 * DAY) == (1, 1)


def test_behaviour_2_feedback_that_came_late_was_not_kept(case: Case, handler: User, supervisor: User) -> None:
    casework.acknowledge(case=case, by=handler, at=AT + DAY)
    deadlines.give_feedback(case=case, by=handler, at=AT + 120 * DAY)
    assert kept(supervisor, FEEDBACK, at=130 * DAY) == (0, 1)


def test_behaviour_2_what_closing_ended_in_time_was_kept(case: Case, handler: User, supervisor: User) -> None:
    clocks.stop_all(case, at=AT + 20 * DAY)
    assert kept(supervisor, FEEDBACK, at=130 * DAY) == (1, 1)


def test_what_is_set_aside_counts_as_neither_kept_nor_missed(case: Case, handler: User, supervisor: User) -> None:
    screen(case, handler, AT)
    casework.set_aside(case=Case.objects.get(), reason=AsideReason.TEST, by=handler, at=AT + DAY)
    found = figures(user=supervisor, since=AT - DAY, until=AT + 200 * DAY)
    assert (found.deadlines, kept(supervisor, FEEDBACK, at=200 * DAY)) == ([], (0, 0))


def test_each_kind_of_deadline_has_its_own_denominator_and_what_is_theirs_has_none(
    case: Case, handler: User, supervisor: User
) -> None:
    clocks.start(case, "appeal_filed", at=AT)
    clocks.start(case, "assessment", at=AT)
    clocks.start(case, "assessment", at=AT + DAY)
    clocks.stop(case, "acknowledge", at=AT + 2 * DAY)
    found = {str(one.label): (one.part, one.whole) for one in
             figures(user=supervisor, since=AT - DAY, until=AT + 70 * DAY).deadlines}  # fmt: skip
    assert found["Acknowledge"] == (1, 1)
    assert found["Assessment"] == (0, 2)
    assert "The person's time for an appeal" not in found
