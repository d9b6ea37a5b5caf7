"""What was set aside is looked at again by chance, and one signature alone ends no complaint."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, sampling
from cases.models import Case, Draw, Sample
from cases.states import AsideReason
from tests.cases.conftest import AT, opened

QUEUE = "/office/admin/cases/case/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def chance() -> Iterator[mock.Mock]:
    """What chance says of a hundred: 99 draws nobody, 0 draws everybody."""
    with mock.patch("cases.commands.sampling.secrets.randbelow", return_value=99) as drawn:
        yield drawn


def aside(case: Case, by: User, at: Any = AT) -> Case:
    casework.set_aside(case=case, reason=AsideReason.SPAM, by=by, at=at)
    return Case.objects.get(pk=case.pk)


def several(chain: dict[str, Any], by: User, count: int) -> list[Case]:
    return [aside(opened(site_id=chain["mine"].pk), by) for _number in range(count)]


def test_chance_decides_once_about_each_case_and_what_it_said_is_kept(
    chain: dict[str, Any], handler: User, chance: mock.Mock
) -> None:
    several(chain, handler, 3)
    chance.side_effect = [9, 10, 99]  # one in ten
    assert sampling.draw(at=AT + HOUR) == 1
    assert Draw.objects.filter(decided_at=AT + HOUR).count() == 3
    chance.side_effect = AssertionError("decided already")
    assert sampling.draw(at=AT + 2 * HOUR) == 0
    drawn = Sample.objects.get()
    assert drawn.case.events.filter(kind="sample_drawn").count() == 1


def test_one_of_a_week_is_drawn_even_where_chance_chose_none(
    chain: dict[str, Any], handler: User, chance: mock.Mock
) -> None:
    several(chain, handler, 3)
    assert sampling.draw(at=AT + HOUR) == 0
    assert sampling.draw(at=AT + 6 * DAY) == 0
    assert sampling.draw(at=AT + 7 * DAY) == 1
    assert sampling.draw(at=AT + 30 * DAY) == 0  # nothing was set aside since
    later = aside(opened(AT + 31 * DAY, site_id=chain["mine"].pk), handler, AT + 31 * DAY)
    assert sampling.draw(at=AT + 37 * DAY) == 0
    assert sampling.draw(at=AT + 38 * DAY) == 1
    assert later.samples.count() == 1


def test_what_was_brought_back_is_not_drawn_and_what_is_set_aside_again_has_its_own_chance(
    case: Case, handler: User, chance: mock.Mock
) -> None:
    chance.return_value = 0
    aside(case, handler)
    casework.bring_back(case=case, by=handler, at=AT + HOUR)
    assert sampling.draw(at=AT + 2 * HOUR) == 0
    aside(case, handler, AT + 3 * HOUR)
    assert sampling.draw(at=AT + 4 * HOUR) == 1


def test_a_supervisor_agrees_and_the_case_stays_aside(
    case: Case, handler: User, supervisor: User, chance: mock.Mock
) -> None:
    chance.return_value = 0
    aside(case, handler)
    sampling.draw(at=AT + HOUR)
    with pytest.raises(Refused, match="not_yours"):
        sampling.agree(case=case, by=handler, at=AT + HOUR)
    sampling.agree(case=case, by=supervisor, at=AT + HOUR)
    sample = Sample.objects.get()
    assert (sample.checked_by, sample.agreed) == (supervisor, True)
    assert Case.objects.get().stage == "set_aside"
    with pytest.raises(Refused, match="not_drawn"):
        sampling.agree(case=case, by=supervisor, at=AT + HOUR)


def test_a_supervisor_brings_it_back_with_every_deadline_where_it_was(
    case: Case, handler: User, supervisor: User, chance: mock.Mock
) -> None:
    before = set(case.clocks.filter(stopped_at=None).values_list("kind", "due_at"))
    chance.return_value = 0
    aside(case, handler)
    sampling.draw(at=AT + HOUR)
    sampling.disagree(case=case, by=supervisor, at=AT + HOUR)
    assert Case.objects.get().stage == "screening"
    assert Sample.objects.get().agreed is False
    assert before <= set(case.clocks.filter(stopped_at=None).values_list("kind", "due_at"))
    told = list(case.events.order_by("pk").values_list("kind", "data"))
    assert ("sample_checked", {"agreed": False}) in told


def test_nobody_looks_again_at_what_they_set_aside_themselves(
    case: Case, supervisor: User, person: Callable[..., User], chance: mock.Mock
) -> None:
    chance.return_value = 0
    aside(case, supervisor)
    sampling.draw(at=AT + HOUR)
    with pytest.raises(Refused, match="same_signature"):
        sampling.agree(case=case, by=supervisor, at=AT + HOUR)
    sampling.agree(case=case, by=person("ines", Role.SUPERVISOR), at=AT + HOUR)


def test_bringing_it_back_without_a_sample_closes_an_open_one(case: Case, handler: User, chance: mock.Mock) -> None:
    chance.return_value = 0
    aside(case, handler)
    sampling.draw(at=AT + HOUR)
    casework.bring_back(case=case, by=handler, at=AT + 2 * HOUR)
    assert Sample.objects.get().agreed is False


def test_the_supervisors_list_of_samples_and_the_two_buttons(
    client: Client, case: Case, chain: dict[str, Any], handler: User, supervisor: User, chance: mock.Mock
) -> None:
    other = several(chain, handler, 1)[0]
    chance.side_effect = [99, 0]
    aside(case, handler)
    sampling.draw(at=AT + HOUR)
    client.force_login(handler)
    assert "show=samples" not in client.get(QUEUE).content.decode()
    client.force_login(supervisor)
    assert "show=samples" in client.get(QUEUE).content.decode()
    listed = client.get(f"{QUEUE}?show=samples").content.decode()
    assert case.reference in listed
    assert other.reference not in listed
    page = f"{QUEUE}{case.reference}/"
    assert "Drawn for a second look" in client.get(page).content.decode()
    assert 'id="act-sample-agree"' not in client.get(f"{QUEUE}{other.reference}/").content.decode()
    assert client.post(f"{page}do/sample-agree/").status_code == 302
    assert "it was no complaint" in client.get(page).content.decode()
    assert case.reference not in client.get(f"{QUEUE}?show=samples").content.decode()
