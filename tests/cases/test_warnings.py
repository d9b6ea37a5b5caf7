"""Early warning: several cases at one site about the same harm."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from cases.commands import casework, coding
from cases.models import Case, CaseEvent, EarlyWarning
from notifications.commands import relay
from notifications.models import Notice
from supplychain.models import Employment
from tests.cases.conftest import AT, opened

DAY = timedelta(days=1)


def several(site: int, count: int, **changes: Any) -> list[Case]:
    return [opened(AT + number * DAY, site_id=site, **changes) for number in range(count)]


def raised() -> int:
    return CaseEvent.objects.filter(kind="early_warning_raised").count()


def test_behaviour_13_three_cases_on_one_site_and_family_in_90_days_raise_one_warning(chain: dict[str, Any]) -> None:
    cases = several(chain["mine"].pk, 2)
    assert raised() == 0
    cases += [opened(AT + 80 * DAY, site_id=chain["mine"].pk, families=("WG", "OS"))]
    warning = EarlyWarning.objects.get()
    assert (warning.site, warning.family) == (chain["mine"], "WG")
    assert set(warning.cases.all()) == set(cases)
    assert raised() == 1
    assert cases[-1].events.filter(kind="early_warning_raised").exists()


def test_behaviour_13_neither_other_sites_nor_other_families_nor_older_cases_count(chain: dict[str, Any]) -> None:
    several(chain["mine"].pk, 2)
    opened(AT + DAY, site_id=chain["refiner site"].pk)
    opened(AT + DAY, site_id=chain["mine"].pk, families=("EN",))
    opened(AT + DAY)  # nobody knows where
    opened(AT + 95 * DAY, site_id=chain["mine"].pk)
    assert raised() == 0


def test_behaviour_13_what_was_set_aside_does_not_count(chain: dict[str, Any], handler: User) -> None:
    first, *_rest = several(chain["mine"].pk, 2)
    casework.set_aside(case=first, reason="test", by=handler, at=AT + DAY)  # type: ignore[arg-type]
    opened(AT + 2 * DAY, site_id=chain["mine"].pk)
    assert raised() == 0


def test_behaviour_13_the_same_growth_never_warns_twice_and_more_of_it_does(
    chain: dict[str, Any], handler: User
) -> None:
    cases = several(chain["mine"].pk, 3)
    at = AT + 5 * DAY
    coding.code(case=cases[0], codes=["WG01"], by=handler, at=at)
    coding.code(case=cases[0], codes=["EN01"], by=handler, at=at)
    coding.code(case=cases[0], codes=["WG02"], by=handler, at=at)
    assert raised() == 1
    opened(at, site_id=chain["mine"].pk)
    assert raised() == 2
    assert EarlyWarning.objects.order_by("-pk")[0].cases.count() == 4


def test_behaviour_13_a_code_or_a_site_that_is_named_later_counts_from_then(
    chain: dict[str, Any], handler: User, officer: User
) -> None:
    several(chain["mine"].pk, 2)
    other = opened(AT, site_id=chain["mine"].pk, families=("EN",))
    coding.code(case=other, codes=["WG01"], by=handler, at=AT + 2 * DAY)
    assert raised() == 1
    unplaced = opened(AT)
    casework.name_site(case=unplaced, site=chain["mine"], by=officer, at=AT + 2 * DAY)
    assert raised() == 2


def test_behaviour_13_the_handling_team_alone_reads_of_it(
    client: Client, chain: dict[str, Any], handler: User, person: Callable[..., User], supervisor: User
) -> None:
    cases = several(chain["mine"].pk, 3)
    contact = person("sami", Role.RESPONDENT, works_for=chain["operator"])
    relay(at=AT + 5 * DAY)
    told = set(Notice.objects.filter(event__kind="early_warning_raised").values_list("recipient", flat=True))
    assert supervisor.pk in told
    assert contact.pk not in told
    client.force_login(handler)
    shown = client.get(f"/office/admin/cases/case/{cases[0].reference}/").content.decode()
    assert "Early warning" in shown
    assert all(case.reference in shown for case in cases)
    client.force_login(person("lin", Role.LEAD))
    assert 'id="warnings"' not in client.get(f"/office/admin/cases/case/{cases[0].reference}/").content.decode()


def test_behaviour_13_a_warning_never_tells_of_a_case_that_is_hidden_from_the_reader(
    client: Client, chain: dict[str, Any], handler: User
) -> None:
    cases = several(chain["mine"].pk, 3)
    hidden = cases[2].respondents.create(
        organisation=_new_party(chain), routing=cases[2].routings.get(), tier=1, reference="R-9999-9999"
    )
    Employment.objects.create(user=handler, organisation=hidden.organisation, from_on=AT.date())
    client.force_login(User.objects.get(pk=handler.pk))
    shown = client.get(f"/office/admin/cases/case/{cases[0].reference}/").content.decode()
    assert 'id="warnings"' not in shown


def _new_party(chain: dict[str, Any]) -> Any:
    return type(chain["operator"]).objects.create(name="trader (fictional)", kind="trader", country="AE")


def test_behaviour_13_a_hidden_track_adds_nothing_to_what_others_are_told(chain: dict[str, Any]) -> None:
    """A survivor's case about pay too: the team of the others must not learn of it by a number."""
    several(chain["mine"].pk, 2)
    opened(AT + DAY, site_id=chain["mine"].pk, families=("WG", "GB"))
    assert raised() == 0
